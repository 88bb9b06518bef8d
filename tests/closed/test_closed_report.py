"""The document of closed forms: its steps are the numeric solution's at any size, every writer prints it, its texts read back."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from fractions import Fraction
from functools import reduce
from typing import Any

import pytest

import worksheet as ws
from tests.sheet_facts import ROOT
from worksheet.derivation import Step
from worksheet.derive.closed import Closed
from worksheet.derive.closed.classes import Classes, Group, SizeInterval
from worksheet.derive.closed.closed_rows import ClosedRows
from worksheet.derive.closed.total_texts import leading, texts
from worksheet.document import Document, Table, Working, shape_in_words
from worksheet.formula import Formula
from worksheet.formula.parse import MAX_LENGTH
from worksheet.formula.tree import Node, Operation
from worksheet.writers import writers

PAGE = (ROOT / "docs" / "symbolic.md").read_text()
SHOWN = re.findall(r"^    \$ worksheet (.+)\n((?:    .+\n)*)", PAGE, re.MULTILINE)


def text(report: Document) -> str:
    return ws.render(report, "txt").decode()


def symbolic(network: str, *symbols: str, **more: Any) -> Document:
    return ws.symbolic(ws.read(f"zoo:{network}"), symbols, **more)


# Steps

STEPS = [
    ("resnet18", ("M",), "3x{M}x{M}", [{"M": 224}, {"M": 225}, {"M": 97}], "textbook"),
    ("vgg16", ("M", "B"), "3x{M}x{M}", [{"M": 231, "B": 4}, {"M": 64, "B": 2}], "ai61002"),
    ("unet", ("M", "B"), "1x{M}x{M}", [{"M": 572, "B": 2}, {"M": 333, "B": 3}], "operations"),
    ("gpt2", ("L", "B"), "{L}", [{"L": 100, "B": 4}, {"L": 1023, "B": 2}], "textbook"),
    ("lstm-2-layer", ("L", "B"), "{L}x128", [{"L": 77, "B": 5}], "textbook"),
    ("densenet121", ("M", "N"), "3x{N}x{M}", [{"M": 224, "N": 225}, {"M": 100, "N": 260}], "convnet-burden"),
    ("resnet50-caffe", ("M",), "3x{M}x{M}", [{"M": 256}], "memory"),
]


@pytest.mark.parametrize(("network", "symbols", "size", "places", "convention"), STEPS, ids=[row[0] for row in STEPS])
def test_the_steps_are_those_of_the_numeric_solution(
    network: str, symbols: tuple[str, ...], size: str, places: list[dict[str, int]], convention: str
) -> None:
    """Each figure's form, its substituted formula and its own formula have the value that the numeric solution has."""
    closed = Closed(ws.read(f"zoo:{network}"), symbols, convention)
    rows = ClosedRows(closed, closed.main)
    for place in places:
        assert closed.main.trace.at([place[s] for s in symbols]) is not None
        given = dict(place)
        solution = ws.derive(ws.read(f"zoo:{network}", size.format(**given)), convention, batch=given.pop("B", 1))
        numeric = {
            row.no: {name: step.value for step in (*row.sizes, *row.columns) for name in (step.name, *step.symbols)}
            for row in solution.rows
        }
        assert set(numeric) == set(rows.rows)
        for alike in rows.group_alike(rows.rows):
            steps = rows.work(alike.row)
            for no in alike.numbers:
                for step in steps:
                    assert value(step, place) == numeric[no][step.name], (no, step.name)
            for step in steps:
                if step.formula and step.formula.symbols:
                    formula, numbers = step.substituted
                    assert formula.at({**place, **numbers}) == value(step, place), step


def value(step: Step, place: dict[str, int]) -> object:
    return step.closed.at(place) if step.closed else step.value


def test_output_sizes_in_their_order() -> None:
    """The order of the textbook: the floor with numbers and M in it, then what that is."""
    found = text(symbolic("resnet18", "M"))
    assert "  W = H    = ⌊(M − w + 2p_w)/s_w⌋ + 1 = ⌊(M − 7 + 2(3))/2⌋ + 1 = ⌈M/2⌉\n" in found
    assert "  # MACs   = kcwhWH = 64 × 3 × 7 × 7 × ⌈M/2⌉⌈M/2⌉ = 9408⌈M/2⌉²\n" in found
    assert "5, 12" not in found.partition("Worked")[0]
    assert "The same for No. 8, 12," in found


