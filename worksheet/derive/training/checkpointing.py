"""Checkpoints: what training keeps where only the tensors between segments stay, and segments run again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property
from itertools import accumulate, pairwise

from worksheet.counting.gradients import Gradients
from worksheet.errors import ConventionError
from worksheet.frozen import frozen
from worksheet.network import Node


@frozen
class Cost:
    """By the names of layers and inputs: the bytes of their tensors, and of what they keep for themselves."""

    array: Mapping[str, int]
    own: Mapping[str, int]


@frozen
class Segment:
    """Layers from one place to before another, the bytes of the tensors that it is run again from, of all that earlier segments
    are run again from, and of what it keeps inside while its backward pass runs."""

    start: int
    end: int
    given: int
    before: int
    inside: int

    @property
    def bytes(self) -> int:
        """What is kept while its backward pass runs."""
        return self.before + self.given + self.inside


class LayerChain:
    """A network's layers in a row, and the places where it may be cut."""

    def __init__(self, nodes: Sequence[Node], flow: Gradients, cost: Cost) -> None:
        self.nodes = nodes
        self.flow = flow
        self.cost = cost
        self.sources = {node.name for node in nodes if node.kind.is_source}

    @cached_property
    def _ends(self) -> dict[str, int]:
        """By the name of each tensor, the place of the last layer that reads it."""
        return {name: place for place, node in enumerate(self.nodes) for name in self._read(node)}

    def _read(self, node: Node) -> list[str]:
        return [owner for name in node.inputs if (owner := self.flow.owners[name]) not in self.sources]

    @cached_property
    def cuts(self) -> list[int]:
        """The places before which a single tensor is passed on."""
        starts: dict[str, int] = dict.fromkeys(self.flow.inputs, -1)
        starts |= {node.name: place for place, node in enumerate(self.nodes) if self.flow.owners[node.name] == node.name}
        handed = [0] * (len(self.nodes) + 2)
        for name, end in self._ends.items():
            handed[starts[name] + 1] += 1
            handed[end + 1] -= 1
        places, now = [], 0
        for place in range(len(self.nodes)):
            now += handed[place]
            if place and now == 1:
                places.append(place)
        return places

    def segments(self, count: int) -> list[Segment]:
        """The network in ``count`` segments of about the same bytes: cut where a single tensor is passed on if there are enough
        such places, or anywhere if that keeps less. Raises ConventionError."""
        if not 1 <= count <= len(self.nodes):
            hint = f"a whole number from 1 to {len(self.nodes)}, the number of layers"
            raise ConventionError(f"the network cannot be cut into {count} segments", hint=hint)
        sums = [0, *accumulate(self._first_kept())]
        ways = []
        for places in (self.cuts, range(1, len(self.nodes))):
            if len(places) >= count - 1:
                borders = [0, *_choose_places([sums[place] for place in places], places, sums[-1], count), len(self.nodes)]
                ways.append(self._measure(list(pairwise(borders))))
        return min(ways, key=lambda way: max(segment.bytes for segment in way))

    def _first_kept(self) -> list[int]:
        """For each layer the bytes that are kept for it, and for no layer before it."""
        first = {keepers[0]: 0 for keepers in self.flow.keepers.values()}
        for name, keepers in self.flow.keepers.items():
            first[keepers[0]] += 0 if name in self.sources else self.cost.array[name]
        return [first.get(node.name, 0) + self.cost.own[node.name] for node in self.nodes]

    def _measure(self, spans: Sequence[tuple[int, int]]) -> list[Segment]:
        inputs = [self._inputs_of(start, end) for start, end in spans]
        handed = set().union(*inputs)
        segments: list[Segment] = []
        seen: set[str] = set()
        for (start, end), names in zip(spans, inputs, strict=True):
            inside = {name for node in self.nodes[start:end] for name in self._kept_inside(node, start, end)} - handed
            own = sum(self.cost.own[node.name] for node in self.nodes[start:end])
            segments.append(Segment(start, end, self._size(names - seen), self._size(seen), own + self._size(inside)))
            seen |= names
        return segments

    def _size(self, names: set[str]) -> int:
        return sum(self.cost.array[name] for name in names)

    def _inputs_of(self, start: int, end: int) -> set[str]:
        """The tensors from outside that layers of a segment read."""
        here = {node.name for node in self.nodes[start:end]}
        return {name for node in self.nodes[start:end] for name in self._read(node) if name not in here}

    def _kept_inside(self, node: Node, start: int, end: int) -> list[str]:
        """The layer's tensor where a backward pass of the same segment reads it again."""
        here = {node.name for node in self.nodes[start:end]}
        return [node.name] if not here.isdisjoint(self.flow.keepers.get(node.name, ())) else []


def _choose_places(sums: Sequence[int], places: Sequence[int], total: int, count: int) -> list[int]:
    """One place fewer than there are segments, each the nearest to its share of the total that leaves room for the others."""
    chosen: list[int] = []
    least = 0
    for i in range(1, count):
        most = len(places) - (count - 1 - i) - 1
        share = total * i // count
        at = bisect_left(sums, share, least, most)
        before = at > least and share - sums[at - 1] <= sums[at] - share
        chosen.append(places[at - before])
        least = at - before + 1
    return chosen


def best_segments(layers: int) -> int:
    """The number of segments at which n + L/n is smallest: the least n with n(n + 1) >= L.

    >>> best_segments(100), best_segments(90), best_segments(91)
    (10, 9, 10)
    """
    n = 1
    while n * (n + 1) < layers:
        n += 1
    return n
