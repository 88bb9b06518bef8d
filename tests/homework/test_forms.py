"""Answer forms: the table of the sheet or a list of answers, in three formats; nothing that a spreadsheet or a page would run."""

import csv
import io
import zipfile
from dataclasses import replace
from itertools import count
from pathlib import Path

import openpyxl
import pytest
from markdown_it import MarkdownIt

from tests.sheet_facts import SHEET
from worksheet.errors import OutputError
from worksheet.grading import answers
from worksheet.grading.answers.sheet_layout import Layout
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.form_layout import LAYOUTS, AnswerForm, form_layout, lay_out
from worksheet.homework.issue.forms import FORMS, form_writer
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.roster import Student
from worksheet.language import speaking
from worksheet.spreadsheet import unguarded

HEADINGS = ("No.", "Layer", "Output", "# Params")
HOSTILE = [r"\input{/etc/passwd}", "#include", "<script>alert(1)</script>", '=HYPERLINK("http://x")', "$(rm)", "../x", "a|b",
           "+1", "-1", "@SUM(A1)", "`id`", "a,b;c", 'a"b', "हिन्दी", "x" * 200, "&amp;", "**b**", "[a](b)"]  # fmt: skip


def asked(student: str = "20CS30001") -> AnswerForm:
    """A form of one row and a total, with four cells to fill in."""
    lines = (("1", "Conv2d: 64c", None, None), ("Total", "", "—", None))
    return AnswerForm(HEADINGS, lines, (8, 34, 18, 18), ("Student ID", student or None), 2)


@pytest.fixture
def homework(tmp_path: Path):
    def read(text: str):
        (tmp_path / "ai61002.sheet").write_text(SHEET.read_text())
        path = tmp_path / "homework.yaml"
        path.write_text(f"title: Worksheet 2\nnetwork: ai61002.sheet\nzeros: ask\n{text}")
        return read_assignment(path)

    return read


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def texts(data: bytes) -> list[str]:
    """The paragraph and the cells of a page in Markdown, as its reader sees them."""
    tokens = MarkdownIt("commonmark").enable("table").parse(data.decode())
    inline = [token.children or [] for token in tokens if token.type == "inline"]
    return ["".join(child.content for child in children if child.type in ("text", "text_special")) for children in inline]


def laid_out(homework, text: str, layout: str = "table", student: str = "s1") -> AnswerForm:
    return lay_out(PaperSetter(homework(text + "convention: ai61002\n")).papers(Student(student)), layout)


def test_the_table_of_the_sheet(homework) -> None:
    """20 layers and a total; layers are called as on the sheet; a size has no total."""
    form = laid_out(homework, "ask: [output, params, flops]\ntotal: [params, flops]\n")
    assert form.headings == ("No.", "Layer", "Output", "# Params", "# Flops")
    assert form.above == ("Student ID", "s1")
    assert len(form.lines) == 20 + 1
    assert form.lines[0] == ("1", "Conv2d: 64c 11w 4s 2p", None, None, None)
    assert form.lines[14] == ("15", "Linear: 9216 → 4096", None, None, None)
    assert form.lines[-1] == ("Total", "", "—", None, None)


def test_formulas_have_columns_of_their_own_in_the_table(homework) -> None:
    form = laid_out(homework, "ask: [params]\nformulas: [params]\n", student="")
    assert form.headings == ("No.", "Layer", "# Params", "# Params, formula")
    assert form.above == ("Student ID", None)


def test_a_list_has_a_line_for_each_question(homework) -> None:
    """20 layers, three columns of each; two totals."""
    form = laid_out(homework, "ask: [output, params, flops]\ntotal: [params, flops]\n", "list")
    assert form.headings == ("student", "row", "layer", "column", "answer")
    assert len(form.lines) == 20 * 3 + 2
    assert form.lines[0] == ("s1", "1", "Conv2d: 64c 11w 4s 2p", "output", None)
    assert form.lines[-1] == ("s1", "total", "", "flops", None)
    assert [line[3] for line in form.lines[:3]] == ["output", "params", "flops"]


