"""Draws which part of the whole each kind of layer costs over sizes, as SVG: bands one above the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate

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
    text_at,
)  # fmt: skip
from worksheet.derive.profile import LETTER, SMALL, WIDTH
from worksheet.document import Picture
from worksheet.formula import Exact

LEAST = 0.02  # a kind that is nowhere more than this is one of the others
MOST_BANDS = 7
OTHERS = "others"
LOGARITHMIC = "the axis of sizes is logarithmic"
ROOM = 8.0  # points of height that a label inside takes


@dataclass(frozen=True)
class Bands:
    """What is drawn: the name of the file, the heading, what the sizes are, each kind's share by size; the lowest kind first."""

    name: str
    heading: str
    sizes: str
    shares: Mapping[Exact, Mapping[str, Fraction]]
    kinds: Sequence[str]
    is_logarithmic: bool = False  # the axis of sizes


def bands(given: Bands) -> Picture:
    """The drawing."""
    return _Drawing(given).picture()


class _Drawing:
    def __init__(self, given: Bands) -> None:
        self.given = given
        most = {kind: max(shares.get(kind, 0) for shares in given.shares.values()) for kind in given.kinds}
        self.own = [kind for kind in given.kinds if most[kind] >= LEAST][:MOST_BANDS]
        self.bands = [*self.own, *([OTHERS] if len(self.own) < len(given.kinds) else [])]
        sizes = list(given.shares)
        self.floor = HEIGHT - BOTTOM
        self.right = WIDTH - label_width(f"{kind} 99 %" for kind in self.bands) - 16
        self.x = Axis(sizes[0], sizes[-1], LEFT, self.right, given.is_logarithmic)
        self.y = Axis(0, 1, self.floor, TOP)
        self.sums = [self.stacked(shares) for shares in given.shares.values()]
        self.places = [self.x.at(size) for size in sizes]

    def stacked(self, shares: Mapping[str, Fraction]) -> list[float]:
        """The upper edge of each band."""
        edges = list(accumulate(float(shares.get(kind, 0)) for kind in self.own))
        return [*edges, 1.0] if len(self.bands) > len(self.own) else edges

    def picture(self) -> Picture:
        parts = [
            *heading(self.given.heading, LOGARITHMIC if self.given.is_logarithmic else ""),
            *self.painted(),
            *self.grid(),
            *self.labels(),
        ]
        return drawn(parts, self.given.name, self.words())

    def words(self) -> str:
        said = (f"{kind} from {self.percent(i, 0)} to {self.percent(i, -1)}" for i, kind in enumerate(self.bands))
        sizes = list(self.given.shares)
        return f"{self.given.heading}, {self.given.sizes} from {sizes[0]} to {sizes[-1]}: {', '.join(said)}"

    def percent(self, band: int, place: int) -> str:
        low, high = self.edges(band, place)
        return f"{100 * (high - low):.0f} %"

    def edges(self, band: int, place: int) -> tuple[float, float]:
        edges = self.sums[place]
        return (edges[band - 1] if band else 0.0), edges[band]

    def grid(self) -> Iterator[str]:
        ticks = self.x.doublings(self.x.low) if self.given.is_logarithmic else self.x.evenly(8)
        yield from below(self.x, ticks, self.given.sizes, TOP, self.floor)
        yield from across(self.y, ((Fraction(i, 4), f"{25 * i} %") for i in range(5)), self.right)

    def painted(self) -> Iterator[str]:
        for i in range(len(self.bands)):
            over = [(x, self.y.at(self.edges(i, j)[1])) for j, x in enumerate(self.places)]
            under = [(x, self.y.at(self.edges(i, j)[0])) for j, x in enumerate(self.places)]
            path = "L".join(f"{x:.2f} {y:.2f}" for x, y in [*over, *reversed(under)])
            paint = f'fill="{COLOURS[i % len(COLOURS)]}" fill-opacity="{0.75 if i % 2 == 0 else 0.45}"'
            yield f'<path d="M{path}z" {paint} stroke="white" stroke-width="0.8"/>'

    def labels(self) -> Iterator[str]:
        """At the right end of a band; inside one that is thin there."""
        ends: list[tuple[float, float, str]] = []
        for i, kind in enumerate(self.bands):
            low, high = self.edges(i, -1)
            if high - low >= LEAST:
                ends.append((self.right, self.y.at((low + high) / 2), f"{kind} {self.percent(i, -1)}"))
            else:
                yield from self.inside(i, kind)
        yield from labelled(ends, self.right + 12, TOP, self.floor)

    def inside(self, band: int, kind: str) -> Iterator[str]:
        """Where the band is thickest."""
        half = len(kind) * SMALL * LETTER / 2
        fitting = [j for j, x in enumerate(self.places) if LEFT + half < x < self.right - half]
        for j in sorted(fitting, key=lambda j: self.edges(band, j)[0] - self.edges(band, j)[1])[:1]:
            low, high = self.edges(band, j)
            if (high - low) * (self.floor - TOP) >= ROOM:
                yield text_at(self.places[j], self.y.at((low + high) / 2) + 2.5, kind, SMALL, "middle")
