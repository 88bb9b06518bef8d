"""Draws the roofline of some hardware as SVG with a network's layers on it, and below a strip for each kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from html import escape
from math import ceil, floor, log10, sqrt

from worksheet.derive.profile import SIZE, SMALL, WIDTH
from worksheet.derive.roofline.bounds import Bound, Roofline
from worksheet.document import FONTS, Picture
from worksheet.errors import printable
from worksheet.hardware import operation
from worksheet.hardware.units import plain, said

LEFT, RIGHT, TOP, ROOF, STRIP, BOTTOM = 92.0, 44.0, 26.0, 170.0, 17.0, 30.0  # points
MOST_KINDS = 7  # that have a strip of their own; the others share one
OTHERS = "others"
LEAST_MARK, LARGEST_MARK = 2.2, 11.0  # radii: the area of a mark is the share of the time
HIGHER = LARGEST_MARK + 2  # of the figures above the roof
BLUE, GREY = "#2b6cb0", 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.3"'
LINE = 'fill="none" stroke="currentColor" stroke-width="1.3"'
A_DECADE = 40  # places of marks: what lies nearer is drawn as one
ABOVE = 3  # times the peak, of room for its figure
ROOM = 1.6  # of a decade's factor, left around what is drawn


def _circle(x: float, y: float, r: float) -> str:
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{r:.2f}"'


def _square(x: float, y: float, r: float) -> str:
    return f'<rect x="{x - 0.886 * r:.2f}" y="{y - 0.886 * r:.2f}" width="{1.772 * r:.2f}" height="{1.772 * r:.2f}"'


def _triangle(x: float, y: float, r: float) -> str:
    return f'<path d="M{x:.2f} {y - 1.45 * r:.2f}L{x + 1.25 * r:.2f} {y + 0.72 * r:.2f}H{x - 1.25 * r:.2f}z"'


def _diamond(x: float, y: float, r: float) -> str:
    s = 1.253 * r
    return f'<path d="M{x:.2f} {y - s:.2f}L{x + s:.2f} {y:.2f}L{x:.2f} {y + s:.2f}L{x - s:.2f} {y:.2f}z"'


FILLED = f'fill="{BLUE}" fill-opacity="0.8" stroke="white" stroke-width="0.5"'
HOLLOW = f'fill="white" fill-opacity="0.65" stroke="{BLUE}" stroke-width="1.1"'
# Shapes of equal area; filled and hollow ones are told apart in black and white too.
MARKS: tuple[tuple[Callable[[float, float, float], str], str], ...] = (
    (_circle, FILLED), (_square, HOLLOW), (_triangle, FILLED), (_diamond, HOLLOW),
    (_square, FILLED), (_circle, HOLLOW), (_diamond, FILLED), (_triangle, HOLLOW),
)  # fmt: skip


@dataclass(frozen=True)
class Point:
    """Layers of one kind and about one intensity, with the share of the time that they take together."""

    intensity: float
    share: float


def picture(found: Roofline, name: str, title: str) -> Picture:
    """The drawing; ``title`` is that of the network, with which its words begin, ``name`` that of its file."""
    return _Chart(found).picture(name, title)


class _Chart:
    def __init__(self, found: Roofline) -> None:
        self.found = found
        self.beta = float(found.hardware.bandwidth)
        self.peak = float(found.peak)
        self.ridge = self.peak / self.beta
        self.strips = self.grouped()
        intensities = [point.intensity for points in self.strips.values() for point in points]
        self.low = min([*intensities, self.ridge / 10]) / ROOM
        self.high = max([*intensities, self.ridge * 10]) * ROOM
        self.bottom = self.beta * self.low
        self.top = self.peak * ABOVE
        self.floor = TOP + ROOF
        self.end = self.floor + 14 + STRIP * len(self.strips)
        self.rate = f"{operation(found.dtype)}/s"

    def grouped(self) -> dict[str, list[Point]]:
        """The points by kind, the kinds that take longest first; no operations have no place on a logarithmic axis."""
        kinds = [(kind, [bound for bound in bounds if bound.load.intensity]) for kind, bounds in self.found.by_kind().items()]
        kinds = [(kind, bounds) for kind, bounds in kinds if bounds]
        own = kinds if len(kinds) <= MOST_KINDS + 1 else kinds[:MOST_KINDS]
        rest = [bound for _, bounds in kinds[len(own) :] for bound in bounds]
        return {kind: self.points(bounds) for kind, bounds in [*own, *([(OTHERS, rest)] if rest else [])]}

    def points(self, bounds: list[Bound]) -> list[Point]:
        times: dict[int, Fraction] = {}
        for bound in bounds:
            assert bound.load.intensity is not None
            place = round(log10(bound.load.intensity) * A_DECADE)
            times[place] = times.get(place, Fraction(0)) + bound.time
        return [Point(10.0 ** (place / A_DECADE), float(time / self.found.time)) for place, time in sorted(times.items())]

    def picture(self, name: str, title: str) -> Picture:
        words = self.words(title)
        height = self.end + BOTTOM
        size = f'viewBox="0 0 {WIDTH:g} {height:g}" width="{WIDTH:g}pt" height="{height:g}pt"'
        style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
        head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(words))}">'
        parts = [*self.title(), *self.across(), *self.upright(), *self.roof(), *self.layers()]
        return Picture(f"{head}{''.join(parts)}</svg>", words, WIDTH, name)

    def words(self, title: str) -> str:
        hardware = self.found.hardware
        kinds = ", ".join(f"{kind} {self.share(points)}" for kind, points in self.strips.items())
        return (
            f"{title} on the roofline of {hardware.title}: {said(hardware.bandwidth, 'B/s')} up to the ridge point at "
            f"{plain(hardware.ridge(self.found.dtype))} operations for each byte, then {said(self.found.peak, self.rate)}; "
            f"shares of the time: {kinds}"
        )

    def share(self, points: list[Point]) -> str:
        percent = 100 * sum(point.share for point in points)
        return f"{percent:.0f} %" if percent >= 1 else "< 1 %"

    # Places

    def x(self, intensity: float) -> float:
        return LEFT + (log10(intensity) - log10(self.low)) / (log10(self.high) - log10(self.low)) * (WIDTH - LEFT - RIGHT)

    def y(self, rate: float) -> float:
        return self.floor - (log10(rate) - log10(self.bottom)) / (log10(self.top) - log10(self.bottom)) * ROOF

    def attainable(self, intensity: float) -> float:
        return min(self.peak, self.beta * intensity)

    # Parts of the drawing

    def title(self) -> Iterator[str]:
        yield f'<text x="0" y="9" font-weight="bold">Attainable {escape(self.rate)}</text>'
        yield _text(WIDTH, 9, f"{self.found.hardware.title}, {self.found.dtype}", SIZE, "end")

    def across(self) -> Iterator[str]:
        """Lines for the powers of ten of the rate, up to the peak."""
        for power in range(ceil(log10(self.bottom)), floor(log10(self.peak)) + 1):
            y = self.y(10.0**power)
            yield f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" {GREY}/>'
            yield _text(LEFT - 4, y + 2.5, said(Fraction(10) ** power, self.rate, 1), SMALL, "end")

    def upright(self) -> Iterator[str]:
        """Lines for the powers of ten of the intensity, from the roof through the strips down to their figures."""
        powers = range(ceil(log10(self.low)), floor(log10(self.high)) + 1)
        step = max(1, ceil(len(powers) / 8))
        for power in powers[::step]:
            x = self.x(10.0**power)
            yield f'<path d="M{x:.2f} {self.y(self.attainable(10.0**power)):.2f}V{self.end:.2f}" {GREY}/>'
            yield _text(x, self.end + 10, f"{10.0**power:g}", SMALL, "middle")
        unit = f"Operations for each byte ({operation(self.found.dtype)}/B)"
        yield _text((LEFT + WIDTH - RIGHT) / 2, self.end + 23, unit, SIZE, "middle")

    def roof(self) -> Iterator[str]:
        """The slope, the ridge point, the flat part, each with its figure."""
        hardware, x, y = self.found.hardware, self.x(self.ridge), self.y(self.peak)
        yield f'<path d="M{self.x(self.low):.2f} {self.y(self.bottom):.2f}L{x:.2f} {y:.2f}H{self.x(self.high):.2f}" {LINE}/>'
        yield f'<path d="M{x:.2f} {y:.2f}V{self.end:.2f}" stroke="currentColor" stroke-width="0.7" stroke-dasharray="3 2"/>'
        ridge = f"ridge point {plain(hardware.ridge(self.found.dtype))} {operation(self.found.dtype)}/B"
        yield _text(x, y - HIGHER, ridge, SMALL, "end" if x > WIDTH / 2 else "middle")
        yield _text(WIDTH - RIGHT, y - HIGHER, said(self.found.peak, self.rate), SMALL, "end")
        middle = 10.0 ** (round((log10(self.bottom) + log10(self.peak)) / 2 - 0.5) + 0.5)  # between two lines
        yield _text(self.x(middle / self.beta) - 5, self.y(middle) - 2, said(hardware.bandwidth, "B/s"), SMALL, "end")

    def layers(self) -> Iterator[str]:
        """Each point on the roof and in the strip of its kind."""
        yield f'<path d="M{LEFT:g} {self.floor:g}H{WIDTH - RIGHT:g}" stroke="currentColor" stroke-width="0.7"/>'
        yield _text(WIDTH, self.floor + 9, "of the time", SMALL, "end")
        for i, (kind, points) in enumerate(self.strips.items()):
            draw, paint = MARKS[i]
            y = self.floor + 14 + STRIP * (i + 0.5)
            yield f'<path d="M{LEFT:g} {y:.2f}H{WIDTH - RIGHT:g}" {GREY}/>'
            yield f"{draw(6, y, 3)} {paint}/>"
            yield _text(14, y + 2.8, kind, SMALL, "start")
            yield _text(WIDTH, y + 2.8, self.share(points), SMALL, "end")
            for point in points:
                x, r = self.x(point.intensity), max(LEAST_MARK, LARGEST_MARK * sqrt(point.share))
                yield f"{draw(x, self.y(self.attainable(point.intensity)), r)} {paint}/>{draw(x, y, r)} {paint}/>"


def _text(x: float, y: float, text: str, size: float, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}">{escape(printable(text))}</text>'
