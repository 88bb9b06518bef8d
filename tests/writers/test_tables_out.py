"""Tables that leave the program: CSV, workbooks, fragments for LaTeX, Markdown and HTML, units, sums, citations.

Figures are the published ones of torchvision: resnet18 has 11,689,512 parameters, resnet50 25,557,032 and 4.09 GFLOPS,
mobilenet_v2 3,504,872.
"""

import csv
import io
import json
import re
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

import worksheet as ws
from worksheet.cli import main
from worksheet.derive.larger_units import rounded
from worksheet.document import Document, Table, Text
from worksheet.errors import WorksheetError
from worksheet.writers.latex_fragment import PAGE

RESNET50 = "zoo:resnet50"
ARTICLE = r"""\documentclass[twocolumn]{article}
\usepackage{booktabs}
\begin{document}
Some text.
\input{fragment}
\end{document}
"""
STAGES = ["stem", "layer1", "layer2", "layer3", "layer4", "classifier"]


@pytest.fixture(scope="module")
def resnet50() -> ws.Derivation:
    return ws.derive(RESNET50, "macs")


def lines(document: ws.Derivation | Document) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(ws.render(document, "csv").decode())))


# CSV and workbooks


def test_the_csv_of_a_solution_is_its_answers(resnet50) -> None:
    table = lines(resnet50)
    assert list(table[0]) == ["no", "name", "stage", "kind", "spec", "output", "params", "macs"]
    assert len(table) == len(resnet50.rows)
    assert table[0]["output"] == "64x112x112"
    assert sum(int(line["params"]) for line in table) == 25_557_032
    assert round(sum(int(line["macs"]) for line in table) / 1e9, 2) == 4.09


