"""How a network's layers hang together: which may change their map, which their channels, and which give the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from worksheet.homework.ranges import CHANNELS, Ranges
from worksheet.homework.stream import Stream
from worksheet.network import INPUT, Network

SHARES = tuple(Fraction(n, 8) for n in (6, 7, 9, 10, 11))  # by which all channels grow or shrink together


@dataclass(frozen=True)
class Linked:
    """What of a network's layers may be chosen freely, by their place.

    ``chain`` tells whether every layer reads one, the one above it. ``trunk`` are the layers that nothing goes past: their map
    may change, since everything behind them changes with it. ``answers`` are those whose channels no later layer makes others of:
    classes, boxes, pixels.
    """

    chain: bool
    trunk: frozenset[int]
    answers: frozenset[int]


def linked(network: Network) -> Linked:
    """How the layers of a network hang together."""
    places = {node.name: place for place, node in enumerate(network.nodes)}
    edges = [(places.get(name, -1), place) for place, node in enumerate(network.nodes) for name in node.inputs]
    plain = [(place - 1, place) for place in range(len(network.nodes))]
    chain = edges == plain and all(name in places or name == INPUT for node in network.nodes for name in node.inputs)
    passed = {between for start, end in edges for between in range(start + 1, end)}
    trunk = frozenset(place for place, node in enumerate(network.nodes) if place not in passed and len(node.inputs) == 1)
    return Linked(chain, trunk, _answers(network, edges))


def _answers(network: Network, edges: list[tuple[int, int]]) -> frozenset[int]:
    before: set[int] = set()  # layers from which a later layer with channels of its own is reached
    for start, end in sorted(edges, key=lambda edge: -edge[1]):
        if end in before or network.nodes[end].kind.sets_channels:
            before.add(start)
    return frozenset(place for place, node in enumerate(network.nodes) if node.kind.sets_channels and place not in before)


# New numbers of channels

Renaming = Mapping[int, int]  # from the original's numbers of channels to new ones
Way = Callable[[Stream], Renaming | None]  # None: every layer has numbers of its own


def own(_: Stream) -> Renaming | None:
    """Every layer draws for itself: nothing else depends on it but the layer behind it."""
    return None


def fixed(_: Stream) -> Renaming | None:
    """Channels stay."""
    return {}


def ways(network: Network, links: Linked, ranges: Ranges) -> tuple[Way, ...]:
    """The ways to change channels, the freest first; which of them a network allows is found out by trying.

    Where maps are added, layers with as many channels as each other must stay so: equal numbers get equal new ones. Where maps
    are laid on top of each other before they are added, sums must hold too: all numbers grow or shrink by the same share.
    """
    if not ranges.varies(CHANNELS):
        return (fixed,)
    numbers = {
        place: node.hyperparameters[node.kind.width] for place, node in enumerate(network.nodes) if node.kind.sets_channels
    }
    kept = {numbers[place] for place in links.answers}
    free = sorted(set(numbers.values()) - kept)

    def by_value(stream: Stream) -> Renaming:
        return {many: stream.pick(ranges.channels(many)) for many in free}

    def by_share(stream: Stream) -> Renaming:
        share = stream.pick(SHARES)
        new = {many: many * share for many in free}
        allowed = all(value.denominator == 1 and ranges.allows(CHANNELS, int(value)) for value in new.values())
        return {many: int(value) for many, value in new.items()} if allowed else {}

    return (own, by_value, by_share, fixed) if links.chain else (by_value, by_share, fixed)
