"""``worksheet generate``: question sheets, answer forms and keys of a homework."""

from __future__ import annotations

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
    Template,
    comma_separated,
    formats,
    option,
)
from worksheet.cli.panels import CONTENT, HOMEWORK, OUTPUT
from worksheet.cli.saying import say
from worksheet.cli.waiting import interrupted, waiting
from worksheet.errors import printable

if TYPE_CHECKING:
    from worksheet.homework.assignment.assignment import Assignment
    from worksheet.homework.issue.generate import Generation, IssueResult

MANY = 20  # students: from here on, starting further processes is worth it
MAX_NAMED = 5  # students of a group
MAX_GROUPS = 3  # of students with the same network
ONE_PER_CORE = 0
ROSTER = "--roster"
JSON, NONE = "json", "none"
NO_VARIANT = (
    "the assignment has variants, and without a roster the only sheet is of its own network, which is not a student's variant"
)

Folder = Annotated[Path, option("-o", "--output", panel=OUTPUT, help="The folder to write to.")]
Formats = Annotated[
    str,
    option("-f", "--format", panel=OUTPUT, default=True, help=f"Sheet formats, separated by commas: {formats(without=[JSON])}."),
]
Forms = Annotated[
    str, option("--forms", panel=OUTPUT, default=True, help="Form formats, separated by commas: csv, xlsx, md, or none.")
]
Combined = Annotated[
    bool, option("--combined/--no-combined", panel=OUTPUT, default=True, help="Combine all sheets in one PDF for printing.")
]
Reference = Annotated[
    bool | None,
    option(
        "--formulas/--no-formulas",
        panel=CONTENT,
        help="Print the formulas on the question sheets; by default unless they are asked.",
    ),
]
FormLayout = Annotated[
    str,
    option(
        "--form-layout",
        panel=OUTPUT,
        default=True,
        help="The layout of forms: table, as on the question sheet, or list, with a line for each answer.",
    ),
]
WorkingSpace = Annotated[
    str,
    option(
        "--working",
        panel=CONTENT,
        default=True,
        help="The space for working below the table: none, compact, or full, with a line for each answer.",
    ),
]


def generate(
    homework: Homework,
    output: Folder,
    roster: Roster = None,
    format: Formats = "pdf",
    forms: Forms = "csv,xlsx,md",
    language: Speech = "",
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
    """Make a homework: sheets, answer forms, and the keys.

    A question sheet and an answer form for each student of a roster; without one, a sheet for all. Existing files of the same
    assignment are kept: the same command continues an interrupted run. The folder key/ is not for the students.
    """
    from worksheet.homework import workers
    from worksheet.homework.issue.generate import Generation
    from worksheet.homework.issue.student_files import Order
    from worksheet.homework.roster import read_roster

    with waiting("reading the assignment"):
        assignment = ws.assignment(homework).in_language(language)
    students = read_roster(roster) if roster else ()
    if jobs is None:
        jobs = ONE_PER_CORE if len(students) >= MANY and backend == workers.LOCAL else 1
    workers.check(backend, jobs, scheduler)
    order = Order(comma_separated(format), comma_separated(forms, NONE), paper, engine, template, reference, form_layout, working)
    generation = Generation(assignment, students, output, order)
    result = _complete(generation, combined=combined, jobs=jobs, backend=backend, scheduler=scheduler)
    _report(generation, result)
    say(_unworked(assignment, students[0].id if students else ""))
    if assignment.variants and not students:
        say(f"note: {NO_VARIANT}; {ROSTER} gives each student's", err=True)
    if result.failed:
        raise typer.Exit(1)


def _complete(generation: Generation, *, combined: bool, jobs: int, backend: str, scheduler: str) -> IssueResult:
    """Make everything; Ctrl-C ends the command, and finished files are kept."""
    try:
        with waiting("students", generation.result.students) as task:
            return generation.complete(
                combined=combined, jobs=jobs, backend=backend, scheduler=scheduler, on_done=lambda _: task.advance()
            )
    except KeyboardInterrupt:
        done = generation.result.done
        kept = f"the files of {done} of {generation.result.students} students are done and kept"
        raise typer.Exit(interrupted(f"{kept}\nthe same command continues with the others")) from None


def _unworked(assignment: Assignment, student: str) -> str:
    """What papers without any work get, in a sentence."""
    from worksheet.grading.results.amounts import decimal
    from worksheet.homework.mark.unworked import unworked

    found = unworked(assignment, student)
    most = f"of {decimal(found.max)} points"
    copied = f", the answers to the assignment's network {decimal(found.copied, 1)}" if found.copied is not None else ""
    return f"without work: a paper of zeros gets {decimal(found.zeros, 1)} {most}, an empty one {decimal(found.blank, 1)}{copied}"


def _report(generation: Generation, result: IssueResult) -> None:
    """Print the outcome of the run."""
    from worksheet.homework.issue.generate import COVERAGE

    folder = generation.folder
    kept = f", {result.kept} kept as they were" if result.kept else ""
    say(f"{result.students - len(result.failed)} of {result.students} done: {result.made} made{kept}, in {folder}")
    if result.bound:
        say(f"to print: {result.bound}")
    say(f"for you alone: {folder / 'key'}")
    say(f"which mistakes show: {folder / COVERAGE}" + (f"\n{result.coverage}" if result.coverage else ""))
    for group in result.same[:MAX_GROUPS]:
        names = ", ".join(map(printable, group[:MAX_NAMED])) + (", ..." if len(group) > MAX_NAMED else "")
        say(f"note: {len(group)} students have the same network: {names}", err=True)
    if left := result.same[MAX_GROUPS:]:
        say(f"note: so do {sum(map(len, left))} more, in {len(left)} groups", err=True)
    if result.same:
        say("  hint: a network with more layers, or more under vary, gives everyone a sheet of their own", err=True)
    for student, failure in result.failed.items():
        say(f"error: {printable(student)}: {printable(failure)}", err=True)
    if result.failed:
        say("the same command tries these again", err=True)


COMMAND = Command(generate, "worksheet generate homework.yaml --roster class.csv -o out/", 2, panel=HOMEWORK)
