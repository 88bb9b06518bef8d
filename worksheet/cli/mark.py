"""``worksheet mark``: mark the answers of a class."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import worksheet as ws
from worksheet.cli.options import (
    Backend,
    Command,
    Engine,
    Homework,
    Jobs,
    Paper,
    Roster,
    Scheduler,
    Speech,
    comma_separated,
    either,
    option,
)
from worksheet.cli.panels import HOMEWORK, INPUT, OUTPUT
from worksheet.cli.saying import say, show
from worksheet.cli.waiting import waiting, watched
from worksheet.errors import WorksheetError, nearest, printable, shown
from worksheet.writers import Options, options, writers

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worksheet.grading.answers import Answers, Unplaced
    from worksheet.grading.answers.submissions import TableColumns
    from worksheet.grading.results.statistics import Statistics
    from worksheet.grading.results.streams import MarkStream
    from worksheet.homework.mark.class_run import ClassRun, Watch

JSON = "json"
NONE = "none"
ATTEMPTS = ("last", "best", "first")  # of grading.answers, which is imported when there is work
MAX_LISTED = 20  # unplaced lines that are printed

FORMATS = "CSV, XLSX, ODS, DOCX, Markdown, JSON, notebooks"
Files = Annotated[list[Path], typer.Argument(help=f"Files of answers: {FORMATS}, a folder or a zip of them.", show_default=False)]
Folder = Annotated[
    Path | None, option("-o", "--output", panel=OUTPUT, help="The folder for tables, feedback sheets and the class report.")
]
Data = Annotated[str | None, option("-f", "--format", panel=OUTPUT, help="json: all marks to standard output.")]
Feedback = Annotated[
    str, option("--feedback", panel=OUTPUT, default=True, help="Formats of the students' feedback sheets, or none.")
]
ClassReport = Annotated[str, option("--report", panel=OUTPUT, default=True, help="Formats of the class report, or none.")]
Against = Annotated[Path | None, option("--against", panel=INPUT, help="An earlier marks.csv; reports what changed, and why.")]
ColumnMap = Annotated[Path | None, option("--map", panel=INPUT, help="The column map: what the headings of the files mean.")]
ShowColumns = Annotated[
    bool, option("--columns", panel=OUTPUT, help="Print what each column is taken for, as a column map, and stop.")
]
Attempts = Annotated[
    str, option("--attempts", panel=INPUT, help=f"Which of several attempts counts: {either(ATTEMPTS)}.", offers=lambda: ATTEMPTS)
]

Decided = Annotated[Path | None, option("--decisions", panel=INPUT, help="A CSV of decisions about marks, each with its reason.")]


def mark(
    homework: Homework,
    answers: Files,
    roster: Roster = None,
    output: Folder = None,
    format: Data = None,
    feedback: Feedback = "md",
    report: ClassReport = "html,pdf",
    against: Against = None,
    column_map: ColumnMap = None,
    columns: ShowColumns = False,
    attempts: Attempts = "",
    decisions: Decided = None,
    jobs: Jobs = None,
    backend: Backend = "local",
    scheduler: Scheduler = "",
    engine: Engine = "typst",
    paper: Paper = "a4",
    language: Speech = "",
) -> None:
    """Mark the answers of a whole class.

    Verdicts, points, named mistakes, feedback sheets, a report on the class. Without -o or -f a summary is printed.
    """
    from worksheet.files import reserved
    from worksheet.homework.mark.class_run import ClassRun
    from worksheet.homework.mark.publish import file_streams
    from worksheet.homework.workers import check as check_workers

    _check_printed(format)
    check_workers(backend, jobs or 1, scheduler)
    sheets, reports, settings = _formats(feedback), _formats(report), options(engine, paper)
    with waiting("reading the answers"):
        assignment = ws.assignment(homework).in_language(language)
        run = ClassRun.of(assignment, roster, against, column_map, attempts, decisions)
        read = None if columns else run.read(answers)
    if read is None:
        return _show_columns(run.columns(answers))
    with reserved(output) if output else nullcontext():
        streams = [*_printing(format), *(file_streams(assignment, output, sheets, settings) if output else ())]
        papers, total = chain(run.papers(read), run.of_absent(read.students)), max(len(read), len(run.names))
        run.mark(papers, total, streams, read.unplaced, watch=_watch(format), jobs=jobs, backend=backend, scheduler=scheduler)
        _warn(read, run)
        _set_reports(run, output, reports, settings)
    return _conclude(run, output, reports, format)


def _set_reports(run: ClassRun, output: Path | None, formats: tuple[str, ...], settings: Options) -> None:
    from worksheet.homework.mark.publish import write_reports

    if output is None:
        return
    with waiting("setting the class report"):
        write_reports(run.reports(), output, formats, settings)


def _conclude(run: ClassRun, output: Path | None, reports: tuple[str, ...], format: str | None) -> None:
    """Say where the marks are, or show the report, unless the marks themselves are printed."""
    from worksheet.homework.mark.publish import CLASS

    if format is None and output:
        say(_summary(run.statistics, output, f"{CLASS}.{reports[0]}" if reports else "marks.csv"))
    elif format is None:
        show(list(run.reports().values())[-1])


def _show_columns(tables: Iterable[TableColumns]) -> None:
    """Print what the columns of all tables are taken for, each heading once: a column map, to correct."""
    from worksheet.grading.answers.column_map import written

    known: dict[str, str] = {}
    for table in tables:
        typer.echo(f"# {printable(table.file)}, line {table.line}: {table.layout}")
        roles = [(heading, role) for heading, role in table.roles if heading.strip() and known.setdefault(heading, role) == role]
        text = written(roles, uncertain=not table.is_understood)
        typer.echo(text if table.can_be_mapped else "\n".join(f"# {line}" for line in text.splitlines()))


def _summary(counts: Statistics, folder: Path, report: str) -> str:
    """How many handed in, how it went, and how much a person must look at, in one line."""
    from worksheet.grading.mark import Verdict
    from worksheet.grading.results.amounts import count_of, decimal

    parts = [counts.handed_in]
    if counts.mean is not None:
        share = f" ({decimal(100 * counts.mean / counts.max, 1)} %)" if counts.max else ""
        parts.append(f"the mean is {decimal(counts.mean, 2)} of {decimal(counts.max)} points{share}")
    unreadable = counts.cells_with(Verdict.UNREADABLE)
    parts.append(f"{count_of(unreadable, 'answer')} unreadable: see {folder / report}" if unreadable else f"in {folder}")
    return "; ".join(parts)


def _check_printed(format: str | None) -> None:
    if format not in (None, JSON):
        raise WorksheetError(f"marks are printed as json, not as {shown(format)}", hint="tables are written into a folder: -o")


def _watch(format: str | None) -> Watch:
    """Shows how many papers are marked, unless the marks themselves are printed on the terminal meanwhile."""
    return (lambda papers, _: papers) if format == JSON and sys.stdout.isatty() else watched("marking")


def _formats(text: str) -> tuple[str, ...]:
    """The formats that an option lists. Raises WorksheetError for an unknown one."""
    names = comma_separated(text, NONE)
    for name in names:
        if name not in writers():
            raise WorksheetError(f"unknown format {shown(name)}", hint=nearest(name, [*writers(), NONE]))
    return names


def _printing(format: str | None) -> list[MarkStream]:
    from worksheet.grading.results.stable_json import JsonStream

    return [JsonStream(sys.stdout)] if format == JSON else []


def _warn(answers: Answers, run: ClassRun) -> None:
    """Print what a teacher must look at: notes on the files, lines without a place, students who were not marked."""
    lines = [f"note: {note}" for note in answers.notes]
    lines += [_unplaced(line) for line in answers.unplaced[:MAX_LISTED]]
    further = len(answers.unplaced) + answers.more - MAX_LISTED
    lines += [f"and {further:,} more lines without a place: see marks.json"] if further > 0 else []
    lines += [f"not marked: {student}: {failure}" for student, failure in run.statistics.failures[:MAX_LISTED]]
    lines += [f"note: {student} has no paper: the decisions have no effect" for student in run.decisions.useless[:MAX_LISTED]]
    for line in lines:
        say(printable(line), err=True)


def _unplaced(line: Unplaced) -> str:
    place = ":".join(str(part) for part in (line.file, line.line, line.cell) if part)
    what = ", ".join(shown(part) for part in (line.student, line.row, line.column, line.answer) if part)
    return f"{place}: no place for {what}: {line.says}" if what else f"{place}: {line.says}"


COMMAND = Command(
    mark, "worksheet mark homework.yaml answers.csv --roster class.csv -o marks/", 3, panel=HOMEWORK, alias="verify"
)
