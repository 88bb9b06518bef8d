"""``worksheet generate``: question sheets, answer forms and keys of a homework."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
    Template,
    comma_separated,
    formats,
    option,
)
from worksheet.errors import printable

if TYPE_CHECKING:
    from worksheet.homework.issue.generate import Generation, IssueResult

MANY = 20  # students: from here on, starting further processes is worth it
MAX_NAMED = 5  # students of a group
INTERRUPTED = 130  # the exit code after Ctrl-C
ONE_PER_CORE = 0
ROSTER = "--roster"
JSON, NONE = "json", "none"
NO_VARIANT = (
    "the assignment has variants, and without a roster the only sheet is of its own network, which is not a student's variant"
)

Folder = Annotated[Path, option("-o", "--output", help="The folder to write to.")]
Formats = Annotated[str, typer.Option("-f", "--format", help=f"Sheet formats, separated by commas: {formats(without=[JSON])}.")]
Forms = Annotated[str, typer.Option("--forms", help="Form formats, separated by commas: csv, xlsx, md, or none.")]
Combined = Annotated[bool, typer.Option("--combined/--no-combined", help="Combine all sheets in one PDF for printing.")]
Reference = Annotated[
    bool | None,
    option("--formulas/--no-formulas", help="Print the formulas on the question sheets; by default unless they are asked."),
]
FormLayout = Annotated[
    str,
    typer.Option(
        "--form-layout", help="Layout of the forms: table, as on the question sheet, or list, with a line for each answer."
    ),
]
WorkingSpace = Annotated[
    str, typer.Option("--working", help="Space for working below the table: none, compact, or full, with a line for each answer.")
]


def generate(
    homework: Homework,
    output: Folder,
    roster: Roster = None,
    format: Formats = "pdf",
    forms: Forms = "csv,xlsx,md",
    combined: Combined = True,
    reference: Reference = None,
    jobs: Jobs = None,
    backend: Backend = "local",
    scheduler: Scheduler = "",
    form_layout: FormLayout = "table",
    working: WorkingSpace = "compact",
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Make a homework: a question sheet and an answer form for each student, and separately the keys.

    Without a roster, one sheet for all. Existing files of the same assignment are kept: the same command continues an
    interrupted run. The folder key/ is not for the students.
    """
    from worksheet.homework import workers
    from worksheet.homework.issue.generate import Generation
    from worksheet.homework.issue.student_files import Order
    from worksheet.homework.roster import read_roster

    assignment = ws.assignment(homework)
    students = read_roster(roster) if roster else ()
    if jobs is None:
        jobs = ONE_PER_CORE if len(students) >= MANY and backend == workers.LOCAL else 1
    workers.check(backend, jobs, scheduler)
    order = Order(comma_separated(format), comma_separated(forms, NONE), paper, engine, template, reference, form_layout, working)
    generation = Generation(assignment, students, output, order)
    result = _complete(generation, combined=combined, jobs=jobs, backend=backend, scheduler=scheduler)
    _report(generation, result)
    if assignment.variants and not students:
        typer.echo(f"note: {NO_VARIANT}; {ROSTER} gives each student's", err=True)
    if result.failed:
        raise typer.Exit(1)


def _complete(generation: Generation, *, combined: bool, jobs: int, backend: str, scheduler: str) -> IssueResult:
    """Make everything; Ctrl-C ends the command, and finished files are kept."""
    try:
        with _bar("Students", generation.result.students) as advance:
            return generation.complete(
                combined=combined, jobs=jobs, backend=backend, scheduler=scheduler, on_done=lambda _: advance()
            )
    except KeyboardInterrupt:
        done = generation.result.done
        typer.echo(f"stopped: the files of {done} of {generation.result.students} students are done and kept", err=True)
        typer.echo("the same command continues with the others", err=True)
        raise typer.Exit(INTERRUPTED) from None


def _report(generation: Generation, result: IssueResult) -> None:
    """Print the outcome of the run."""
    from worksheet.homework.issue.generate import COVERAGE

    folder = generation.folder
    kept = f", {result.kept} kept as they were" if result.kept else ""
    typer.echo(f"{result.students - len(result.failed)} of {result.students} done: {result.made} made{kept}, in {folder}")
    if result.bound:
        typer.echo(f"to print: {result.bound}")
    typer.echo(f"for you alone: {folder / 'key'}")
    typer.echo(f"which mistakes show: {folder / COVERAGE}" + (f": {result.coverage}" if result.coverage else ""))
    for group in result.same:
        names = ", ".join(map(printable, group[:MAX_NAMED])) + (", ..." if len(group) > MAX_NAMED else "")
        typer.echo(f"note: {len(group)} students have the same network: {names}", err=True)
    for student, failure in result.failed.items():
        typer.echo(f"error: {printable(student)}: {printable(failure)}", err=True)
    if result.failed:
        typer.echo("the same command tries these again", err=True)


@contextmanager
def _bar(what: str, total: int) -> Iterator[Callable[[], None]]:
    """A progress bar on a terminal, nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda: progress.advance(task)


COMMAND = Command(generate, "worksheet generate homework.yaml --roster class.csv -o out/", 8)
