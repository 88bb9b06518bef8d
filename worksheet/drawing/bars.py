"""Draws bars over a base line, with lines across for round values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from worksheet.drawing.axes import PlotAxis, figure, lines_across, spacing
from worksheet.drawing.svg import SOLID, across, path
from worksheet.frozen import frozen

MAX_TICKS = 5


@frozen
class Bars:
    """Bars of one width for whole numbers, from left to right; the largest reaches from the floor to the top, in points."""

    values: Sequence[int]
    left: float
    right: float
    top: float
    floor: float
    per_unit: int = 1  # the size of the unit of the figures

    @property
    def most(self) -> int:
        return max(self.values, default=0)

    @property
    def pitch(self) -> float:
        """The width of a bar and its gap."""
        return (self.right - self.left) / max(1, len(self.values))

    def x(self, place: float) -> float:
        """Where a bar begins; of the bars 0, 1, 2, the middle of the first is at 0.5."""
        return self.left + place * self.pitch

    def grid(self, least: Fraction = Fraction(0)) -> Iterator[str]:
        """Lines across at round values, at least so far apart, with their figures."""
        axis = self._axis()
        ticks = PlotAxis(0, Fraction(self.most, self.per_unit), 0, 0)
        step = max(least, spacing(Fraction(ticks.high), MAX_TICKS))
        values = [i * step for i in range(int(Fraction(ticks.high) / step) + 1)]
        yield from lines_across(axis, ((value * self.per_unit, figure(value)) for value in values), self.left, self.right)

    def bars(self, gap: float, colour: str) -> Iterator[str]:
        """All bars as one path, with a gap at either side of each, and the line on which they rest."""
        axis = self._axis()
        way = "".join(
            f"M{self.x(i) + gap:.2f} {self.floor:g}V{axis.at(value):.2f}H{self.x(i + 1) - gap:.2f}V{self.floor:g}z"
            for i, value in enumerate(self.values)
            if value
        )
        yield path(way, f'fill="{colour}"')
        yield across(self.floor, self.left, self.right, SOLID)

    def _axis(self) -> PlotAxis:
        return PlotAxis(0, self.most or 1, self.floor, self.top)
