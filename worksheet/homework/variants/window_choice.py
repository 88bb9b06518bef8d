"""Chooses the window of a layer: kernel, stride and padding at which mistakes show, here and at the next window."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from worksheet.homework.variants.links import Links
from worksheet.homework.variants.ranges import Change, Ranges, same_output
from worksheet.homework.variants.stream import Stream
from worksheet.homework.variants.yardstick import Yardstick
from worksheet.layers import Shape
from worksheet.memo import Bounded
from worksheet.network import Node
from worksheet.sizes import Sized

LOOK = 8  # windows that are compared for a layer
SLACK = (0.5, 2.1)  # sides of a feature map, as shares of the original's
SMALL = 0.85  # below this share a feature map is small
TIGHT = 8  # subtracted from a score if a feature map becomes small, so that little is left for the layers after it
FEW = 16  # windows of the next layer, at most, for all of them to be tried
MAX_KNOWN = 100_000  # windows at inputs that are remembered

Options = tuple[Change, ...]


class WindowChoice:
    """The windows of one network's layers, by their place. What is remembered depends only on the network and its ranges."""

    def __init__(self, rows: Sequence[Sized], links: Links, ranges: Ranges, yardstick: Yardstick) -> None:
        self.rows, self.yardstick = rows, yardstick
        options = [_options(row.node, place in links.trunk, ranges) for place, row in enumerate(rows)]
        self.square = [square for square, _ in options]
        self.oblong = [oblong for _, oblong in options]
        self.oblong_places = [place for place, (_, oblong) in enumerate(options) if oblong]
        self.following = self._following() if links.chain else {}
        self._measured: Bounded[tuple[int, Shape, int], tuple[Shape | None, int]] = Bounded(MAX_KNOWN)
        self._best_ahead: Bounded[tuple[int, Shape], int] = Bounded(MAX_KNOWN)

    def _following(self) -> dict[int, int]:
        """For each window of a chain, the next one, if it has few values and no layer between them changes the feature map."""
        places = [place for place, options in enumerate(self.square) if options]
        few = [(a, b) for a, b in pairwise(places) if len(self.square[b]) <= FEW]
        return {a: b for a, b in few if all(row.output == row.received[0] for row in self.rows[a + 1 : b])}

    def choose(self, stream: Stream, place: int, received: Shape, *, oblong: bool) -> tuple[int, Change] | None:
        """A window and how well mistakes show: the best of some that keep the feature map near the original's, or of all if none
        does. None if no window fits; no change if the layer has no window."""
        options = self.square[place]
        if not options or len(received) != len(self.rows[place].output):
            return 0, {}
        best = self._best(stream.some(self.oblong[place], LOOK), place, received) if oblong else None
        best = best or self._best(stream.some(options, LOOK), place, received)
        return best or self._best(stream.some(options, len(options)), place, received, far=True)

    def _best(
        self, options: Options | list[Change], place: int, received: Shape, *, far: bool = False
    ) -> tuple[int, Change] | None:
        before = self.rows[place].output[1:]
        best: tuple[tuple[bool, int], int, Change] | None = None
        for change in options:
            output, score = self._measure(place, received[1:], change)
            near = output is not None and _is_near(output, before)
            if output is None or not (near or far):
                continue
            rank = near, score + self._ahead(place, output) - TIGHT * _is_small(output, before)
            if best is None or rank > best[0]:
                best = rank, score, change
        return best[1:] if best else None

    def _measure(self, place: int, sides: Shape, change: Change) -> tuple[Shape | None, int]:
        """The output of a window, and its score. A change is a dictionary and has no hash, but each is one object, kept in
        ``square`` or ``oblong``."""
        key = place, sides, id(change)
        if key not in self._measured:
            self._measured[key] = self.yardstick.window(self.rows[place].node, sides, change)
        return self._measured[key]

    def _ahead(self, place: int, sides: Shape) -> int:
        """How well mistakes can show at the next window, if it has so few values that all can be tried."""
        following = self.following.get(place)
        if following is None:
            return 0
        if (place, sides) not in self._best_ahead:
            outcomes = [self._measure(following, sides, change) for change in self.square[following]]
            self._best_ahead[place, sides] = max((score for output, score in outcomes if output), default=0)
        return self._best_ahead[place, sides]


def _options(node: Node, on_trunk: bool, ranges: Ranges) -> tuple[Options, Options]:
    """A layer's windows; if a branch bypasses it, only those that do not change its output."""
    square, oblong = ranges.windows(node)
    if on_trunk:
        return square, oblong
    return tuple(one for one in square if same_output(node, one)), tuple(one for one in oblong if same_output(node, one))


def _is_near(output: Shape, before: Shape) -> bool:
    least, most = SLACK
    return all(least * b <= a <= most * b for a, b in zip(output, before, strict=True))


def _is_small(output: Shape, before: Shape) -> bool:
    return any(a < SMALL * b for a, b in zip(output, before, strict=True))
