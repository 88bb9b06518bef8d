"""A question asked backwards as homework: printed, on the form, worked in the key, marked, with variants too."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.sheet_facts import EXAMPLES
from worksheet.cli import app
from worksheet.derive.find import find_values
from worksheet.errors import WorksheetError
from worksheet.grading.paper.cells import FIND
from worksheet.grading.paper.find_question import answer_text, read_set
from worksheet.homework.assignment.assignment_file import read_assignment
from worksheet.homework.variants.variants import variant

RUNNER = CliRunner()
SHEET = """
title: Backwards
network: zoo:alexnet-torchvision
convention: ai61002
ask: [params]
total: none
find:
  - {unknown: features.0.p, so-that: ["features.0.output = 55"], worth: 2}
  - {unknown: features.0.s, so-that: ["features.0.output = 30"], range: 1..8}
  - {unknown: M, so-that: ["flops <= 50 % of now"], which: largest, worth: 3}
"""
VARIED = "variants: {seed: 3, vary: [kernel, padding]}\n"


def written(folder: Path, text: str = SHEET) -> Path:
    path = folder / "homework.yaml"
    path.write_text(text)
    return path


def marks(folder: Path, homework: Path, answers: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """How answers to the questions are marked, by student."""
    table = folder / "answers.csv"
    lines = [f'{who},find,,{column},"{text}"' for who, given in answers.items() for column, text in given.items()]
    table.write_text("\n".join(["student,row,layer,column,answer", *lines]))
    result = RUNNER.invoke(app, ["mark", str(homework), str(table), "-o", str(folder / "marks")])
    assert result.exit_code == 0, result.output
    cells = json.loads((folder / "marks" / "marks.json").read_text())["students"]
    return {one["id"]: {c["column"]: c["verdict"] for c in one["cells"] if c["row"] == FIND} for one in cells}


def test_it_is_asked_and_worked(tmp_path: Path) -> None:
    homework = written(tmp_path)
    result = RUNNER.invoke(app, ["generate", str(homework), "-o", str(tmp_path), "--format", "md"])
    assert result.exit_code == 0, result.output
    sheet = (tmp_path / "sheets" / "backwards.md").read_text()
    assert "Find every value of features.0.p" in sheet
    assert "Answer:" not in sheet
    assert "Find the largest value of M" in sheet
    form = list(csv.reader((tmp_path / "forms" / "backwards.csv").read_text("utf-8-sig").splitlines()))
    assert [line[0] for line in form if line[0].startswith("q")] == ["q1", "q2", "q3"]
    assert (tmp_path / "key" / "backwards.pdf").read_bytes().startswith(b"%PDF")


def test_it_is_marked(tmp_path: Path) -> None:
    """AlexNet gives 55 with a padding of 2 (and of 3, whose last window starts where the one of 2 does); 30 by no stride."""
    found = marks(
        tmp_path,
        written(tmp_path),
        {
            "ann": {"q1": "{2, 3}", "q2": "none", "q3": "158"},
            "bob": {"q1": "3", "q2": "7", "q3": "M = 159"},
            "cem": {"q1": "2 and 3", "q2": "", "q3": "abc"},
        },
    )
    assert found == {
        "ann": {"q1": "right", "q2": "right", "q3": "right"},
        "bob": {"q1": "wrong", "q2": "wrong", "q3": "wrong"},
        "cem": {"q1": "right", "q2": "blank", "q3": "unreadable"},
    }
    feedback = (tmp_path / "marks" / "feedback" / "bob.md").read_text()
    assert "There are others" in feedback
    assert "Answer: none" in feedback


def test_its_marks_are_its_own(tmp_path: Path) -> None:
    policy = read_assignment(written(tmp_path)).policy
    assert [policy.worth((FIND, column)) for column in ("q1", "q2", "q3")] == [2, 1, 3]


def test_everyone_has_their_own_with_variants(tmp_path: Path) -> None:
    homework = written(tmp_path, SHEET + VARIED)
    assignment = read_assignment(homework)
    answers = {}
    for who in ("a1", "b2", "c3"):
        network = variant(assignment, who)
        mine = find_values(network, ["features.0.p"], ["features.0.output = 55"]).solutions
        largest = find_values(network, ["M"], ["flops <= 50 % of now"], "ai61002").solutions[-1:]
        texts = [", ".join(str(value) for one in found for value in one.values()) or "none" for found in (mine, largest)]
        answers[who] = dict(zip(("q1", "q3"), texts, strict=True))
    found = marks(tmp_path, homework, answers)
    assert {(one["q1"], one["q3"]) for one in found.values()} == {("right", "right")}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("{unknown: features.99.p, so-that: [features.0.output = 55]}", "no layer 'features.99'"),
        ("{unknown: features.0.p, so-that: [features.0.output]}", "none of = <= >= < >"),
        ("{unknown: B, so-that: [flops >= 1]}", "may be asked for"),
        ("{unknown: features.0.p}", "so-that"),
        ("{unknown: features.0.p, so-that: [features.0.output = 55], which: some}", "which"),
        ("{unknown: features.0.p, so-that: [features.0.output = 55], range: 9..1}", "empty"),
    ],
)
def test_faults_of_the_file(tmp_path: Path, line: str, says: str) -> None:
    path = written(tmp_path, SHEET[: SHEET.index("find:")] + f"find:\n  - {line}\n")
    with pytest.raises(WorksheetError) as caught:
        read_assignment(path)
    assert says in str(caught.value)
    assert all(fault.where.line == 8 and fault.where.file == str(path) for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("3", (3,)),
        ("2, 3", (2, 3)),
        ("3;2", (2, 3)),
        ("{2, 3}", (2, 3)),
        ("2 and 3", (2, 3)),
        ("p = 2, 3", (2, 3)),
        ("2..4", (2, 3, 4)),
        ("2 to 4, 7", (2, 3, 4, 7)),
        ("65,536", (65536,)),
        ("none", ()),
        ("No solution.", ()),
        ("0.5, 1/4", (Fraction(1, 4), Fraction(1, 2))),
        ("2, 2", (2,)),
    ],
)
def test_sets_are_read(text: str, value: tuple[object, ...]) -> None:
    assert read_set(text, ()) == value


def test_a_set_that_looks_like_one_number_is_held_against_the_truth() -> None:
    assert read_set("2,100", (2, 100)) == (2, 100)
    assert read_set("2,100", (2100,)) == (2100,)


@given(st.text(max_size=60) | st.text(alphabet="0123456789,.;/{}- =to", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = read_set(text, ())
    except WorksheetError:
        return
    assert list(found) == sorted(set(found))


@given(st.lists(st.fractions(0, 999, max_denominator=64) | st.integers(0, 10**6), max_size=8))
def test_what_is_said_reads_back(values: list[int]) -> None:
    truth = tuple(sorted(set(values)))
    assert read_set(answer_text(truth), truth) == truth


def test_the_example(tmp_path: Path) -> None:
    """By hand: 55 <= (216 + 2p)/4 < 56; no s has 54 <= 220/s < 55; 10 G hold 793,400,040 twelve times."""
    homework = EXAMPLES / "homework-backwards.yaml"
    right = {"q1": "2, 3", "q2": "none", "q3": "12"}
    wrong = {"q1": "2", "q2": "4", "q3": "13"}
    found = marks(tmp_path, homework, {"a": right, "b": wrong})
    assert set(found["a"].values()) == {"right"}
    assert "right" not in found["b"].values()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("keine", ()), ("Ninguno.", ()), ("aucune", ()), ("कोई नहीं।", ()), ("无", ()),
        ("2 und 3", (2, 3)), ("2, 3 y 4", (2, 3, 4)),
        ("2 et 3", (2, 3)), ("2 या 3", (2, 3)), ("2、3，4", (2, 3, 4)), ("2和3", (2, 3)), ("2 bis 4", (2, 3, 4)),
        ("de 2 a 4", (2, 3, 4)),
        ("de 2 à 4", (2, 3, 4)),
    ],
)  # fmt: skip
def test_a_set_is_read_in_the_words_of_any_language(text: str, value: tuple[int, ...]) -> None:
    """The key prints "none", "and" and "to" in the sheet's language, and a student may copy them."""
    assert read_set(text, ()) == value
