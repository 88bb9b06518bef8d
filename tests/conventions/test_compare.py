"""Ways of counting side by side: the parts of a difference add up to it, and read as somebody would say them."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import worksheet as ws
from worksheet.derive.comparison import compare_sides, side
from worksheet.derive.explain import figure
from worksheet.errors import WorksheetError
from worksheet.formula import Formula
from worksheet.formula.simplify import difference
from worksheet.layers import INPUT_KIND, kinds

RESNET = "zoo:resnet50"
ALL = [(name, column.name) for name in ws.conventions.names() for column in ws.convention(name).columns]


def data(report: object) -> dict:
    return json.loads(ws.render(report, "json"))  # type: ignore[arg-type]


def test_resnet_50_by_torchinfo_and_fvcore() -> None:
    """The two totals are what the tools print; the parts are BatchNorm's 2 c (M N - 1), 2048 x 7 x 7, and 1000 biases."""
    found = data(ws.compare(ws.read(RESNET), ["torchinfo", "fvcore"]))
    assert [side["total"] for side in found["sides"]] == [4_089_238_376, 4_111_512_576]
    (only,) = found["differences"]
    assert only["sentence"] == (
        "fvcore counts 22,274,200 more than torchinfo: BatchNorm + 22,174,848, adaptive average pooling + 100,352, "
        "Linear bias - 1,000."
    )
    assert [(part["part"], part["value"]) for part in only["parts"]] == [
        ("BatchNorm", 22_174_848), ("adaptive average pooling", 100_352), ("Linear bias", -1_000),
    ]  # fmt: skip
    assert [part["formulas"][0]["difference"] for part in only["parts"]] == ["2*c*(M*N - 1)", "c*M*N", "-k"]
    assert only["parts"][0]["formulas"][0]["rows"][:2] == [2, 6]


@pytest.mark.parametrize("source", [RESNET, "zoo:vit-b-16", "zoo:faster-rcnn-vggvd-pascal", "zoo:lstm-2-layer"])
@pytest.mark.parametrize("batch", [1, 3])
def test_parts_add_up(source: str, batch: int) -> None:
    """Every column of every way of counting against the first: totals are those of a solution, parts add up
    to the difference of the layers that both have a rule for."""
    net = ws.read(source)
    sides = [side(ws.convention(name), column) for name, column in ALL]
    found = compare_sides(net, sides, batch)
    counted = {}
    for i, one in enumerate(sides):
        solved = ws.derive(net, one.convention, batch=batch)
        assert found.totals[i] == solved.totals[one.column.name]
        at = [heading.name for heading in solved.headings].index(one.column.name)
        counted[i] = {row.no: row.columns[at].value for row in solved.rows if one.column.rule(kinds()[row.kind]) is not None}
        inputs = all(each.column.rule(kinds()[INPUT_KIND]) is not None for each in (one, sides[0]))
        both = {no for no in counted[i] if no in counted[0] or (no < 1 and inputs)}  # a solution may leave inputs of cost 0 out
        assert sum(part.value for part in found.parts(i, 0)) == sum(counted[i][no] - counted[0].get(no, 0) for no in both)
        if not found.is_partial(i, 0):
            assert sum(part.value for part in found.parts(i, 0)) == found.totals[i] - found.totals[0]


def test_no_difference_of_totals_that_leave_layers_out() -> None:
    """Netscope has no rule for attention: what it does not know is not a difference."""
    found = ws.compare(ws.read("zoo:vit-b-16"), ["ai61002", "netscope"])
    (only,) = data(found)["differences"]
    assert only["total"] is None
    assert "netscope has no rule for GELU" in only["sentence"]
    assert "so no difference of the totals is given" in only["sentence"]
    total = next(line for line in ws.render(found, "md").decode().splitlines() if line.startswith("| **Total**"))
    assert total.count("at least") == 2
    assert total.rstrip("| ").endswith("**")  # the cell of the difference is empty


def test_kinds_without_a_rule_are_not_counted_as_0() -> None:
    """The sheet knows Dropout, at 0 operations; neither it nor Netscope knows LayerNorm."""
    text = ws.render(ws.compare(ws.read("zoo:vit-b-16"), ["ai61002", "netscope"]), "txt").decode()
    zero, without = (
        re.search(rf"^{words}: (.+)\.$", text, re.MULTILINE) for words in ("Counted as 0", "Without a rule on any side")
    )
    assert zero
    assert "Dropout" in zero[1].split(", ")
    assert without
    assert {"LayerNorm", "GELU"} <= set(without[1].split(", "))
    assert not set(zero[1].split(", ")) & set(without[1].split(", "))


def test_formulas_of_parts_give_their_values() -> None:
    found = compare_sides(ws.read("zoo:mobilenet-v2"), [side(ws.convention(name)) for name in ("textbook", "fvcore")])
    for part in found.parts(1, 0):
        values = [v.difference(1, 0).at(layer.values) for v in part.variants for layer in v.layers]
        assert sum(values) == part.value


