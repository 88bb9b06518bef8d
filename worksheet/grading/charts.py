"""Draws a class as SVG: bars for the distribution of points, a grid of shares by row and column, circles for counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from math import sqrt

from worksheet.derive.profile import spacing
from worksheet.document import FONTS, Picture
from worksheet.errors import printable
from worksheet.grading.sums import decimal

WIDTH = 470.0  # points: as wide as the page's text
SIZE, SMALL, LETTER = 8.5, 7.0, 0.5  # of the type, and a letter's mean width as a share of it
LEFT, TOP, BOTTOM = 34.0, 20.0, 26.0  # around the bars
BARS = 110.0  # height of the highest bar
MOST_TICKS = 5
BLUE, RED, GREEN = "#3f87d0", "#d9822b", "#3f9f5f"  # seen on white paper and on a dark screen
ROW = 13.0  # height of a row of a grid
FAINT = 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.35"'
LINE = 'stroke="currentColor" stroke-width="0.7"'


def picture(name: str, words: str, parts: Iterator[str], height: float, width: float = WIDTH) -> Picture:
    """A drawing from its parts."""
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}pt" height="{height:g}pt"'
    style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(words))}">'
    return Picture(f"{head}{''.join(parts)}</svg>", words, width, name)


@dataclass(frozen=True)
class Bar:
    """Students whose points are between two figures; the last bar holds its upper end too."""

    low: Fraction
    high: Fraction
    many: int


def bars(totals: Mapping[Fraction, int], most: Fraction, number: int = 20) -> list[Bar]:
    """The students by their points, in at most so many bars of one width, which is 1, 2 or 5 times a power of ten."""
    width = spacing(most, number)
    many = max(1, -(-most // width)) if most else 1
    counts = [0] * int(many)
    for points, students in totals.items():
        counts[min(int(points // width), len(counts) - 1)] += students
    return [Bar(i * width, min((i + 1) * width, most), count) for i, count in enumerate(counts)]


def histogram(found: Sequence[Bar], mean: Fraction, words: str) -> Picture:
    """Bars over the points, with a line at the mean."""
    return picture("points", words, _histogram(found, mean), TOP + BARS + BOTTOM)


def _histogram(found: Sequence[Bar], mean: Fraction) -> Iterator[str]:
    most = max(bar.many for bar in found)
    floor, pitch = TOP + BARS, (WIDTH - LEFT - 6) / len(found)
    width, end = found[0].high - found[0].low, LEFT + pitch * len(found)
    yield _text(0, 9, "Students by points", SIZE, "start", bold=True)
    ticks = max(Fraction(1), spacing(Fraction(most), MOST_TICKS))
    for i in range(most // int(ticks) + 1):
        y = floor - BARS * float(i * ticks / most)
        yield f'<path d="M{LEFT:g} {y:.2f}H{end:.2f}" {FAINT}/>{_text(LEFT - 4, y + 2.5, decimal(i * ticks), SMALL, "end")}'
    path = [
        f"M{LEFT + i * pitch + 1:.2f} {floor:g}v{-BARS * bar.many / most:.2f}h{pitch - 2:.2f}V{floor:g}z"
        for i, bar in enumerate(found)
        if bar.many
    ]
    yield f'<path d="{"".join(path)}" fill="{BLUE}"/><path d="M{LEFT:g} {floor:g}H{end:.2f}" {LINE}/>'
    apart = max(1, -(-len(found) // 12))
    for i in range(0, len(found) + 1, apart):
        figure = found[i].low if i < len(found) else found[-1].high
        yield _text(LEFT + i * pitch, floor + 10, decimal(figure), SMALL, "middle")
    x = LEFT + float(mean / width) * pitch if width else LEFT
    yield f'<path d="M{x:.2f} {TOP - 4:g}V{floor:g}" stroke="{RED}" stroke-width="1.2" stroke-dasharray="3 2"/>'
    side = "end" if x > WIDTH / 2 else "start"
    yield _text(x + (2 if side == "end" else -2), TOP - 6, f"mean {decimal(mean, 1)}", SMALL, side)
    yield _text((LEFT + end) / 2, floor + 22, "points", SMALL, "middle")


@dataclass(frozen=True)
class Grid:
    """Shares by row and column: what is shaded (0 to 1) and what is written there. A place without an entry stays empty."""

    name: str
    heading: str
    colour: str
    rows: Sequence[str]
    columns: Sequence[str]
    shades: Mapping[tuple[int, int], float]
    figures: Mapping[tuple[int, int], str]
    key: str = ""  # what the shading means


def grid(given: Grid, words: str) -> Picture:
    """A table whose cells are the darker the larger the share; every cell tells its figure too."""
    label = min(180.0, max([len(name) for name in given.rows], default=0) * SIZE * LETTER + 12)
    pitch = min(74.0, (WIDTH - label) / max(1, len(given.columns)))
    width = max(label + pitch * len(given.columns), 260.0)
    height = TOP + 12 + ROW * len(given.rows) + 4
    return picture(given.name, words, _grid(given, label, pitch, width), height, width)


def _grid(given: Grid, label: float, pitch: float, width: float) -> Iterator[str]:
    yield _text(0, 9, given.heading, SIZE, "start", bold=True)
    yield _text(width, 9, given.key, SMALL, "end")
    for i, name in enumerate(given.columns):
        yield _text(label + (i + 0.5) * pitch, TOP + 7, _cut(name, pitch / SMALL / LETTER), SMALL, "middle")
    for row, name in enumerate(given.rows):
        y = TOP + 12 + row * ROW
        yield _text(label - 6, y + 9.3, _cut(name, (label - 8) / SIZE / LETTER), SIZE, "end")
        for column in range(len(given.columns)):
            if (row, column) in given.figures:
                shade = given.shades.get((row, column), 0.0)
                place = (
                    f'x="{label + column * pitch + 0.6:.2f}" y="{y + 0.6:.2f}" width="{pitch - 1.2:.2f}" height="{ROW - 1.2:.2f}"'
                )
                yield f'<rect {place} rx="1.5" fill="{given.colour}" fill-opacity="{0.06 + 0.74 * shade:.3f}"/>'
                yield _text(label + (column + 0.5) * pitch, y + 9.3, given.figures[row, column], SIZE, "middle")


def circles(name: str, heading: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[int, int], int],
            words: str) -> Picture:  # fmt: skip
    """Counts by row and column, each a circle whose area is the count, with the figure inside."""
    label = min(180.0, max([len(row) for row in rows], default=0) * SIZE * LETTER + 14)
    pitch = min(22.0, (WIDTH - label) / max(1, len(columns)))
    head = TOP + 12
    parts = _circles(heading, rows, columns, counts, (label, pitch, head))
    width = max(label + pitch * len(columns) + 30, 260.0)
    return picture(name, words, parts, head + pitch * len(rows) + 4, min(width, WIDTH))


def _circles(
    heading: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[int, int], int],
    places: tuple[float, float, float],
) -> Iterator[str]:  # fmt: skip
    label, pitch, head = places
    most = max(counts.values(), default=1)
    yield _text(0, 9, heading, SIZE, "start", bold=True)
    for i, name in enumerate(columns):
        x = label + (i + 0.5) * pitch
        yield f'<path d="M{x:.2f} {head:.2f}V{head + pitch * len(rows):.2f}" {FAINT}/>{_text(x, head - 4, name, SMALL, "middle")}'
    for j, name in enumerate(rows):
        y = head + (j + 0.5) * pitch
        yield f'<path d="M{label:.2f} {y:.2f}h{pitch * len(columns):.2f}" {FAINT}/>'
        yield _text(label - 5, y + 3, _cut(name, (label - 8) / SIZE / LETTER), SIZE, "end")
    for (j, i), many in counts.items():
        x, y, radius = label + (i + 0.5) * pitch, head + (j + 0.5) * pitch, max(1.6, sqrt(many / most) * (pitch / 2 - 0.8))
        yield f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" fill="{RED}" fill-opacity="0.55"/>'
        if pitch >= len(str(many)) * SMALL * LETTER:
            yield _text(x, y + 2.5, str(many), SMALL, "middle")


def _cut(text: str, letters: float) -> str:
    return text if len(text) <= letters + 1 else f"{text[: max(1, int(letters))]}…"


def _text(x: float, y: float, text: str, size: float, anchor: str, *, bold: bool = False) -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    weight = ' font-weight="bold"' if bold else ""
    return f'<text {place} font-size="{size:g}" text-anchor="{anchor}"{weight}>{escape(printable(text))}</text>' if text else ""
