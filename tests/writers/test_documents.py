"""Documents are whole, escape what strangers write, and are the same bytes every time."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests.complete import complete
from tests.sheet_facts import EXAMPLES, ROWS
from worksheet.errors import WorksheetError
from worksheet.writers import writers

SHEETS = sorted(EXAMPLES.glob("*.sheet"))
TEXTS = ["md", "tex", "typ", "html", "txt", "json", "csv", "bib"]
# What people may be called, and what each format would make of it.
HOSTILE = [
    r"\input{/etc/passwd}", "#include <x>", "<script>alert(1)</script>", "$(rm -rf /)", "a & b_c^d~e%f", "`x` *y* _z_ [a](b)",
    '"#read("/etc/passwd")"', "]#panic()[", "{{ 7*7 }} {% x %} << 7*7 >> <% x %>", "|pipe|", "$$x$$", "</style>", "1. item",
    "日本 हिन्दी 🙂 \u202e", "tab\there", "\\", "%", "é ß Ł — … “”",
]  # fmt: skip


def cleaned(text: str) -> str:
    """A tab is a space; a sign that turns the direction of writing shows as a replacement character."""
    return text.replace("\t", " ").replace("\u202e", "\ufffd")


def hostile(text: str) -> ws.Network:
    return ws.network("n", (3, 8, 8), ws.layer("Conv2d", c=2, w=3), title=text, course=text, question=text, note=text)


@pytest.mark.parametrize("text", HOSTILE)
def test_headings_of_a_convention_are_escaped_too(sheet, text: str) -> None:
    """Words from a convention's file stand inside formulas as well."""

    own = {"title": text, "columns": {text: {"Conv2d": "k*c"}}, "remarks": {text: {"Conv2d": text}}, "rules": [text]}
    d = ws.derive(hostile("T"), str(sheet(json.dumps(own, ensure_ascii=False), "own.yaml")))
    for format in (*TEXTS, "pdf", "xlsx"):
        assert ws.render(d, format)
    assert d._repr_latex_()


@pytest.mark.parametrize("format", [*TEXTS, "pdf", "xlsx"])
def test_the_same_bytes_every_time(solution: ws.Derivation, format: str) -> None:
    assert ws.render(solution, format) == ws.render(ws.derive(ws.read(EXAMPLES / "ai61002.sheet")), format)


def test_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    import hashlib
    import os
    import subprocess
    import sys

    sums = set()
    for seed in ("1", "2"):
        for format in ("pdf", "html", "json"):
            line = [
                sys.executable,
                "-m",
                "worksheet.cli",
                "solve",
                EXAMPLES / "alexnet-224.sheet",
                "-o",
                tmp_path / f"x.{format}",
            ]
            subprocess.run(line, check=True, env=os.environ | {"PYTHONHASHSEED": seed})
        sums.add(tuple(hashlib.sha256((tmp_path / f"x.{f}").read_bytes()).hexdigest() for f in ("pdf", "html", "json")))
    assert len(sums) == 1


def test_a_solution_travels_between_processes(solution: ws.Derivation) -> None:
    import pickle

    again = pickle.loads(pickle.dumps(solution))
    assert again == solution
    assert ws.render(again, "html") == ws.render(solution, "html")


@pytest.mark.tex
def test_the_same_latex_pdf_every_time(solution: ws.Derivation) -> None:
    assert ws.render(solution, "pdf", engine="latex") == ws.render(solution, "pdf", engine="latex")