def test_a_symbol_of_the_network_and_one_of_a_layer_do_not_mix() -> None:
    """The layer's own M is 5 where the network's M is its height here: N of the layer."""
    step = Step(
        "y", "y", (), Formula("M*N + B"), {"M": 5, "B": 2}, forms={"N": Formula("M + B")}, closed=Formula("5*M + 5*B + 2")
    )
    formula, numbers = step.substituted
    assert formula.at({**numbers, "M": 7, "B": 3}) == 5 * 10 + 2
    assert "MN + B = 5 × (M + B) + 2 = 5M + 5B + 2" in text(Document("t", (Working("w", (step,)),)))


def test_what_a_width_multiplies() -> None:
    found = text(symbolic("mobilenet-v1", "alpha"))
    assert "multiples of 1/32 from 1/32 on" in found
    assert "Conv2d (64α)c 1w 1s 0p nobias" in found
    assert "  # Params = kcwh = 64α(32α) × 1 × 1 = 2048α²\n" in found
    step = next(s for s in symbolic("mobilenet-v1", "alpha").steps if s.closed and s.name == "macs")
    assert step.closed.at({"alpha": Fraction(3, 4)}) == 539492352 * 9 // 16 + 29248000 * 3 // 4


def test_shorter_forms_stand_behind_the_full_ones() -> None:
    [step] = [step for step in symbolic("gpt2", "L", "B").steps if step.name == "macs" and step.stages]
    assert step.stages[0].source == "18432*L**2*B + 123532032*L*B"
    assert step.closed.source == "768*L*B*(24*L + 160849)"
    import sympy

    assert sympy.expand(step.closed.expr - step.stages[0].expr) == 0


# For which sizes


def test_sizes_that_are_refused_are_told() -> None:
    found = text(symbolic("vit-b-16", "M"))
    assert "There is no such network with r = 1 to 15, for example: vit-b-16 cuts images into patches" in found
    assert "whole numbers from 1 to 1024" in (found := text(symbolic("gpt2", "L")))
    assert "At L = 1025 there is no such network: gpt2 has positions for 1,024 tokens, not 1,025." in found
    found = text(symbolic("resnet152-caffe", "M", worked=False))
    assert "At M = 194 there is no such network: the kernel is wider (7) than the padded input (6 + 2 x 0)." in found
    assert "r = 0 to 2   2,048,000Q² − 24,576,000Q + 131,872,808" in found
    assert "\nWorked" not in found


