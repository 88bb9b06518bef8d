"""Places the boxes of a picture: each rank ordered with few crossings, then all move close together, arrows straight."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from worksheet.drawing.ordering import ordered
from worksheet.writers.boxes import PAGE, RISE, Box, cuts, heights

GAP = 16.0  # between two boxes of a rank, or a box and an arrow that passes it
SWEEPS = 16  # up and down, until the places hardly change

Bends = dict[tuple[int, int], list[tuple[float, float, float]]]
"""The x by which an arrow passes other ranks, with the top and bottom of each, by the numbers of its two boxes."""


class _Graph(NamedTuple):
    """Boxes, and a vertex for each rank that an arrow passes."""

    ranks: list[int]
    arrows: list[tuple[int, int]]
    passing: dict[tuple[int, int], list[int]]


def place(boxes: Sequence[Box], width: float) -> Bends:
    """Give every box its place; the points by which each arrow passes other boxes, by its two ends."""
    graph = graph_of(boxes)
    across = _across(graph, [width] * len(boxes) + [0.0] * (len(graph.ranks) - len(boxes)))
    tall = heights(boxes)
    tops = [0.0, *accumulate(height + RISE for height in tall)]
    for number, box in enumerate(boxes):
        box.x, box.y = across[number], tops[box.rank] + (tall[box.rank] - box.height) / 2
    edges = [(across[vertex], tops[rank], tops[rank] + tall[rank]) for vertex, rank in enumerate(graph.ranks)]
    return {ends: [edges[vertex] for vertex in chain] for ends, chain in graph.passing.items()}


def graph_of(boxes: Sequence[Box]) -> _Graph:
    """Boxes and the arrows between neighbouring ranks; a long arrow passes a vertex in each rank between."""
    graph = _Graph([box.rank for box in boxes], [], {})
    for number, box in enumerate(boxes):
        for source in box.sources:
            if source < 0:
                continue
            between = range(boxes[source].rank + 1, box.rank)
            chain = list(range(len(graph.ranks), len(graph.ranks) + len(between)))
            graph.ranks.extend(between)
            graph.passing[source, number] = chain
            graph.arrows.extend(pairwise([source, *chain, number]))
    return graph


def _across(graph: _Graph, widths: Sequence[float]) -> list[float]:
    """The x of every vertex: each rank in its order, as close to what it is joined to as the widths allow."""
    rows = ordered(graph.ranks, graph.arrows)
    above: list[list[int]] = [[] for _ in graph.ranks]
    below: list[list[int]] = [[] for _ in graph.ranks]
    for source, end in graph.arrows:
        above[end].append(source)
        below[source].append(end)
    xs = [0.0] * len(graph.ranks)
    ways = [(rows, above), (rows[::-1], below)] * (SWEEPS // 2) + [(rows, [a + b for a, b in zip(above, below, strict=True)])]
    for sweep, joined in ways:
        for row in sweep:
            wanted = [sum(xs[n] for n in joined[v]) / len(joined[v]) if joined[v] else xs[v] for v in row]
            gaps = [(widths[a] + widths[b]) / 2 + GAP for a, b in pairwise(row)]
            for vertex, x in zip(row, _apart(wanted, gaps), strict=True):
                xs[vertex] = x
    return xs


def _apart(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """The places nearest to the wanted ones, by least squares, that keep the gaps: those too close move as one."""
    offsets = [0.0, *accumulate(gaps)]
    runs: list[tuple[float, int]] = []  # mean and number of those that move together
    for place, offset in zip(wanted, offsets, strict=True):
        mean, many = place - offset, 1
        while runs and runs[-1][0] > mean:
            other, more = runs.pop()
            mean, many = (mean * many + other * more) / (many + more), many + more
        runs.append((mean, many))
    means = [mean for mean, many in runs for _ in range(many)]
    return [mean + offset for mean, offset in zip(means, offsets, strict=True)]


def pages(boxes: Sequence[Box]) -> list[range]:
    """The ranks of each picture: cut where all arrows that cross come from one box, as late as the page allows."""
    tall = heights(boxes)
    tops = [0.0, *accumulate(height + RISE for height in tall)]
    ends = cuts(boxes)
    found, start, cut = [], 0, 0
    for rank in range(len(tall)):
        if rank > start and rank in ends:
            cut = rank
        if tops[rank] + tall[rank] - tops[start] > PAGE and cut > start:
            found.append(range(start, cut))
            start = cut
    return [*found, range(start, len(tall))]
