"""Totals that leave out layers without a rule: a lower bound or a dash in every format, and the number with a key in JSON."""

import json
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

import worksheet as ws
from worksheet.derive.larger_units import in_units
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


# Tables out


@pytest.fixture(scope="module")
def normed() -> ws.Network:
    """AI61002 has no rule for a BatchNorm; the convolution has 3*3*3*8 + 8 = 224 parameters and 224 operations at 64 places."""
    return ws.network("net", (3, 8, 8), ws.layer("Conv2d", k=8, w=3, p=1), ws.layer("BatchNorm"))


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("unit", "printed"), [("", "224"), ("params=K", "0.224")])
def test_a_table_alone_says_at_least(normed: ws.Network, format: str, unit: str, printed: str) -> None:
    made = ws.tabulate(ws.derive(normed, "ai61002"), unit=unit)
    assert f"at least {printed}" in ws.render(made, format).decode()
    assert made.data["partial"] == ["params", "flops"]
    assert [row["partial"] for row in made.data["rows"]] == [[], ["params", "flops"]]


def test_a_row_that_is_not_counted_is_no_row_of_zeros(normed: ws.Network) -> None:
    solution = ws.derive(normed, "ai61002")
    for by in ("", "kind"):
        lines = ws.render(ws.tabulate(solution, by=by, zeros=False), "txt").decode().splitlines()
        assert next(line for line in lines if "BatchNorm" in line).split()[-2:] == ["—", "—"]


@pytest.mark.parametrize("format", ["tex", "md", "html"])
def test_a_fragment_says_at_least(normed: ws.Network, format: str) -> None:
    made = ws.tabulate(ws.derive(normed, "ai61002"), by="kind", unit="flops=K")
    assert "at least 14.3" in ws.render(made, format, fragment=True).decode()  # 14,336


def test_a_lower_bound_is_rounded_down() -> None:
    """4,089,999,999 is 4.09 G; that it is at least 4.09 G would be wrong."""
    assert str(in_units(4_089_999_999, ("G", 10**9))) == "4.09"
    assert str(in_units(AtLeast(4_089_999_999), ("G", 10**9))) == "4.08"
    assert in_units(AtLeast(0, is_empty=True), ("G", 10**9)) == 0


def test_networks_side_by_side_say_at_least(normed: ws.Network) -> None:
    beside = ws.table([normed, ws.network("relu", (3, 8, 8), ws.layer("BatchNorm"))], ["ai61002"])
    text = ws.render(beside, "txt").decode()
    assert "at least 224" in text
    assert text.count("—") == 2
    assert [row["partial"] for row in beside.data["rows"]] == [["params", "flops"]] * 2


def test_every_convention_shows_its_lower_bound_without_a_factor(normed: ws.Network) -> None:
    made = ws.compare(normed)
    line = next(row for row in made.to_records() if row["convention"] == "ai61002")
    assert (line["total"], line["factor"], line["partial"]) == (224 * 64, None, "params, total")
    assert "at least 14,336" in ws.render(made, "txt").decode()
    side = next(side for side in made.data["sides"] if side["convention"] == "ai61002")
    assert (side["partial"], side["factor"], side["no_rule"]) == (True, None, ["BatchNorm"])


def test_data_keep_the_number_and_name_the_partial_columns(normed: ws.Network) -> None:
    """A stage of both layers: its figures are numbers that can be added up, with a word that they are not complete."""
    solution = ws.derive(normed, "ai61002")
    staged = replace(solution, rows=tuple(replace(row, stage="one") for row in solution.rows))
    made = ws.tabulate(staged, by="stage")
    assert made.to_records() == [{"stage": "one", "params": 224, "flops": 14_336, "partial": "params, flops"}]
    assert type(made.to_records()[0]["params"]) is int
    assert ws.render(made, "csv").decode() == 'stage,params,flops,partial\none,224,14336,"params, flops"\n'
    sheet = load_workbook(BytesIO(ws.render(made, "xlsx"))).active
    assert [cell.value for cell in sheet[1]][-1] == "partial"
    assert [cell.value for cell in sheet[2]] == ["one", 224, 14_336, "params, flops"]
    assert [cell.value for cell in sheet[3]] == ["Total", 224, 14_336, "params, flops"]


def test_data_have_nothing_where_nothing_is_counted(normed: ws.Network) -> None:
    records = ws.derive(normed, "ai61002").to_records()
    assert [record["params"] for record in records] == [224, None]
    assert "partial" not in records[0]
    assert ws.render(ws.derive(normed, "ai61002"), "csv").decode().splitlines()[-1].endswith("8x8x8,,")
    assert "partial" not in ws.derive(normed).to_records()[0]
