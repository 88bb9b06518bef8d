"""What papers without any work would get: zeros everywhere, nothing at all, the figures of the teacher's own network."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from worksheet.grading.paper.cells import Key, Paper
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Answered, Grader


class UnworkedPapers(NamedTuple):
    """The points of such papers; ``copied`` is None where everyone has the teacher's own network."""

    zeros: Fraction
    blank: Fraction
    copied: Fraction | None
    max: Fraction


def unworked(assignment: Assignment, student: str = "") -> UnworkedPapers:
    """The points of unworked papers on a student's sheet. Raises WorksheetError."""
    grader = Grader(assignment)
    paper = grader.paper(student)
    zeros = {cell.key: "x".join("0" * len(cell.truth)) or "0" for cell in paper.shown}
    marks = grader.marks(Answered(student, "", zeros))
    copied = None
    if assignment.variants:
        published = _answers(grader.maker.paper(assignment.network))
        copied = _points(grader, student, {key: text for key, text in published.items() if key in zeros})
    most = sum((mark.max for mark in marks), Fraction(0))
    return UnworkedPapers(sum((mark.points for mark in marks), Fraction(0)), _points(grader, student, {}), copied, most)


def _answers(paper: Paper) -> dict[Key, str]:
    """The right answers of a paper as a student writes them; without formulas."""
    return {cell.key: "x".join(map(str, cell.truth)) for cell in paper.shown if cell.truth}


def _points(grader: Grader, student: str, texts: Mapping[Key, str]) -> Fraction:
    return sum((mark.points for mark in grader.marks(Answered(student, "", texts))), Fraction(0))