def test_classes_that_differ_from_the_form_in_total_are_named() -> None:
    """Where the side is even, the block halves it exactly; where it is odd, the network is laid with one layer more."""

    def laid(shape: tuple[int, ...]) -> ws.Network:
        more = [ws.layer("ReLU")] if shape[-1] % 2 else []
        layers = [ws.layer("Conv2d", c=4, w=3, p=1), *more, ws.layer("MaxPool2d", w=2, s=2)]
        return replace(ws.network("odd", shape, *layers), made_for=laid)

    report = ws.symbolic(laid((3, 32, 32)), ["M"], "ai61002", worked=False)
    assert "With r = 1, layers work in another way than in the form above" in " ".join(text(report).split())
    total = report.data["totals"]["flops"]
    assert total["except"] == [1]
    for side in (40, 41):
        exact = ws.derive(laid((3, side, side)), "ai61002").totals["flops"]
        assert Formula(total["classes"][side % 2]["text"]).evaluate(Q=side // 2) == exact


def test_too_many_classes_keep_their_brackets() -> None:
    report = symbolic("swin-t", "M", "N", worked=False)
    assert "The roundings of swin-t repeat after" in (found := text(report))
    assert "They equal the exact counts at 12 further sizes" in " ".join(found.split())
    total = report.data["totals"]["macs"]
    assert total["classes"] == []
    assert "repeat after" in total["refusal"]
    exact = ws.derive(ws.read("zoo:swin-t", "3x500x460"), "textbook").totals["macs"]
    assert Formula(total["text"]).evaluate(M=460, N=500) == exact


def classes(network: str, *symbols: str) -> Classes:
    return Classes(Closed(ws.read(f"zoo:{network}"), symbols, "textbook"))


def test_remainders_of_several_symbols() -> None:
    found = classes("lenet-5", "M", "N")
    assert found.periods == (4, 4)
    assert len(found.all) == 16
    from_32 = SizeInterval(32, None, same=True)  # C5 covers 5 x 5 of ((M - 4)/2 - 4)/2
    assert found.bounds == (from_32, from_32)
    group = Group(tuple(r for r in found.all if r.residues[0] < 2), None, "")
    assert group.remainders() == ["0, 1", "0 to 3"]
    assert Group(found.all[1:3] + found.all[7:8], None, "").remainders() == ["(0, 1), (0, 2) and (1, 3)"]


def test_leading_terms() -> None:
    closed = Closed(ws.read("zoo:resnet18"), ["M"], "textbook")
    macs = closed.main.totals["macs"]
    # per M*M: 9408/4 + 147456/16 + 524288/64 + 2097152/256 + 8388608/1024
    assert closed.main.formula(leading(closed.main, macs)).source == "36144*M**2"


def test_a_builder_that_hides_how_it_decides_is_refused() -> None:
    """A list that is repeated takes its number as it is: no comparison shows that the number has a remainder."""

    def laid(shape: tuple[int, ...]) -> ws.Network:
        return replace(ws.network("odd", shape, *[ws.layer("ReLU")] * (1 + shape[-1] % 2)), made_for=laid)

    with pytest.raises(ws.WorksheetError, match="do not depend on these sizes alone"):
        ws.symbolic(laid((3, 32, 32)), ["M"], "ai61002")


# Data


def test_json() -> None:
    data = json.loads(ws.render(symbolic("vit-b-16", "M"), "json"))
    assert data["symbols"] == [
        {"symbol": "M", "name": "M", "meaning": "side of the input", "value": 224, "least": 1, "step": 1}
    ]  # fmt: skip
    params = data["totals"]["params"]
    assert params["text"] == "768*floor(M/16)**2 + 86417128"
    assert params["classes"][0] == {
        "period": 16, "residue": 0, "symbol": "Q", "text": "768*Q**2 + 86417128", "from": None, "to": None, "refusal": None,
    }  # fmt: skip
    assert [entry["residue"] for entry in params["classes"]] == list(range(16))
    assert params["classes"][5]["text"] is None
    assert "patches" in params["classes"][5]["refusal"]
    assert data["rows"][0]["output"] == ["768", "floor(M/16)", "floor(M/16)"]


def test_json_of_several_symbols() -> None:
    data = json.loads(ws.render(symbolic("lenet-5", "M", "N", "B"), "json"))
    entry = data["totals"]["macs"]["classes"][0]
    assert entry["period"] == {"M": 4, "N": 4, "B": 1}
    assert entry["residue"] == {"M": 0, "N": 0, "B": 0}
    assert entry["symbol"] == {"M": "Q_M", "N": "Q_N", "B": "B"}
    assert entry["from"] == {"M": 32, "N": 32, "B": None}
    values = {"Q_M": 9, "Q_N": 8, "B": 3}
    exact = ws.derive(ws.read("zoo:lenet-5", "1x32x36"), "textbook", batch=3).totals["macs"]
    assert Formula(entry["text"]).evaluate(**values) == exact
    assert Formula(data["totals"]["macs"]["text"]).evaluate(M=36, N=32, B=3) == exact


@pytest.mark.parametrize("network", ["unet", "ssd-pascal-vggvd-300", "densenet121", "inception-v3", "swin-t"])
def test_every_text_reads_back(network: str) -> None:
    data = symbolic(network, "M", worked=False).data
    for total in data["totals"].values():
        Formula(total["text"])
        for entry in total["classes"]:
            assert Formula(entry["text"]).symbols in [(), ("Q",)]
    for row in data["rows"]:
        for found in (*row["output"], *row["columns"].values()):
            Formula(found)


def test_a_form_too_long_for_the_parser_is_split() -> None:
    terms = [Formula(f"{i + 2}*floor((M + {i})/{i + 3})*M**2").tree for i in range(70)]
    long = Formula.of(reduce(lambda a, b: Operation("-" if len(show(b)) % 2 else "+", a, b), terms))
    assert len(long.source) > MAX_LENGTH
    parts = texts(long)
    assert len(parts) > 1
    assert sum(Formula(part).evaluate(M=223) for part in parts) == long.evaluate(M=223)
    assert texts(Formula("M + 1")) == ["M + 1"]


def show(tree: Node) -> str:
    return Formula.of(tree).source


# Writers


@pytest.mark.parametrize("format", sorted(writers()))
def test_every_format(format: str) -> None:
    data = ws.render(symbolic("lenet-5", "M", "B"), format)
    assert data.startswith((b"%PDF", b"PK")) or len(data.decode()) > (200 if format == "bib" else 1000)


def test_formulas_in_each_notation() -> None:
    report = symbolic("resnet18", "M", rows="1-4")
    assert r"9408 \left\lceil \frac{M}{2} \right\rceil^{2}" in ws.render(report, "md").decode()
    assert r"64 \times \left\lceil M/2 \right\rceil" in ws.render(report, "tex").decode()
    html = ws.render(report, "html").decode()
    assert "<mrow><mo>⌈</mo><mfrac><mrow><mi>M</mi></mrow><mrow><mn>2</mn></mrow></mfrac><mo>⌉</mo></mrow>" in html
    assert "the ceiling of (M divided by 2)" in ws.render(report, "typ").decode()


@pytest.mark.tex
@pytest.mark.parametrize(("network", "symbols"), [("lenet-5", ["M", "B"]), ("mobilenet-v1", ["alpha"])])
def test_latex(network: str, symbols: list[str]) -> None:
    assert ws.render(symbolic(network, *symbols, rows="1-3"), "pdf", engine="latex").startswith(b"%PDF")


def test_shapes_in_a_table() -> None:
    size = (Formula("3"), Formula("M - 2"), Formula("ceil(M/2)"))
    found = text(Document("t", (Table(("Output",), ((size,),), words=0, flat=True),)))
    assert shape_in_words(size) in found


# What is asked, and mistakes


def test_rows_and_kinds() -> None:
    report = symbolic("resnet18", "M", kinds=["Conv2d"], rows="1-8")
    titles = [block.title for block in report.blocks if isinstance(block, Working) and block.title.startswith("No.")]
    assert titles == ["No. 1: conv1", "No. 5: layer1.0.conv1"]
    assert len(report.data["rows"]) == 69


def test_inputs_that_are_counted_have_a_row() -> None:
    report = symbolic("lenet-5", "M", convention="netscope")
    assert report.data["rows"][0]["no"] == 0
    assert Formula(report.data["totals"]["activation"]["text"]).evaluate(M=32) == (
        ws.derive(ws.read("zoo:lenet-5"), "netscope").totals["activation"]
    )  # fmt: skip


def test_what_is_not_counted_is_told() -> None:
    report = symbolic("resnet18", "M", convention="ai61002", worked=False)
    solution = ws.derive(ws.read("zoo:resnet18"), "ai61002")
    assert set(solution.notes) == set(report.data["notes"])


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["zoo:resnet18", "--symbolic", "Q"], "resnet18 has no 'Q' that could vary", "known: B, M, N, alpha, c"),
        (["zoo:gpt2", "--symbolic", "M"], "gpt2 has no 'M' that could vary", "L"),
        (["zoo:resnet18", "--symbolic", "conv1.b"], "Conv2d has no number 'b'", ""),
        (["zoo:resnet18", "--symbolic", "conv11.k"], "resnet18 has no layer 'conv11'", "conv1"),
        (["zoo:resnet18", "--symbolic", "M,M"], "'M' is asked for twice", ""),
        (["zoo:resnet18", "--symbolic", "M,"], "resnet18 has no '' that could vary", ""),
        (["zoo:resnet18", "--symbolic", "c,M,N,B,alpha,conv1.k,conv1.w"], "7 symbols", "1 to 6"),
        (["zoo:resnet18", "--symbolic", "B", "--batch", "4"], "the batch is a symbol, so it cannot be 4 too", "leave one"),
        (["zoo:resnet18", "--symbolic", "M", "--training", "adam"], "--training does not go with --symbolic", "leave one"),
        (["zoo:resnet18", "--symbolic", "M", "--blank"], "--blank does not go with --symbolic", "leave one"),
        (["zoo:resnet18", "--symbolic", "M", "--rows", "900"], "there are no rows '900'", "1 to 69"),
        (["zoo:resnet18", "--symbolic", "M", "--kind", "GRU"], "no layer is a 'GRU'", ""),
        (["zoo:resnet18", "--symbolic", "M", "-c", "nobody"], "nobody", ""),
    ],
)  # fmt: skip
def test_mistakes(words: list[str], message: str, hint: str, command, tmp_path) -> None:
    run = command("solve", *words, "-o", "x.md")
    assert run.code == 2
    assert message in run.err
    assert hint in run.err
    assert "Traceback" not in run.err
    assert not (tmp_path / "x.md").exists()


@pytest.mark.parametrize(("line", "output"), SHOWN, ids=[line for line, _ in SHOWN])
def test_the_page_shows_what_the_program_prints(line: str, output: str, command) -> None:
    run = command(*line.split())
    assert run.code == 0
    printed = [" ".join(line.split()) for line in run.out.splitlines()]
    for shown in output.splitlines():
        assert " ".join(shown.split()) in printed


def test_the_page_has_every_key() -> None:
    data = symbolic("vit-b-16", "M").data
    example = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])
    assert set(example) == set(data)
    assert example["symbols"] == data["symbols"]
    assert example["rows"] == data["rows"][:1]
    assert example["totals"]["params"]["classes"] == list(data["totals"]["params"]["classes"][:2])
