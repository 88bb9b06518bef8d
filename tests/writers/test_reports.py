"""Reports print in every format: what a stranger typed stays text, tables align, formulas and pictures are there."""

import json
from pathlib import Path

import pytest

import worksheet as ws
from worksheet.derivation import Section, Statement, Step
from worksheet.document import Bullets, Document, Picture, Table, Text, Title, Working
from worksheet.formula import Formula

RULE = Formula("2*c*(M*N - 1)")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"><rect width="100" height="50"/></svg>'
HOSTILE = "\\input{/etc/passwd} #include <script>alert(1)</script> $x$ {{ 7 }} << 7 >> | * _ & % ~ ^ −"


def report(text: str = "plain") -> Document:
    return Document(
        title=f"Title {text}",
        course=text,
        blocks=(
            Text(text),
            Text("stands apart", note=True),
            Bullets(("one", text)),
            Title(f"Part {text}"),
            Table(("Kind", "Layers", "Formula"), ((text, 12345, RULE), ("short", None, None)), ("Total", -12345, None)),
            Section("BatchNorm", f"Section {text}", ((("M",), "Width"),), (Statement("A", RULE),), text),
            Working(f"Working {text}", (Step("d", text, (), RULE, {"c": 64, "M": 112, "N": 112}, 1_605_504),), text),
            Picture(SVG, f"A box {text}", 100.0),
        ),
        data={"figure": 12345},
    )


@pytest.mark.parametrize("form", ["md", "tex", "txt", "html", "typ", "json", "pdf"])
@pytest.mark.parametrize("text", ["plain", HOSTILE])
def test_every_format(form: str, text: str) -> None:
    data = ws.render(report(text), form)
    assert data == ws.render(report(text), form)
    if form == "json":
        assert json.loads(data) == {"figure": 12345}
    elif form != "pdf":
        assert "12,345" in data.decode().replace("{,}", ",")


def test_what_a_stranger_typed_is_text() -> None:
    html = ws.render(report(HOSTILE), "html").decode()
    assert "<script" not in html
    tex = ws.render(report(HOSTILE), "tex").decode()
    assert r"\input{/etc" not in tex
    typ = ws.render(report(HOSTILE), "typ").decode()
    assert "\n#include" not in typ


def test_negative_figures_have_a_minus_sign() -> None:
    assert "−12,345" in ws.render(report(), "txt").decode()


def test_a_table_of_text_aligns() -> None:
    lines = ws.render(report(), "txt").decode().splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Kind"))
    table = lines[start : start + 6]
    assert len({len(line) for line in table if line.strip("-")}) <= 2
    assert table[0].index("Layers") + len("Layers") == table[2].index("12,345") + len("12,345")


@pytest.mark.tex
@pytest.mark.parametrize("text", ["plain", HOSTILE])
def test_latex_sets_a_report(tmp_path: Path, text: str) -> None:
    ws.write(report(text), tmp_path / "r.pdf", engine="latex")
    assert (tmp_path / "r.pdf").read_bytes().startswith(b"%PDF")


def test_the_package_has_every_template() -> None:
    """A block has a template in every notation."""
    from worksheet.writers.views import View, Viewed

    folder = Path(__file__).parents[2] / "templates"
    for notation, suffix in {"md": "md", "tex": "tex", "typst": "typ", "html": "html", "txt": "txt"}.items():
        blocks = {path.stem for path in (folder / notation / "blocks").glob(f"*.{suffix}")}
        wanted = {view.template for view in (*View.__subclasses__(), *Viewed.__args__) if view.template} | {"layer"}
        assert blocks == wanted - ({"contents"} if notation == "txt" else set())
        assert len(blocks) <= 12


@pytest.mark.parametrize(
    ("format", "expected"), [("typ", "$2 L^(2)$"), ("tex", "$2 L^{2}$"), ("md", "$2 L^{2}$"), ("html", "<msup>")]
)
def test_a_formula_in_a_total_is_set_as_one(format: str, expected: str) -> None:
    table = Table(("Layer", "MACs"), (("a", Formula("L**2")), ("b", Formula("L**2"))), ("Total", Formula("2*L**2")))
    text = ws.render(Document("Sums", (table,)), format).decode()
    assert expected in text and "**$" not in text and "*2 L" not in text


def test_a_report_shows_itself_in_a_notebook() -> None:
    page = report()._repr_html_()
    assert page.startswith('<iframe title="Title plain"')
    assert "&lt;math" in page
    latex = report(HOSTILE)._repr_latex_()
    assert latex.count("$$\\begin{array}{lrr}") == 1
    assert latex.count("$$\\begin{aligned}") == 1
    assert "12{,}345" in latex or "12,345" in latex
    assert "\\input{/etc" not in latex


@pytest.mark.tex
def test_notebook_latex_of_a_report_compiles(tmp_path: Path) -> None:
    import subprocess

    frame = "\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{}\n\\end{{document}}"
    (tmp_path / "x.tex").write_text(frame.format(report(HOSTILE)._repr_latex_()))
    run = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"], cwd=tmp_path, capture_output=True)
    assert run.returncode == 0, run.stdout[-1500:]


@pytest.mark.parametrize("is_terminal", [True, False])
def test_a_report_on_the_terminal(is_terminal: bool) -> None:
    """Every block is printed; headings are bold where the terminal can show it."""
    from io import StringIO

    from rich.console import Console

    from worksheet.writers import terminal

    file = StringIO()
    terminal.show(report(HOSTILE), Console(file=file, width=120, force_terminal=is_terminal, highlight=False))
    shown = file.getvalue()
    for text in ("stands apart", "- one", "12,345", "−12,345", "Width", "A box", "1,605,504", "<script>alert(1)</script>"):
        assert text in shown
    assert ("\x1b[1m" in shown) == is_terminal


def test_drawings_of_a_solution_are_files_too(tmp_path: Path) -> None:
    from tests.sheet_facts import EXAMPLES

    files = ws.draw(ws.derive(ws.read(EXAMPLES / "resnet18.sheet")), tmp_path / "out")
    assert files
    assert {path.suffix for path in files} == {".svg", ".png"}
    assert all("_strip." in path.name or "Layers_" in path.name for path in files)


@pytest.mark.tex
def test_a_last_column_may_break_its_lines(tmp_path: Path) -> None:
    """Its \\raggedright must not take the end of the row away."""
    table = Table(("Name", "What it is"), (("a", "a sentence of many words, " * 4), ("b", "short")), words=2)
    ws.write(Document("Words", (table,)), tmp_path / "w.pdf", engine="latex")
    assert (tmp_path / "w.pdf").read_bytes().startswith(b"%PDF")
