"""Figures carried from the figure beside them, remarks on whole papers, another's sheet, and papers without work."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES
from worksheet.grading.mark import MarkedPaper
from worksheet.homework.mark.unworked import unworked

PLACES = {1: 56 * 56, 4: 28 * 28, 7: 14 * 14, 9: 14 * 14, 11: 14 * 14, 15: 1, 18: 1, 20: 1}  # of the maps of AlexNet's layers
FULL = "vary: [input, channels, kernel, stride, padding, groups, rectangles]"


@pytest.fixture
def homework(tmp_path: Path) -> Path:
    (tmp_path / "ai61002.sheet").write_text((EXAMPLES / "ai61002.sheet").read_text())
    path = tmp_path / "homework.yaml"
    path.write_text("title: A\nnetwork: ai61002.sheet\nask: [output, params, flops]\n")
    return path


def right(network: ws.Network) -> dict[str, str]:
    """The right answers, by the heading of the cell."""
    solution = ws.derive(network, "ai61002", fold=False)
    answers = {f"{row.no} output": "x".join(map(str, row.output or ())) for row in solution.rows}
    answers |= {f"{row.no} {step.name}": str(step.value) for row in solution.rows for step in row.columns}
    return answers | {f"total {name}": str(value) for name, value in solution.totals.items()}


def marked(homework: Path, answers: dict[str, str], student: str = "a") -> MarkedPaper:
    return ws.mark(homework, {student: answers}).papers[0]


@pytest.mark.parametrize("row", PLACES)
def test_a_slip_in_the_parameters_costs_one_mark(homework: Path, row: int) -> None:
    """The flops of a layer are its parameters at each place of its map; what was worked on from the slip is carried."""
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    slip = 100
    for cell, times in ((f"{row} params", 1), (f"{row} flops", PLACES[row]), ("total params", 1), ("total flops", PLACES[row])):
        answers[cell] = str(int(answers[cell]) + slip * times)
    paper = marked(homework, answers)
    assert paper.max - paper.points == 1
    assert [mark.key for mark in paper.marks if not mark.points] == [(row, "params")]


def test_two_equal_slips_do_not_carry_each_other(homework: Path) -> None:
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    answers |= {"15 params": "1234567", "15 flops": "1234567"}
    verdicts = {mark.key: mark.verdict for mark in marked(homework, answers).marks}
    assert (verdicts[15, "params"], verdicts[15, "flops"]) == ("wrong", "carried")


@pytest.mark.parametrize("network", ["zoo:alexnet", "zoo:lenet-5", "zoo:mobilenet-v2"])
@pytest.mark.parametrize("variants", ["", "variants: {seed: 3}\n"])
def test_unworked_papers_earn_nearly_nothing(tmp_path: Path, network: str, variants: str) -> None:
    path = tmp_path / "homework.yaml"
    path.write_text(f"title: A\nnetwork: {network}\nask: [output, params, macs]\n{variants}")
    found = unworked(ws.assignment(path), "s1" if variants else "")
    assert found.zeros <= found.max * Fraction(5, 100)
    assert found.blank == 0
    assert (found.copied is None) == (not variants)


def test_zeros_are_asked_where_the_teacher_wants_them(homework: Path) -> None:
    homework.write_text(homework.read_text() + "zeros: ask\n")
    assert len(marked(homework, {"2 params": "0"}).marks) == 62
    homework.write_text(homework.read_text().replace("zeros: ask", "zeros: given"))
    assert len(marked(homework, {"2 params": "0"}).marks) == 62 - 14  # 12 rows without parameters, 2 dropouts without flops


# Whole papers


def test_a_shifted_column(homework: Path) -> None:
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    shifted = answers | {f"{row} flops": answers[f"{row - 1} flops"] for row in range(5, 21)}
    (found,) = marked(homework, shifted).remarks
    assert (found.kind, found.column) == ("rows-shifted", "flops")
    assert "the column is shifted down by 1" in found.says


@pytest.mark.parametrize(("factor", "words"), [(2, "twice"), (32, "a batch of 32"), (Fraction(1, 10**6), "in millions")])
def test_a_factor_of_a_column(homework: Path, factor: Fraction, words: str) -> None:
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    wrong = {cell: f"{float(int(text) * factor):.2f}".removesuffix(".00") for cell, text in answers.items() if "flops" in cell}
    found = {remark.kind: remark.says for remark in marked(homework, answers | wrong).remarks}
    assert words in found["factor"]


def test_exchanged_columns(homework: Path) -> None:
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    rows = (1, 4, 7, 9, 11)
    wrong = {f"{row} {column}": answers[f"{row} {other}"] for row in rows for column, other in (("params", "flops"), ("flops", "params"))}  # fmt: skip # noqa: E501
    (found,) = marked(homework, answers | wrong).remarks
    assert found.kind == "columns-exchanged"


def test_a_right_paper_and_one_with_a_few_slips_have_no_remark(homework: Path) -> None:
    answers = right(ws.read(homework.parent / "ai61002.sheet"))
    assert marked(homework, answers).remarks == ()
    assert marked(homework, answers | {"1 params": "23297", "4 flops": "1", "7 params": "5", "9 flops": "77"}).remarks == ()


def test_the_sheet_of_another_student_is_named_for_the_assistant_alone(homework: Path, tmp_path: Path) -> None:
    homework.write_text(homework.read_text() + f"variants: {{seed: 7, {FULL}}}\n")
    assignment = ws.assignment(homework)
    from worksheet.homework.variants.variants import variant

    copied = right(variant(assignment, "b"))
    papers = {paper.id: paper for paper in ws.mark(assignment, {"a": copied, "b": copied}).papers}
    (found,) = papers["a"].remarks
    assert found.kind == "another-sheet"
    assert found.says.startswith("fits the sheet of b in ")
    assert papers["b"].remarks == ()