def test_the_suffix_chooses_csv_and_xlsx(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.bib"):
        ws.write(ws.derive("zoo:resnet18"), tmp_path / name)
        assert (tmp_path / name).stat().st_size > 100


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", ' "=1'])
def test_no_spreadsheet_runs_a_text(text: str) -> None:
    import openpyxl

    document = Document("T", (Table(("Name", "# =1"), ((text, -5),)),))
    name, number = next(iter(csv.reader(io.StringIO(ws.render(document, "csv").decode().partition("\n")[2]))))
    assert name.startswith("'")
    assert number == "-5"
    cell = openpyxl.load_workbook(io.BytesIO(ws.render(document, "xlsx"))).active["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix


def test_a_workbook_holds_exact_numbers() -> None:
    import openpyxl

    small, large = 2**53, 2**53 + 1
    document = Document("T", (Table(("a", "b", "c"), (("x", small, large), ("y", Decimal("4.10"), None)), ("Total", 7, None)),))
    sheet = openpyxl.load_workbook(io.BytesIO(ws.render(document, "xlsx"))).active
    assert [cell.value for cell in sheet[2]] == ["x", small, str(large)]
    assert [cell.value for cell in sheet[3]] == ["y", 4.1, None]
    assert sheet["B3"].number_format == "0.00"
    assert [cell.value for cell in sheet[4]] == ["Total", 7, None]


def test_a_workbook_is_the_same_whenever_it_is_written(monkeypatch, resnet50) -> None:
    import time

    first = ws.render(resnet50, "xlsx")
    clock = time.time
    monkeypatch.setattr(time, "time", lambda: clock() + 86_400 * 400)
    assert ws.render(resnet50, "xlsx") == first


def test_a_workbook_has_a_sheet_for_each_table() -> None:
    import openpyxl

    tables = tuple(Table(("a",), ((text,),), title=text) for text in ("Same [name]/?", "same [NAME]/?", "x" * 60, "x" * 60, "'"))
    book = openpyxl.load_workbook(io.BytesIO(ws.render(Document("T", tables), "xlsx")))
    assert len(book.sheetnames) == 5
    assert len({name.lower() for name in book.sheetnames}) == 5


@pytest.mark.parametrize("format", ["csv", "xlsx"])
def test_a_document_without_a_table_is_refused(format: str) -> None:
    with pytest.raises(WorksheetError, match="has no table"):
        ws.render(Document("T", (Text("words"),)), format)


# Columns, sums, units


def test_the_stages_of_resnet50_in_larger_units(resnet50) -> None:
    document = ws.tabulate(resnet50, by="stage", unit="G")
    table = ws.render(document, "csv").decode().splitlines()
    assert table[0] == "stage,params,macs"
    assert [line.partition(",")[0] for line in table[1:]] == STAGES
    text = ws.render(document, "txt").decode()
    assert re.search(r"Total +25\.6 +4\.09\n", text)
    assert "# Params (M)" in text  # 25.6 M are less than one G
    assert "rounded to 3 significant digits" in text
    totals = json.loads(ws.render(document, "json"))["totals"]
    assert totals == {"params": 25_557_032, "macs": 4_089_184_256}


def test_columns_are_in_the_order_that_was_asked_for(resnet50) -> None:
    document = ws.tabulate(resnet50, ["macs", "params"], by="kind", zeros=False)
    assert ws.render(document, "csv").decode().splitlines()[0] == "kind,macs,params"
    assert [line["kind"] for line in lines(document)] == ["Conv2d", "BatchNorm", "Linear"]
    assert list(lines(ws.tabulate(resnet50, ["output", "macs"]))[0]) == ["output", "macs"]


def test_rows_of_zeros_are_zero_in_the_columns_shown(resnet50) -> None:
    kinds = [line["kind"] for line in lines(ws.tabulate(resnet50, ["macs"], by="kind", zeros=False))]
    assert kinds == ["Conv2d", "Linear"]


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ({"columns": ["parms"]}, "did you mean params"),
        ({"columns": ["macs", "macs"]}, "named twice"),
        ({"by": "layer"}, "stage or kind"),
        ({"unit": "g"}, "unknown unit 'g'"),
        ({"unit": "MiB"}, "no column here counts bytes"),
        ({"unit": "flops=G"}, "there is no column 'flops'"),
        ({"unit": "macs=MiB"}, "no column here counts bytes"),
    ],
)
def test_what_a_table_cannot_have(resnet50, wanted, says: str) -> None:
    with pytest.raises(WorksheetError, match=re.escape(says)):
        ws.tabulate(resnet50, wanted.pop("columns", ()), **wanted)


def test_a_network_without_stages_has_no_sums_by_stage() -> None:
    network = ws.network("n", (3, 8, 8), ws.layer("Conv2d", k=2, w=3))
    with pytest.raises(WorksheetError, match="are in no stages"):
        ws.tabulate(ws.derive(network, "macs"), by="stage")


def test_bytes_are_in_units_of_bytes() -> None:
    document = ws.tabulate(ws.derive("zoo:resnet18", "memory"), by="kind", unit="MiB")
    weights = sum(4 * count for count in (11_689_512, 2 * 4_800))  # and the running statistics of 4,800 channels
    assert ws.derive("zoo:resnet18", "memory").totals["weights"] == weights
    assert f"{weights / 2**20:.1f}" in ws.render(document, "txt").decode()
    assert "1 MiB = 1,048,576 B." in ws.render(document, "txt").decode()


@pytest.mark.parametrize("value", [0, 1, 999, 9_994, 9_995, 9_996, 99_950, 123_456, 999_499, 999_500, 10**12 + 5])
@pytest.mark.parametrize("size", [1000, 1024, 10**6])
def test_a_rounded_figure_is_the_nearest(value: int, size: int) -> None:
    made = rounded(value, size)
    exact = Fraction(value, size)
    step = Fraction(10) ** made.as_tuple().exponent
    assert abs(Fraction(made) - exact) <= step / 2
    assert not value or abs(made) >= 100 or len(made.as_tuple().digits) == 3


# Fragments