@pytest.mark.parametrize("text", HOSTILE)
def test_html_prints_what_was_typed(text: str) -> None:
    class Reader(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.tags: list[str] = []
            self.title = ""

        def handle_starttag(self, tag: str, attrs: object) -> None:
            self.tags.append(tag)

        def handle_data(self, data: str) -> None:
            if self.tags[-1:] == ["h1"] and not self.title:
                self.title = data

    reader = Reader()
    reader.feed(ws.render(ws.derive(hostile(text)), "html").decode())
    assert reader.title == cleaned(text)
    assert "script" not in reader.tags


@pytest.mark.parametrize("text", HOSTILE)
def test_typst_prints_what_was_typed(text: str, tmp_path: Path) -> None:
    pdf = ws.render(ws.derive(hostile(text)), "pdf")
    assert pdf.startswith(b"%PDF-1.7")
    from pypdf import PdfReader

    (tmp_path / "x.pdf").write_bytes(pdf)
    title = PdfReader(tmp_path / "x.pdf").metadata.title
    # what no font on this machine can print is named by its number
    assert re.sub(r"\[U\+(\w+)\]", lambda m: chr(int(m[1], 16)), title) == cleaned(text)


@pytest.mark.tex
@pytest.mark.poppler
def test_latex_prints_what_was_typed(tmp_path: Path, sheet) -> None:
    import subprocess

    latin = [text for text in HOSTILE if not re.search(r"[^\x00-\u017f—…“”]", text) and text.isprintable()]
    path = tmp_path / "x.pdf"
    for text in latin:
        ws.write(ws.derive(hostile(text)), path, engine="latex")
        shown = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
        assert re.sub(r"\s", "", text).replace("…", "...") in re.sub(r"\s", "", shown), text
    own = sheet("title: T\ncolumns: {'日本 # %': {Conv2d: k*c}}\n", "own.yaml")
    ws.write(ws.derive(hostile("日本 🙂 \u202e"), str(own)), path, engine="latex")
    shown = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout.decode()
    assert "[U+65E5][U+672C] [U+1F642] [U+FFFD]" in shown


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_escapes(text: str) -> None:
    from markdown_it import MarkdownIt

    document = ws.render(ws.derive(hostile(text)), "md").decode()
    tokens = MarkdownIt("commonmark").parse(document)
    heading = next(tokens[i + 1] for i, token in enumerate(tokens) if token.type == "heading_open")
    assert "".join(t.content for t in heading.children or []) == cleaned(text).strip()
    assert all(t.type in ("text", "text_special") for t in heading.children or [])


def test_every_format_has_a_suffix_and_a_name() -> None:
    complete({*TEXTS, "pdf", "xlsx"}, writers(), add="to be tested in every document, put into TEXTS")
    suffixes = [suffix for writer in writers().values() for suffix in writer.suffixes]
    assert len(suffixes) == len(set(suffixes))


def test_html_is_one_file_without_scripts(solution: ws.Derivation) -> None:
    page = ws.render(solution, "html").decode()
    assert "<script" not in page
    assert not re.findall(
        r"""(?:src|href)=(?!"#)|url\(|@import|https?://""", page.replace('xmlns="http://www.w3.org/2000/svg"', "")
    )
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
    assert 'name="viewport"' in page


def test_pdf_is_tagged_titled_and_speaks_its_equations(solution: ws.Derivation, tmp_path: Path) -> None:
    from pypdf import PdfReader

    path = tmp_path / "x.pdf"
    ws.write(solution, path)
    reader = PdfReader(path)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-IN"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == "(Solved) Worksheet 2"
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    spoken = [str(e["/Alt"]) for e in elements(root["/StructTreeRoot"]) if e.get("/S") == "/Formula"]
    assert len(spoken) > 100
    assert all(spoken)
    first = next(text for text in spoken if text.startswith("# Params equals"))
    assert first == (
        "# Params equals (c times w times h plus 1) times k equals (3 times 11 times 11 plus 1) times 64 equals 23,296"
    )


def elements(node):
    kids = node.get("/K", [])
    for entry in kids if isinstance(kids, list) else [kids]:
        kid = entry.get_object() if hasattr(entry, "get_object") else entry
        if isinstance(kid, dict) and "/S" in kid:
            yield kid
            yield from elements(kid)


@pytest.mark.tex
def test_latex_pdf_carries_title_and_language(solution: ws.Derivation, tmp_path: Path) -> None:
    from pypdf import PdfReader

    path = tmp_path / "x.pdf"
    ws.write(solution, path, engine="latex")
    reader = PdfReader(path)
    assert reader.metadata.title == "(Solved) Worksheet 2"
    assert reader.trailer["/Root"]["/Lang"] == "en-IN"


@pytest.mark.tex
@pytest.mark.parametrize("sheet_path", SHEETS, ids=lambda p: p.stem)
@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("is_blank", [False, True])
def test_tex_compiles_without_a_warning_of_boxes(sheet_path: Path, paper: str, is_blank: bool, tmp_path: Path) -> None:
    import subprocess

    d = ws.derive(ws.read(sheet_path))
    (tmp_path / "x.tex").write_bytes(ws.render(ws.blank(d) if is_blank else d, "tex", paper=paper))
    for _ in range(2):
        run = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"], cwd=tmp_path, capture_output=True
        )
        assert run.returncode == 0, run.stdout[-2000:]
    log = (tmp_path / "x.log").read_text(errors="replace")
    assert not re.findall(r"^(?:Over|Under)full.*", log, re.MULTILINE)
    assert "Missing character" not in log
    assert "Undefined" not in log


