"""Draws figures over sizes: a curve for each network or convention, on linear or logarithmic axes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from worksheet.document import Picture
from worksheet.drawing import axes, svg
from worksheet.formula import Exact, Scale
from worksheet.frozen import frozen
from worksheet.language import _

MAX_MARKS = 9  # on one curve
DENSE = 0.5  # points between the places of a curve: closer ones are drawn as one
NEAR_ZERO = 3  # a linear axis begins at 0 if its largest value is at least that many times its least


@frozen
class Series:
    """A curve: its label, and its values by size."""

    label: str
    values: Mapping[Exact, int] | Mapping[int, Fraction]


@frozen
class Chart:
    """What is drawn: the name of the file, the heading, what the sizes are, the unit of the values, the curves."""

    name: str
    heading: str
    sizes: str
    scale: Scale
    lines: Sequence[Series]
    is_logarithmic: bool = False
    are_shares: bool = False  # values from 0 to 1, drawn in percent; the axis of sizes alone may be logarithmic
    marked: tuple[Exact, str] | None = None  # a size that is marked, with its label
    words: str = ""  # what the picture shows, for those who do not see it: the ends of every curve by default


def draw_chart(chart: Chart) -> Picture:
    """The picture of a chart. On logarithmic axes, sizes at which nothing is counted are left out."""
    return _Curves(chart).picture()


class _Curves:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        log = chart.is_logarithmic
        self.lines = [{x: y for x, y in line.values.items() if y or not log} for line in chart.lines]
        sizes = [x for line in self.lines for x in line]
        values = [y for line in self.lines for y in line.values()]
        self.first, self.most = min(sizes), max(values)
        self.right = svg.WIDTH - axes.label_width(line.label for line in chart.lines) - 16
        self.floor = axes.HEIGHT - axes.BOTTOM
        low = self.first if log or NEAR_ZERO * self.first > max(sizes) else 0
        self.x = axes.PlotAxis(low, max(sizes), axes.LEFT, self.right, log)
        self.y = axes.PlotAxis(*self.ends_of(values), self.floor, axes.TOP, log and not chart.are_shares)
        self.places = [self.place(points) for points in self.lines]

    def ends_of(self, values: Sequence[Exact]) -> tuple[Exact, Exact]:
        """The ends of the axis of values."""
        if self.chart.are_shares:
            return 0, 1
        return (min(values) if self.chart.is_logarithmic else 0), self.most or 1

    @property
    def note(self) -> str:
        """What the axes are, where they are not linear."""
        if not self.chart.is_logarithmic:
            return ""
        return _(axes.LOGARITHMIC if self.chart.are_shares else axes.BOTH_LOGARITHMIC)

    def picture(self) -> Picture:
        parts = [*axes.heading(self.chart.heading, self.note), *self.grid(), *self.mark(), *self.curves(), *self.labels()]
        return svg.page(parts, self.chart.words or self.words(), axes.HEIGHT, name=self.chart.name)

    def words(self) -> str:
        ends = []
        for line, points in zip(self.chart.lines, self.lines, strict=True):
            sizes, values = list(points), points.values()
            text = _("{curve} from {least} at {first} to {most} at {last}")
            ends.append(text.format(curve=line.label, least=min(values), first=sizes[0], most=max(values), last=sizes[-1]))
        seen = _("{figure} over the {sizes}: {curves}")
        if self.note:
            seen = _("{figure} over the {sizes}, {note}: {curves}")
        return seen.format(figure=self.chart.heading, sizes=self.chart.sizes, note=self.note, curves=_("; ").join(ends))

    def grid(self) -> Iterator[str]:
        ticks = self.x.doublings(self.first) if self.chart.is_logarithmic else self.x.evenly(8)
        yield from axes.axis_below(self.x, ticks, self.chart.sizes, axes.TOP, self.floor)
        yield from axes.lines_across(self.y, axes.percents() if self.chart.are_shares else self.figures(), axes.LEFT, self.right)

    def figures(self) -> Iterator[tuple[Exact, str]]:
        """The ticks of the values, each in the unit that fits it."""
        return ((value, axes.in_unit(value, self.chart.scale)) for value in self.ticks())

    def ticks(self) -> Iterator[Exact]:
        """Round values; on a linear axis they are round in the unit of the largest."""
        if self.chart.is_logarithmic:
            return self.y.powers(self.chart.scale.base)
        _, per_unit = self.chart.scale.unit_of(int(self.most))
        return (value * per_unit for value in axes.PlotAxis(0, Fraction(self.y.high) / per_unit, 0, 0).evenly())

    def mark(self) -> Iterator[str]:
        """A dotted line at the marked size."""
        if self.chart.marked:
            size, label = self.chart.marked
            yield svg.upright(self.x.at(size), axes.TOP, self.floor, f'{svg.SOLID} stroke-dasharray="1 2"')
            yield svg.text(self.x.at(size), axes.TOP - 3, label, svg.SMALL, "middle")

    def curves(self) -> Iterator[str]:
        for i, places in enumerate(self.places):
            colour, dash = svg.COLOURS[i % len(svg.COLOURS)], svg.DASHES[i % len(svg.DASHES)]
            dashed = f' stroke-dasharray="{dash}"' if dash else ""
            yield svg.path(
                svg.polyline(places), f'fill="none" stroke="{colour}" stroke-width="1.2" stroke-linejoin="round"{dashed}'
            )
            paint = f'fill="{colour if i % 2 == 0 else "white"}" stroke="{colour}" stroke-width="0.9"'
            yield from (svg.MARKS[i % len(svg.MARKS)](x, y, 2.2, paint) for x, y in self.marks(places, i))

    def place(self, points: Mapping[Exact, Exact]) -> list[svg.Point]:
        """The places of a curve, without those too close to others to be seen."""
        kept: list[svg.Point] = []
        last = next(reversed(points), None)
        for size, value in points.items():
            x = self.x.at(size)
            if not kept or x - kept[-1][0] >= DENSE or size == last:
                kept.append((x, self.y.at(value)))
        return kept

    def marks(self, places: Sequence[svg.Point], curve: int) -> Iterator[svg.Point]:
        """Places for marks, at equal distances, shifted from curve to curve."""
        if len(places) <= MAX_MARKS:
            yield from places
            return
        start, end = places[0][0], places[-1][0]
        shift = curve / len(self.lines) / MAX_MARKS
        for i in range(MAX_MARKS):
            goal = start + ((i + 1 - shift) / MAX_MARKS) * (end - start)
            yield min(places, key=lambda place: abs(place[0] - goal))

    def labels(self) -> Iterator[str]:
        ends = [(*places[-1], line.label) for line, places in zip(self.chart.lines, self.places, strict=True) if places]
        return axes.labels_at(ends, self.right + 12, axes.TOP, self.floor)
