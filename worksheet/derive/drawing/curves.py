"""Draws figures over sizes as SVG: a curve for each network and way of counting, on linear or logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from worksheet.derive.drawing.axes import (
    BOTTOM,
    COLOURS,
    HEIGHT,
    LEFT,
    TOP,
    Axis,
    across,
    below,
    drawn,
    heading,
    label_width,
    labelled,
    said_on_axis,
)  # fmt: skip
from worksheet.derive.profile import WIDTH
from worksheet.derive.roofline.picture import MARKS
from worksheet.document import Picture
from worksheet.formula import Exact, Scale

DASHES = ("", "6 3", "2 2", "8 3 2 3", "10 4", "1 2.5", "4 2 1 2", "12 2 2 2")
MOST_MARKS = 9  # on one curve
DENSE = 0.5  # points between the places of a curve: what lies nearer is drawn as one
NEAR_ZERO = 3  # an axis whose largest value is that many times its least begins at 0
BOTH = "both axes logarithmic: equal distances are equal factors"


@dataclass(frozen=True)
class Line:
    """A curve: its label, and its values by size."""

    label: str
    values: Mapping[Exact, int]


@dataclass(frozen=True)
class Chart:
    """What is drawn: the name of the file, the heading, what the sizes are, the unit of the values."""

    name: str
    heading: str
    sizes: str
    scale: Scale
    lines: Sequence[Line]
    is_logarithmic: bool = False


def chart(given: Chart) -> Picture:
    """The drawing. On logarithmic axes, sizes at which nothing is counted have no place."""
    return _Drawing(given).picture()


class _Drawing:
    def __init__(self, given: Chart) -> None:
        self.given = given
        log = given.is_logarithmic
        self.lines = [{x: y for x, y in line.values.items() if y or not log} for line in given.lines]
        sizes = [x for line in self.lines for x in line]
        values = [y for line in self.lines for y in line.values()]
        self.first, self.most = min(sizes), max(values)
        self.right = WIDTH - label_width(line.label for line in given.lines) - 16
        self.floor = HEIGHT - BOTTOM
        low = self.first if log or NEAR_ZERO * self.first > max(sizes) else 0
        self.x = Axis(low, max(sizes), LEFT, self.right, log)
        self.y = Axis(min(values) if log else 0, self.most or 1, self.floor, TOP, log)
        self.places = [self.placed(points) for points in self.lines]

    def picture(self) -> Picture:
        given = self.given
        across_axes = BOTH if given.is_logarithmic else ""
        return drawn([*heading(given.heading, across_axes), *self.grid(), *self.curves(), *self.ends()], given.name, self.words())

    def words(self) -> str:
        ends = (
            f"{line.label} from {min(values)} at {sizes[0]} to {max(values)} at {sizes[-1]}"
            for line, sizes, values in self.spans()
        )
        axes = f", {BOTH}" if self.given.is_logarithmic else ""
        return f"{self.given.heading} over the {self.given.sizes}{axes}: {'; '.join(ends)}"

    def spans(self) -> Iterator[tuple[Line, list[Exact], list[int]]]:
        for line, points in zip(self.given.lines, self.lines, strict=True):
            yield line, list(points), list(points.values())

    def grid(self) -> Iterator[str]:
        log = self.given.is_logarithmic
        ticks = self.x.doublings(self.first) if log else self.x.evenly(8)
        yield from below(self.x, ticks, self.given.sizes, TOP, self.floor)
        yield from across(self.y, self.powers() if log else self.evenly(), self.right)

    def powers(self) -> Iterator[tuple[Exact, str]]:
        return ((value, said_on_axis(value, self.given.scale)) for value in self.y.powers(self.given.scale.base))

    def evenly(self) -> Iterator[tuple[Exact, str]]:
        _, per_unit = self.given.scale.unit_of(self.most)
        axis = Axis(0, Fraction(self.y.high, per_unit), 0, 0)
        return ((value * per_unit, said_on_axis(value * per_unit, self.given.scale)) for value in axis.evenly())

    def curves(self) -> Iterator[str]:
        for i, places in enumerate(self.places):
            colour = COLOURS[i % len(COLOURS)]
            dash = f' stroke-dasharray="{DASHES[i % len(DASHES)]}"' if DASHES[i % len(DASHES)] else ""
            path = "L".join(f"{x:.2f} {y:.2f}" for x, y in places)
            yield f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="1.2" stroke-linejoin="round"{dash}/>'
            mark, _ = MARKS[i % len(MARKS)]
            fill = colour if i % 2 == 0 else "white"
            for x, y in self.marked(places, i):
                yield f'{mark(x, y, 2.2)} fill="{fill}" stroke="{colour}" stroke-width="0.9"/>'

    def placed(self, points: Mapping[Exact, int]) -> list[tuple[float, float]]:
        """The places of a curve, no nearer to each other than the eye sees."""
        kept: list[tuple[float, float]] = []
        last = next(reversed(points), None)
        for size, value in points.items():
            x = self.x.at(size)
            if not kept or x - kept[-1][0] >= DENSE or size == last:
                kept.append((x, self.y.at(value)))
        return kept

    def marked(self, places: Sequence[tuple[float, float]], which: int) -> Iterator[tuple[float, float]]:
        """Places for marks, at equal distances; those of one curve beside those of another."""
        if len(places) <= MOST_MARKS:
            yield from places
            return
        start, end = places[0][0], places[-1][0]
        shift = which / len(self.lines) / MOST_MARKS
        for i in range(MOST_MARKS):
            goal = start + ((i + 1 - shift) / MOST_MARKS) * (end - start)
            yield min(places, key=lambda place: abs(place[0] - goal))

    def ends(self) -> Iterator[str]:
        ends = [(*places[-1], line.label) for line, places in zip(self.given.lines, self.places, strict=True) if places]
        return labelled(ends, self.right + 12, TOP, self.floor)