def test_a_fragment_is_a_float_with_caption_and_label(resnet50) -> None:
    tex = ws.render(ws.tabulate(resnet50, by="stage"), "tex", fragment=ws.Fragment("Six & 100 %_", "tab:r50")).decode()
    assert r"\caption{Six \& 100 \%\_}" in tex
    assert r"\label{tab:r50}" in tex
    assert r"\documentclass" not in tex
    assert r"\begin{table}" in tex
    assert tex.count(r"\toprule") == tex.count(r"\midrule") - 1 == tex.count(r"\bottomrule") == 1


def test_fragments_in_markdown_and_html(resnet50) -> None:
    document = ws.tabulate(resnet50, by="stage")
    md = ws.render(document, "md", fragment=True).decode()
    assert md.startswith("Table: ResNet-50 \n")
    assert md.count("\n|") == 1 + 1 + 6 + 1
    html = ws.render(document, "html", fragment=True).decode()
    assert html.startswith('<table id="tab:resnet-50">')
    assert "<html" not in html


@pytest.mark.parametrize("label", ["1a", "a b", "}", "\\x", "a" * 99, "é"])
def test_a_label_cannot_leave_its_braces(resnet50, label: str) -> None:
    with pytest.raises(WorksheetError, match="as a label"):
        ws.render(resnet50, "tex", fragment=ws.Fragment(label=label))


@pytest.mark.parametrize("format", ["pdf", "json", "csv", "txt"])
def test_formats_without_fragments(resnet50, format: str) -> None:
    with pytest.raises(WorksheetError, match="no fragments"):
        ws.render(resnet50, format, fragment=True)


def test_a_table_that_is_too_wide_is_refused() -> None:
    document = Document("T", (Table(tuple(f"heading number {i}" for i in range(30)), (tuple([10**12] * 30),), words=0),))
    with pytest.raises(WorksheetError, match="30 columns is too wide"):
        ws.render(document, "tex", fragment=True)
    assert PAGE < 418.3  # the width of two columns on A4


def fragments() -> dict[str, ws.Derivation | Document]:
    names = tuple((f'na"me_{i}.with/parts-{"x" * (i % 9)}' + "-abc" * (i % 12), 10**i) for i in range(20))
    return {
        "stages": ws.tabulate(ws.derive(RESNET50, "macs"), by="stage", unit="G"),
        "layers": ws.derive("zoo:resnet18"),
        "wide": ws.derive("zoo:vit-b-16", "macs"),
        "conventions": ws.compare(RESNET50),
        "networks": ws.table([RESNET50, "zoo:resnet18", "zoo:mobilenet-v2"], unit="G,MiB"),
        "letters": Document("WWW <>|", (Table(("WWWW", "MMMM"), tuple(("MWMW " * 12, i) for i in range(3))),)),
        "names": Document("Names", (Table(("Name", "Figure"), names),)),
    }


@pytest.mark.tex
@pytest.mark.skipif(not shutil.which("pdflatex"), reason="pdflatex is not installed")
@pytest.mark.parametrize("name", ["stages", "layers", "wide", "conventions", "networks", "letters", "names"])
def test_an_article_in_two_columns_has_room(tmp_path: Path, name: str) -> None:
    (tmp_path / "article.tex").write_text(ARTICLE)
    (tmp_path / "fragment.tex").write_bytes(ws.render(fragments()[name], "tex", fragment=True))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "article.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=120)
    log = (tmp_path / "article.log").read_text(errors="replace")
    assert run.returncode == 0, log[-2000:]
    assert not re.findall(r"^(?:Overfull.*|.*Float too large.*|.*lost.*)$", log, re.MULTILINE)


# Citations


ENTRY = re.compile(r"@(\w+)\{([A-Za-z0-9.-]+),\n((?:  \w+ = \{.*\},\n)+)\}\n")


