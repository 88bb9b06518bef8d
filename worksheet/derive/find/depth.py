"""The depth of a part of a network: a block whose output has the shape of its input may be repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial

from worksheet.errors import NetworkError, nearest, shown
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import Sized, sized

WORD = "depth"
BETWEEN = ".."  # an interval of layers: FIRST..LAST
STORED = ("weights", "biases")


@frozen
class RepeatedBlock:
    """Layers that repeat: the names of those of one repetition, the number of repetitions, and what comes before them.

    ``entry`` is what the first time reads, ``exit`` the last layer of the last time. ``lead`` counts a first block of the same
    stage that is not one of them, since it changes the shape.
    """

    names: tuple[str, ...]
    run: tuple[str, ...]  # all layers of all times
    entry: str
    times: int
    lead: int

    @property
    def now(self) -> int:
        return self.lead + self.times


@frozen
class _Part:
    """Layers from one tensor that all later ones go through to the next."""

    start: int
    end: int
    shape: Shape  # of what it reads
    signature: object
    learns: bool  # some layer has weights


def block(network: Network, owner: str) -> RepeatedBlock:
    """The block that repeats in a stage, or from a first to a last layer. Raises NetworkError if there is none.

    In a stage it is the one that repeats most often, of those the longest; it begins with a layer that has weights, and its
    output has the shape of its input. Times in a row are counted beyond the stage too, where the same layers go on.
    """
    parts = list(_parts(network))
    first, last = _interval(network, owner)
    inside = [i for i, part in enumerate(parts) if first <= part.start and part.end <= last + 1]
    if BETWEEN in owner:
        whole = inside and parts[inside[0]].start == first and parts[inside[-1]].end == last + 1
        candidates = [(inside[0], len(inside))] if whole and _keeps_shape(network, parts, inside[0], len(inside)) else []
    else:
        candidates = [
            (i, length)
            for i in inside
            for length in range(1, inside[-1] - i + 2)
            if parts[i].learns and _is_closed(parts, i, length, inside[-1]) and _keeps_shape(network, parts, i, length)
        ]
    if not candidates:
        hint = "a block between layers: FIRST..LAST.depth, whose output has the shape of its input"
        raise NetworkError(f"{shown(owner)} of {network.name} has no block there that could be repeated", hint=hint)
    start, length = max(candidates, key=lambda place: (len(_repetitions(parts, *place)), place[1]))
    times = _repetitions(parts, start, length)
    nodes = network.nodes
    start = times[0]
    end = parts[times[-1] + length - 1].end
    return RepeatedBlock(
        tuple(node.name for node in nodes[parts[start].start : parts[start + length - 1].end]),
        tuple(node.name for node in nodes[parts[start].start : end]),
        nodes[parts[start].start - 1].name if parts[start].start else INPUT,
        len(times),
        int(BETWEEN not in owner and any(parts[i].learns for i in inside if i < start)),
    )


def deepen(network: Network, block: RepeatedBlock, times: int) -> Network:
    """The network with this many repetitions of the block. Raises NetworkError if its layers no longer fit together."""
    places = {node.name: i for i, node in enumerate(network.nodes)}
    if any(name not in places for name in block.run):
        raise NetworkError(f"{network.name} has different layers at this size", hint="the depth cannot vary together with it")
    start, end = places[block.run[0]], places[block.run[-1]] + 1
    unit = network.nodes[start : start + len(block.names)]
    nodes = list(network.nodes[:start])
    entry = block.entry
    for time in range(times):
        copies = _copy_block(unit, time, block.entry, entry)
        nodes += copies
        entry = copies[-1].name
    exit = block.run[-1]
    nodes += [
        replace(node, inputs=tuple(entry if name == exit else name for name in node.inputs)) for node in network.nodes[end:]
    ]
    made_for = partial(_deepen_for, network, block, times) if network.made_for else None
    return replace(network, nodes=tuple(nodes), made_for=made_for)


def _deepen_for(network: Network, block: RepeatedBlock, times: int, shape: Shape) -> Network:
    assert network.made_for
    return deepen(network.made_for(shape), block, times)


def _copy_block(unit: Sequence[Node], time: int, entry: str, reads: str) -> list[Node]:
    """The block once more; the first time keeps the names."""
    names = {node.name: f"{node.name}_x{time + 1}" if time else node.name for node in unit} | {entry: reads}

    def copy(node: Node) -> Node:
        inputs = tuple(names.get(name, name) for name in node.inputs)
        return replace(node, name=names[node.name], inputs=inputs, shares=names.get(node.shares, node.shares))

    return list(map(copy, unit))


# Where it is


def _interval(network: Network, owner: str) -> tuple[int, int]:
    """The places of the first and the last layer of a stage, or of those named."""
    places = {node.name: i for i, node in enumerate(network.nodes)}
    if BETWEEN in owner:
        ends = owner.split(BETWEEN, 1)
        for name in ends:
            if name not in places:
                raise NetworkError(f"{network.name} has no layer {shown(name)}", hint=nearest(name, places))
        return places[ends[0]], places[ends[1]]
    inside = [i for i, node in enumerate(network.nodes) if node.stage == owner]
    if not inside or not owner:
        stages = [node.stage for node in network.nodes if node.stage]
        hint = nearest(owner, stages) if stages else "its layers belong to no stages; write FIRST..LAST.depth"
        raise NetworkError(f"{network.name} has no stage {shown(owner)}", hint=hint)
    return inside[0], inside[-1]


def _parts(network: Network) -> Iterator[_Part]:
    """The network cut wherever all that follows reads a single tensor."""
    layers = sized(network)
    places = {node.name: i for i, node in enumerate(network.nodes)}
    reads = [[places.get(name, -1) for name in node.inputs] for node in network.nodes]
    earliest = [len(reads)] * (len(reads) + 1)  # of what is read from here on
    for i in range(len(reads) - 1, -1, -1):
        earliest[i] = min([earliest[i + 1], *reads[i]])
    start = 0
    for i in range(len(layers)):
        if earliest[i + 1] < i:
            continue
        inside = layers[start : i + 1]
        signature = tuple(_signature(one, [place - start for place in reads[start + k]]) for k, one in enumerate(inside))
        shape = layers[start - 1].output if start else network.input
        yield _Part(start, i + 1, shape, signature, any(map(_learns, inside)))
        start = i + 1


def _signature(layer: Sized, reads: Sequence[int]) -> object:
    """What makes two layers alike: the kind, the numbers, the shapes, and from how far back they read."""
    node = layer.node
    return (node.kind.name, tuple(node.hyperparameters.items()), node.pattern, layer.received, tuple(reads), node.shares)


def _learns(layer: Sized) -> bool:
    return any(layer.kind.quantity(name, layer.form).source != "0" for name in STORED)


def _is_closed(parts: Sequence[_Part], start: int, length: int, last: int) -> bool:
    """Whether the block ends before one with weights, or with the stage: what has none belongs to the weights before it."""
    end = start + length
    return end > last or parts[end].learns or parts[end].shape != _shape_after(parts, end)


def _shape_after(parts: Sequence[_Part], place: int) -> Shape | None:
    return parts[place + 1].shape if place + 1 < len(parts) else None


def _keeps_shape(network: Network, parts: Sequence[_Part], start: int, length: int) -> bool:
    """Whether the block's output has the shape of its input."""
    end = start + length
    after = parts[end].shape if end < len(parts) else sized(network)[-1].output
    return after == parts[start].shape


def _repetitions(parts: Sequence[_Part], start: int, length: int) -> list[int]:
    """Where the block begins each time, in a row."""

    def alike(place: int) -> bool:
        if place < 0 or place + length > len(parts):
            return False
        return [p.signature for p in parts[place : place + length]] == [p.signature for p in parts[start : start + length]]

    places = [start]
    while alike(places[0] - length):
        places.insert(0, places[0] - length)
    while alike(places[-1] + length):
        places.append(places[-1] + length)
    return places
