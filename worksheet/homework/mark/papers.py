"""Marks a class: every student's answers, in this process, in several or on a cluster; nobody's work is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice

from worksheet.grading.mark import MarkedPaper
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Answered, MarkingWork, mark_all, packed
from worksheet.homework.workers import LOCAL, Outcome, run

TOGETHER = 50  # students that a worker is sent at a time
FEW = 200  # students from which on personal variants are worth further processes
ONE_A_CORE = 0


def mark_papers(
    assignment: Assignment, answered: Iterable[Answered], *, jobs: int | None = None, backend: str = LOCAL, scheduler: str = "",
    on_done: Callable[[MarkedPaper], None] | None = None,
) -> Iterator[MarkedPaper]:  # fmt: skip
    """Mark every student's answers, in their order; students are taken and given one after the other, so memory stays flat.

    ``jobs`` is the number of processes, 0 for one a core; by default one, and one a core where many students have
    variants of their own. The marks are the same whatever the backend and the number of workers. A student whose work fails
    is tried again alone; a paper that cannot be marked has ``MarkedPaper.failed`` set, and is never given a zero. Raises
    WorksheetError for a backend that is not available.
    """
    students = iter(answered)
    first = list(islice(students, FEW))
    if jobs is None:
        jobs = ONE_A_CORE if assignment.variants and len(first) == FEW else 1
    sent = packed(assignment)
    works = (MarkingWork(sent, batch) for batch in _batches(chain(first, students)))
    for outcome in run(mark_all, works, jobs=jobs, backend=backend, scheduler=scheduler):
        for marked in _all(outcome):
            if on_done is not None:
                on_done(marked)
            yield marked


def _batches(answered: Iterable[Answered]) -> Iterator[tuple[Answered, ...]]:
    rest = iter(answered)
    while batch := tuple(islice(rest, TOGETHER)):
        yield batch


def _all(outcome: Outcome[MarkingWork, list[MarkedPaper]]) -> Iterator[MarkedPaper]:
    """The marks of a batch; where it failed, each student is tried alone, so that one spoils no other's."""
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
        yield from _all(single)
