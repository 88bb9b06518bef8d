"""Chooses one candidate for a student's network, layer by layer: of a few values for each layer, those at which mistakes show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NamedTuple

from worksheet.errors import WorksheetError
from worksheet.homework.assignment.assignment import Variants
from worksheet.homework.variants.links import Renaming, Way, keep_all, link_layers, ways
from worksheet.homework.variants.ranges import Change, Ranges, own_symbols, resize
from worksheet.homework.variants.stream import Stream
from worksheet.homework.variants.window_choice import WindowChoice
from worksheet.homework.variants.yardstick import Yardstick
from worksheet.layers import Shape
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import Sized, size, sized

WIDTHS = 3  # numbers of channels that are compared for each layer
BAND = 1  # digits by which a figure may be longer or shorter than the original's
TRIALS, PASSED = 4, 2  # candidates with which a way to change channels is tried, and how many must be valid


class Freedom(StrEnum):
    """How much a candidate may differ: from everything that varies down to what every network allows."""

    FULL = "full"
    NARROW = "without channels"
    INPUT = "input"


class DeadEnd(Exception):
    """The layers of a candidate do not fit together; the message is the reason."""


class Candidate(NamedTuple):
    """A valid network, how well mistakes show in it, and by how many digits its figures are outside the band around the
    original's."""

    network: Network
    score: int
    excess: int


@dataclass
class CandidateDraft:
    """A candidate under construction."""

    stream: Stream
    freedom: Freedom
    renaming: Renaming | None  # None if every layer draws its own number
    oblong: int  # the layer whose kernel becomes oblong; -1 for none
    shapes: dict[str, Shape]
    nodes: dict[str, Node] = field(default_factory=dict)
    sized: dict[object, Sized] = field(default_factory=dict)
    score: int = 0
    excess: int = 0