def test_the_steps_follow_the_values_line_without_a_paragraph_between(solution: ws.Derivation) -> None:
    tex = ws.render(solution, "tex").decode()
    assert tex.count("\\begin{align*}") == 20
    assert "\n\n\\begin{align*}" not in tex


@pytest.mark.tex
def test_long_formulas_do_not_run_over_the_margin(tmp_path: Path, sheet) -> None:
    long = "k*(c*w*h + b)*W*H + c*M*N*(w + h + k + 1)*(w*h*k + c*M*N + 7)"
    long += " + max(c*M*N, k*W*H)*(M + N + c + w + h + k)**2 - floor(M*N/(w + h))"
    path = sheet(f"title: Long\ncolumns: {{'a rather long heading': {{Conv2d: '{long}'}}}}\n", "long.yaml")
    net = ws.network("n", (123456, 1000, 1000), ws.layer("Conv2d", c=987654, w=301, s=7, p=100))
    import subprocess

    (tmp_path / "x.tex").write_bytes(ws.render(ws.derive(net, str(path)), "tex"))
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"], cwd=tmp_path, capture_output=True, check=True
    )
    assert not re.findall(r"^Overfull.*", (tmp_path / "x.log").read_text(errors="replace"), re.MULTILINE)


ZERO = re.compile(r"(?<!=)=(</mo><mn>)? *0(?![\d.,])")  # as the value of an equation


@pytest.mark.parametrize("format", ["md", "txt", "html", "tex", "typ"])
def test_a_question_sheet_holds_no_answer(solution: ws.Derivation, format: str) -> None:
    solved, blank = (ws.render(d, format).decode().replace("{,}", ",") for d in (solution, ws.blank(solution)))
    assert "Worksheet 2" in blank
    assert "Solved" not in blank
    answers = {answer for row in ROWS for answer in (row.params, row.flops)} - {"0"}
    assert [answer for answer in answers if answer not in solved] == []
    assert [answer for answer in answers if answer in blank or answer.replace(",", "") in blank] == []
    assert ZERO.search(solved)
    assert not ZERO.search(blank)
    assert "64 × 56 × 56" not in blank


def test_a_question_sheet_as_data_holds_no_answer(solution: ws.Derivation) -> None:
    data = json.loads(ws.render(ws.blank(solution), "json"))
    assert all(row["columns"] == {"params": None, "flops": None} for row in data["rows"])
    assert all(row["output"] is None and row["values"] == row["counts"] == {} for row in data["rows"])
    assert data["totals"] == {"params": None, "flops": None}


def test_notes_are_for_solutions_only() -> None:
    d = ws.derive(ws.read(EXAMPLES / "alexnet-224.sheet"))
    assert "publishes" in ws.render(d, "md").decode()
    assert "publishes" not in ws.render(ws.blank(d), "md").decode()


def test_a_question_sheet_does_not_tell_a_size_that_must_be_worked_out() -> None:
    net = ws.network("n", (3, 8, 8), ws.layer("Linear", k=10))
    assert "192" not in ws.render(ws.blank(ws.derive(net)), "md").decode()


def test_every_other_grouping_prints_everywhere(tmp_path: Path) -> None:
    net = ws.read(EXAMPLES / "ai61002.sheet")
    for locale, total in (
        ("en_US", "793,400,040"),
        ("none", "793400040"),
        ("de_DE", "793.400.040"),
        ("fr_FR", "793\u202f400\u202f040"),
    ):
        d = ws.derive(net, digits=locale)
        for format in ("md", "html", "txt"):
            assert total in ws.render(d, format).decode()
        assert ws.render(d, "pdf").startswith(b"%PDF")


