"""``worksheet verify``: mark a class's answers."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

import worksheet as ws
from worksheet.cli.delivery import watched
from worksheet.cli.options import (
    Backend,
    Command,
    Engine,
    Homework,
    Jobs,
    Paper,
    Roster,
    Scheduler,
    comma_separated,
    option,
)
from worksheet.errors import WorksheetError, nearest, printable, shown
from worksheet.writers import options, writers

if TYPE_CHECKING:
    from worksheet.grading.answers import Answers, Unplaced
    from worksheet.grading.results.regrade import Regrade
    from worksheet.grading.results.statistics import Statistics
    from worksheet.grading.results.streams import Taking
    from worksheet.homework.assignment.assignment import Assignment
    from worksheet.homework.mark.grader import Answered
    from worksheet.homework.roster import Student
    from worksheet.writers import Options

JSON = "json"
NONE = "none"
MAX_LISTED = 20  # unplaced lines that are printed

Given = Annotated[
    list[Path], typer.Argument(help="Files of answers: CSV, XLSX, Markdown, JSON, a folder or a zip of them.", show_default=False)
]
Folder = Annotated[
    Path | None,
    option("-o", "--output", help="The folder for tables, feedback sheets and the class report."),
]
Data = Annotated[str | None, option("-f", "--format", help="json: all marks to standard output.")]
Feedback = Annotated[str, typer.Option("--feedback", help="Formats of the students' feedback sheets, or none.")]
ClassReport = Annotated[str, typer.Option("--report", help="Formats of the class report, or none.")]
Against = Annotated[Path | None, option("--against", help="An earlier marks.csv; reports what changed, and why.")]


def verify(
    homework: Homework,
    answers: Given,
    roster: Roster = None,
    output: Folder = None,
    format: Data = None,
    feedback: Feedback = "md",
    report: ClassReport = "html,pdf",
    against: Against = None,
    jobs: Jobs = None,
    backend: Backend = "local",
    scheduler: Scheduler = "",
    engine: Engine = "typst",
    paper: Paper = "a4",
) -> None:
    """Mark a class's answers: verdicts, points, named mistakes, feedback, a report on the class.

    Without -o or -f a summary is printed. Lines that cannot be placed are listed, and lose nothing.
    """
    from worksheet.homework.assignment.reading import read_assignment
    from worksheet.homework.roster import read_roster
    from worksheet.homework.workers import check

    if format not in (None, JSON):
        raise WorksheetError(f"marks are printed as json, not as {shown(format)}", hint="tables are written into a folder: -o")
    check(backend, jobs or 1, scheduler)
    asked = _Asked(output, format, _formats(feedback), _formats(report), options(engine, paper))
    assignment = read_assignment(homework)
    class_ = _Class(assignment, read_roster(roster) if roster else (), _old(against))
    found = class_.read(answers)
    class_.mark(found, asked, jobs, backend, scheduler)
    _tell(found, class_.counts)
    class_.publish(asked)


class _Asked(NamedTuple):
    """What is wanted of a run."""

    folder: Path | None
    format: str | None
    feedback: tuple[str, ...]
    report: tuple[str, ...]
    options: Options


class _Class:
    """A class that is marked."""

    def __init__(self, assignment: Assignment, students: Sequence[Student], old: Regrade | None) -> None:
        from worksheet.homework.mark.publish import statistics

        self.assignment, self.students, self.old = assignment, students, old
        self.counts = statistics(assignment)

    def read(self, paths: Sequence[Path]) -> Answers:
        """The class's answers. Rows and columns are the same for all variants."""
        from worksheet.grading.answers import Layout, read
        from worksheet.homework.mark.grader import Grader

        layout = Layout.of(Grader(self.assignment).maker.paper(self.assignment.network))
        return read(paths, layout, [student.id for student in self.students] if self.students else None)

    def mark(self, found: Answers, asked: _Asked, jobs: int | None, backend: str, scheduler: str) -> None:
        """Mark everybody; tables, JSON and feedback sheets are written on the way."""
        from worksheet.grading.results.streams import Writers
        from worksheet.homework.mark.papers import verify as verified
        from worksheet.homework.mark.publish import made, taking

        takers: list[Taking] = [self.counts, *([self.old] if self.old else []), *_printing(asked.format)]
        takers += taking(self.assignment, made(asked.folder), asked.feedback, asked.options) if asked.folder else ()
        with Writers(takers) as class_:
            work = verified(self.assignment, self.answered(found), jobs=jobs, backend=backend, scheduler=scheduler)
            for marked in watched("marking")(work, max(len(found), len(self.students))):
                class_.add(marked)
            class_.unplaced = tuple(each.as_data() for each in found.unplaced)

    def answered(self, found: Answers) -> Iterator[Answered]:
        """Everybody who answered, then who is on the roster and did not."""
        from worksheet.homework.mark.grader import Answered

        names = {student.id: student.name for student in self.students}
        for submission in found:
            yield Answered(submission.student, names.pop(submission.student, ""), submission.texts)
        yield from (Answered(student, name, {}) for student, name in names.items())

    def publish(self, asked: _Asked) -> None:
        """The class report and what has changed: into the folder, or on the terminal."""
        from worksheet.homework.mark.publish import CHANGES, CLASS, class_report, write_report

        reports = {CLASS: class_report(self.assignment, self.counts)}
        if self.old:
            reports[CHANGES] = self.old.report(self.assignment.title, self.assignment.course)
        for name, report in reports.items() if asked.folder else ():
            assert asked.folder is not None
            write_report(report, asked.folder, asked.report, asked.options, name)
        if asked.format is None and asked.folder:
            typer.echo(f"{self.counts.students} students marked, in {asked.folder}")
        elif asked.format is None:
            typer.echo(ws.render(list(reports.values())[-1], "txt").decode(), nl=False)


def _formats(text: str) -> tuple[str, ...]:
    """The formats that an option lists. Raises WorksheetError for an unknown one."""
    names = comma_separated(text, NONE)
    for name in names:
        if name not in writers():
            raise WorksheetError(f"unknown format {shown(name)}", hint=nearest(name, [*writers(), NONE]))
    return names


def _old(path: Path | None) -> Regrade | None:
    from worksheet.grading.results.old_marks import read_old_marks
    from worksheet.grading.results.regrade import Regrade

    return Regrade(read_old_marks(path)) if path else None


def _printing(format: str | None) -> list[Taking]:
    from worksheet.grading.results.stable_json import JsonPrinted

    return [JsonPrinted(sys.stdout)] if format == JSON else []


def _tell(found: Answers, counts: Statistics) -> None:
    """What a teacher must look at: notes on the files, lines without a place, students who were not marked."""
    lines = [f"note: {note}" for note in found.notes]
    lines += [_unplaced(line) for line in found.unplaced[:MAX_LISTED]]
    further = len(found.unplaced) + found.more - MAX_LISTED
    lines += [f"and {further:,} more lines without a place: see marks.json"] if further > 0 else []
    lines += [f"not marked: {student}: {failure}" for student, failure in counts.failures[:MAX_LISTED]]
    for line in lines:
        typer.echo(printable(line), err=True)


def _unplaced(line: Unplaced) -> str:
    place = ":".join(str(part) for part in (line.file, line.line, line.cell) if part)
    what = ", ".join(shown(part) for part in (line.student, line.row, line.column, line.answer) if part)
    return f"{place}: no place for {what}: {line.says}" if what else f"{place}: {line.says}"


COMMAND = Command(verify, "worksheet verify homework.yaml answers.csv --roster class.csv -o marks/", 9)
