"""What the worked solution says is full marks, for networks with branches and every way of counting."""

from dataclasses import replace

import pytest

import worksheet as ws
from worksheet.conventions import names
from worksheet.grading.mark import Verdict
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Key
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.grading.policy import Policy
from worksheet.sizes import sized

NETWORKS = {name: ws.read(f"zoo:{name}") for name in ("lenet-5", "alexnet", "resnet18", "mobilenet-v2", "squeezenet1-1")}


def solved(network: ws.Network, convention: str) -> dict[Key, str]:
    """The figures of the worked solution as they would be typed."""
    solution = ws.derive(network, convention)
    columns = [column.name for column in ws.convention(convention).columns]
    texts: dict[Key, str] = {(row, "output"): "x".join(map(str, each.output)) for row, each in enumerate(sized(network), 1)}
    for row in solution.rows:
        for column, step in zip(columns, row.columns, strict=True):
            if step is not None and step.value is not None:
                texts[int(row.no), column] = str(step.value)
    return texts | {("total", column): str(total) for column, total in solution.totals.items()}


@pytest.mark.parametrize("convention", names())
@pytest.mark.parametrize("name", NETWORKS)
def test_the_worked_solution_is_full_marks(name: str, convention: str) -> None:
    network, counted = NETWORKS[name], ws.convention(convention)
    columns = tuple(column.name for column in counted.columns)
    texts = solved(network, convention)
    totals = tuple(column for column in columns if ("total", column) in texts)
    paper = PaperMaker(counted, Ask({"*": ("output", *columns)}, totals=totals)).paper(network)
    marks = Marker(Policy()).marks(paper, texts)
    assert [mark for mark in marks if mark.verdict != Verdict.RIGHT or mark.flags] == []
    assert len(marks) > len(network.nodes)


@pytest.mark.parametrize("convention", ["ai61002", "macs", "fvcore", "thop", "torchinfo"])
@pytest.mark.parametrize("name", ["alexnet", "resnet18", "mobilenet-v2", "squeezenet1-1"])
def test_a_wrong_first_size_costs_its_own_cell_through_all_branches(name: str, convention: str) -> None:
    """The student reads another stride in the first layer; all that follows is the worked solution of that other network."""
    network, counted = NETWORKS[name], ws.convention(convention)
    first = network.nodes[0]
    stride = 2 if first.hyperparameters["s_w"] == 1 else 1
    changed = replace(first, hyperparameters={**first.hyperparameters, "s_h": stride, "s_w": stride})
    other = replace(network, nodes=(changed, *network.nodes[1:]))
    if name == "alexnet":  # what is flattened has its own number of features there, and must not change
        other = other.until(next(node.name for node in reversed(network.nodes) if node.kind.name in {"MaxPool2d", "AvgPool2d"}))
        network = network.until(other.nodes[-1].name)
    columns = tuple(column.name for column in counted.columns)
    totals = tuple(ws.derive(network, convention).totals)
    paper = PaperMaker(counted, Ask({"*": ("output", *columns)}, totals=totals)).paper(network)
    marks = {mark.key: mark for mark in Marker(Policy()).marks(paper, solved(other, convention))}
    assert {key for key, mark in marks.items() if mark.points < mark.max} == {(1, "output")}
    carried = [mark for mark in marks.values() if mark.verdict == Verdict.CARRIED]
    assert len(carried) > len(network.nodes) / 2
