"""``worksheet check``: check one answer of a student who practises alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli import saying
from worksheet.cli.options import Command, Homework, Speech, option
from worksheet.cli.panels import CONTENT, HOMEWORK, INPUT
from worksheet.cli.waiting import waiting
from worksheet.errors import WorksheetError


def check(
    context: typer.Context,
    homework: Homework,
    row: Annotated[str, option("--row", panel=INPUT, help="The row: its number, the layer's name, or total.")],
    student: Annotated[str, option("--student", panel=INPUT, help="The student's id, if the assignment has variants.")] = "",
    roster: Annotated[
        Path | None,
        option("--roster", panel=INPUT, help="The class, a CSV, a workbook or manifest.json: whose ids are accepted."),
    ] = None,
    language: Speech = "",
    hint: Annotated[bool, option("--hint", panel=CONTENT, help="Print the formula, without numbers.")] = False,
    show: Annotated[bool, option("--show", panel=CONTENT, help="Print the worked step, with the solution.")] = False,
) -> None:
    """Check one answer of one student, who practises alone.

    It is right, or what may be wrong with it is named; the solution is not shown. The answer follows the name of its column:
    --flops 24,09,95,328, or --output 64x56x56. The exit code is 1 if an answer is not right.
    """
    answers = _answers(context.args)
    with waiting("checking"):
        assignment = ws.assignment(homework).in_language(language)
        checked = [ws.check(assignment, row, column, text, student=student, roster=roster) for column, text in answers.items()]
    saying.say(checked[0].taken_for())
    for each in checked:
        saying.show(each.report(hint=hint, show=show))
    understood = sum(each.is_understood for each in checked)
    if len(checked) > 1 or understood < len(checked):
        saying.say(checked[0].understood(understood, len(checked)))
    if not all(each.is_right for each in checked):
        raise typer.Exit(1)


def _answers(arguments: list[str]) -> dict[str, str]:
    """The columns and answers after the options of the command itself."""
    answers: dict[str, str] = {}
    rest = iter(arguments)
    for word in rest:
        name, equals, text = word.partition("=")
        value = text if equals else next(rest, None)
        if not name.startswith("--") or value is None:
            raise WorksheetError(f"cannot read {word!r}", hint="a column and its answer, such as --flops 73,056,256")
        answers[name.removeprefix("--")] = value
    if not answers:
        raise WorksheetError("no answer is given", hint="a column and its answer, such as --flops 73,056,256")
    return answers


COMMAND = Command(
    check, "worksheet check homework.yaml --student 20CS30001 --row 4 --flops 24,09,95,328", 4, panel=HOMEWORK, open=True
)
