"""Marks an assignment's papers: each student's own network, the cells of its sheet, the verdicts."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from worksheet.counting.run import Run
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Key, Paper
from worksheet.grading.paper.paper_maker import PaperMaker
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.variants.variants import variant


class Answered(NamedTuple):
    """One student's answers, by cell."""

    student: str
    name: str
    texts: Mapping[Key, str]


class Grader:
    """Everything that marking an assignment needs, made once for all students."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.maker = PaperMaker(assignment.convention, assignment.ask, Run(assignment.batch))
        self.marker = Marker(assignment.policy, assignment.conventions)
        self._common: Paper | None = None

    def paper(self, student: str) -> Paper:
        """The cells of a student's sheet; one and the same paper where all have the same network. Raises WorksheetError."""
        if self.assignment.variants:
            return self.maker.paper(variant(self.assignment, student))
        if self._common is None:
            self._common = self.maker.paper(self.assignment.network)
        return self._common

    def marked(self, answered: Answered) -> MarkedPaper:
        """A student's paper, marked."""
        marks = self.marker.marks(self.paper(answered.student), answered.texts)
        return MarkedPaper(answered.student, answered.name, marks)


class MarkingWork(NamedTuple):
    """What a worker is sent: the assignment as bytes, which it unpacks once, and some students' answers."""

    assignment: bytes
    answers: tuple[Answered, ...]


def packed(assignment: Assignment) -> bytes:
    """The assignment as the workers get it: of our own making, never from outside."""
    return pickle.dumps(assignment)


@lru_cache(maxsize=2)
def _unpacked(assignment: bytes) -> Grader:
    return Grader(pickle.loads(assignment))  # noqa: S301  # made by ``packed`` in the parent process


def mark_all(work: MarkingWork) -> list[MarkedPaper]:
    """Mark some students' papers, in a worker."""
    grader = _unpacked(work.assignment)
    return [grader.marked(answered) for answered in work.answers]
