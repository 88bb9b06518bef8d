"""Marks a class: every student's answers, in this process, in several, or on a cluster; no student's work is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from worksheet.grading.mark import MarkedPaper
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Answered, MarkingWork, mark_all, pack
from worksheet.homework.workers import LOCAL, Outcome, run

TOGETHER = 50  # students of one task of a worker
MANY = 200  # students: from here on, marking personal variants is worth further processes
ONE_PER_CORE = 0


def mark_papers(
    assignment: Assignment, answered: Iterable[Answered], *, jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
    on_done: Callable[[MarkedPaper], None] | None = None,
) -> Iterator[MarkedPaper]:  # fmt: skip
    """Mark every student's answers, in their order. Students are read and marked as they are needed, so memory stays flat.

    ``jobs`` is the number of processes, 0 for one per core; by default one, and one per core if many students have their
    own variants. The marks do not depend on the backend or the number of workers. If marking fails, it is tried again student
    by student; a paper that cannot be marked has ``MarkedPaper.failed`` set, and is never given a zero. Raises WorksheetError
    for a backend that is not available.
    """
    students = iter(answered)
    first = list(islice(students, MANY))
    if jobs is None:
        jobs = ONE_PER_CORE if assignment.variants and len(first) == MANY else 1
    task = pack(assignment)
    works = (MarkingWork(task, batch) for batch in _batches(chain(first, students)))
    for outcome in run(mark_all, works, jobs=jobs, backend=backend, scheduler=scheduler):
        for marked in _papers(outcome):
            if on_done is not None:
                on_done(marked)
            yield marked


def _batches(answered: Iterable[Answered]) -> Iterator[tuple[Answered, ...]]:
    rest = iter(answered)
    while batch := tuple(islice(rest, TOGETHER)):
        yield batch


def _papers(outcome: Outcome[MarkingWork, list[MarkedPaper]]) -> Iterator[MarkedPaper]:
    """The marked papers of a batch; if it failed, each student is tried alone, so that one failure does not affect the others."""
    if outcome.value is not None:
        yield from outcome.value
        return
    work = outcome.item
    if len(work.answers) == 1:
        student = work.answers[0]
        yield MarkedPaper(student.student, student.name, (), outcome.failure)
        return
    alone = (MarkingWork(work.assignment, (each,)) for each in work.answers)
    for single in run(mark_all, alone):
        yield from _papers(single)