def test_an_unknown_layout() -> None:
    with pytest.raises(OutputError, match="unknown layout of a form 'grid'"):
        form_layout("grid")


@pytest.mark.parametrize("student", HOSTILE)
def test_csv(student: str) -> None:
    above, heading, *body = rows(FORMS["csv"](asked(student)))
    assert tuple(heading) == HEADINGS
    assert [unguarded(cell) for cell in above] == ["Student ID", student]
    assert body == [["1", "Conv2d: 64c", "", ""], ["Total", "", "—", ""]]
    assert not any(cell[:1] in {"=", "+", "-", "@"} for row in [above, *body] for cell in row if cell)


@pytest.mark.parametrize("student", HOSTILE)
def test_workbook(student: str) -> None:
    data = FORMS["xlsx"](asked(student))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    assert [cell.value for cell in sheet[1][:2]] == ["Student ID", student]
    assert [cell.value for cell in sheet[2]] == list(HEADINGS)
    assert [cell.value for cell in sheet[3]] == ["1", "Conv2d: 64c", None, None]
    assert {cell.data_type for cell in (*sheet[1][:2], *sheet[3][:2])} == {"s"}
    assert bool(sheet["B1"].quotePrefix) == (student[0] in "=+-@")
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_only_answers_can_be_changed() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(FORMS["xlsx"](asked()))).active
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "C3"
    free = {cell.coordinate for row in sheet.iter_rows() for cell in row if not cell.protection.locked}
    assert free == {"C3", "D3", "D4"}
    assert all(cell.number_format == "@" for cell in sheet["D"][1:])


@pytest.mark.parametrize("student", [s for s in HOSTILE if len(s) < 100])
def test_markdown(student: str) -> None:
    above, *cells = texts(FORMS["md"](asked(student)))
    assert above == f"Student ID: {student}"
    assert cells == [*HEADINGS, "1", "Conv2d: 64c", "", "", "Total", "", "—", ""]


@pytest.mark.parametrize("form", FORMS)
def test_the_same_bytes_each_time(form: str) -> None:
    assert FORMS[form](asked()) == FORMS[form](asked())


def test_a_workbook_says_nothing_of_the_day() -> None:
    with zipfile.ZipFile(io.BytesIO(FORMS["xlsx"](asked()))) as book:
        assert book.read("docProps/core.xml").count(b"1980-01-01T00:00:00Z") == 2
        assert {file.date_time for file in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_an_unknown_form() -> None:
    with pytest.raises(OutputError, match="unknown form 'xls'"):
        form_writer("xls")


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("language", ["en", "de", "hi", "zh"])
def test_a_form_that_is_filled_in_is_read_back(form: str, layout: str, language: str, homework, tmp_path: Path) -> None:
    """What a student types into a cell reaches the question that is asked there, in every language."""
    text = f"ask: [output, params]\nformulas: [params]\ntotal: [params]\nconvention: ai61002\nlanguage: {language}\n"
    student = Student('=HYPERLINK("x")')
    papers = PaperSetter(homework(text)).papers(student)
    with speaking(papers.question.language):
        blank = lay_out(papers, layout)
        data = FORMS[form](numbered(blank))
    path = tmp_path / f"filled.{form}"
    path.write_bytes(data)
    found = answers.read([path], Layout.of(papers.paper))
    [submission] = found
    assert not found.unplaced
    assert submission.student == student.id
    assert list(submission.texts) == [cell.key for cell in papers.paper.shown]
    assert [*submission.texts.values()] == [str(number) for number in range(1, len(papers.paper.shown) + 1)]


def numbered(form: AnswerForm) -> AnswerForm:
    """The form with numbers as answers, in the order of the questions."""
    numbers = map(str, count(1))
    lines = tuple(tuple(next(numbers) if cell is None else cell for cell in line) for line in form.lines)
    return replace(form, lines=lines)