class Chooser:
    """Makes candidates for one network. Everything that is computed once depends only on the network and its variants."""

    def __init__(self, network: Network, variants: Variants, yardstick: Yardstick) -> None:
        vary = variants.vary or (*own_symbols(network), *variants.ranges)
        self.ranges, self.yardstick = Ranges(replace(variants, vary=vary)), yardstick
        self.links = link_layers(network)
        self.network = replace(network, nodes=tuple(map(_without_input_size, network.nodes)))
        self.rows = sized(self.network)
        self.windows = WindowChoice(self.rows, self.links, self.ranges, yardstick)
        self.digits = [yardstick.digits(row) for row in self.rows]
        self._inputs: dict[int, tuple[Shape, tuple[Node, ...]] | None] = {}
        self.depends_on_input = self._depends_on_input()
        self.way = self._way()

    def _way(self) -> Way:
        """The freest way to change channels with which the layers still fit together."""
        for way in ways(self.network, self.links, self.ranges):
            if sum(self._is_valid(way, trial) for trial in range(TRIALS)) >= PASSED:
                return way
        return keep_all

    def _is_valid(self, way: Way, trial: int) -> bool:
        try:
            self._candidate(Stream("trial", str(trial)), Freedom.FULL, way)
        except DeadEnd:
            return False
        return True

    # The input

    def _depends_on_input(self) -> bool:
        """Whether the layers depend on the input, so that they must be made again for another one."""
        make = self.network.made_for
        sides = self.ranges.sides(self.network.input[-1], len(self.network.input))
        if make is None or not self.ranges.varies("input"):
            return False
        try:
            if tuple(map(_without_input_size, make(self.network.input).nodes)) != self.network.nodes:
                return False
            others = [make(resize(self.network.input, side)) for side in (sides[0], sides[-1])]
        except (WorksheetError, OSError):
            return False
        return any(tuple(map(_without_input_size, other.nodes)) != self.network.nodes for other in others)

    def _input(self, stream: Stream) -> tuple[Shape, tuple[Node, ...]]:
        """An input, and the layers for it, before anything else varies."""
        sides = self.ranges.sides(self.network.input[-1], len(self.network.input))
        for side in stream.some(sides, len(sides)):
            if side not in self._inputs:
                self._inputs[side] = self._for_side(side)
            if fitting := self._inputs[side]:
                return fitting
        raise DeadEnd(f"no input of {', '.join(map(str, sides[:9]))} fits")

    def _for_side(self, side: int) -> tuple[Shape, tuple[Node, ...]] | None:
        """The input of a side, with its layers, or None if they do not fit. A chain is not tried yet: its layers still change."""
        shape = resize(self.network.input, side)
        if not self.ranges.varies("input"):
            return self.network.input, self.network.nodes
        try:
            make = self.network.made_for
            nodes = tuple(map(_without_input_size, make(shape).nodes)) if self.depends_on_input and make else self.network.nodes
            if len(nodes) != len(self.network.nodes):
                return None
            if not self.links.chain:
                sized(replace(self.network, input=shape, nodes=nodes))
        except WorksheetError:
            return None
        return shape, nodes

    # The layers

    def candidate(self, stream: Stream, freedom: Freedom) -> Candidate:
        """The candidate drawn from a stream. Raises DeadEnd."""
        return self._candidate(stream, freedom, self.way if freedom == Freedom.FULL else keep_all)

    def _candidate(self, stream: Stream, freedom: Freedom, way: Way) -> Candidate:
        shape, nodes = self._input(stream)
        oblong = self.windows.oblong_places
        draft = CandidateDraft(
            stream, freedom, way(stream), stream.pick(oblong) if oblong else -1, {INPUT: shape, **self.network.further}
        )
        for place, node in enumerate(nodes):
            self._layer(draft, place, node)
        network = replace(self.network, input=shape, nodes=tuple(draft.nodes.values()), made_for=None)
        return Candidate(network, draft.score, draft.excess)

    def _layer(self, draft: CandidateDraft, place: int, node: Node) -> None:
        """Choose a layer: the best change with which its figures have about as many digits as before."""
        received = tuple([draft.shapes[name] for name in node.inputs])
        best: tuple[int, int, Sized] | None = None
        for score, change in self._changes(draft, place, node, received):
            changed = replace(node, hyperparameters={**node.hyperparameters, **change}) if change else node
            layer = _size_layer(draft, changed, received)
            digits = zip(self.yardstick.digits(layer), self.digits[place], strict=True)
            excess = sum(max(0, abs(new - old) - BAND) for new, old in digits)
            if best is None or excess < best[0]:
                best = excess, score, layer
            if not excess:
                break
        assert best is not None  # there is always a change, possibly an empty one
        excess, score, layer = best
        draft.score += score
        draft.excess += excess
        draft.nodes[node.name] = layer.node
        draft.shapes[node.name] = layer.output

    def _changes(
        self, draft: CandidateDraft, place: int, node: Node, received: tuple[Shape, ...]
    ) -> Iterator[tuple[int, Change]]:
        """The possible changes of a layer, the best first, with how well mistakes show."""
        if node.shares:
            owner = draft.nodes[node.shares]
            yield 0, owner.hyperparameters if owner.kind is node.kind else {}
            return
        as_before = node.hyperparameters == self.rows[place].node.hyperparameters
        if draft.freedom == Freedom.INPUT or len(received) != 1 or not as_before:
            yield 0, {}
            return
        choice = self.windows.choose(draft.stream, place, received[0], oblong=draft.oblong == place)
        if choice is None:
            raise DeadEnd(f"no window fits {node.name}, which receives {' x '.join(map(str, received[0]))}")
        score, window = choice
        for more, change in self._channels(draft, place, node, received[0]):
            yield score + more, {**window, **change}

    def _channels(self, draft: CandidateDraft, place: int, node: Node, received: Shape) -> list[tuple[int, Change]]:
        """Numbers of output channels and of groups, the best first."""
        if not node.kind.sets_channels:
            return [(0, {})]
        if "g" not in node.hyperparameters:
            widths = self._widths(draft, place, node, None)
            options = [(self._nodes_score(node, received, k), {node.kind.width: k}) for k in widths]
        else:
            options = [
                (self.yardstick.of(node, (received[0], *self.rows[place].received[0][1:]), {"k": k, "g": g})[1], {"k": k, "g": g})
                for k in self._widths(draft, place, node, received[0])
                for g in self._groups(place, node, received[0], k)
            ]
        if not options:
            raise DeadEnd(f"{node.name} cannot be split into groups")
        return sorted(options, key=lambda one: -one[0])

    def _nodes_score(self, node: Node, received: Shape, k: int) -> int:
        """How well mistakes show in a linear layer; on a feature map, which is flattened, they always do."""
        return self.yardstick.of(node, received, {node.kind.width: k})[1] if len(received) == 1 else 0

    def _widths(self, draft: CandidateDraft, place: int, node: Node, c: int | None) -> list[int]:
        """Numbers of output channels to choose from."""
        k = node.hyperparameters[node.kind.width]
        if place in self.links.answers:
            return [k]
        if draft.renaming is not None:
            return [draft.renaming.get(k, k)]
        if c is not None and self._is_depthwise(place):
            return [k // node.hyperparameters["g"] * c]
        return draft.stream.some(self.ranges.channels(k), WIDTHS)

    def _groups(self, place: int, node: Node, c: int, k: int) -> tuple[int, ...]:
        return (c,) if self._is_depthwise(place) else self.ranges.groups(node.hyperparameters["g"], c, k)

    def _is_depthwise(self, place: int) -> bool:
        """Whether each input channel is a separate group."""
        row = self.rows[place]
        return 1 < row.node.hyperparameters.get("g", 1) == row.received[0][0]


def _size_layer(draft: CandidateDraft, node: Node, received: tuple[Shape, ...]) -> Sized:
    """A layer with its shapes; equal layers are computed once."""
    key = (node.kind.name, received, node.pattern, *node.hyperparameters.items())
    if key not in draft.sized:
        try:
            new = size(node, received)
        except WorksheetError as fault:
            raise DeadEnd(f"{node.name}: {fault.message}") from None
        assert new is not None  # every shape is known
        draft.sized[key] = new
    layer = draft.sized[key]
    return layer if layer.node is node else replace(layer, node=node)


def _without_input_size(node: Node) -> Node:
    """A layer without the stated size of its input, which follows from the layer above."""
    stated = node.kind.spelling.arrow[0] if node.kind.spelling.arrow else ""
    if stated not in node.hyperparameters or any(symbol.name == stated for symbol in node.kind.hyperparameters):
        return node
    return replace(node, hyperparameters={name: value for name, value in node.hyperparameters.items() if name != stated})