def test_citations_of_package_convention_and_network() -> None:
    text = ws.render(ws.derive("zoo:resnet18", "fvcore"), "bib").decode()
    entries = {key: (kind, fields) for kind, key, fields in ENTRY.findall(text)}
    assert list(entries) == [f"nn-worksheet-{ws.__version__}", "worksheet-fvcore", "worksheet-resnet18"]
    assert [kind for kind, _ in entries.values()] == ["software", "misc", "misc"]
    assert f"version = {{{ws.__version__}}}" in entries[f"nn-worksheet-{ws.__version__}"][1]
    assert "Deep residual learning" in entries["worksheet-resnet18"][1]
    assert "fvcore 0.1.5" in entries["worksheet-fvcore"][1]
    assert not ENTRY.sub("", text).strip()


def test_hostile_citations_stay_inside_their_braces(sheet) -> None:
    own = json.dumps({"title": '} @misc{x, a = "{', "cite": "}}} % é ß", "columns": {"n": {"Conv2d": "k"}}})
    network = ws.network("n", (3, 8, 8), ws.layer("Conv2d", k=2, w=3))
    text = ws.render(ws.derive(network, str(sheet(own, "a } b.yaml"))), "bib").decode()
    assert not ENTRY.sub("", text).strip()
    assert all(fields.count("{") == fields.count("}") for _, _, fields in ENTRY.findall(text))


# The command


def run(capfdbinary, *arguments: str) -> tuple[str, str, int]:
    import sys
    from unittest import mock

    with mock.patch.object(sys, "argv", ["worksheet", *arguments]), pytest.raises(SystemExit) as end:
        main()
    out, err = capfdbinary.readouterr()
    return out.decode(), err.decode(), int(end.value.code or 0)


def test_a_papers_comparison_of_networks() -> None:
    table = {line["network"]: line for line in lines(ws.table(["zoo:resnet18", RESNET50, "zoo:mobilenet-v2"], ["macs"]))}
    assert [int(line["params"]) for line in table.values()] == [11_689_512, 25_557_032, 3_504_872]
    assert [round(int(line["macs"]) / 1e9, 2) for line in table.values()] == [1.81, 4.09, 0.30]  # torchvision's GFLOPS
    assert [float(line["top-1"]) for line in table.values()] == [30.24, 23.87, 28.12]  # 69.758, 76.130, 71.878 are right


def test_standard_columns_and_any_network(sheet) -> None:
    path = sheet("---\ninput: 3x8x8\n---\nConv2d: 2c 3w\n", "own.sheet")
    document = ws.table([str(path), "zoo:resnet18"])
    own = lines(document)[0]
    assert own["top-1"] == ""
    outputs, products = 2 * 6 * 6, 27
    assert int(own["macs"]) == outputs * products
    assert int(own["flops"]) == outputs * 2 * products  # as many multiplications as additions, the bias with them
    assert int(own["weights"]) == 4 * (2 * products + 2)


def test_published_errors_are_those_of_the_networks_own_size() -> None:
    assert "top-1" not in lines(ws.table([ws.read("zoo:resnet18", "3x128x128")]))[0]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--fragment"], "--fragment needs a format"),
        (["--fragment", "-f", "pdf"], "--fragment needs a format"),
        (["--caption", "x"], "need --fragment"),
        (["--bibtex", "-f", "md"], "format of its own"),
        (["--by", "kind", "--blank"], "--blank leaves open"),
        (["--unit", "M", "--symbolic", "M"], "--symbolic does not give"),
        (["--columns", "parms"], "did you mean params"),
    ],
)
def test_options_that_do_not_go_together(capfdbinary, options, says: str) -> None:
    _, err, code = run(capfdbinary, "solve", "zoo:lenet-5", *options)
    assert code == 2
    assert says in err


def test_bibtex_and_fragments_from_the_command(capfdbinary, command, tmp_path: Path) -> None:
    for arguments in (["solve", "zoo:lenet-5"], ["compare", "zoo:lenet-5"], ["table", "zoo:lenet-5"]):
        assert ENTRY.search(run(capfdbinary, *arguments, "--bibtex")[0])
    command("table", "zoo:lenet-5", "--fragment", "--label", "tab:x", "-o", str(tmp_path / "a.tex"))
    assert r"\label{tab:x}" in (tmp_path / "a.tex").read_text()
