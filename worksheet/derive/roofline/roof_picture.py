"""Draws the roofline of a processor with a network's layers on it, and below it a strip for each kind of layer."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import log10, sqrt

from worksheet.derive.roofline.time_bounds import Roofline, TimeBound
from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.axes import FIGURES, MEANING, PlotAxis, lines_across
from worksheet.frozen import frozen
from worksheet.hardware import operation
from worksheet.hardware.units import plain, said

LEFT, RIGHT, TOP, ROOF, STRIP, BOTTOM = 92.0, svg.WIDTH - 44, 26.0, 170.0, 17.0, 30.0  # points
MAX_KINDS = 7  # with their own strip; the others share one
OTHERS = "others"
LEAST_MARK, LARGEST_MARK = 2.2, 11.0  # radii: the area of a mark is the share of the time
HIGHER = LARGEST_MARK + 2  # of the figures above the roof
LINE = 'fill="none" stroke="currentColor" stroke-width="1.3"'
FILLED = f'fill="{svg.BLUE}" fill-opacity="0.8" stroke="white" stroke-width="0.5"'
HOLLOW = f'fill="white" fill-opacity="0.65" stroke="{svg.BLUE}" stroke-width="1.1"'
A_DECADE = 40  # places of marks; closer layers are drawn as one
ABOVE = 3  # times the peak, of room for its figure
ROOM = 1.6  # of a decade's factor, left around what is drawn
MAX_POWERS = 8  # of ten, with a line


@frozen
class Cluster:
    """Layers of one kind and about one intensity, with the share of the time that they take together."""

    intensity: float
    share: float


def draw_roofline(roofline: Roofline, name: str, network: str) -> Picture:
    """The picture; ``network`` is the title with which its words begin, ``name`` that of its file."""
    return _Roof(roofline).picture(name, network)


class _Roof:
    def __init__(self, roofline: Roofline) -> None:
        self.roofline = roofline
        self.beta = float(roofline.hardware.bandwidth)
        self.peak = float(roofline.peak)
        self.ridge = self.peak / self.beta
        self.strips = self.strips_by_kind()
        intensities = [cluster.intensity for clusters in self.strips.values() for cluster in clusters]
        low = min([*intensities, self.ridge / 10]) / ROOM
        self.floor = TOP + ROOF
        self.x = PlotAxis(low, max([*intensities, self.ridge * 10]) * ROOM, LEFT, RIGHT, is_logarithmic=True)
        self.y = PlotAxis(self.beta * low, self.peak * ABOVE, self.floor, TOP, is_logarithmic=True)
        self.end = self.floor + 14 + STRIP * len(self.strips)
        self.operation = operation(roofline.dtype)
        self.rate = f"{self.operation}/s"

    def strips_by_kind(self) -> dict[str, list[Cluster]]:
        """The clusters by kind, the slowest kinds first; layers without operations have no place on a logarithmic axis."""
        kinds = [(kind, [bound for bound in bounds if bound.load.intensity]) for kind, bounds in self.roofline.by_kind().items()]
        kinds = [(kind, bounds) for kind, bounds in kinds if bounds]
        own = kinds if len(kinds) <= MAX_KINDS + 1 else kinds[:MAX_KINDS]
        rest = [bound for _, bounds in kinds[len(own) :] for bound in bounds]
        return {kind: self.clusters(bounds) for kind, bounds in [*own, *([(OTHERS, rest)] if rest else [])]}

    def clusters(self, bounds: list[TimeBound]) -> list[Cluster]:
        times: dict[int, Fraction] = {}
        for bound in bounds:
            assert bound.load.intensity is not None
            place = round(log10(bound.load.intensity) * A_DECADE)
            times[place] = times.get(place, Fraction(0)) + bound.time
        return [Cluster(10.0 ** (place / A_DECADE), float(time / self.roofline.time)) for place, time in sorted(times.items())]

    def picture(self, name: str, network: str) -> Picture:
        parts = [*self.heading(), *self.rates(), *self.intensities(), *self.roof(), *self.layers()]
        return svg.page(parts, self.words(network), self.end + BOTTOM, name=name)

    def words(self, network: str) -> str:
        hardware = self.roofline.hardware
        kinds = ", ".join(f"{kind} {self.share(clusters)}" for kind, clusters in self.strips.items())
        return (
            f"{network} on the roofline of {hardware.title}: {said(hardware.bandwidth, 'B/s')} up to the ridge point at "
            f"{plain(hardware.ridge(self.roofline.dtype))} operations for each byte, then {said(self.roofline.peak, self.rate)}; "
            f"shares of the time: {kinds}"
        )

    def share(self, clusters: list[Cluster]) -> str:
        percent = 100 * sum(cluster.share for cluster in clusters)
        return f"{percent:.0f} %" if percent >= 1 else "< 1 %"

    def attainable(self, intensity: float) -> float:
        """The place of the highest rate at an intensity."""
        return self.y.at(min(self.peak, self.beta * intensity))

    # Parts of the picture

    def heading(self) -> Iterator[str]:
        yield svg.title(f"Attainable {self.rate}")
        yield svg.text(svg.WIDTH, svg.TITLE, f"{self.roofline.hardware.title}, {self.roofline.dtype}", anchor="end")

    def rates(self) -> Iterator[str]:
        """Lines for the powers of ten of the rate, up to the peak."""
        powers = (power for power in self.y.decades() if power <= self.peak)
        yield from lines_across(self.y, ((power, said(Fraction(power), self.rate, 1)) for power in powers), LEFT, RIGHT)

    def intensities(self) -> Iterator[str]:
        """Lines for the powers of ten of the intensity, from the roof through the strips down to their figures."""
        for power in self.x.decades(MAX_POWERS):
            x = self.x.at(power)
            yield svg.upright(x, self.attainable(power), self.end)
            yield svg.text(x, self.end + FIGURES, f"{power:g}", svg.SMALL, "middle")
        yield svg.text((LEFT + RIGHT) / 2, self.end + MEANING, f"Operations for each byte ({self.operation}/B)", anchor="middle")

    def roof(self) -> Iterator[str]:
        """The slope, the ridge point, the flat part, each with its figure."""
        hardware, x, y = self.roofline.hardware, self.x.at(self.ridge), self.y.at(self.peak)
        yield svg.path(f"M{LEFT:.2f} {self.floor:.2f}L{x:.2f} {y:.2f}H{RIGHT:.2f}", LINE)
        yield svg.upright(x, y, self.end, f'{svg.SOLID} stroke-dasharray="3 2"')
        ridge = f"ridge point {plain(hardware.ridge(self.roofline.dtype))} {self.operation}/B"
        yield svg.text(x, y - HIGHER, ridge, svg.SMALL, "end" if x > svg.WIDTH / 2 else "middle")
        yield svg.text(RIGHT, y - HIGHER, said(self.roofline.peak, self.rate), svg.SMALL, "end")
        middle = 10.0 ** (round((log10(self.y.low) + log10(self.peak)) / 2 - 0.5) + 0.5)  # between two lines
        yield svg.text(
            self.x.at(middle / self.beta) - 5, self.y.at(middle) - 2, said(hardware.bandwidth, "B/s"), svg.SMALL, "end"
        )

    def layers(self) -> Iterator[str]:
        """Each cluster on the roof and in the strip of its kind."""
        yield svg.across(self.floor, LEFT, RIGHT, svg.SOLID)
        yield svg.text(svg.WIDTH, self.floor + 9, "of the time", svg.SMALL, "end")
        for i, (kind, clusters) in enumerate(self.strips.items()):
            draw, paint = svg.MARKS[i], FILLED if i % 2 == 0 else HOLLOW
            y = self.floor + 14 + STRIP * (i + 0.5)
            yield svg.across(y, LEFT, RIGHT)
            yield draw(6, y, 3, paint)
            yield svg.text(14, y + svg.HALF, kind, svg.SMALL)
            yield svg.text(svg.WIDTH, y + svg.HALF, self.share(clusters), svg.SMALL, "end")
            for cluster in clusters:
                x, r = self.x.at(cluster.intensity), max(LEAST_MARK, LARGEST_MARK * sqrt(cluster.share))
                yield draw(x, self.attainable(cluster.intensity), r, paint) + draw(x, y, r, paint)