def test_three_ways_in_every_format(tmp_path: Path) -> None:
    report = ws.compare(ws.read(RESNET), ["textbook", "fvcore", "torchinfo:params"], batch=2)
    for form in ("md", "tex", "txt", "html", "typ", "json", "pdf"):
        assert ws.render(report, form)
    text = ws.render(report, "txt").decode()
    assert "2 samples at a time" in text
    assert "torchinfo params" in text
    ws.write(report, tmp_path / "three.pdf")


@pytest.mark.tex
def test_latex_sets_a_comparison(tmp_path: Path) -> None:
    ws.write(ws.compare(ws.read(RESNET), ["torchinfo", "fvcore"]), tmp_path / "c.pdf", engine="latex")
    assert (tmp_path / "c.pdf").read_bytes().startswith(b"%PDF")


def test_the_same_way_twice_counts_the_same() -> None:
    found = data(ws.compare(ws.read(RESNET), ["textbook", "textbook"]))
    assert found["differences"][0]["sentence"] == "textbook and textbook count the same: 4,089,184,256."


def test_one_way_alone_is_compared_with_the_textbook() -> None:
    assert ws.compare(ws.read(RESNET), ["fvcore"]) == ws.compare(ws.read(RESNET), ["textbook", "fvcore"])
    with pytest.raises(WorksheetError, match="textbook alone cannot be compared"):
        ws.compare(ws.read(RESNET), ["textbook"])
    with pytest.raises(WorksheetError, match="has no column 'flop'"):
        ws.compare(ws.read(RESNET), ["textbook", "ai61002:flop"])
    with pytest.raises(WorksheetError, match="unknown convention"):
        ws.compare(ws.read(RESNET), ["textbook", "torchinf"])


def test_without_a_network() -> None:
    found = data(ws.compare_conventions(["torchinfo", "fvcore"]))
    (norm,) = [entry for entry in found["kinds"] if entry["kind"] == "BatchNorm"]
    assert {entry["sides"][0]: entry["formula"] for entry in norm["formulas"]}["fvcore"] == "c*M*N*(1 + a)"
    assert len(data(ws.compare_conventions())["sides"]) == len(ws.conventions.names())


# Published figures


@pytest.mark.parametrize(
    ("text", "between"),
    [
        ("4.11G", [[4_105_000_000, 4_115_000_000]]),
        ("4111512576", [[4_111_512_576, 4_111_512_576]]),
        ("4,11,15,12,576", [[4_111_512_576, 4_111_512_576]]),
        ("25.6 M", [[25_550_000, 25_650_000]]),
        ("98 MB", [[97_500_000, 98_500_000], [102_236_160, 103_284_736]]),
        ("98 MiB", [[102_236_160, 103_284_736]]),
        ("8.2 GFLOPs", [[8_150_000_000, 8_250_000_000]]),
    ],
)
def test_a_figure_as_printed(text: str, between: list[list[int]]) -> None:
    assert figure(text).between == between


@pytest.mark.parametrize("text", ["", "G", "4.11.2G", "1e9", "four", "-3", "4.11Q!", "9" * 40, "1,2,3,4,5,6,7,8,9,0,1,2"])
def test_what_is_no_figure(text: str) -> None:
    with pytest.raises(WorksheetError, match="cannot read the figure"):
        figure(text)


def test_who_gives_411_billion() -> None:
    """fvcore prints 4.11 G for ResNet-50; torchinfo 4.09 G; torch's counter, with two operations a MAC, 8.18 G."""
    net = ws.read(RESNET)
    found = {(m["convention"], m["column"]): m for m in data(ws.explain(net, "4.11G"))["matches"]}
    assert found["fvcore", "flops"] == {"convention": "fvcore", "column": "flops", "value": 4_111_512_576, "how": "rounded"}
    assert ("torchinfo", "mult_adds") not in found
    doubled = data(ws.explain(net, "8.18G"))
    assert {m["convention"] for m in doubled["matches"]} >= {"torch-flop-counter"}
    assert {(m["convention"], m["factor"]) for m in doubled["factors"]} >= {("textbook", "2"), ("torchinfo", "2")}
    exact = data(ws.explain(net, "4089238376"))["matches"]
    assert {(m["convention"], m["how"]) for m in exact} >= {("torchinfo", "exact")}
    assert data(ws.explain(net, "123"))["matches"] == []
    assert "No convention of the package" in ws.render(ws.explain(net, "123"), "txt").decode()


# Differences of formulas

SOURCES = ("k*(c/g*w*h + b)*W*H", "2*c*M*N", "X*(1 + a)", "floor((M - w)/s) + 1", "max(M, w)*c", "n*k", "0", "k", "B*n", "c/g")


@given(st.sampled_from(SOURCES), st.sampled_from(SOURCES), st.data())
@settings(max_examples=200)
def test_a_difference_has_the_value_of_the_difference(of: str, minus: str, data: st.DataObject) -> None:
    a, b = Formula(of), Formula(minus)
    found = difference(a, b)
    values = {name: data.draw(st.integers(1, 9)) for name in (*a.symbols, *b.symbols)}
    assert found.at(values) == a.at(values) - b.at(values)
    assert Formula(found.source) == found
