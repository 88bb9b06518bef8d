"""The verbs of a homework in Python: an assignment read, generated, marked, and one answer checked."""

import csv
import doctest
import json
import re
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES, ROOT

# Of the AI61002 sheet: parameters of the first convolution, flops of the second row's ReLU, the totals.
RIGHT = {"1 params": "23,296", "1 output": "64 x 56 x 56", "1 flops": "73,056,256", "total params": "6,11,00,840"}
HOMEWORK = """\
title: Worksheet 2
network: ai61002.sheet
convention: ai61002
ask: [output, params, flops]
total: [params, flops]
"""


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    path = tmp_path / "homework.yaml"
    path.write_text(HOMEWORK)
    return path


@pytest.fixture
def roster(tmp_path: Path) -> Path:
    path = tmp_path / "class.csv"
    path.write_text("id,name\na,Student A\nb,Student B\nc,Student C\n")
    return path


def answers(path: Path, texts: dict[str, dict[str, str]]) -> Path:
    with path.open("w", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["student", "row", "column", "answer"])
        lines.writerows([student, *cell.split(), text] for student, cells in texts.items() for cell, text in cells.items())
    return path


def test_an_assignment_is_read_from_its_file(homework: Path) -> None:
    assignment = ws.assignment(homework)
    assert (assignment.title, assignment.convention.name) == ("Worksheet 2", "ai61002")
    assert ws.assignment(assignment) is assignment


def test_texts_and_files_are_marked_alike(homework: Path, roster: Path, tmp_path: Path) -> None:
    texts = {"a": RIGHT, "b": {**RIGHT, "1 params": "23,232"}}  # without biases
    by_text = ws.mark(homework, texts, roster=roster)
    by_file = ws.mark(ws.assignment(homework), answers(tmp_path / "answers.csv", texts), roster=roster)
    assert [(paper.id, paper.name, paper.points) for paper in by_text.papers] == [
        ("a", "Student A", 4),
        ("b", "Student B", 3),
        ("c", "Student C", 0),
    ]
    assert by_text.papers == by_file.papers
    wrong = next(mark for mark in by_text.papers[1].marks if mark.key == (1, "params"))
    assert (str(wrong.verdict), wrong.labels[0]) == ("mistake", "par-no-bias")
    assert by_text.report.title == by_file.report.title
    assert not by_file.unplaced


def test_what_is_marked_can_be_written_and_compared(homework: Path, tmp_path: Path) -> None:
    marked = ws.mark(homework, {"a": RIGHT})
    marked.write(tmp_path / "marks", feedback=["md"], report=["md"])
    written = sorted(str(path.relative_to(tmp_path / "marks")) for path in (tmp_path / "marks").rglob("*.*"))
    assert written == [
        "class.md",
        "feedback/a.md",
        "gradebook-canvas.csv",
        "gradebook-moodle.csv",
        "marks.csv",
        "marks.json",
        "marks.xlsx",
    ]
    assert json.loads((tmp_path / "marks" / "marks.json").read_text())["students"][0]["points"] == 4
    again = ws.mark(homework, {"a": {**RIGHT, "1 params": "1"}}, against=tmp_path / "marks" / "marks.csv")
    assert again.changes is not None
    assert again.changes.data["students"][0]["after"] == 3
    assert marked.changes is None


def test_an_answer_without_a_place_is_listed(homework: Path, tmp_path: Path) -> None:
    path = answers(tmp_path / "answers.csv", {"a": {**RIGHT, "77 params": "1"}})
    marked = ws.mark(homework, [path])
    assert [(line.student, line.row, line.line) for line in marked.unplaced] == [("a", "77", 6)]
    with pytest.raises(ws.WorksheetError, match="no cell '77 params'"):
        ws.mark(homework, {"a": {"77 params": "1"}})


def test_one_answer_is_checked(homework: Path) -> None:
    assert ws.check(homework, "1", "params", "23296").is_right
    wrong = ws.check(homework, "conv2d_1", "params", "23232")
    assert not wrong.is_right
    text = ws.render(wrong.report(), "txt").decode()
    assert "You forgot the biases" in text
    assert "23,296" not in text
    with pytest.raises(ws.WorksheetError, match="no row '77'"):
        ws.check(homework, "77", "params", "1")


