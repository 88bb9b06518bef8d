"""The order of vertices within the ranks of a layered graph: barycentre sweeps, the order with the fewest crossings is kept.

After K. Sugiyama, S. Tagawa and M. Toda, Methods for Visual Understanding of Hierarchical System Structures,
IEEE Transactions on Systems, Man, and Cybernetics 11 (1981), 109-125.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence

MAX_SWEEPS = 16  # down and up in turn, from either side

Arrow = tuple[int, int]  # the numbers of two vertices of neighbouring ranks, the upper first
Ranks = list[list[int]]  # the vertices of each rank, from left to right


def ordered(ranks: Sequence[int], arrows: Sequence[Arrow]) -> Ranks:
    """The vertices of each rank in an order with few crossings; ``ranks`` has the rank of each vertex."""
    above: list[list[int]] = [[] for _ in ranks]
    below: list[list[int]] = [[] for _ in ranks]
    for source, end in arrows:
        above[end].append(source)
        below[source].append(end)
    order: Ranks = [[] for _ in range(max(ranks, default=-1) + 1)]
    for vertex, rank in enumerate(ranks):
        order[rank].append(vertex)
    if not crossings(order, below):
        return order
    # From either side; of equal results the second is kept, which makes the narrower pictures of the zoo's detectors.
    found = [order, *_sweeps(order, above, below), *_sweeps([rank[::-1] for rank in order], above, below)]
    counts = [crossings(each, below) for each in found]
    return found[max(i for i, crossed in enumerate(counts) if crossed == min(counts))]


def _sweeps(order: Ranks, above: Sequence[Sequence[int]], below: Sequence[Sequence[int]]) -> Iterator[Ranks]:
    """The orders after each sweep, down and up in turn."""
    for sweep in range(MAX_SWEEPS):
        order = _swept(order, above) if sweep % 2 == 0 else _swept(order[::-1], below)[::-1]
        yield order


def _swept(order: Ranks, joined: Sequence[Sequence[int]]) -> Ranks:
    """Each rank sorted by the mean place of what its vertices are joined to in the rank before; others keep their place."""
    place: dict[int, int] = {}
    swept: Ranks = []
    for rank in order:
        wanted = {
            vertex: sum(place[other] for other in joined[vertex]) / len(joined[vertex]) if joined[vertex] else float(i)
            for i, vertex in enumerate(rank)
        }
        swept.append(sorted(rank, key=wanted.__getitem__))
        place |= {vertex: i for i, vertex in enumerate(swept[-1])}
    return swept


def crossings(order: Ranks, below: Sequence[Sequence[int]]) -> int:
    """How many pairs of arrows cross between neighbouring ranks; ``below`` has the vertices that each vertex leads to.

    >>> crossings([[0, 1], [2, 3]], [[3], [2], [], []])
    1
    """
    place = {vertex: i for rank in order for i, vertex in enumerate(rank)}
    crossed = 0
    for rank in order:
        ends: list[int] = []  # of the arrows further left
        for vertex in rank:
            reached = sorted(place[end] for end in below[vertex])
            crossed += sum(len(ends) - bisect_right(ends, end) for end in reached)
            for end in reached:
                insort(ends, end)
    return crossed
