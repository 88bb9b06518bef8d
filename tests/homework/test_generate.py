"""From an assignment and a roster to sheets, forms and keys: what is in them, what is not, and runs that are interrupted."""

import csv
import html.parser
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import pypdf
import pytest
from markdown_it import MarkdownIt

import worksheet as ws
from tests.homework.test_workers import cluster  # noqa: F401  # a scheduler and two workers
from tests.sheet_facts import ROWS, SHEET
from worksheet.errors import OutputError, WorksheetError
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue import generate
from worksheet.homework.issue.generate import Generation, Order
from worksheet.homework.issue.manifest import file_names
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.roster import Student

WHOLE = "convention: ai61002\nask: [output, params, flops]\ntotal: [params, flops]\nzeros: ask\n"
WHOLE += "marks: {output: 1, params: 2, flops: 2, total: 2}\n"
LOOSE = (
    "tolerance: {params: {within: rounded, hides: [par-no-bias, par-one-bias, par-bias-in, lin-no-bias, lin-bias-in, "
    "lin-one-bias, tot-miss-row, tot-double-row]}}\n"
)
SMALL = """---
title: Tiny
input: 3 x 17 x 17
---
Conv2d: 6c 3w 2s 1p
ReLU
Linear: ->10
"""
HOSTILE = [
    (r"\input{/etc/passwd}", "#include"),
    ("<script>alert(1)</script>", '=HYPERLINK("http://x")'),
    ("$(rm -rf)", "../../x"),
    ("../x", "**b** [a](b)"),
    ("a_b^c~d%e&f", r"\write18{ls} $x$"),
]


@pytest.fixture
def homework(tmp_path: Path):
    """Write an assignment beside its network; ``small`` for the three layers above."""

    def write(text: str = WHOLE, *, small: bool = False) -> Path:
        (tmp_path / "net.sheet").write_text(SMALL if small else SHEET.read_text())
        path = tmp_path / "homework.yaml"
        path.write_text(f"title: Worksheet 2\nnetwork: net.sheet\n{text}")
        return path

    return write


@pytest.fixture
def roster(tmp_path: Path):
    def write(*students: tuple[str, str]) -> Path:
        path = tmp_path / "class.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("id", "name"), *students])
        return path

    return write