def test_a_homework_is_generated(homework: Path, roster: Path, tmp_path: Path) -> None:
    result = ws.generate(homework, tmp_path / "out", roster=roster, formats=["md"], forms=["csv"], combined=False)
    assert (result.students, result.made, result.kept, result.failed, result.bound) == (3, 3, 0, {}, None)
    assert sorted(path.name for path in (tmp_path / "out" / "sheets").iterdir()) == ["a.md", "b.md", "c.md"]
    again = ws.generate(homework, tmp_path / "out", roster=roster, formats=["md"], forms=["csv"], combined=False)
    assert (again.made, again.kept) == (0, 3)


def test_the_manuals_example_runs(homework: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files are those of docs/teachers.md: two students, one of whom answered three cells."""
    homework.write_text("title: Worksheet 2\nnetwork: ai61002.sheet\nask: [output, params, flops]\n")
    (tmp_path / "class.csv").write_text("id,name,section\n20CS30001,Student A,A\n20CS30002,Student B,B\n")
    answers(tmp_path / "answers.csv", {"20CS30001": {"1 output": "64x56x56", "1 params": "23,296", "total params": "61100840"}})
    section = (ROOT / "docs" / "manual.md").read_text().partition("\n### Homework in Python\n")[2]
    example = re.search(r"```pycon\n(.*?)```", section, re.DOTALL)
    assert example
    monkeypatch.chdir(tmp_path)
    printed: list[str] = []
    test = doctest.DocTestParser().get_doctest(example[1], {}, "Homework in Python", "docs/manual.md", 0)
    assert not doctest.DocTestRunner().run(test, out=printed.append).failed, "".join(printed)
    assert len(test.examples) > 10


def test_texts_are_placed_by_the_rules_of_files(homework: Path, roster: Path) -> None:
    """An id that is not on the roster, one cell by two names, whole numbers in place of texts."""
    marked = ws.mark(homework, {"ghost": RIGHT, "a": {"1 params": 23296, "conv2d_1 params": "1"}}, roster=roster)
    assert [paper.id for paper in marked.papers] == ["a", "b", "c"]
    assert marked.papers[0].points == 1
    assert {line.student for line in marked.unplaced} == {"ghost", "a"}
    assert ws.check(homework, 1, "params", 23296).is_right


@pytest.mark.parametrize("answers", [{"a": {"1 params": 2.5}}, {"a": "23296"}, {"a": {(1, "params"): "1"}}, {("a",): RIGHT}])
def test_other_types_are_refused_in_words(homework: Path, answers: dict) -> None:
    with pytest.raises(ws.WorksheetError, match=r"not (float|str|tuple)"):
        ws.mark(homework, answers)


@pytest.mark.parametrize("formats", [{"feedback": ["docx"]}, {"report": ["md", "docx"]}])
def test_an_unknown_format_leaves_no_file(homework: Path, tmp_path: Path, formats: dict) -> None:
    with pytest.raises(ws.WorksheetError, match="unknown format 'docx'"):
        ws.mark(homework, {"a": RIGHT}).write(tmp_path / "marks", **formats)
    assert not (tmp_path / "marks").exists()


def test_one_format_needs_no_list(homework: Path, tmp_path: Path) -> None:
    ws.mark(homework, {"a": RIGHT}).write(tmp_path / "marks", feedback="md", report="md")
    assert (tmp_path / "marks" / "class.md").is_file()
    assert ws.generate(homework, tmp_path / "out", formats="md", forms="csv", combined=False).made == 1


def test_results_are_short_in_a_session_and_whole_in_a_notebook(homework: Path) -> None:
    marked, checked = ws.mark(homework, {"a": RIGHT}), ws.check(homework, "1", "params", "23296")
    assert len(repr(marked)) < 200
    assert len(repr(checked)) < 1000
    assert "<iframe" in marked._repr_html_()
    assert "Right." in checked._repr_html_()
