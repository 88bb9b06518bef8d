"""Answer forms: a line for each cell that is asked, in three formats; nothing that a spreadsheet or a page would run."""

import csv
import io
import zipfile
from pathlib import Path

import openpyxl
import pytest
from markdown_it import MarkdownIt

from tests.sheet_facts import SHEET
from worksheet.errors import OutputError
from worksheet.grading import answers
from worksheet.grading.answers.sheet_layout import Layout
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.forms import FORMS, HEADINGS, FormLine, form_lines, form_writer
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.roster import Student
from worksheet.spreadsheet import unguarded

HOSTILE = [r"\input{/etc/passwd}", "#include", "<script>alert(1)</script>", '=HYPERLINK("http://x")', "$(rm)", "../x", "a|b",
           "+1", "-1", "@SUM(A1)", "`id`", "a,b;c", 'a"b', "हिन्दी", "x" * 200, "&amp;", "**b**", "[a](b)"]  # fmt: skip


def asked(student: str = "20CS30001") -> list[FormLine]:
    return [
        FormLine(student, "1", "conv2d_1", "output"),
        FormLine(student, "1", "conv2d_1", "params"),
        FormLine(student, "total", "", "flops"),
    ]


@pytest.fixture
def homework(tmp_path: Path):
    def read(text: str):
        (tmp_path / "ai61002.sheet").write_text(SHEET.read_text())
        path = tmp_path / "homework.yaml"
        path.write_text(f"title: Worksheet 2\nnetwork: ai61002.sheet\n{text}")
        return read_assignment(path)

    return read


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def table(data: bytes) -> list[list[str]]:
    """The cells of a Markdown table, as a reader of the page sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(data.decode())
    cells = [token.children or [] for token in tokens if token.type == "inline"]
    texts = ["".join(child.content for child in children if child.type in ("text", "text_special")) for children in cells]
    return [texts[i : i + len(HEADINGS)] for i in range(0, len(texts), len(HEADINGS))]


def test_a_line_for_each_question(homework) -> None:
    """20 layers, three columns of each; two totals."""
    setter = PaperSetter(homework("ask: [output, params, flops]\ntotal: [params, flops]\nconvention: ai61002\n"))
    found = form_lines(setter.papers(Student("s1")).paper, Student("s1"))
    assert len(found) == 20 * 3 + 2
    assert found[0] == ("s1", "1", "conv2d_1", "output")
    assert found[-1] == ("s1", "total", "", "flops")
    assert [line.column for line in found[:3]] == ["output", "params", "flops"]


def test_formulas_are_asked_in_lines_of_their_own(homework) -> None:
    setter = PaperSetter(homework("ask: [params]\nformulas: [params]\nconvention: ai61002\n"))
    found = form_lines(setter.papers(Student()).paper, Student())
    assert [(line.row, line.column) for line in found[:2]] == [("1", "params"), ("1", "params.formula")]
    assert {line.student for line in found} == {""}


@pytest.mark.parametrize("student", HOSTILE)
def test_csv(student: str) -> None:
    heading, *body = rows(FORMS["csv"](asked(student)))
    assert tuple(heading) == HEADINGS
    assert [unguarded(cell) for cell in body[0]] == [student, "1", "conv2d_1", "output", ""]
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in body for cell in row if cell)


@pytest.mark.parametrize("student", HOSTILE)
def test_workbook(student: str) -> None:
    data = FORMS["xlsx"](asked(student))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1]] == list(HEADINGS)
    assert [cell.value for cell in sheet[2]] == [student, "1", "conv2d_1", "output", None]
    assert {cell.data_type for cell in sheet[2][:4]} == {"s"}
    assert bool(sheet["A2"].quotePrefix) == (student[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_only_answers_can_be_changed() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"](asked()))).active
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "A2"
    free = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert free == {"E2", "E3", "E4"}
    assert all(cell.number_format == "@" for cell in sheet["E"])


@pytest.mark.parametrize("student", [s for s in HOSTILE if len(s) < 100])
def test_markdown(student: str) -> None:
    heading, first, *_ = table(FORMS["md"](asked(student)))
    assert heading == list(HEADINGS)
    assert first == [student, "1", "conv2d_1", "output", ""]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_each_time(form: str) -> None:
    assert FORMS[form](asked()) == FORMS[form](asked())


def test_an_unknown_form() -> None:
    with pytest.raises(OutputError, match="unknown form 'xls'"):
        form_writer("xls")


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_filled_in_is_read_back(form: str, homework, tmp_path: Path) -> None:
    """What a student types below "answer" reaches the cell that the line names."""
    assignment = homework("ask: [output, params]\ntotal: [params]\nconvention: ai61002\n")
    student = Student('=HYPERLINK("x")')
    paper = PaperSetter(assignment).papers(student).paper
    blank = form_lines(paper, student)
    path = tmp_path / f"filled.{form}"
    path.write_bytes(filled(FORMS[form](blank), form))
    found = answers.read([path], Layout.of(paper))
    [submission] = found
    assert not found.unplaced
    assert submission.student == student.id
    assert set(submission.texts) == {cell.key for cell in paper.shown}


def filled(data: bytes, form: str) -> bytes:
    """The form with its lines' numbers as answers."""
    if form == "csv":
        out = io.StringIO()
        csv.writer(out).writerows([*row[:-1], str(i)] if i else row for i, row in enumerate(rows(data)))
        return out.getvalue().encode()
    if form == "md":
        return "\n".join(
            line[:-2] + f"{i} |" if i > 1 else line for i, line in enumerate(data.decode().rstrip("\n").split("\n"))
        ).encode()
    book = openpyxl.load_workbook(io.BytesIO(data))
    for i in range(2, book.active.max_row + 1):
        book.active.cell(i, len(HEADINGS)).value = str(i)
    raw = io.BytesIO()
    book.save(raw)
    return raw.getvalue()
