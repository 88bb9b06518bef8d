"""Marks an assignment's papers, each against the student's own network."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from worksheet.counting.run import Run
from worksheet.grading.diagnosis.remarks import remarks_on
from worksheet.grading.mark import Mark, MarkedPaper
from worksheet.grading.marker import Marker
from worksheet.grading.paper.cells import Key, Paper
from worksheet.grading.paper.paper_maker import PaperMaker
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.variants.variants import variant
from worksheet.language import speaking


class Answered(NamedTuple):
    """One student's answers, by cell. ``tried``: there were answers without a place too, so the student is not absent."""

    student: str
    name: str
    texts: Mapping[Key, str]
    tried: bool = False


class Grader:
    """Everything needed to mark an assignment, made once for all students."""

    def __init__(self, assignment: Assignment) -> None:
        self.assignment = assignment
        self.maker = PaperMaker(assignment.convention, assignment.ask, Run(assignment.batch))
        self.marker = Marker(assignment.policy, assignment.conventions)
        self._common: Paper | None = None

    def paper(self, student: str) -> Paper:
        """The cells of a student's sheet; the same object for all if the assignment has no variants. Raises WorksheetError."""
        if self.assignment.variants:
            return self.maker.paper(variant(self.assignment, student))
        self._common = self._common or self.maker.paper(self.assignment.network)
        return self._common

    def mark(self, answered: Answered) -> MarkedPaper:
        """Mark a student's paper. Who gave no answer at all is absent."""
        if not answered.tried and not any(map(str.strip, answered.texts.values())):
            return MarkedPaper(answered.student, answered.name, (), absent=True)
        marks = self.marks(answered)
        with speaking(self.assignment.language):
            remarks = remarks_on(self.paper(answered.student), marks)
        return MarkedPaper(answered.student, answered.name, marks, remarks=remarks)

    def marks(self, answered: Answered) -> tuple[Mark, ...]:
        """A mark for every cell of a student's paper."""
        with speaking(self.assignment.language):
            return self.marker.marks(self.paper(answered.student), answered.texts)


class MarkingWork(NamedTuple):
    """A worker's task: the assignment as bytes, which it unpacks once, and some students' answers."""

    assignment: bytes
    answers: tuple[Answered, ...]


def pack(assignment: Assignment) -> bytes:
    """The assignment as bytes for the workers."""
    return pickle.dumps(assignment)


@lru_cache(maxsize=2)
def _grader(assignment: bytes) -> Grader:
    return Grader(pickle.loads(assignment))  # noqa: S301  # made by ``pack`` in the parent process, never read from outside


def mark_all(work: MarkingWork) -> list[MarkedPaper]:
    """Mark some students' papers, in a worker."""
    grader = _grader(work.assignment)
    return [grader.mark(answered) for answered in work.answers]
