"""How a network's layers depend on each other: whose feature map may change, whose channels, and which produce the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction

from worksheet.frozen import frozen
from worksheet.homework.variants.ranges import CHANNELS, Ranges
from worksheet.homework.variants.stream import Stream
from worksheet.network import INPUT, Network

SHARES = tuple(Fraction(n, 8) for n in (6, 7, 9, 10, 11))  # by which all channels grow or shrink together


@frozen
class Links:
    """Which of a network's layers may be changed freely, by their place.

    ``chain`` is whether every layer reads only the one above it. ``trunk`` are the layers that no branch bypasses: their feature
    map may change, since everything after them changes too. ``answers`` are those whose channels no later layer transforms:
    classes, boxes, pixels.
    """

    chain: bool
    trunk: frozenset[int]
    answers: frozenset[int]


def link_layers(network: Network) -> Links:
    """How the layers of a network depend on each other."""
    places = {node.name: place for place, node in enumerate(network.nodes)}
    edges = [(places.get(name, -1), place) for place, node in enumerate(network.nodes) for name in node.inputs]
    plain = [(place - 1, place) for place in range(len(network.nodes))]
    chain = edges == plain and all(name in places or name == INPUT for node in network.nodes for name in node.inputs)
    passed = {between for start, end in edges for between in range(start + 1, end)}
    trunk = frozenset(place for place, node in enumerate(network.nodes) if place not in passed and len(node.inputs) == 1)
    return Links(chain, trunk, _answers(network, edges))


def _answers(network: Network, edges: list[tuple[int, int]]) -> frozenset[int]:
    before: set[int] = set()  # layers that lead to a later layer which sets its own number of channels
    for start, end in sorted(edges, key=lambda edge: -edge[1]):
        if end in before or network.nodes[end].kind.sets_channels:
            before.add(start)
    return frozenset(place for place, node in enumerate(network.nodes) if node.kind.sets_channels and place not in before)


# New numbers of channels

Renaming = Mapping[int, int]  # from the original's numbers of channels to new ones
Way = Callable[[Stream], Renaming | None]  # None: every layer draws its own number


def draw_each(_: Stream) -> Renaming | None:
    """Every layer draws its own number: only the layer after it depends on it."""
    return None


def keep_all(_: Stream) -> Renaming | None:
    """Channels stay."""
    return {}


def ways(network: Network, links: Links, ranges: Ranges) -> tuple[Way, ...]:
    """The ways to change channels, the freest first; which of them a network allows is found by trying.

    If feature maps are added, layers with equal numbers of channels must keep them equal: equal numbers get equal new ones.
    If they are concatenated before they are added, sums must remain equal too: all numbers grow or shrink by the same share.
    """
    if not ranges.varies(CHANNELS):
        return (keep_all,)
    numbers = {
        place: node.hyperparameters[node.kind.width] for place, node in enumerate(network.nodes) if node.kind.sets_channels
    }
    kept = {numbers[place] for place in links.answers}
    free = sorted(set(numbers.values()) - kept)

    def by_value(stream: Stream) -> Renaming:
        return {channels: stream.pick(ranges.channels(channels)) for channels in free}

    def by_share(stream: Stream) -> Renaming:
        share = stream.pick(SHARES)
        new = {channels: channels * share for channels in free}
        allowed = all(value.denominator == 1 and ranges.allows(CHANNELS, int(value)) for value in new.values())
        return {channels: int(value) for channels, value in new.items()} if allowed else {}

    return (draw_each, by_value, by_share, keep_all) if links.chain else (by_value, by_share, keep_all)
