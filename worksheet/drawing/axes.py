"""The axes of pictures: places on linear or logarithmic axes, ticks with figures, labels that do not collide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from math import ceil, floor, log, log2, log10

from worksheet.drawing import svg
from worksheet.formula import Digits, Exact, Scale
from worksheet.frozen import frozen
from worksheet.language import N_, current

HEIGHT, LEFT, TOP, BOTTOM = 200.0, 40.0, 24.0, 32.0  # points: the picture, and what is left around curves and bands
FIGURES, MEANING = 10, 22  # the base lines of the figures and the name of an axis, below it
GAP = 10.0  # from a label's line to the next one's
MAX_LABEL = 38  # letters of a label
MAX_TICKS = 6
ENGLISH = "en_US"
ROUND = (1, 2, 5)  # times powers of ten
LOGARITHMIC = N_("the axis of sizes is logarithmic")
BOTH_LOGARITHMIC = N_("both axes logarithmic: equal distances are equal factors")


@frozen
class PlotAxis:
    """Maps values to places in points. On an upright axis ``end`` is less than ``start``."""

    low: Exact | float
    high: Exact | float
    start: float
    end: float
    is_logarithmic: bool = False

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The first value and the length up to the last, as measured along the axis: logarithms on a logarithmic one."""
        low, high = (log(end) if self.is_logarithmic else float(end) for end in (self.low, self.high))
        return low, high - low

    def at(self, value: Exact | float) -> float:
        """The place of a value."""
        low, length = self._ends
        share = ((log(value) if self.is_logarithmic else float(value)) - low) / length if length else 0.5
        return self.start + share * (self.end - self.start)

    def evenly(self, ticks: int = MAX_TICKS) -> Iterator[Fraction]:
        """Round values on a linear axis, at most ``ticks + 1``."""
        step = spacing(Fraction(self.high) - Fraction(self.low), ticks)
        for i in range(ceil(Fraction(self.low) / step), floor(Fraction(self.high) / step) + 1):
            yield i * step

    def doublings(self, first: Exact) -> Iterator[Exact]:
        """A value and its doublings, as many as there is room for."""
        count = int(log2(Fraction(self.high) / Fraction(first)) + 1e-9) + 1
        return (first * 2**i for i in range(0, count, max(1, ceil(count / (MAX_TICKS + 2)))))

    def powers(self, base: int) -> Iterator[Exact]:
        """Round values on a logarithmic axis: 1, 2, 5 and powers of ten, or powers of two."""
        if base != 1000:
            low, high = ceil(log2(self.low)), floor(log2(self.high))
            yield from (2**i for i in range(low, high + 1, max(1, ceil((high - low + 1) / MAX_TICKS))))
            return
        decades = log10(self.high) - log10(self.low)
        factors = ROUND if decades < MAX_TICKS / 3 + 0.5 else ROUND[:1]
        step = max(1, ceil(decades / MAX_TICKS))
        for power in range(floor(log10(self.low)), ceil(log10(self.high)) + 1, step):
            yield from (factor * 10**power for factor in factors if self.low <= factor * 10**power <= self.high)

    def decades(self, most: int = 100) -> Iterator[float]:
        """The powers of ten between the ends, at most ``most`` of them."""
        powers = range(ceil(log10(self.low)), floor(log10(self.high)) + 1)
        return (10.0**power for power in powers[:: max(1, ceil(len(powers) / most))])


def spacing(length: Fraction, ticks: int) -> Fraction:
    """The smallest of 1, 2 or 5 times a power of 10 that divides a length into at most ``ticks`` parts.

    >>> spacing(Fraction(9), 4), spacing(Fraction(31, 10), 4), spacing(Fraction(227), 10)
    (Fraction(5, 1), Fraction(1, 1), Fraction(50, 1))
    """
    power = Fraction(1, 1000)
    while True:
        for factor in ROUND:
            if length <= ticks * factor * power:
                return factor * power
        power *= 10


def figure(value: Exact | float) -> str:
    """A figure at an axis, with the decimal point of the language."""
    return f"{float(value):g}".replace(".", Digits(current().digits or ENGLISH).point)


def heading(words: str, note: str) -> Iterator[str]:
    """The title, and at the right a note in small type."""
    yield svg.title(words)
    yield svg.text(svg.WIDTH, svg.TITLE, note, svg.SMALL, "end")


def axis_below(axis: PlotAxis, ticks: Iterable[Exact], meaning: str, top: float, bottom: float) -> Iterator[str]:
    """The axis of sizes: upright lines, their figures, and the meaning of the sizes."""
    yield svg.across(bottom, axis.start, axis.end, svg.SOLID)
    for value in ticks:
        yield svg.upright(axis.at(value), top, bottom)
        yield svg.text(axis.at(value), bottom + FIGURES, figure(value), svg.SMALL, "middle")
    yield svg.text((axis.start + axis.end) / 2, bottom + MEANING, meaning, anchor="middle")


def lines_across(axis: PlotAxis, ticks: Iterable[tuple[Exact | float, str]], left: float, right: float) -> Iterator[str]:
    """Lines from left to right with their figures in front."""
    for value, figure in ticks:
        yield svg.across(axis.at(value), left, right)
        yield svg.text(left - 4, axis.at(value) + svg.HALF, figure, svg.SMALL, "end")


def percents() -> Iterator[tuple[Fraction, str]]:
    """The ticks of shares, in quarters."""
    return ((Fraction(i, 4), f"{25 * i} %") for i in range(5))


def in_unit(value: Exact, scale: Scale) -> str:
    """A round value in the unit that fits it: 200 M."""
    unit, per_unit = Scale(scale.base, scale.unit if scale.base != 1000 else "").unit_of(int(value))
    return f"{figure(Fraction(value) / per_unit)} {unit}".strip()


def label_width(labels: Iterable[str]) -> float:
    """The room in points for the widest of labels."""
    return max((svg.text_width(svg.cut(label, MAX_LABEL)) for label in labels), default=0) * 1.05


def labels_at(ends: Sequence[tuple[float, float, str]], x: float, top: float, bottom: float) -> Iterator[str]:
    """Labels right of the ends of curves (x, y, words), moved apart where they would overlap, with a line to each."""
    ordered = sorted(ends, key=lambda end: end[1])
    for (from_x, from_y, words), y in zip(ordered, apart([end[1] for end in ordered], top, bottom), strict=True):
        yield svg.path(f"M{from_x + 3:.1f} {from_y:.1f}L{x - 2:.1f} {y:.1f}", svg.FAINT)
        yield svg.text(x, y + svg.HALF, svg.cut(words, MAX_LABEL), svg.SMALL)


def apart(places: Sequence[float], top: float, bottom: float) -> list[float]:
    """The places in their order, at least a line apart and inside the picture if there is room.

    >>> apart([50, 52, 100], 0, 100)
    [50, 60.0, 100]
    """
    moved: list[float] = []
    for place in places:
        moved.append(max(place, moved[-1] + GAP) if moved else max(place, top))
    limit = bottom
    for i in reversed(range(len(moved))):
        moved[i] = min(moved[i], limit)
        limit = moved[i] - GAP
    return moved