def test_a_floor_that_bites_is_explained() -> None:
    d = ws.derive(ws.read(EXAMPLES / "alexnet-224.sheet"))
    size = d.rows[0].sizes[0]
    assert size.value == 55
    text = ws.render(d, "txt").decode()
    assert "= ⌊(M − w + 2p_w)/s_w⌋ + 1 = ⌊(224 − 11 + 2(2))/4⌋ + 1 = ⌊54.25⌋ + 1 = 55" in text
    assert "54.25 is not whole; rounded down: 54." in text
    assert "55.25" not in text
    assert text.count("is not whole") == 1


@pytest.mark.parametrize(
    ("layer", "sides", "note"),
    [  # floor((224 - 7 + 6)/2) of 111.5, ceil((112 - 3 + 2)/2) of 55.5
        ({"kind": "Conv2d", "c": 4, "w": 7, "s": 2, "p": 3}, (224, 224), "111.5 is not whole; rounded down: 111."),
        ({"kind": "MaxPool2d", "w": 3, "s": 2, "p": 1, "ceil": True}, (112, 112), "55.5 is not whole; rounded up: 56."),
    ],
)
def test_what_brackets_hold_is_what_is_rounded(layer: dict[str, Any], sides: tuple[int, int], note: str) -> None:
    (step,) = ws.derive(ws.network("n", (3, *sides), ws.layer(**layer))).rows[0].sizes
    assert step.symbols == ("W", "H")
    assert step.note.startswith(note)


def test_the_reason_for_rounding_is_given_once() -> None:
    row = ws.derive(ws.network("n", (3, 224, 114), ws.layer("Conv2d", c=4, w=7, s=2, p=3))).rows[0]
    assert [step.note for step in row.sizes] == [
        "56.5 is not whole; rounded down: 56. With one more step the kernel would leave the padded input.",
        "111.5 is not whole; rounded down: 111.",
    ]


def test_only_papers_of_a_course_ask_for_a_name() -> None:
    network = ws.read("zoo:lenet-5")
    solution = ws.derive(network)
    text = ws.render(solution, "txt").decode()
    assert "Name:" not in text
    assert "For every layer, find" not in text
    sheet = " ".join(ws.render(ws.blank(solution), "txt").decode().split())
    assert "Name:" in sheet
    assert "For every layer, find" in sheet
    assert "Source:" in text
    assert "Source:" not in sheet


def test_brackets_always_when_the_sheet_asks(sheet) -> None:
    text = "---\ninput: 3 x 227 x 227\nbrackets: always\n---\nConv2d: 64c 11w 4s 2p\n"
    assert "⌊(227 − 11 + 2(2))/4⌋ + 1 = 56" in ws.render(ws.derive(ws.read(sheet(text))), "txt").decode()


# Templates of one's own


def test_a_template_of_ones_own_takes_the_place_of_the_packages(solution: ws.Derivation, tmp_path: Path) -> None:
    (tmp_path / "md" / "blocks").mkdir(parents=True)
    (tmp_path / "md" / "blocks" / "question.md").write_text("\nOUR COURSE, {{ block.network }}\n")
    text = ws.render(solution, "md", template=tmp_path).decode()
    assert "OUR COURSE, ai61002" in text
    assert "| 1 | Conv2d" in text


@pytest.mark.parametrize(
    ("code", "line", "message"),
    [
        ("\n\n{{ titel }}", 3, "'titel' is undefined"),
        ("{% for %}", 1, "cannot be read"),
        ("\n{{ block.layer.nothing }}", 2, "has no attribute 'nothing'"),
        ("{{ ''.__class__.__mro__ }}", 1, "unsafe|undefined|access"),
        ("{{ title.format.__globals__ }}", 1, "unsafe|undefined|access"),
        ("{% include 'none.md' %}", None, "there is no template 'none.md'"),
        ("{% include '../../../../etc/passwd' %}", None, "there is no template"),
        ("{{ 1/0 }}", 1, "division by zero"),
    ],
)
def test_faults_of_a_template_name_file_and_line(solution, tmp_path: Path, code: str, line: int | None, message: str) -> None:
    (tmp_path / "md" / "blocks").mkdir(parents=True)
    (tmp_path / "md" / "blocks" / "layer.md").write_text(code)
    with pytest.raises(WorksheetError, match=message) as caught:
        ws.render(solution, "md", template=tmp_path)
    assert caught.value.where.line == line
    if line:
        assert caught.value.where.file == str(tmp_path / "md" / "blocks" / "layer.md")


