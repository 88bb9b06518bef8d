"""Draws the share of each kind of layer in a cost over sizes: bands stacked on each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate

from worksheet.document import Picture
from worksheet.drawing import axes, svg
from worksheet.formula import Exact
from worksheet.frozen import frozen
from worksheet.language import N_, _

LEAST = 0.02  # a kind whose share is smaller at all sizes is one of the others
MAX_BANDS = 7
OTHERS = N_("others")
ROOM = 8.0  # points of height that a label inside a band takes


@frozen
class Bands:
    """What is drawn: the name of the file, the heading, what the sizes are, each kind's share by size; the lowest kind first."""

    name: str
    heading: str
    sizes: str
    shares: Mapping[Exact, Mapping[str, Fraction]]
    kinds: Sequence[str]
    is_logarithmic: bool = False  # the axis of sizes


def draw_bands(bands: Bands) -> Picture:
    """The picture of shares."""
    return _Stack(bands).picture()


class _Stack:
    def __init__(self, chart: Bands) -> None:
        self.chart = chart
        most = {kind: max(shares.get(kind, 0) for shares in chart.shares.values()) for kind in chart.kinds}
        self.own = [kind for kind in chart.kinds if most[kind] >= LEAST][:MAX_BANDS]
        self.bands = [*self.own, *([_(OTHERS)] if len(self.own) < len(chart.kinds) else [])]
        sizes = list(chart.shares)
        self.floor = axes.HEIGHT - axes.BOTTOM
        self.right = svg.WIDTH - axes.label_width(f"{kind} 99 %" for kind in self.bands) - 16
        self.x = axes.PlotAxis(sizes[0], sizes[-1], axes.LEFT, self.right, chart.is_logarithmic)
        self.y = axes.PlotAxis(0, 1, self.floor, axes.TOP)
        self.sums = [self.stack(shares) for shares in chart.shares.values()]
        self.places = [self.x.at(size) for size in sizes]

    def stack(self, shares: Mapping[str, Fraction]) -> list[float]:
        """The upper edge of each band."""
        edges = list(accumulate(float(shares.get(kind, 0)) for kind in self.own))
        return [*edges, 1.0] if len(self.bands) > len(self.own) else edges

    def picture(self) -> Picture:
        note = _(axes.LOGARITHMIC) if self.chart.is_logarithmic else ""
        parts = [*axes.heading(self.chart.heading, note), *self.paint(), *self.grid(), *self.labels()]
        return svg.page(parts, self.words(), axes.HEIGHT, name=self.chart.name)

    def words(self) -> str:
        text = _("{kind} from {first} to {last}")
        ends = [text.format(kind=kind, first=self.percent(i, 0), last=self.percent(i, -1)) for i, kind in enumerate(self.bands)]
        sizes = list(self.chart.shares)
        return _("{figure}, {sizes} from {first} to {last}: {shares}").format(
            figure=self.chart.heading, sizes=self.chart.sizes, first=sizes[0], last=sizes[-1], shares=_(", ").join(ends)
        )

    def percent(self, band: int, place: int) -> str:
        low, high = self.edges(band, place)
        return f"{100 * (high - low):.0f} %"

    def edges(self, band: int, place: int) -> tuple[float, float]:
        edges = self.sums[place]
        return (edges[band - 1] if band else 0.0), edges[band]

    def grid(self) -> Iterator[str]:
        ticks = self.x.doublings(next(iter(self.chart.shares))) if self.chart.is_logarithmic else self.x.evenly(8)
        yield from axes.axis_below(self.x, ticks, self.chart.sizes, axes.TOP, self.floor)
        yield from axes.lines_across(self.y, axes.percents(), axes.LEFT, self.right)

    def paint(self) -> Iterator[str]:
        for i in range(len(self.bands)):
            over = [(x, self.y.at(self.edges(i, j)[1])) for j, x in enumerate(self.places)]
            under = [(x, self.y.at(self.edges(i, j)[0])) for j, x in enumerate(self.places)]
            paint = f'fill="{svg.COLOURS[i % len(svg.COLOURS)]}" fill-opacity="{0.75 if i % 2 == 0 else 0.45}"'
            yield svg.path(f"{svg.polyline([*over, *reversed(under)])}z", f'{paint} stroke="white" stroke-width="0.8"')

    def labels(self) -> Iterator[str]:
        """At the right end of a band, or inside it where its end is too thin."""
        ends: list[tuple[float, float, str]] = []
        for i, kind in enumerate(self.bands):
            low, high = self.edges(i, -1)
            if high - low >= LEAST:
                ends.append((self.right, self.y.at((low + high) / 2), f"{kind} {self.percent(i, -1)}"))
            else:
                yield from self.inside(i, kind)
        yield from axes.labels_at(ends, self.right + 12, axes.TOP, self.floor)

    def inside(self, band: int, kind: str) -> Iterator[str]:
        """At the thickest place of the band, if the label fits there."""
        half = svg.text_width(kind) / 2
        fitting = [j for j, x in enumerate(self.places) if axes.LEFT + half < x < self.right - half]
        for j in sorted(fitting, key=lambda j: self.edges(band, j)[0] - self.edges(band, j)[1])[:1]:
            low, high = self.edges(band, j)
            if (high - low) * (self.floor - axes.TOP) >= ROOM:
                yield svg.text(self.places[j], self.y.at((low + high) / 2) + svg.HALF, kind, svg.SMALL, "middle")
