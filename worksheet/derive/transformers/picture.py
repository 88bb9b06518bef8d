"""Draws figures of transformers over a length as SVG: curves over a logarithmic axis, each with its name at its end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from math import ceil, floor, log10

from worksheet.derive.profile import SIZE, SMALL, WIDTH, spacing
from worksheet.document import FONTS, Picture
from worksheet.errors import printable
from worksheet.formula import Exact, Scale

HEIGHT = 190.0  # points
LEFT, RIGHT, TOP, BOTTOM = 40.0, 92.0, 26.0, 30.0  # around the curves: figures, names, title, lengths
APART = 9.0  # between names at the right
MOST_TICKS = 5
GREY = 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.3"'
# Told apart in black and white by their dashes.
STYLES = (("#2b6cb0", ""), ("#c2571a", "5 2.5"), ("#2f8f4e", "1.5 2"), ("#8a4fb0", "8 2 1.5 2"))
MOST_POINTS = 120


@dataclass(frozen=True)
class Curve:
    """A name, and what it is at each length."""

    name: str
    points: Sequence[tuple[int, Exact]]


@dataclass(frozen=True)
class Chart:
    """Curves over a length: the file's name, the heading with its unit, words for those who do not see them."""

    name: str
    heading: str
    across: str  # what stands at the horizontal axis
    words: str
    curves: Sequence[Curve]
    unit: str = ""
    logarithmic: bool = True  # the figures' axis; else from 0 to 1, in per cent
    mark: int = 0  # a length that is marked


def drawn(chart: Chart) -> Picture:
    """The drawing."""
    return _Drawing(chart).picture()


def lengths(most: int) -> list[int]:
    """Lengths from 1 to the last, evenly apart on a logarithmic axis.

    >>> lengths(5)
    [1, 2, 3, 4, 5]
    """
    return sorted({round(most ** (i / MOST_POINTS)) for i in range(MOST_POINTS + 1)})


class _Drawing:
    def __init__(self, chart: Chart) -> None:
        self.chart = chart
        points = [point for curve in chart.curves for point in curve.points]
        self.longest = max(length for length, _ in points)
        self.most = max(value for _, value in points)
        self.least = min(value for _, value in points)
        self.floor = HEIGHT - BOTTOM

    def picture(self) -> Picture:
        chart = self.chart
        size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}pt" height="{HEIGHT:g}pt"'
        style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(chart.words))}">'
        parts = [*self.title(), *self.figures(), *self.axis(), *self.marked(), *self.curves(), *self.names()]
        return Picture(f"{head}{''.join(parts)}</svg>", chart.words, WIDTH, chart.name)

    # Places

    def x(self, length: int) -> float:
        return LEFT + log10(length) / max(log10(self.longest), 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: Exact) -> float:
        return self.floor - self.share(value) * (self.floor - TOP)

    def share(self, value: Exact) -> float:
        if not self.chart.logarithmic:
            return float(value)
        low, high = floor(log10(self.least)), ceil(log10(self.most))
        return (log10(value) - low) / max(high - low, 1)

    # Parts

    def title(self) -> Iterator[str]:
        yield f'<text x="0" y="9" font-weight="bold">{escape(self.chart.heading)}</text>'

    def figures(self) -> Iterator[str]:
        """Lines across, with their figures at the left."""
        for value, said in self.powers() if self.chart.logarithmic else self.shares():
            y = self.y(value)
            yield f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" {GREY}/>'
            yield _text(LEFT - 4, y + 2.5, said, SMALL, "end")

    def powers(self) -> Iterator[tuple[Exact, str]]:
        low, high = floor(log10(self.least)), ceil(log10(self.most))
        step = max(1, ceil((high - low) / MOST_TICKS))
        for power in range(low, high + 1, step):
            yield 10**power, Scale(1000, self.chart.unit).said(10**power)

    def shares(self) -> Iterator[tuple[Exact, str]]:
        step = spacing(Fraction(100), MOST_TICKS)
        for i in range(int(100 / step) + 1):
            yield i * step / 100, f"{float(i * step):g} %"

    def axis(self) -> Iterator[str]:
        yield f'<path d="M{LEFT:g} {self.floor:g}H{WIDTH - RIGHT:g}" stroke="currentColor" stroke-width="0.7"/>'
        for power in range(floor(log10(self.longest)) + 1):
            for factor in (1, 2, 5):
                length = factor * 10**power
                if length <= self.longest:
                    yield f'<path d="M{self.x(length):.2f} {self.floor:g}v{4 if factor == 1 else 2}" stroke="currentColor"/>'
                if length <= self.longest and factor == 1:
                    yield _text(self.x(length), self.floor + 11, f"{length:,}", SMALL, "middle")
        yield _text((LEFT + WIDTH - RIGHT) / 2, self.floor + 23, self.chart.across, SIZE, "middle")

    def marked(self) -> Iterator[str]:
        """An upright line at the length that is marked."""
        if self.chart.mark:
            x = self.x(self.chart.mark)
            yield f'<path d="M{x:.2f} {TOP:g}V{self.floor:g}" stroke="currentColor" stroke-width="0.7" stroke-dasharray="1 2"/>'
            yield _text(x, TOP - 4, f"L = {self.chart.mark:,}", SMALL, "middle")

    def curves(self) -> Iterator[str]:
        for curve, (colour, dash) in zip(self.chart.curves, STYLES, strict=False):
            path = "L".join(f"{self.x(length):.2f} {self.y(value):.2f}" for length, value in curve.points)
            line = f'fill="none" stroke="{colour}" stroke-width="1.6"' + (f' stroke-dasharray="{dash}"' if dash else "")
            yield f'<path d="M{path}" {line}/>'

    def names(self) -> Iterator[str]:
        """The curves' names behind their ends, moved apart where they would cover each other."""
        ends = sorted((self.y(curve.points[-1][1]), i) for i, curve in enumerate(self.chart.curves))
        lowest = TOP - APART
        for y, i in ends:
            lowest = max(y, lowest + APART)
            text = f'<tspan fill="{STYLES[i][0]}">{escape(printable(self.chart.curves[i].name))}</tspan>'
            yield f'<text x="{WIDTH - RIGHT + 5:.1f}" y="{lowest + 2.5:.1f}" font-size="{SMALL:g}">{text}</text>'


def _text(x: float, y: float, text: str, size: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}">{escape(printable(text))}</text>'
