"""Draws what the layers of a network cost over its depth, as SVG: a bar for each layer, its stages as bands behind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from itertools import groupby

from worksheet.derivation import Row
from worksheet.document import FONTS, Picture
from worksheet.errors import printable
from worksheet.formula import Scale

WIDTH, HEIGHT = 470.0, 132.0  # points: as wide as the page's text
LEFT, RIGHT, TOP, BOTTOM = 34.0, 6.0, 30.0, 20.0  # around the bars: figures, title and stages, numbers of layers
SIZE, SMALL, LETTER = 8.5, 7.0, 0.5  # of the type, and a letter's mean width as a share of it
MOST_TICKS = {"x": 10, "y": 5}
NICE = (1, 2, 5)
PARTS = re.compile(r"[\W_]+")  # between the parts of a stage's name
FULL_BARS = 2.0  # points: narrower bars stand without a gap


@dataclass(frozen=True)
class Profile:
    """What is drawn: the name of the file, the heading, the unit, and what each row costs."""

    name: str
    heading: str
    scale: Scale
    colour: str  # seen on white paper and on a dark screen
    rows: Sequence[Row]
    values: Sequence[int]


def profile(given: Profile, network: str) -> Picture:
    """The drawing; ``network`` is the title that its words begin with."""
    return _Chart(given).picture(network)


class _Chart:
    def __init__(self, given: Profile) -> None:
        self.given = given
        self.values = given.values
        self.most = max(self.values, default=0)
        self.unit, self.per_unit = given.scale.unit_of(self.most)
        self.pitch = (WIDTH - LEFT - RIGHT) / max(1, len(self.values))
        self.floor = HEIGHT - BOTTOM

    def picture(self, network: str) -> Picture:
        words = f"{network}: {self.given.heading.lower()} of layers 1 to {len(self.values)}, {self.peak()}"
        parts = [*self.bands(), *self.figures(), self.bars(), *self.axis(), *self.title()]
        size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}pt" height="{HEIGHT:g}pt"'
        style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(words))}">'
        svg = f"{head}{''.join(parts)}</svg>"
        return Picture(svg, words, WIDTH, self.given.name)

    def peak(self) -> str:
        """The layer that costs most, in words."""
        if not self.most:
            return "all of them nothing"
        row = self.given.rows[self.values.index(self.most)]
        return f"at most {self.given.scale.said(self.most)} in {row.name}"

    def x(self, place: float) -> float:
        return LEFT + place * self.pitch

    def y(self, value: int | Fraction) -> float:
        return self.floor - float(Fraction(value) / max(1, self.most)) * (self.floor - TOP)

    # Parts of the drawing

    def title(self) -> Iterator[str]:
        unit = f" in {self.unit}" if self.unit else ""
        yield f'<text x="0" y="9" font-weight="bold">{escape(self.given.heading + unit)}</text>'
        yield _text(WIDTH - RIGHT, 9, self.peak(), SIZE, "end")

    def bands(self) -> Iterator[str]:
        """The stages: every other one shaded, the name above, or its last part, where there is room for it."""
        start = 0
        stages = [(stage, len(list(rows))) for stage, rows in groupby(self.given.rows, key=lambda row: row.stage)]
        for i, (stage, many) in enumerate(stages if len(stages) > 1 else []):
            left, width = self.x(start), many * self.pitch
            if i % 2 == 0:
                size = f'width="{width:.2f}" height="{self.floor - TOP + 10:.1f}"'
                yield f'<rect x="{left:.2f}" y="{TOP - 10:.1f}" {size} fill-opacity="0.09"/>'
            fitting = [text for text in (stage, PARTS.split(stage)[-1]) if len(text) * SMALL * LETTER < width]
            yield from (_text(left + width / 2, TOP - 3, text, SMALL, "middle") for text in fitting[:1])
            start += many

    def bars(self) -> str:
        """All bars as one path."""
        gap = 0.12 * self.pitch if self.pitch > FULL_BARS else 0.0
        path = [
            f"M{self.x(i) + gap:.2f} {self.floor:g}V{self.y(value):.2f}H{self.x(i + 1) - gap:.2f}V{self.floor:g}z"
            for i, value in enumerate(self.values)
            if value
        ]
        return f'<path d="{"".join(path)}" fill="{self.given.colour}"/>'

    def figures(self) -> Iterator[str]:
        """Lines across, with their figures at the left."""
        step = spacing(Fraction(self.most, self.per_unit), MOST_TICKS["y"])
        for i in range(int(Fraction(self.most, self.per_unit) / step) + 1 if self.most else 1):
            y = self.y(i * step * self.per_unit)
            line = 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.35"'
            yield f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" {line}/>'
            yield _text(LEFT - 4, y + 2.5, f"{float(i * step):g}", SMALL, "end")

    def axis(self) -> Iterator[str]:
        """The line below, with the numbers of layers."""
        yield f'<path d="M{LEFT:g} {self.floor:g}H{WIDTH - RIGHT:g}" stroke="currentColor" stroke-width="0.7"/>'
        step = max(1, int(spacing(Fraction(len(self.values)), MOST_TICKS["x"])))
        for no in range(step, len(self.values) + 1, step):
            x = self.x(no - 0.5)
            yield f'<path d="M{x:.2f} {self.floor:g}v3" stroke="currentColor" stroke-width="0.5"/>'
            yield _text(x, self.floor + 10, str(no), SMALL, "middle")
        yield _text(LEFT - 4, self.floor + 10, "S. No.", SMALL, "end")


def spacing(most: Fraction, ticks: int) -> Fraction:
    """The smallest of 1, 2 or 5 times a power of 10 of which ``most`` holds no more than a number of ticks.

    >>> spacing(Fraction(9), 4), spacing(Fraction(31, 10), 4), spacing(Fraction(227), 10)
    (Fraction(5, 1), Fraction(1, 1), Fraction(50, 1))
    """
    power = Fraction(1, 1000)
    while True:
        for factor in NICE:
            if most <= ticks * factor * power:
                return factor * power
        power *= 10


def _text(x: float, y: float, text: str, size: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}">{escape(printable(text))}</text>'
