"""Space for working on question sheets: none, compact or full; what a key shows beside it; how many leaves a student needs."""

import io
from pathlib import Path

import pypdf
import pytest

import worksheet as ws
from tests.sheet_facts import ROWS, SHEET
from worksheet.errors import OutputError
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.issue.sheets import PaperSetter
from worksheet.homework.issue.student_files import Order
from worksheet.homework.roster import Student

WHOLE = "ask: [output, params, flops]\ntotal: [params, flops]\nmarks: {output: 1, params: 2, flops: 2, total: 2}\n"
LEAVES = 3  # printed on both sides


@pytest.fixture
def setter(tmp_path: Path):
    def make(text: str = WHOLE, working: str = "compact") -> PaperSetter:
        (tmp_path / "net.sheet").write_text(SHEET.read_text())
        path = tmp_path / "homework.yaml"
        path.write_text(f"title: Worksheet 2\nnetwork: net.sheet\nconvention: ai61002\nzeros: ask\n{text}")
        return PaperSetter(read_assignment(path), working=working)

    return make


def pages(setter: PaperSetter, student: str, **options: str) -> int:
    document = setter.papers(Student(student)).question
    return len(pypdf.PdfReader(io.BytesIO(ws.render(document, "pdf", **options))).pages)


def sheet(setter: PaperSetter, format: str = "txt") -> str:
    return ws.render(setter.papers(Student("s1")).question, format).decode()


@pytest.mark.parametrize("variants", ["", "variants: {seed: 7}\n"])
def test_a_class_prints_on_three_leaves_a_student(variants: str, setter) -> None:
    """Every thirtieth of 120; without variants all sheets are equal but for the name."""
    set_one = setter(WHOLE + variants)
    assert max(pages(set_one, f"20CS3{number:04}") for number in range(1, 121, 30)) <= 2 * LEAVES


def test_three_leaves_on_letter_paper(setter) -> None:
    assert pages(setter(), "s1", paper="letter") <= 2 * LEAVES


def test_less_space_takes_less_paper(setter) -> None:
    none, compact, full = (pages(setter(working=working), "s1") for working in ("none", "compact", "full"))
    assert none < compact < full


@pytest.mark.parametrize("format", ["md", "tex", "html", "typ"])
def test_without_space_the_table_is_all(setter, format: str) -> None:
    text = sheet(setter(working="none"), format)
    assert "Your working" not in text
    assert "A total is worth 2 marks." in text


def test_no_space_for_what_is_zero_by_nature(setter) -> None:
    """ReLU, pooling and dropout have no parameters to work out; the eight layers with weights do."""
    working = sheet(setter("ask: [params]\n"), "md").partition("## Your working")[2]
    weighted = [row.no for row in ROWS if row.params != "0"]
    assert len(weighted) == 8
    headings = [line.split()[1] for line in working.splitlines() if line.startswith("### ")]
    sized = {str(row.no) for row in ROWS if "Pool" in row.layer}  # the sizes behind the parameters
    assert set(headings) - sized == {str(no) for no in weighted}


def test_a_formula_is_asked_below_the_table_unless_there_is_no_space(setter) -> None:
    text = "ask: [params]\nformulas: [params]\n"
    assert sheet(setter(text)).count("# Params, formula = ") == 20


@pytest.mark.parametrize("format", ["md", "tex", "html", "typ"])
def test_a_key_has_the_output_sizes_the_marks_and_the_teachers_rules(setter, format: str) -> None:
    key = setter(WHOLE + "rules: [Biases are counted.]\n").papers(Student("s1")).worked
    table = ws.render(key, format).decode()
    assert "Biases are counted." in table
    assert "1 mark" in table
    assert "2 marks" in table
    assert "Output" in table


def test_a_key_lists_every_size(setter) -> None:
    key = ws.render(setter().papers(Student("s1")).worked, "md").decode()
    lines = {cells[1]: cells for line in key.splitlines() if len(cells := [cell.strip() for cell in line.split("|")]) == 7}
    assert {str(row.no): lines[str(row.no)][3].replace(" ", "") for row in ROWS} == {str(row.no): row.output for row in ROWS}


def test_a_key_without_sizes_that_are_asked_has_no_marks_for_them(setter) -> None:
    key = ws.render(setter("ask: [params]\nmarks: {params: 2}\n").papers(Student("s1")).worked, "md").decode()
    assert "1 mark" not in key
    assert "(2 marks)" in key


def test_an_unknown_space() -> None:
    with pytest.raises(OutputError, match="unknown space for working 'compct'"):
        Order(working="compct").check()