def listening() -> None:
    """A program that was started in the background is deaf to Ctrl-C, and so are those that it starts."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def made(assignment: Path, ids: list[str], folder: Path, order: Order | None = None, **options) -> generate.IssueResult:
    generation = Generation(read_assignment(assignment), [Student(id) for id in ids], folder, order or Order())
    result = generation.run(**options)
    generation.bind()
    return result


# What is there


def test_the_layout(homework, roster, command, tmp_path: Path) -> None:
    path, names = homework(WHOLE, small=True), roster(("20CS30001", "Student A"), ("20CS30002", "Student B"))
    run = command("generate", path, "--roster", names, "-o", "out", "-f", "pdf,md,tex,html")
    assert run.code == 0, run.err
    found = set(files(tmp_path / "out"))
    ids = ("20CS30001", "20CS30002")
    assert found == {
        "manifest.json", "sheets-all.pdf", "coverage.html",
        *(f"sheets/{id}.{format}" for id in ids for format in ("pdf", "md", "tex", "html")),
        *(f"forms/{id}.{form}" for id in ids for form in ("csv", "xlsx", "md")),
        *(f"key/{id}.{format}" for id in ids for format in ("json", "pdf")),
    }  # fmt: skip
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert {id: entry["file"] for id, entry in manifest["students"].items()} == {id: id for id in ids}
    assert "2 of 2 done" in run.out
    assert "no other mistake gives" in run.out
    assert not run.err


def test_the_key_is_the_json_of_solve(homework, command, tmp_path: Path) -> None:
    path = homework()
    assert command("generate", path, "-o", "out").code == 0
    solved = command("solve", tmp_path / "net.sheet", "-f", "json").bytes
    assert (tmp_path / "out" / "key" / "worksheet-2.json").read_bytes() == solved
    text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "out" / "key" / "worksheet-2.pdf").pages)
    assert all(row.params in text and row.flops in text for row in ROWS)


def test_a_sheet_for_all_says_that_variants_need_a_roster(homework, command) -> None:
    run = command("generate", homework(WHOLE + "variants: {seed: 7}\n", small=True), "-o", "out")
    assert run.code == 0
    assert "--roster" in run.err


# The question sheet


def question(path: Path, format: str = "md", working: str = "full") -> str:
    student = Student("s1", "Student A")
    return ws.render(PaperSetter(read_assignment(path), working=working).papers(student).question, format).decode()


@pytest.mark.parametrize("format", ["md", "tex", "html", "txt", "typ", "json"])
def test_no_answer_is_on_a_question_sheet(homework, format: str) -> None:
    text = question(homework(), format).replace("{,}", ",")
    told = {"9,216", "9216", "4,096", "4096", "1,000", "227"}  # what the question states
    figures = {figure for row in ROWS for figure in (row.params, row.flops)} - told
    assert not [figure for figure in figures if len(figure) > 3 and figure in text]
    assert "56 × 56" not in text


def test_marks(homework) -> None:
    """20 layers of 1 + 2 + 2, two totals of 2: 104."""
    text = question(homework(), "txt")
    assert "/ 104" in text
    assert "A total is worth 2 marks." in text
    assert text.count("[1]") == 20
    assert text.count("[2]") == 40
    half = question(homework(WHOLE.replace("output: 1", "output: 0.5")), "txt")
    assert "/ 94" in half
    assert half.count("[0.5]") == 20


def test_only_what_is_asked_is_there(homework) -> None:
    text = question(homework("convention: ai61002\nask: {Conv2d: [output, params], '*': [output]}\n"))
    [heading] = [line for line in text.splitlines() if line.startswith("| S. No.")]
    assert "Output" in heading
    assert "Params" in heading
    assert "Flops" not in text.partition("## Formulas")[0]
    [relu] = [line for line in text.splitlines() if line.startswith("| 2 | ReLU")]
    assert relu.endswith("|  | — |")
    assert "A dash in the table" in text
    working = text.partition("## Your working")[2]
    assert working.count("# Params = ") == 5
    assert working.count("Output size = ") == 20


def test_where_sizes_are_not_asked_there_is_room_for_them(homework) -> None:
    text = question(homework("convention: ai61002\nask: [params]\n"))
    assert "(Output) \\_" in text
    assert "Output size" not in text


def test_formulas_that_are_asked_are_not_printed(homework) -> None:
    text = question(homework("convention: ai61002\nask: [params]\nformulas: [params]\n"))
    assert "# Params, formula = " in text
    assert "## Symbols" in text
    assert "## Formulas" not in text
    assert "cwh" not in text
    assert "k(cwh" not in question(homework("convention: ai61002\nask: [params]\nformulas: [params]\n"), "txt")


def test_an_example_of_a_size_is_no_answer(homework, tmp_path: Path) -> None:
    path = homework("ask: [output]\n", small=True)
    (tmp_path / "net.sheet").write_text("---\ninput: 3 x 32 x 32\n---\nReLU\n")
    text = question(path, "txt")
    assert "3x32x32" not in text
    assert "5x17x17" in text


def test_a_branch_tells_what_it_reads(homework, tmp_path: Path) -> None:
    path = homework("ask: [output]\n").with_name("zoo.yaml")
    path.write_text("title: Inception\nnetwork: zoo:googlenet\nask: [output]\n")
    assert "Reads No. " in question(path, "txt")


def test_rules_of_the_policy(homework) -> None:
    assert "gets its marks" in question(homework())
    assert "gets its marks" not in question(homework(WHOLE + "follow_through: false\n"))
    penalty = question(homework(WHOLE + "follow_through: {penalty: 0.25, never: [output]}\n"), "txt")
    assert "loses 25 % of its marks" in " ".join(penalty.split())
    assert "This does not apply to output sizes." in " ".join(penalty.split())
    assert "# Params may be rounded" in question(homework(WHOLE + LOOSE), "txt")


@pytest.mark.parametrize(
    ("marks", "text"), [(Fraction(1), "1"), (Fraction(5, 2), "2.5"), (Fraction(1, 3), "1/3"), (Fraction(40), "40")]
)
def test_marks_as_print_gives_them(marks: Fraction, text: str) -> None:
    from worksheet.homework.issue.question_sheet import print_marks

    assert print_marks(marks) == text


# Hostile ids


class Words(html.parser.HTMLParser):
    """The text of a page, and its tags."""

    def __init__(self) -> None:
        super().__init__()
        self.text, self.tags = "", set()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs) -> None:
        self.tags.add(tag)


@pytest.mark.parametrize(("id", "name"), HOSTILE)
def test_ids_print_as_typed(id: str, name: str, homework) -> None:
    document = PaperSetter(read_assignment(homework(WHOLE, small=True))).papers(Student(id, name)).question
    text = {format: ws.render(document, format).decode() for format in ("md", "html", "txt")}
    assert id in text["txt"]
    assert name in text["txt"]
    page = Words()
    page.feed(text["html"])
    assert id in page.text
    assert name in page.text
    assert "script" not in page.tags
    shown = Words()
    shown.feed(MarkdownIt("commonmark").render(text["md"]))
    assert id in shown.text
    assert name in shown.text
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(ws.render(document, "pdf"))).pages]
    assert id in pages[0].replace("\n", "")  # a long one is broken over lines
    assert all(id in page for page in pages[1:])  # the head of every further page


@pytest.mark.tex
@pytest.mark.poppler
@pytest.mark.parametrize(("id", "name"), HOSTILE)
def test_ids_print_as_typed_by_tex(id: str, name: str, homework, tmp_path: Path) -> None:
    document = PaperSetter(read_assignment(homework(WHOLE, small=True))).papers(Student(id, name)).question
    (tmp_path / "x.pdf").write_bytes(ws.render(document, "pdf", engine="latex"))
    text = subprocess.run(["pdftotext", "-layout", tmp_path / "x.pdf", "-"], capture_output=True, text=True).stdout
    assert id in text.replace("’", "'")
    assert name in text.replace("’", "'")


def test_no_path_is_made_of_an_id(homework, tmp_path: Path) -> None:
    out = tmp_path / "deep" / "out"
    made(homework(WHOLE, small=True), [id for id, _ in HOSTILE] + ["/etc/x", "..", "CON", "a/b"], out)
    assert {path.relative_to(out).parts[0] for path in out.rglob("*")} == {
        "sheets", "forms", "key", "manifest.json", "sheets-all.pdf"}  # fmt: skip
    assert all(path.parent in {out, out / "sheets", out / "forms", out / "key"} for path in out.rglob("*"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["deep", "homework.yaml", "net.sheet"]


def test_file_names_differ_in_more_than_case() -> None:
    names = file_names(["ab", "AB", "Ab", "ab~2"])
    assert len({name.casefold() for name in names.values()}) == 4


# The class in one file


def test_every_sheet_of_the_class_begins_on_the_front(homework, tmp_path: Path) -> None:
    ids = ["20CS30001", "20CS30002", "20CS30003"]
    made(homework(), ids, tmp_path / "out")
    book = pypdf.PdfReader(tmp_path / "out" / "sheets-all.pdf")
    each = len(pypdf.PdfReader(tmp_path / "out" / "sheets" / "20CS30001.pdf").pages)
    starts = [book.get_destination_page_number(mark) for mark in book.outline]
    assert [mark.title.split()[0] for mark in book.outline] == ids
    assert starts == [0, each + each % 2, 2 * (each + each % 2)]
    assert all(id in book.pages[start].extract_text() for id, start in zip(ids, starts, strict=True))


# Runs that go on


def test_what_is_there_is_kept(homework, tmp_path: Path) -> None:
    path, out, ids = homework(WHOLE, small=True), tmp_path / "out", ["a", "b", "c"]
    assert made(path, ids, out).made == 3
    before = files(out)
    (out / "sheets" / "b.pdf").unlink()
    (out / "forms" / "a.csv").write_text("filled in")
    again = made(path, ids, out)
    assert (again.kept, again.made) == (2, 1)
    after = files(out)
    assert after.pop("forms/a.csv") == b"filled in"
    before.pop("forms/a.csv")
    assert after == before


@pytest.mark.parametrize("change", ["assignment", "network", "paper"])
def test_what_another_assignment_made_is_made_anew(change: str, homework, tmp_path: Path) -> None:
    path, out = homework(WHOLE, small=True), tmp_path / "out"
    made(path, ["a"], out, Order(formats=("pdf", "md")))
    before = files(out)
    order = Order(paper="letter") if change == "paper" else Order()
    if change == "assignment":
        path.write_text(path.read_text().replace("params: 2", "params: 3"))
    if change == "network":
        (tmp_path / "net.sheet").write_text(SMALL.replace("6c", "7c"))
    assert made(path, ["a"], out, order).made == 1
    assert files(out)["sheets/a.pdf"] != before["sheets/a.pdf"]
    assert made(path, ["a"], out, Order(formats=("pdf", "md"), paper=order.paper)).made == 1  # the Markdown is of the old one
    if change == "network":
        assert "7c" in (out / "sheets" / "a.md").read_text()


def test_another_files_manifest_is_not_overwritten(homework, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "manifest.json").write_text('{"name": "an app"}')
    with pytest.raises(OutputError, match="not a manifest of homework"):
        made(homework(WHOLE, small=True), ["a"], tmp_path / "out")


def test_a_failure_is_told_and_tried_again(homework, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, out, whole = homework(WHOLE, small=True), tmp_path / "out", generate.make

    def broken(job):
        if job.student.id == "b":
            raise ValueError("no ink")
        return whole(job)

    monkeypatch.setattr(generate, "make", broken)
    result = made(path, ["a", "b", "c"], out)
    assert list(result.failed) == ["b"]
    assert "no ink" in result.failed["b"]
    assert (out / "sheets" / "c.pdf").exists()
    assert not (out / "sheets-all.pdf").exists()
    monkeypatch.setattr(generate, "make", whole)
    again = made(path, ["a", "b", "c"], out)
    assert (again.kept, again.made, again.failed) == (2, 1, {})
    assert (out / "sheets-all.pdf").exists()


def test_an_interrupted_run_goes_on(homework, roster, command, tmp_path: Path) -> None:
    path, ids = homework(), [f"s{no}" for no in range(60)]
    names = roster(*((id, "") for id in ids))
    words = ["generate", path, "--roster", names, "-o", tmp_path / "out", "--jobs", 1, "--forms", "csv", "--no-combined"]
    line = [sys.executable, "-m", "worksheet.cli", *map(str, words)]
    run = subprocess.Popen(
        line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, preexec_fn=listening
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "key" / "s2.pdf").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    os.killpg(run.pid, signal.SIGINT)
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "done and kept" in err
    assert "Traceback" not in err
    there = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "sheets").iterdir()}
    assert 0 < len(there) < len(ids)
    assert not list((tmp_path / "out").rglob(".*"))
    again = command(*words)
    assert again.code == 0
    assert "kept as they were" in again.out
    now = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "sheets").iterdir()}
    assert len(now) == len(ids)
    assert sum(now[path] == moment for path, moment in there.items()) >= len(there) - 1


def test_a_terminated_run_takes_its_processes_along(homework, roster, tmp_path: Path) -> None:
    names = roster(*((f"s{no}", "") for no in range(120)))
    words = ["generate", homework(), "--roster", names, "-o", tmp_path / "out", "--jobs", 2, "--forms", "csv", "--no-combined"]
    run = subprocess.Popen([sys.executable, "-m", "worksheet.cli", *map(str, words)], stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not (tmp_path / "out" / "key" / "s2.pdf").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    children = [int(pid) for pid in Path(f"/proc/{run.pid}/task/{run.pid}/children").read_text().split()]
    run.terminate()
    _, err = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "done and kept" in err
    assert children
    deadline = time.monotonic() + 10  # the process that watches over the workers' memory ends last
    while any(map(_is_alive, children)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not [pid for pid in children if _is_alive(pid)]
    assert not list((tmp_path / "out").rglob(".*"))


def _is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and waits to be collected does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.mark.parametrize("where", ["two", "cluster"])
def test_whoever_works_the_files_are_the_same(where: str, homework, tmp_path: Path, request) -> None:
    path, ids = homework(WHOLE + "variants: {seed: 7}\n"), ["a", "b", "c", "d"]
    order = Order(formats=("pdf", "md", "tex", "html"))
    made(path, ids, tmp_path / "one", order)
    machine = request.getfixturevalue("cluster") if where == "cluster" else {"jobs": 2}
    made(path, ids, tmp_path / "other", order, **machine)
    assert files(tmp_path / "one") == files(tmp_path / "other")


def test_each_student_has_a_network_of_their_own(homework, tmp_path: Path) -> None:
    path, ids = homework(WHOLE + "variants: {seed: 7}\n"), [f"s{no}" for no in range(6)]
    made(path, ids, tmp_path / "out")
    keys = [json.loads((tmp_path / "out" / "key" / f"{id}.json").read_text()) for id in ids]
    assert len({json.dumps(key["rows"]) for key in keys}) == len(ids)
    for id, key in zip(ids, keys, strict=True):  # the sheet asks for what the key answers
        text = "".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "out" / "sheets" / f"{id}.pdf").pages)
        sizes = " × ".join(map(str, key["input"]))
        assert sizes in text


# Faults


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["-f", "docx"], "unknown format 'docx'"),
        (["-f", "json"], "unknown format 'json'"),
        (["--forms", "xls"], "did you mean xlsx"),
        (["--backend", "dsk"], "did you mean dask"),
        (["--backend", "dask"], "--scheduler"),
        (["--paper", "a3"], "unknown paper"),
    ],
)
def test_faulty_options_make_nothing(words: list[str], says: str, homework, command, tmp_path: Path) -> None:
    run = command("generate", homework(WHOLE, small=True), "-o", "out", *words)
    assert run.code == 2
    assert says in run.err
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made(homework, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(WorksheetError, match="cannot be created"):
        made(homework(WHOLE, small=True), ["a"], tmp_path / "out")


def test_a_damaged_sheet_is_told(homework, tmp_path: Path) -> None:
    path, out = homework(WHOLE, small=True), tmp_path / "out"
    made(path, ["a"], out)
    (out / "sheets" / "a.pdf").write_bytes(b"%PDF-1.7\n")
    (out / "sheets-all.pdf").unlink()
    with pytest.raises(OutputError, match="cannot be bound"):
        made(path, ["a"], out)
    shutil.rmtree(out)
