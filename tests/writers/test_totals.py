"""Totals that leave out layers without a rule: a lower bound or a dash in every format, and the number with a key in JSON."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

import worksheet as ws
from worksheet.totals import AtLeast

# A 3 x 3 convolution of 3 channels to 16 has 3*9*16 + 16 = 448 parameters, the linear layer 16*10 + 10 = 170.
LAYERS = ("Conv2d: 16c 3w 1p", "BatchNorm", "ReLU", "GlobalAvgPool", "Linear: ->10")
FORMATS = ("md", "txt", "html", "tex", "typ")


@pytest.fixture(scope="module")
def partial() -> ws.Derivation:
    layers = (
        *(ws.layer("Conv2d", c=16, w=3, p=1), ws.layer("BatchNorm"), ws.layer("ReLU")),
        *(ws.layer("GlobalAvgPool"), ws.layer("Linear", k=10)),
    )
    return ws.derive(ws.network("small", (3, 32, 32), *layers), "ai61002", digits="en_US")


@pytest.mark.parametrize("format", FORMATS)
def test_a_total_without_some_layers_is_a_lower_bound(partial: ws.Derivation, format: str) -> None:
    text = ws.render(partial, format).decode()
    assert "at least 618" in text
    assert "has no rule for No. 2 (BatchNorm), 4 (GlobalAvgPool)" in text


def test_kinds_without_a_rule_have_a_dash(partial: ws.Derivation) -> None:
    text = ws.render(ws.summary(partial), "md").decode()
    assert "| BatchNorm | 1 | — | — |" in text
    assert "| Conv2d | 1 | 448 |" in text


@pytest.mark.parametrize("format", FORMATS)
def test_where_nothing_is_counted_there_is_no_total(format: str) -> None:
    network = ws.network("up", (16, 7, 7), ws.layer("ConvTranspose2d", c=8, w=4, s=2, p=1, o=1))
    solution = ws.derive(network, "ai61002")
    total = solution.totals["params"]
    assert isinstance(total, AtLeast)
    assert total.is_empty
    assert "at least" not in ws.render(solution, format).decode()
    assert ws.derive(network).totals["params"] == 16 * 8 * 4 * 4 + 8


def test_json_keeps_the_number_and_names_the_column(partial: ws.Derivation) -> None:
    data = json.loads(ws.render(partial, "json"))
    assert (data["totals"]["params"], data["partial"]) == (618, ["params", "flops"])
    assert {each["kind"]: each["partial"] for each in data["kinds"]}["Conv2d"] == []
    assert json.loads(ws.render(ws.derive(ws.read("zoo:lenet-5")), "json"))["partial"] == []


def test_a_comparison_prints_lower_bounds_too(partial: ws.Derivation) -> None:
    network = ws.network("two", (3, 8, 8), ws.layer("Conv2d", c=4, w=3), ws.layer("AvgPool2d", w=2))
    text = ws.render(ws.compare(network, ["ai61002:params", "textbook:params"]), "txt").decode()
    assert "at least 112" in text  # 3*9*4 + 4
    assert "has no rule for AvgPool2d; not in the total." in text


def test_the_default_is_the_textbook_with_english_digits(sheet: Callable[[str], Path]) -> None:
    """PyTorch counts 650 for these layers: BatchNorm has a scale and a shift for each of 16 channels."""
    text = "---\ninput: 3 x 32 x 32\n---\n" + "\n".join(LAYERS)
    solution = ws.derive(ws.read(sheet(text)))
    assert (solution.convention, solution.digits, solution.totals["params"]) == ("textbook", "en_US", 650)


def test_closed_forms_are_lower_bounds_too() -> None:
    """A 3 x 3 convolution keeps its size with a padding of 1: 3*9*16 + 16 = 448 operations at each of M*M places."""
    layers = (ws.layer("Conv2d", c=16, w=3, p=1), ws.layer("BatchNorm"))
    report = ws.symbolic(ws.network("n", (3, 32, 32), *layers), ["M"], "ai61002", worked=False)
    text = ws.render(report, "txt").decode()
    assert "# Flops, at least" in text
    assert "448M²" in text
    assert json.loads(ws.render(report, "json"))["partial"] == ["params", "flops"]
