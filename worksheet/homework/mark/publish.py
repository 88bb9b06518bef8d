"""Publishes a marked class: tables, JSON, a feedback sheet for each student, the class report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from worksheet.derivation import Derivation
from worksheet.derive.strip import strip_of
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.paper.cells import Key, Value
from worksheet.grading.results.amounts import Sums
from worksheet.grading.results.class_report import ClassReport
from worksheet.grading.results.feedback import Feedback
from worksheet.grading.results.gradebooks import LAYOUTS, Gradebook
from worksheet.grading.results.stable_json import JsonMarks
from worksheet.grading.results.statistics import Statistics
from worksheet.grading.results.streams import FolderStream, MarkStream
from worksheet.grading.results.tables import CsvMarks, Workbook
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Grader
from worksheet.homework.mark.practice import student_solution
from worksheet.homework.roster import safe_name
from worksheet.writers import Options, save, writer_for

if TYPE_CHECKING:
    from worksheet.document import Document

FEEDBACK = "feedback"  # the folder of the students' sheets
CLASS, CHANGES = "class", "changes"  # the reports' files


class FeedbackSheets(FolderStream):
    """Writes a feedback sheet for each student, with the correct worked steps next to the answers."""

    def __init__(self, assignment: Assignment, folder: Path, formats: Sequence[str], options: Options) -> None:
        super().__init__(folder)
        self.assignment = assignment
        self.writers = [writer_for(None, name) for name in formats]
        self.options = options
        self.sheets = Feedback(assignment.title, assignment.course, digits=assignment.digits)
        self.common: Derivation | None = None

    def solution(self, student: str) -> Derivation:
        """The worked solution of a student's network; the same one for all if the assignment has no variants."""
        if self.assignment.variants:
            return student_solution(self.assignment, student)
        self.common = self.common or student_solution(self.assignment, student)
        return self.common

    def add(self, marked: MarkedPaper, _: Sums) -> None:
        if marked.failed or marked.absent:
            return
        report = self.sheets.report(marked, self.solution(marked.id))
        for writer in self.writers:
            save(self.part / f"{safe_name(marked.id)}.{writer.name}", writer.render(report, self.options))


def check_formats(names: str | Iterable[str]) -> tuple[str, ...]:
    """The names of formats, or of one. Raises OutputError for an unknown one."""
    formats = (names,) if isinstance(names, str) else tuple(names)
    return tuple(writer_for(None, name).name for name in formats)


def file_streams(assignment: Assignment, folder: Path, feedback: Sequence[str], options: Options) -> Iterator[MarkStream]:
    """The streams into a folder of marks: marks.csv, marks.xlsx, marks.json, the gradebooks, feedback/ID.*."""
    cells = [cell.key for cell in Grader(assignment).maker.paper(assignment.network).shown]
    yield CsvMarks(folder / "marks.csv", cells)
    yield Workbook(folder / "marks.xlsx", cells)
    yield JsonMarks(folder / "marks.json")
    most = sum((assignment.policy.worth(key) for key in cells), Fraction(0))
    for name, layout in LAYOUTS.items():
        yield Gradebook(folder / f"gradebook-{name}.csv", layout, assignment.title, most)
    if feedback:
        yield FeedbackSheets(assignment, folder / FEEDBACK, feedback, options)


def statistics(assignment: Assignment) -> Statistics:
    """The counts for the class report, still of no student."""
    if not assignment.variants:
        return Statistics()
    grader = Grader(assignment)

    def truths(student: str) -> Mapping[Key, Value]:
        return {key: cell.truth for key, cell in grader.paper(student).cells.items()}

    return Statistics(truths)


def class_report(assignment: Assignment, counts: Statistics) -> Document:
    """The report on a class that has been counted, with the assignment's own network above its figures."""
    labels = {column.name: column.heading for column in assignment.convention.columns} | {"output": "Output"}
    digits = assignment.digits or assignment.convention.digits
    report = ClassReport(assignment.title, assignment.course, labels, digits=digits).report(counts)
    return replace(report, blocks=(strip_of(assignment.network), *report.blocks))


def write_reports(reports: Mapping[str, Document], folder: Path, formats: Sequence[str], options: Options) -> None:
    """Write reports, by the names of their files, in several formats."""
    for name, report in reports.items():
        for writer in (writer_for(None, format) for format in formats):
            save(folder / f"{name}.{writer.name}", writer.render(report, options))
