"""The order within ranks: few crossings, on small graphs by brute force and on the zoo against igraph."""

import csv
from itertools import product
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worksheet as ws
from tests.csv_facts import FACTS
from worksheet.drawing.ordering import crossings, ordered
from worksheet.writers.boxes import boxes
from worksheet.writers.placing import graph_of

IGRAPH = dict(csv.reader(line for line in (FACTS / "crossings.csv").read_text().splitlines() if not line.startswith("#")))
MOST_SECONDS = 0.05  # an order takes a millisecond or two; a busy machine needs longer


def below(vertices: int, arrows: list[tuple[int, int]]) -> list[list[int]]:
    ends: list[list[int]] = [[] for _ in range(vertices)]
    for source, end in arrows:
        ends[source].append(end)
    return ends


@pytest.mark.parametrize("name", [name for name in IGRAPH if name != "network"])
def test_no_network_of_the_zoo_has_more_crossings_than_igraph_leaves(name: str) -> None:
    graph = graph_of(boxes(ws.derive(ws.read(f"zoo:{name}"), "textbook").rows))
    start = process_time()
    order = ordered(graph.ranks, graph.arrows)
    assert process_time() - start < MOST_SECONDS
    assert sorted(vertex for rank in order for vertex in rank) == list(range(len(graph.ranks)))
    assert crossings(order, below(len(graph.ranks), graph.arrows)) <= int(IGRAPH[name])


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(4, 7)), max_size=12))
def test_crossings_are_pairs_of_arrows_that_change_sides(arrows: set[tuple[int, int]]) -> None:
    ends = below(8, sorted(arrows))

    def pairs(upper: list[int], lower: list[int]) -> int:
        places = [(upper.index(a), lower.index(b)) for a, b in arrows]
        return sum(a < c and b > d for (a, b), (c, d) in product(places, places))

    upper, lower = [0, 1, 2, 3], [4, 5, 6, 7]
    assert crossings([upper, lower], ends) == pairs(upper, lower)
    assert pairs(*ordered([0] * 4 + [1] * 4, sorted(arrows))) <= pairs(upper, lower)


def test_a_tangle_that_can_be_undone_is_undone() -> None:
    ranks = [0, 0, 0, 1, 1, 1]
    arrows = [(0, 5), (1, 4), (2, 3)]
    assert crossings(ordered(ranks, arrows), below(6, arrows)) == 0
