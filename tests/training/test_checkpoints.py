"""Checkpoints against a simulation that knows arrays alone: what is in memory while the segments run again."""

from itertools import pairwise
from random import Random

import pytest

import worksheet as ws
from worksheet.counting.graph_facts import gradients
from worksheet.derive.training.checkpointing import Cost, LayerChain, best_segments
from worksheet.errors import WorksheetError


def test_the_best_number_of_segments() -> None:
    """n + L/n over whole n, tried one by one."""
    for layers in range(1, 400):
        least = min(range(1, layers + 1), key=lambda n: n + layers / n)
        assert best_segments(layers) + layers / best_segments(layers) == pytest.approx(least + layers / least)


def random_network(random: Random) -> ws.Network:
    net = ws.Builder("random", (4, 6, 6))
    names = ["input"]
    for i in range(random.randint(3, 14)):
        kind = random.choice(["Conv2d", "ReLU", "Add", "BatchNorm", "Sigmoid", "Dropout"])
        read = [random.choice(names[-3:]) for _ in range(2 if kind == "Add" else 1)]
        words = {"c": 4, "w": 3, "p": 1} if kind == "Conv2d" else {}
        names.append(net.add(kind, *read, name=f"layer_{i}", **words))
    return net.network()


SAVED = {"Conv2d": "input", "BatchNorm": "input", "ReLU": "output", "Sigmoid": "output"}


def simulated(net: ws.Network, borders: list[int], sizes: dict[str, int], own: dict[str, int], learning: set[str]) -> int:
    """The most that is kept while segment after segment, the last first, is run again from the arrays that it is given."""
    peak = 0
    spans = list(pairwise(borders))
    needed = []
    for start, end in spans:
        here = {node.name for node in net.nodes[start:end]}
        needed.append({name for node in net.nodes[start:end] for name in node.inputs if name not in here})
    handed = set().union(*needed)
    for i, (start, end) in enumerate(spans):
        alive = set().union(*needed[: i + 1])
        here = {node.name for node in net.nodes[start:end]}
        extra = 0
        for node in net.nodes[start:end]:
            if node.name in learning:
                saved = {"input": node.inputs, "output": (node.name,)}.get(SAVED.get(node.kind.name, ""), ())
                alive |= {name for name in saved if name in here and name not in handed}
                extra += own[node.name]
        peak = max(peak, sum(sizes[name] for name in alive) + extra)
    return peak


@pytest.mark.parametrize("seed", range(60))
def test_segments_against_a_simulation(seed: int) -> None:
    random = Random(seed)
    net = random_network(random)
    flow = gradients(net)
    sizes = {name: random.randint(1, 99) for name in ("input", *(node.name for node in net.nodes))}
    reached = flow.learning & flow.reached
    own = {node.name: random.randint(1, 9) if node.name in reached and node.kind.name in {"BatchNorm", "Dropout"} else 0
           for node in net.nodes} | {"input": 0}  # fmt: skip
    chain = LayerChain(flow.nodes, flow, Cost(sizes, own))
    for many in range(1, len(net.nodes) + 1):
        segments = chain.segments(many)
        borders = [segment.start for segment in segments] + [len(net.nodes)]
        assert len(segments) == many
        assert borders == sorted(set(borders))
        assert borders[0] == 0
        assert max(segment.bytes for segment in segments) == simulated(net, borders, sizes, own, reached)


def crossing(net: ws.Network, place: int) -> int:
    """How many arrays are handed on before the layer at a place."""
    before = {"input", *(node.name for node in net.nodes[:place])}
    return len({name for node in net.nodes[place:] for name in node.inputs if name in before})


@pytest.mark.parametrize("seed", range(60))
def test_cuts_hand_one_array_on(seed: int) -> None:
    net = random_network(Random(seed))
    flow = gradients(net)
    zeros = dict.fromkeys(["input", *(node.name for node in net.nodes)], 0)
    cuts = LayerChain(flow.nodes, flow, Cost(zeros, zeros)).cuts
    assert cuts == [place for place in range(1, len(net.nodes)) if crossing(net, place) == 1]


def test_a_chain_of_equal_layers() -> None:
    """24 convolutions that keep one array each: in n segments n arrays and the rest of one segment, less the one it is given."""
    net = ws.network("chain", (4, 6, 6), *[ws.layer("Conv2d", c=4, w=3, p=1) for _ in range(24)])
    one = 4 * 4 * 36
    for many in (1, 2, 3, 4, 6, 8, 12, 24):
        solution = ws.train(net, segments=many)
        steps = {step.name: step.value for figure in solution.figures for step in figure.steps}
        assert steps["kept"] == 24 * one
        assert steps["checkpointed"] == (many + 24 // many - 1) * one
        assert steps["chain"] == many + 24 // many
        assert steps["again"] == solution.totals["forward"] * (many - 1) // many


@pytest.mark.parametrize("many", [-1, 25, 10**12])
def test_impossible_numbers(many: int) -> None:
    net = ws.network("chain", (4, 6, 6), *[ws.layer("ReLU") for _ in range(24)])
    with pytest.raises(WorksheetError, match="cannot be cut into"):
        ws.train(net, segments=many)
