"""Marks a formula that a student wrote: equal to the right one, to another convention's, to a known mistake's, or unknown."""

from __future__ import annotations

from dataclasses import replace

from worksheet.errors import WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.grading.diagnosis.alternatives import Alternatives
from worksheet.grading.diagnosis.diagnose import Diagnoser
from worksheet.grading.diagnosis.equality import HOLDS, Compared, aliases, compare, is_same, letters, value_for
from worksheet.grading.diagnosis.mistake import Formulas
from worksheet.grading.mark import CORRECTED, Mark, Verdict
from worksheet.grading.notation.formulas import FormulaRead, read_formula
from worksheet.grading.notation.markup import ARROW, Written, written
from worksheet.grading.notation.numbers import plain
from worksheet.grading.notation.understanding import column_nouns
from worksheet.grading.notation.words import is_zero
from worksheet.grading.paper.cells import FORMULA, OUTPUT, Cell, Paper
from worksheet.language import _


def read_answer(cell: Cell, text: str) -> FormulaRead:
    """What a text may mean as the formula of a cell. Raises WorksheetError with the place in the text."""
    if is_zero(text, column_nouns(cell)):
        return FormulaRead(Formula("0"))
    return read_formula(text, letters(cell.asked), aliases(cell.asked))


def last_formula(text: str) -> Written:
    """The last formula in a text; a number after an arrow is its value, as after an equals sign."""
    answer = written(text)
    value = answer.text
    if answer.corrected and value and not any(map(str.isalpha, value)) and ARROW.search(text):
        return Written(ARROW.sub("=", text))
    return answer


def mark_if_right(cell: Cell, mark: Mark) -> Mark | Compared:
    """The mark of a right formula or of an unreadable text; otherwise how the formula differs from the right one."""
    try:
        answer = last_formula(mark.answer)
        read = read_answer(cell, answer.text)
    except WorksheetError as fault:
        return replace(mark, verdict=Verdict.UNREADABLE, says=_say_where(fault))
    flags = (CORRECTED,) if answer.corrected else ()
    results = [compare(cell.asked, cell.values, reading) for reading in read.readings]
    for each, reading in zip(results, read.readings, strict=True):
        if each.equal:
            says = _(HOLDS[each.holds]) if HOLDS[each.holds] else _remark_value(cell, read.value, reading)
            return replace(mark, verdict=Verdict.RIGHT, points=mark.max, says=says, flags=flags)
    return results[0]


def _say_where(fault: WorksheetError) -> str:
    says = f"{fault.message} ({fault.hint})" if fault.hint else fault.message
    if fault.where.column:
        return _("at character {place}: {reason}").format(place=fault.where.column, reason=says)
    return says


def _remark_value(cell: Cell, value: Exact | None, formula: Formula) -> str:
    """A remark if a right formula is followed by a value that it does not have in this row."""
    if value is None or value == value_for(cell.asked, cell.values, formula):
        return ""
    return _("the formula is right, but its value in this row is not {value}").format(value=plain(value))


def explain_formula(
    paper: Paper, cell: Cell, text: str, diagnoser: Diagnoser, others: Alternatives
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The other conventions that use this formula, and the known mistakes that lead to it."""
    readings = read_answer(cell, last_formula(text).text).readings

    def equal(formulas: Formulas) -> bool:
        return any(is_same(cell.asked, cell.values, reading, formulas) for reading in readings)

    column = cell.column.removesuffix(FORMULA)
    counted = others.formulas(paper, cell.row, column) if column != OUTPUT and isinstance(cell.row, int) else ()
    names = [name for formula, conventions in counted if equal((formula,)) for name in conventions]
    return tuple(dict.fromkeys(names)), diagnoser.recognise(cell.asked, equal)
