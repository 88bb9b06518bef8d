"""The AI61002 sheet, figure by figure, in every format; PDFs are read back as text."""

import json
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import PRINTED_TOTALS, ROWS, SHEET, TOTALS


def test_the_forty_cells_and_both_totals(solution: ws.Derivation) -> None:
    assert [[step.value for step in row.columns] for row in solution.rows] == [
        [r.number("params"), r.number("flops")] for r in ROWS
    ]
    assert solution.totals == TOTALS
    assert sum(r.number("params") for r in ROWS) == TOTALS["params"]
    assert sum(r.number("flops") for r in ROWS) == TOTALS["flops"]


def squeezed(text: str) -> str:
    """A text without spaces, mathematical letters made plain, signs made one."""
    text = unicodedata.normalize("NFKC", text.replace("\u2062", ""))
    return re.sub(r"\s+", "", text).replace("-", "−").replace("·", "×")


def test_every_worked_row_in_text(solution: ws.Derivation) -> None:
    text = ws.render(solution, "txt").decode()
    parts = re.split(r"S\. No\. (\d+): ", text)
    worked = {int(no): squeezed(part) for no, part in zip(parts[1::2], parts[2::2], strict=True)}
    for row in ROWS:
        shown = worked[row.no]
        kind = row.layer.split(":")[0]
        assert shown.startswith(f"(Input){row.input}→({kind})")
        assert f"→(Output){row.output}" in shown
        assert row.values.replace(" ", "") in shown
        assert f"#Params={row.params_worked}={row.params}".replace("==", "=") in shown
        # a line that is too long goes on with a times sign
        assert f"#Flops={row.flops_worked}={row.flops}".replace("==", "=") in shown.replace(")×((", ")((")


@pytest.fixture(scope="module")
def markdown(solution: ws.Derivation) -> str:
    return ws.render(solution, "md").decode()


def test_table_in_markdown(markdown: str) -> None:
    for row in ROWS:
        output = row.output.replace("×", " × ").replace("  ", " ")
        assert f"| {row.no} | {row.layer} | {output} | {row.params} | {row.flops} |" in markdown
    assert "| | **Total** | | **{}** | **{}** |".format(*PRINTED_TOTALS) in markdown


@pytest.mark.parametrize("format", ["md", "tex"])
def test_worked_rows_in_latex_notation(solution: ws.Derivation, format: str) -> None:
    text = ws.render(solution, format).decode()
    flat = text.replace("{,}", ",").replace("{-}", "-")
    for row in ROWS:
        for result in (row.params, row.flops):
            assert re.search(rf"&= .*= {result}|&= {result}", flat)
    for piece in (
        r"(c w h + 1) k = ((3 \times 11 \times 11) + 1) \times 64 = 23,296",
        r"k (c w h + 1) \left(\frac{M - w + 2 p_{w}}{s_{w}} + 1\right) \left(\frac{N - h + 2 p_{h}}{s_{h}} + 1\right)",
        r"\left(\frac{227 - 11 + 2(2)}{4} + 1\right) \left(\frac{227 - 11 + 2(2)}{4} + 1\right) = 7,30,56,256",
        r"2 c M N = 2 \times 64 \times 56 \times 56 = 4,01,408",
        r"(n + 1) k = (9216 + 1) \times 4096 = 3,77,52,832",
        r"c M N = 256 \times 6 \times 6 = 9,216",
    ):
        assert piece in flat


def test_html_table_and_rows(solution: ws.Derivation) -> None:
    from html.parser import HTMLParser

    texts: list[str] = []

    class Reader(HTMLParser):
        def handle_data(self, data: str) -> None:
            texts.append(data)

    Reader().feed(ws.render(solution, "html").decode())
    text = squeezed("".join(texts))
    for row in ROWS:
        assert squeezed(f"{row.no}{row.layer}{row.output}{row.params}{row.flops}") in text
    parts = re.split(r"S\.No\.(\d+):", text)[1:]
    worked = {int(no): part for no, part in zip(parts[0::2], parts[1::2], strict=True)}
    for row in ROWS:
        assert f"#Params={row.params_worked.split('=')[0]}" in worked[row.no]
        assert f"={row.params}" in worked[row.no]
        assert f"={row.flops}" in worked[row.no]
    assert all(total in text for total in PRINTED_TOTALS)


def pdf_text(data: bytes, folder: Path) -> str:
    path = folder / "solution.pdf"
    path.write_bytes(data)
    run = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return run.stdout.decode()


