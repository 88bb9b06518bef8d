"""The axes of drawings over sizes: places on linear or logarithmic axes, ticks with figures, labels that do not collide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from html import escape
from math import ceil, floor, log, log2, log10

from worksheet.derive.profile import LETTER, NICE, SIZE, SMALL, WIDTH, spacing
from worksheet.document import FONTS, Picture
from worksheet.errors import printable
from worksheet.formula import Exact, Scale

HEIGHT, LEFT, TOP, BOTTOM = 200.0, 40.0, 24.0, 32.0  # points: the drawing, and what is left around it
GAP = 10.0  # from a label's line to the next one's
LONGEST = 38  # letters of a label
LINE = 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.3"'
# Seen on white paper and on a dark screen; beside them dashes, marks and labels tell what is what in black and white.
COLOURS = ("#3f87d0", "#d9822b", "#3f9f5f", "#b0508f", "#9a8a2f", "#6b6bd6", "#c0504d", "#3f9a9a")
MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """From a value to a place in points. ``end`` lies before ``start`` on an upright axis."""

    low: Exact
    high: Exact
    start: float
    end: float
    is_logarithmic: bool = False

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """The first value and how far the last lies from it, as they are measured along the axis."""
        low, high = (log(end) if self.is_logarithmic else float(end) for end in (self.low, self.high))
        return low, high - low

    def at(self, value: Exact | float) -> float:
        low, length = self._ends
        share = ((log(value) if self.is_logarithmic else float(value)) - low) / length if length else 0.5
        return self.start + share * (self.end - self.start)

    def evenly(self, ticks: int = MOST_TICKS) -> Iterator[Fraction]:
        """Round values on a linear axis."""
        step = spacing(Fraction(self.high - self.low), ticks)
        for i in range(ceil(Fraction(self.low) / step), floor(Fraction(self.high) / step) + 1):
            yield i * step

    def doublings(self, first: Exact) -> Iterator[Exact]:
        """A value and its doublings, no more than fit."""
        many = int(log2(Fraction(self.high) / Fraction(first)) + 1e-9)
        return (first * 2**i for i in range(0, many + 1, max(1, ceil((many + 1) / (MOST_TICKS + 2)))))

    def powers(self, base: int) -> Iterator[Exact]:
        """Round values on a logarithmic axis: 1, 2, 5 and powers of ten, or powers of two."""
        if base != 1000:
            low, high = ceil(log2(self.low)), floor(log2(self.high))
            yield from (2**i for i in range(low, high + 1, max(1, ceil((high - low + 1) / MOST_TICKS))))
            return
        decades = log10(self.high) - log10(self.low)
        factors = NICE if decades < MOST_TICKS / 3 + 0.5 else NICE[:1]
        step = max(1, ceil(decades / MOST_TICKS))
        for power in range(floor(log10(self.low)), ceil(log10(self.high)) + 1, step):
            yield from (factor * 10**power for factor in factors if self.low <= factor * 10**power <= self.high)


def drawn(parts: Iterable[str], name: str, words: str) -> Picture:
    """The parts as a picture."""
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}pt" height="{HEIGHT:g}pt"'
    style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(words))}">'
    return Picture(f"{head}{''.join(parts)}</svg>", words, WIDTH, name)


def heading(text: str, said: str) -> Iterator[str]:
    yield f'<text x="0" y="9" font-weight="bold">{escape(printable(text))}</text>'
    yield text_at(WIDTH, 9, said, SMALL, "end")


def below(axis: Axis, ticks: Iterable[Exact], what: str, top: float, floor_at: float) -> Iterator[str]:
    """The axis of sizes: lines upright, figures, and what it is."""
    yield f'<path d="M{axis.start:g} {floor_at:g}H{axis.end:g}" stroke="currentColor" stroke-width="0.7"/>'
    for value in ticks:
        x = axis.at(value)
        yield f'<path d="M{x:.2f} {top:g}V{floor_at:g}" {LINE}/>'
        yield text_at(x, floor_at + 10, f"{float(value):g}", SMALL, "middle")
    yield text_at((axis.start + axis.end) / 2, floor_at + 22, what, SIZE, "middle")


def across(axis: Axis, ticks: Iterable[tuple[Exact, str]], right: float) -> Iterator[str]:
    """Lines across with their figures at the left."""
    for value, figure in ticks:
        y = axis.at(value)
        yield f'<path d="M{LEFT:g} {y:.2f}H{right:g}" {LINE}/>'
        yield text_at(LEFT - 4, y + 2.5, figure, SMALL, "end")


def said_on_axis(value: Exact, scale: Scale) -> str:
    """A round value in the unit that fits it: 200 M."""
    unit, per_unit = Scale(scale.base, scale.unit if scale.base != 1000 else "").unit_of(int(value))
    return f"{float(Fraction(value) / per_unit):g} {unit}".strip()


def cut(text: str, most: int = LONGEST) -> str:
    """A label that is not too long.

    >>> cut("ResNet-50 of torchvision", 10)
    'ResNet-50…'
    """
    return text if len(text) <= most else f"{text[: most - 1]}…"


def label_width(labels: Iterable[str]) -> float:
    return max((min(len(label), LONGEST) for label in labels), default=0) * SMALL * LETTER * 1.05


def labelled(ends: Sequence[tuple[float, float, str]], x: float, top: float, bottom: float) -> Iterator[str]:
    """Labels right of the ends of curves (x, y, text), moved apart where they would lie upon each other, with a line to each."""
    ordered = sorted(ends, key=lambda end: end[1])
    for (from_x, from_y, text), y in zip(ordered, apart([end[1] for end in ordered], top, bottom), strict=True):
        yield f'<path d="M{from_x + 3:.1f} {from_y:.1f}L{x - 2:.1f} {y:.1f}" {LINE}/>'
        yield text_at(x, y + 2.5, cut(text), SMALL, "start")


def apart(places: Sequence[float], top: float, bottom: float) -> list[float]:
    """The places in their order, at least a line apart and inside the drawing as far as there is room.

    >>> apart([50, 52, 100], 0, 100)
    [50, 60.0, 100]
    """
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + GAP) if found else max(place, top))
    limit = bottom
    for i in reversed(range(len(found))):
        found[i] = min(found[i], limit)
        limit = found[i] - GAP
    return found


def text_at(x: float, y: float, text: str, size: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}">{escape(printable(text))}</text>'
