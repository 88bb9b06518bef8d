"""Checks one answer for a student who practises alone: the verdict and what went wrong, and the solution on request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from functools import cached_property
from os import PathLike
from pathlib import Path

from worksheet.derivation import Derivation, Step, asked_label
from worksheet.document import Block, Bullets, Document, Table, Text, Working
from worksheet.errors import Where, WorksheetError, nearest, printable, shown
from worksheet.frozen import frozen
from worksheet.grading.answers.text import typed
from worksheet.grading.diagnosis.diagnose import AND
from worksheet.grading.mark import FLAGS, Mark, Verdict
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper.cells import FIND, OUTPUT, TOTAL, Cell, Key, Row
from worksheet.grading.paper.find_question import answer_text
from worksheet.grading.results.correct_steps import Solution
from worksheet.grading.results.phrases import convention_titles, heading
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.assignment.assignment_file import assignment_of
from worksheet.homework.issue.manifest import NAME as MANIFEST
from worksheet.homework.issue.manifest import manifest_in
from worksheet.homework.issue.sheets import solve
from worksheet.homework.mark.grader import Answered, Grader
from worksheet.homework.roster import read_roster, students_of
from worksheet.homework.variants.variants import variant
from worksheet.language import N_, _, listed, ngettext, sentence, speaking

SENTENCES = {
    Verdict.RIGHT: N_("Right."),
    Verdict.CARRIED: N_("Right from your own earlier values."),
    Verdict.CONVENTION: N_("Right under another convention than this homework's"),
    Verdict.MISTAKE: N_("Not right, and it looks like a known mistake."),
    Verdict.WRONG: N_("Not right."),
    Verdict.UNREADABLE: N_("This cannot be read"),
    Verdict.BLANK: N_("There is no answer."),
    Verdict.UNMARKED: N_("This could not be checked"),
}
ROW_NAMES: Mapping[Row, str] = {TOTAL: N_("Total")}
HINTS: Mapping[Row, str] = {
    FIND: N_("Substitute the unknown into the formula of the condition, and solve for it."),
    TOTAL: N_("A total is the sum of the figures of its column."),
}  # of the other rows: the formula
SAME_SIZE = N_("This follows from the sizes of the layer's input alone.")


@frozen
class CheckedAnswer:
    """One answer, marked. In its report ``hint`` is the formula without numbers, ``show`` the worked step."""

    assignment: Assignment = field(repr=False)
    student: str
    cell: Cell = field(repr=False)
    mark: Mark
    is_known: bool = True  # the student was found in the class

    @property
    def is_right(self) -> bool:
        """Whether the answer is right, also from the student's own earlier values."""
        return self.mark.verdict in (Verdict.RIGHT, Verdict.CARRIED)

    @property
    def is_understood(self) -> bool:
        """Whether the answer could be read."""
        return self.mark.verdict not in (Verdict.UNREADABLE, Verdict.BLANK, Verdict.UNMARKED)

    def taken_for(self) -> str:
        """Whose sheet the answer is checked against, and how that sheet begins."""
        worked = student_solution(self.assignment, self.student)
        with speaking(self.assignment.language):
            message = _("The sheet begins with {layer}; its input is {size}.")
            if self.student:
                message = _("The sheet of {student} begins with {layer}; its input is {size}.")
            if self.student and not self.is_known:
                message = _(
                    "There is no list of the class to look {student} up in. The sheet for exactly this id begins with {layer}; "
                    "its input is {size}. If yours begins otherwise, the id is mistyped."
                )
            size = " × ".join(map(str, worked.input))
            return message.format(student=printable(self.student), layer=asked_label(worked.rows[0]), size=size)

    def understood(self, count: int, answers: int) -> str:
        """How many of several answers could be read, in the language of the assignment."""
        with speaking(self.assignment.language):
            text = ngettext("{count} of {answers} answer understood", "{count} of {answers} answers understood", answers)
            return text.format(count=count, answers=answers)

    def _repr_html_(self) -> str:
        return self.report()._repr_html_()

    def report(self, *, hint: bool = False, show: bool = False) -> Document:
        """The verdict and its reasons; on request, the formula or the worked step."""
        digits = self.assignment.digits or self.assignment.convention.digits
        with speaking(self.assignment.language):
            row = (
                _("No. {no}").format(no=self.cell.row)
                if isinstance(self.cell.row, int)
                else _(ROW_NAMES.get(self.cell.row, self.cell.row))
            )
            return Document(f"{row}, {self.asked}", tuple(self.blocks(hint=hint, show=show)), digits=digits)

    @property
    def asked(self) -> str:
        """The heading of the column that is asked, as it is on the sheet."""
        labels = {column.name: _(column.heading) for column in self.assignment.convention.columns} | {OUTPUT: _("Output")}
        return heading(self.cell.column, labels)

    def blocks(self, *, hint: bool, show: bool) -> Iterator[Block]:
        mark = self.mark
        titles = listed([_(title) for title in convention_titles(mark.conventions, {}).values()])
        reason = titles or (mark.says if mark.verdict in (Verdict.UNREADABLE, Verdict.UNMARKED) else "")
        verdict = _(SENTENCES[mark.verdict])
        yield Text(_("{verdict}: {reason}.").format(verdict=verdict, reason=reason) if reason else verdict)
        labels = dict.fromkeys(part for label in mark.labels for part in label.split(AND))
        remarks = [
            *(_(known_mistakes()[label].says) for label in labels),
            *(sentence(_capital(_(FLAGS[flag]))) for flag in mark.flags),
        ]
        remarks += [mark.says] if mark.says and not reason else []
        if remarks:
            yield Bullets(tuple(remarks))
        yield from self._hint() if hint else ()
        yield from self._solution() if show else ()

    def _hint(self) -> Iterator[Block]:
        """The formula, or what leads to the answer where there is none."""
        text = HINTS.get(self.cell.row, "" if self.steps else SAME_SIZE)
        yield (
            Text(_(text))
            if text
            else Table((_("Asked"), _("Formula")), tuple((_symbol(step), step.formula) for step in self.steps))
        )

    def _solution(self) -> Iterator[Block]:
        """The worked step; the answer itself where the steps do not end in it."""
        is_set = self.cell.row == FIND
        if is_set or not self.steps:
            answer = answer_text(self.cell.truth) if is_set else " × ".join(map(str, self.cell.truth))
            yield Text(_("The answer is {answer}.").format(answer=answer))
        if self.steps:
            yield Working(_("Worked"), self.steps)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The worked steps of the cell; none if an output has the sizes of the input."""
        return Solution(student_solution(self.assignment, self.student)).steps_to(self.cell.key)


def check(
    assignment: Assignment | str | PathLike[str], row: str | int, column: str, answer: str | int, *, student: str | int = "",
    roster: str | PathLike[str] | None = None,
) -> CheckedAnswer:  # fmt: skip
    """Mark one answer against the student's own sheet. ``row`` is a number, a layer's name, or total. The student is looked up in
    the ``roster``, or the manifest of the homework, in any letter case; by default in a manifest beside the assignment.

    Raises WorksheetError for a row or column that is not asked, if every student has a variant and ``student`` is missing,
    or if the roster does not have the student.
    """
    assignment = assignment_of(assignment)
    row, answer, student = typed(row, "a row"), typed(answer, "an answer"), typed(student, "a student's id")
    if assignment.variants and not student:
        raise WorksheetError("every student has a variant here", hint="name the student: --student ID, or student=ID in Python")
    known = roster or _manifest_of(assignment)
    student = identified(student, Path(known)) if known and student else student
    grader = Grader(assignment)
    paper = grader.paper(student)
    key = _key(assignment, row, column)
    if key in paper.given:
        raise WorksheetError(f"{shown(column)} of row {row} is given: it is 0, and printed on the sheet")
    if key not in {cell.key for cell in paper.shown}:
        asked = sorted({cell.column for cell in paper.shown if cell.row == key[0]})
        raise WorksheetError(f"row {row} has no {shown(column)}", hint=f"asked there: {', '.join(asked)}" if asked else None)
    marks = grader.marks(Answered(student, "", {key: answer}))
    mark = next(mark for mark in marks if mark.key == key)
    return CheckedAnswer(assignment, student, paper.cells[key], mark, is_known=bool(known) or not assignment.variants)


def _manifest_of(assignment: Assignment) -> Path | None:
    """The manifest of the generated sheets, where they are in a folder beside the assignment."""
    if assignment.file is None or not assignment.variants:
        return None
    found = sorted(assignment.file.parent.glob(f"*/{MANIFEST}"))
    return next((path for path in found if manifest_in(path.parent).title == assignment.title), None)


def identified(student: str, roster: Path) -> str:
    """A student's id in the spelling of a roster. Raises WorksheetError for one who is not there."""
    students = students_of(read_roster(roster))
    id, why = students.identify(student)
    if why:
        raise WorksheetError(f"there is no student {shown(student)}", Where(str(roster)), nearest(student, students.ids or ()))
    return id


def _key(assignment: Assignment, row: str, column: str) -> Key:
    names = {node.name: no for no, node in enumerate(assignment.network.nodes, 1)}
    numbers = {str(no): no for no in names.values()}
    if row.casefold() in (TOTAL, FIND):
        return row.casefold(), column
    if row not in names and row not in numbers:
        hint = nearest(row, names) if not row.isdecimal() else f"from 1 to {len(numbers)}, or total"
        raise WorksheetError(f"there is no row {shown(row)}", hint=hint)
    return numbers.get(row) or names[row], column


def student_solution(assignment: Assignment, student: str) -> Derivation:
    """The worked solution of a student's own network, every row worked."""
    return solve(assignment, variant(assignment, student), fold=False)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _symbol(step: Step) -> str:
    return " = ".join(step.symbols) or step.label