@pytest.mark.parametrize("format", ["md", "tex", "html", "txt", "typ"])
def test_a_template_of_an_earlier_version_is_named(solution, tmp_path: Path, format: str) -> None:
    """A file that would take the place of nothing is not passed over in silence."""
    folder = tmp_path / {"typ": "typst"}.get(format, format)
    folder.mkdir()
    (folder / f"row.{format}").write_text("")
    with pytest.raises(WorksheetError, match=f"is called blocks/layer.{format} now") as caught:
        ws.render(solution, format, template=tmp_path)
    assert caught.value.where.file == str(folder / f"row.{format}")
    assert "docs/templates.md" in (caught.value.hint or "")


def test_typst_reads_no_file_beyond_the_templates(solution: ws.Derivation, tmp_path: Path) -> None:
    (tmp_path / "typst").mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    for path in ("../secret.txt", "/etc/passwd", str(tmp_path / "secret.txt")):
        (tmp_path / "typst" / "header.typ").write_text(f'= T\n#read("{path}")')
        with pytest.raises(WorksheetError, match="typst cannot set"):
            ws.render(solution, "pdf", template=tmp_path)


@pytest.mark.tex
def test_a_logo_beside_a_latex_template(solution: ws.Derivation, tmp_path: Path) -> None:
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "logo.pdf").write_bytes(ws.render(solution, "pdf"))
    (tmp_path / "tex" / "header.tex").write_text("\\includegraphics[height=2em]{logo}")
    assert ws.render(solution, "pdf", engine="latex", template=tmp_path).startswith(b"%PDF")


def test_a_faulty_typst_template_is_told(solution: ws.Derivation, tmp_path: Path) -> None:
    (tmp_path / "typst").mkdir()
    (tmp_path / "typst" / "header.typ").write_text("#nonsense()")
    with pytest.raises(WorksheetError, match="unknown variable: nonsense"):
        ws.render(solution, "pdf", template=tmp_path)


@pytest.mark.tex
def test_a_faulty_latex_template_is_told(solution: ws.Derivation, tmp_path: Path) -> None:
    (tmp_path / "tex").mkdir()
    (tmp_path / "tex" / "header.tex").write_text("\\nonsense")
    with pytest.raises(WorksheetError, match="Undefined control sequence"):
        ws.render(solution, "pdf", engine="latex", template=tmp_path)
    (tmp_path / "tex" / "header.tex").write_text("\\immediate\\write18{touch shell-escaped}\\input{/etc/passwd}")
    with pytest.raises(WorksheetError, match="LaTeX refuses"):
        ws.render(solution, "pdf", engine="latex", template=tmp_path)


def test_latex_without_tex_says_what_to_install(solution: ws.Derivation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(WorksheetError, match="not on this machine") as caught:
        ws.render(solution, "pdf", engine="latex")
    assert "texlive" in (caught.value.hint or "")
    assert "the default engine needs nothing" in (caught.value.hint or "")


# In a notebook


def test_a_derivation_shows_itself(solution: ws.Derivation) -> None:
    page = solution._repr_html_()
    assert page.startswith('<iframe title="(Solved) Worksheet 2"')
    assert "&lt;math" in page
    latex = solution._repr_latex_()
    assert latex.startswith("$$\\begin{array}{rlrr}")
    assert latex.count("\\begin{aligned}") == 20


@pytest.mark.tex
def test_notebook_latex_compiles(solution: ws.Derivation, tmp_path: Path) -> None:
    import subprocess

    body = solution._repr_latex_()
    (tmp_path / "x.tex").write_text(
        f"\\documentclass{{article}}\\usepackage{{amsmath}}\\begin{{document}}\n{body}\n\\end{{document}}"
    )
    run = subprocess.run(["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "x.tex"], cwd=tmp_path, capture_output=True)
    assert run.returncode == 0, run.stdout[-1500:]
