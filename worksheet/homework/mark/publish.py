"""Publishes a marked class: tables, JSON, a feedback sheet for each student, the class report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from worksheet.derivation import Derivation
from worksheet.errors import OutputError, Where
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.paper.cells import Key, Value
from worksheet.grading.results.amounts import Sums
from worksheet.grading.results.class_report import ClassReport
from worksheet.grading.results.feedback import Feedback
from worksheet.grading.results.stable_json import JsonMarks
from worksheet.grading.results.statistics import Statistics
from worksheet.grading.results.streams import Taking, Unplaced
from worksheet.grading.results.tables import CsvMarks, Workbook
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Grader
from worksheet.homework.mark.practice import derivation
from worksheet.homework.roster import safe_name
from worksheet.writers import Options, save, writer_for

if TYPE_CHECKING:
    from worksheet.document import Document

FEEDBACK = "feedback"  # the folder of the students' sheets
CLASS, CHANGES = "class", "changes"  # the reports' files


class FeedbackSheets(Taking):
    """Writes a feedback sheet for each student, beside their lines the right worked steps."""

    def __init__(self, assignment: Assignment, folder: Path, formats: Sequence[str], options: Options) -> None:
        self.assignment = assignment
        self.folder = folder
        self.writers = [writer_for(None, name) for name in formats]
        self.options = options
        self.sheets = Feedback(assignment.title, assignment.course, digits=assignment.digits)
        self.common: Derivation | None = None

    def solution(self, student: str) -> Derivation:
        """The worked solution of a student's network; one for all where all have the same."""
        if self.assignment.variants:
            return derivation(self.assignment, student)
        self.common = self.common or derivation(self.assignment, student)
        return self.common

    def add(self, marked: MarkedPaper, _: Sums) -> None:
        if marked.failed:
            return
        report = self.sheets.report(marked, self.solution(marked.id))
        for writer in self.writers:
            save(self.folder / f"{safe_name(marked.id)}.{writer.name}", writer.render(report, self.options))

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        """Each sheet is whole and in place already."""

    def keep(self) -> None:
        """Nothing is left to be put in place."""

    def discard(self) -> None:
        """What is written stays; the same command writes it anew."""


def taking(assignment: Assignment, folder: Path, feedback: Sequence[str], options: Options) -> Iterator[Taking]:
    """What takes a class in for a folder of marks: marks.csv, marks.xlsx, marks.json, feedback/ID.*."""
    cells = [cell.key for cell in Grader(assignment).maker.paper(assignment.network).shown]
    yield CsvMarks(folder / "marks.csv", cells)
    yield Workbook(folder / "marks.xlsx", cells)
    yield JsonMarks(folder / "marks.json")
    if feedback:
        made(folder / FEEDBACK)
        yield FeedbackSheets(assignment, folder / FEEDBACK, feedback, options)


def made(folder: Path) -> Path:
    """A folder that is there, made where it was not. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(f"the folder cannot be made: {fault.strerror}", Where(str(folder))) from None
    return folder


def statistics(assignment: Assignment) -> Statistics:
    """What takes a class in for the class report."""
    if not assignment.variants:
        return Statistics()
    grader = Grader(assignment)

    def truths(student: str) -> Mapping[Key, Value]:
        return {key: cell.truth for key, cell in grader.paper(student).cells.items()}

    return Statistics(truths)


def class_report(assignment: Assignment, found: Statistics) -> Document:
    """The report on a class that has been taken in."""
    labels = {column.name: column.heading for column in assignment.convention.columns} | {"output": "Output"}
    digits = assignment.digits or assignment.convention.digits
    return ClassReport(assignment.title, assignment.course, labels, digits=digits).report(found)


def write_report(report: Document, folder: Path, formats: Iterable[str], options: Options, name: str) -> None:
    """Write a report in several formats."""
    for format in formats:
        writer = writer_for(None, format)
        save(folder / f"{name}.{writer.name}", writer.render(report, options))