def check_pdf(text: str) -> None:
    """Table and worked rows in a PDF's text; a fraction's two halves stand in lines of their own there."""
    table = [squeezed(line) for line in text.splitlines()]
    for row in ROWS:
        assert squeezed(f"{row.no}{row.layer}{row.output}{row.params}{row.flops}") in table
    assert squeezed("Total{}{}".format(*PRINTED_TOTALS)) in table
    parts = re.split(r"S\.No\.(\d+):", squeezed(text))[1:]
    worked = {int(no): part for no, part in zip(parts[0::2], parts[1::2], strict=True)}
    assert sorted(worked) == list(range(1, 21))
    for row in ROWS:
        kind = row.layer.split(":")[0]
        shown = worked[row.no]
        assert shown.startswith(f"(Input){row.input}→({kind})")
        assert f"→(Output){row.output}" in shown
        for result in (row.params, row.flops):
            assert f"={result}" in shown
        for numerator in set(re.findall(r"\((\d+−\d+\+2\(\d+\))", row.flops_worked)):
            assert numerator in shown
        factor = re.search(r"=(\d+×\(\(.*?\)[+−]1\))", row.flops_worked)
        assert factor is None or factor[1] in shown


@pytest.mark.poppler
def test_typst_pdf(solution: ws.Derivation, tmp_path: Path) -> None:
    check_pdf(pdf_text(ws.render(solution, "pdf"), tmp_path))


@pytest.mark.tex
@pytest.mark.poppler
def test_latex_pdf(solution: ws.Derivation, tmp_path: Path) -> None:
    check_pdf(pdf_text(ws.render(solution, "pdf", engine="latex"), tmp_path))


def test_json(solution: ws.Derivation) -> None:
    data = json.loads(ws.render(solution, "json"))
    assert (data["network"], data["convention"], data["input"], data["totals"]) == ("ai61002", "ai61002", [3, 227, 227], TOTALS)
    first = data["rows"][0]
    assert {k: first[k] for k in ("no", "kind", "spec", "input", "output")} == {
        "no": 1, "kind": "Conv2d", "spec": "64c 11w 4s 2p", "input": [3, 227, 227], "output": [64, 56, 56],
    }  # fmt: skip
    assert first["columns"] == {"params": 23296, "flops": 73056256}
    assert list(first["values"].items()) == [
        ("M", 227), ("N", 227), ("c", 3), ("w", 11), ("h", 11), ("k", 64), ("p_w", 2), ("p_h", 2), ("s_w", 4), ("s_h", 4),
    ]  # fmt: skip
    # 3 * 11 * 11 = 363 products for each of 64 * 56 * 56 = 200,704 outputs
    assert first["counts"]["multiplications"] == first["counts"]["additions"] == first["counts"]["macs"] == 363 * 200_704
    assert data["rows"][14]["input"] == [9216]

    def whole(value: object) -> bool:
        if isinstance(value, dict):
            return all(map(whole, value.values()))
        return all(map(whole, value)) if isinstance(value, list) else not isinstance(value, float)

    assert whole(data)


def test_the_formula_reference_is_built_up_in_small_steps(solution: ws.Derivation) -> None:
    lines = {(s.title, line.label): line.formula.show() for s in solution.reference for line in s.statements}
    conv, pool = "2D convolution layer", "2D max-pooling layer"
    assert lines[conv, "Multiplications per output channel and location"] == "cwh"
    assert lines[conv, "Operations with MAC blocks per output channel and location (with bias)"] == "cwh + 1"
    assert lines[conv, "Operations per output channel (with bias)"] == "(cwh + 1)((M − w + 2p_w)/s_w + 1)((N − h + 2p_h)/s_h + 1)"
    assert lines[conv, "Width of output tensor"] == "(M − w + 2p_w)/s_w + 1"
    assert lines[pool, "Comparisons per channel and location"] == "wh − 1"
    assert lines["ReLU transfer function, on a map", "Operations in the layer"] == "2cMN"
    # the sheet says n + 1: see docs/errata.md
    assert lines["Fully connected (linear) layer", "Additions per output node (with bias)"] == "n"


def test_python_builds_the_same_network(solution: ws.Derivation) -> None:
    conv = [
        dict(c=64, w=11, s=4, p=2),
        dict(c=192, w=5, p=2),
        dict(c=384, w=3, p=1),
        dict(c=256, w=3, p=1),
        dict(c=256, w=3, p=1),
    ]
    a, b, c, d, e = (ws.layer("Conv2d", **words) for words in conv)
    relu, drop = ws.layer("ReLU"), ws.layer("Dropout")
    pool, last = ws.layer("MaxPool2d", w=2), ws.layer("MaxPool2d", w=4, s=2)
    tail = [ws.layer("Linear", k=4096), relu, drop, ws.layer("Linear", n=4096, k=4096), relu, ws.layer("Linear", k=1000)]
    net = ws.network("ai61002", (3, 227, 227), a, relu, pool, b, relu, pool, c, relu, d, relu, e, relu, last, drop, *tail)
    assert json.loads(ws.render(ws.derive(net, "ai61002"), "json")) == json.loads(ws.render(solution, "json"))
    assert ws.read(SHEET).nodes[0].hyperparameters == net.nodes[0].hyperparameters
