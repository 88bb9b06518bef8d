"""Draws the results of a class: a histogram of points, a heat map of shares by row and column, circles for counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import sqrt

from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.axes import FIGURES, MEANING, spacing
from worksheet.drawing.bars import Bars
from worksheet.frozen import frozen
from worksheet.grading.results.amounts import decimal

LEFT, TOP, BOTTOM = 34.0, 20.0, 26.0  # points around the bars
BARS = 110.0  # height of the highest bar
ROW, HEAD = 13.0, 12.0  # heights of a row of a grid and of the columns' headings
MAX_FIGURES = 12  # below the bars


@frozen
class Bar:
    """The number of students with points in an interval; the last bar includes its upper end."""

    low: Fraction
    high: Fraction
    many: int


def points_bars(totals: Mapping[Fraction, int], most: Fraction, at_most: int = 20) -> list[Bar]:
    """The students by points, in at most ``at_most`` bars of one width, which is 1, 2 or 5 times a power of ten."""
    width = spacing(most, at_most)
    many = max(1, -(-most // width)) if most else 1
    counts = [0] * int(many)
    for points, students in totals.items():
        counts[min(int(points // width), len(counts) - 1)] += students
    return [Bar(i * width, min((i + 1) * width, most), count) for i, count in enumerate(counts)]


def draw_histogram(bars: Sequence[Bar], mean: Fraction, words: str) -> Picture:
    """Bars over the points, with a line at the mean."""
    return svg.page(_histogram(bars, mean), words, TOP + BARS + BOTTOM, name="points")


def _histogram(bars: Sequence[Bar], mean: Fraction) -> Iterator[str]:
    drawn = Bars([bar.many for bar in bars], LEFT, svg.WIDTH - 6, TOP, TOP + BARS)
    yield svg.title("Students by points")
    yield from drawn.grid(Fraction(1))
    yield from drawn.bars(1, svg.BLUE)
    ends = [*(bar.low for bar in bars), bars[-1].high]
    for i in range(0, len(ends), -(-len(bars) // MAX_FIGURES)):
        yield svg.text(drawn.x(i), drawn.floor + FIGURES, decimal(ends[i]), svg.SMALL, "middle")
    width = bars[0].high - bars[0].low
    x = drawn.x(float(mean / width)) if width else LEFT
    yield svg.upright(x, TOP - 4, drawn.floor, f'stroke="{svg.ORANGE}" stroke-width="1.2" stroke-dasharray="3 2"')
    side = "end" if x > svg.WIDTH / 2 else "start"
    yield svg.text(x + (2 if side == "end" else -2), TOP - 6, f"mean {decimal(mean, 1)}", svg.SMALL, side)
    yield svg.text((LEFT + drawn.right) / 2, drawn.floor + MEANING, "points", anchor="middle")


@frozen
class Heatmap:
    """Shares by row and column: the shade (0 to 1) and the figure of each place. A place without an entry stays empty."""

    name: str
    heading: str
    colour: str
    rows: Sequence[str]
    columns: Sequence[str]
    shades: Mapping[tuple[int, int], float]
    figures: Mapping[tuple[int, int], str]
    key: str = ""  # what the shading means


def draw_heatmap(chart: Heatmap, words: str) -> Picture:
    """A table whose cells are darker for larger shares; every cell shows its figure too."""
    label = _label_width(chart.rows, 12)
    pitch = min(74.0, (svg.WIDTH - label) / max(1, len(chart.columns)))
    width = max(label + pitch * len(chart.columns), 260.0)
    height = TOP + HEAD + ROW * len(chart.rows) + 4
    return svg.page(_cells(chart, label, pitch, width), words, height, name=chart.name, width=width)


def _cells(chart: Heatmap, label: float, pitch: float, width: float) -> Iterator[str]:
    yield svg.title(chart.heading)
    yield svg.text(width, svg.TITLE, chart.key, svg.SMALL, "end")
    for i, name in enumerate(chart.columns):
        yield svg.text(label + (i + 0.5) * pitch, TOP + 7, _cut(name, pitch, svg.SMALL), svg.SMALL, "middle")
    for row, name in enumerate(chart.rows):
        y = TOP + HEAD + row * ROW
        yield svg.text(label - 6, y + 9.3, _cut(name, label - 8, svg.SIZE), anchor="end")
        for column in range(len(chart.columns)):
            if (row, column) in chart.figures:
                shade = chart.shades.get((row, column), 0.0)
                paint = f'rx="1.5" fill="{chart.colour}" fill-opacity="{0.06 + 0.74 * shade:.3f}"'
                yield svg.rect(label + column * pitch + 0.6, y + 0.6, pitch - 1.2, ROW - 1.2, paint)
                yield svg.text(label + (column + 0.5) * pitch, y + 9.3, chart.figures[row, column], anchor="middle")


def draw_circles(
    name: str, heading: str, rows: Sequence[str], columns: Sequence[str], counts: Mapping[tuple[int, int], int], words: str
) -> Picture:
    """Counts by row and column, each a circle with an area proportional to the count, and the figure inside."""
    label = _label_width(rows, 14)
    pitch = min(22.0, (svg.WIDTH - label) / max(1, len(columns)))
    parts = [svg.title(heading), *_lattice(rows, columns, label, pitch), *_circles(counts, label, pitch)]
    width = min(max(label + pitch * len(columns) + 30, 260.0), svg.WIDTH)
    return svg.page(parts, words, TOP + HEAD + pitch * len(rows) + 4, name=name, width=width)


def _lattice(rows: Sequence[str], columns: Sequence[str], label: float, pitch: float) -> Iterator[str]:
    """The lines on which the circles lie, with the names of rows and columns."""
    top = TOP + HEAD
    for i, name in enumerate(columns):
        x = label + (i + 0.5) * pitch
        yield svg.upright(x, top, top + pitch * len(rows)) + svg.text(x, top - 4, name, svg.SMALL, "middle")
    for j, name in enumerate(rows):
        y = top + (j + 0.5) * pitch
        yield svg.across(y, label, label + pitch * len(columns))
        yield svg.text(label - 5, y + 3, _cut(name, label - 8, svg.SIZE), anchor="end")


def _circles(counts: Mapping[tuple[int, int], int], label: float, pitch: float) -> Iterator[str]:
    most = max(counts.values(), default=1)
    for (row, column), count in counts.items():
        x, y = label + (column + 0.5) * pitch, TOP + HEAD + (row + 0.5) * pitch
        yield svg.circle(x, y, max(1.6, sqrt(count / most) * (pitch / 2 - 0.8)), f'fill="{svg.ORANGE}" fill-opacity="0.55"')
        if pitch >= svg.text_width(str(count)):
            yield svg.text(x, y + svg.HALF, str(count), svg.SMALL, "middle")


def _label_width(rows: Sequence[str], margin: float) -> float:
    return min(180.0, max((svg.text_width(name, svg.SIZE) for name in rows), default=0) + margin)


def _cut(words: str, width: float, size: float) -> str:
    """Words, cut to fit a width in points."""
    return svg.cut(words, int(width / size / svg.LETTER) + 1)
