"""A class that does not exist: its roster, and answers with known mistakes, made from the right ones by the mistakes' rules."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from worksheet.grading.diagnosis.diagnose import Diagnoser
from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper.cells import Cell, Key, Paper, Value
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Grader

LONG = 4  # digits of a figure in which a clerical error is made


class DemoStudent(NamedTuple):
    """Someone on the roster, the mistakes that are planted in the answers, and the share of the sheet that is handed in."""

    id: str
    name: str
    mistakes: tuple[str, ...] = ()
    share: float = 1
    grouped: bool = False  # writes 1,234,567


CLASS = (
    DemoStudent("S01", "Student A"),
    DemoStudent("S02", "Student B", ("par-no-bias", "lin-no-bias"), grouped=True),
    DemoStudent("S03", "Student C", ("ops-2mac", "lin-ops-2x")),
    DemoStudent("S04", "Student D", ("out-no-plus1",)),
    DemoStudent("S05", "Student E", ("out-ceil", "pool-ceil"), grouped=True),
    DemoStudent("S06", "Student F", ("flat-channels",)),
    DemoStudent("S07", "Student G", ("slip-digit-swap",)),
    DemoStudent("S08", "Student H", ("par-no-channels", "tot-miss-row")),
    DemoStudent("S09", "Student I", ("par-no-bias",), share=0.5),
    DemoStudent("S10", "Student J", share=0),  # handed in nothing
)


def roster(students: Iterable[DemoStudent] = CLASS) -> str:
    """The roster, as a CSV."""
    return _csv([("id", "name"), *((student.id, student.name) for student in students)])


def answers(assignment: Assignment, students: Iterable[DemoStudent] = CLASS) -> str:
    """What the class hands in, as a CSV: a line for each answer. Raises WorksheetError if a network's layers do not fit."""
    grader = Grader(assignment)
    lines = [("student", "row", "column", "answer")]
    for student in students:
        written = list(planted(grader.paper(student.id), student.mistakes).items())
        for (row, column), value in written[: round(len(written) * student.share)]:
            lines.append((student.id, str(row), column, _text(value, grouped=student.grouped)))
    return _csv(lines)


def planted(paper: Paper, names: Iterable[str]) -> dict[Key, Value]:
    """The answers of someone who makes these mistakes wherever they can be made, and goes on from the wrong values.

    A clerical error is made once.
    """
    mistakes = [known_mistakes()[name] for name in names]
    diagnoser = Diagnoser([mistake for mistake in mistakes if mistake.rewrite])
    pens = [mistake for mistake in mistakes if mistake.revalue]
    written: dict[Key, Value] = {}
    own: dict[Key, Value] = {}  # those that differ from the right ones
    for cell in paper.shown:
        value = _mistaken(paper, cell, own, diagnoser) or paper.follows(cell, own) or cell.truth
        if pens and len(str(value[0])) >= LONG:
            value = next(iter(_rewritten(pens.pop(0), value)), value)
        written[cell.key] = value
        if value != cell.truth:
            own[cell.key] = value
    return written


def _mistaken(paper: Paper, cell: Cell, own: Mapping[Key, Value], diagnoser: Diagnoser) -> Value | None:
    """What the first of the mistakes that shows at a cell makes of the student's own values; None where none does."""
    values = paper.values_beside(cell, own)
    right = paper.follows(cell, own)
    wrong = (cell.at(values, each.formulas) for each in diagnoser.singles(cell.asked)) if values is not None else ()
    return next((value for value in wrong if value and value != right and all(map(_is_size, value))), None)


def _rewritten(mistake: Mistake, value: Value) -> Iterable[Value]:
    return mistake.revalue(value) if mistake.revalue else ()


def _is_size(number: object) -> bool:
    return isinstance(number, int) and number >= 0


def _text(value: Value, *, grouped: bool) -> str:
    """An answer as it is typed: 64x56x56, 23296, or 23,296."""
    return "x".join(f"{number:,}" if grouped and len(value) == 1 else str(number) for number in value)


def _csv(lines: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    return text.getvalue()
