"""Marks a formula that a student wrote: equal to the right one, to another convention's, to a known mistake's, or unknown."""

from __future__ import annotations

from dataclasses import replace

from worksheet.errors import WorksheetError
from worksheet.formula import Formula
from worksheet.grading.diagnosis.alternatives import Alternatives
from worksheet.grading.diagnosis.diagnose import Diagnoser
from worksheet.grading.diagnosis.equality import EVERYWHERE, HOLDS, Compared, aliases, compare, is_same, letters
from worksheet.grading.diagnosis.mistake import Formulas
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.notation.formulas import read_formula
from worksheet.grading.paper.cells import FORMULA, OUTPUT, Cell, Paper
from worksheet.language import _


def read_answer(cell: Cell, text: str) -> tuple[Formula, ...]:
    """What a text may mean as the formula of a cell, most likely first. Raises FormulaError with the place in the text."""
    return read_formula(text, letters(cell.asked), aliases(cell.asked)).readings


def mark_if_right(cell: Cell, mark: Mark) -> Mark | Compared:
    """The mark of a right formula or of an unreadable text; otherwise how the formula differs from the right one."""
    try:
        readings = read_answer(cell, mark.answer)
    except WorksheetError as fault:
        says = f"{fault.message} ({fault.hint})" if fault.hint else fault.message
        if fault.where.column:
            says = _("at character {place}: {reason}").format(place=fault.where.column, reason=says)
        return replace(mark, verdict=Verdict.UNREADABLE, says=says)
    results = [compare(cell.asked, cell.values, reading) for reading in readings]
    for each in results:
        if each.equal:
            says = "" if each.holds == EVERYWHERE else _(HOLDS[each.holds])
            return replace(mark, verdict=Verdict.RIGHT, points=mark.max, says=says)
    return results[0]


def explain_formula(
    paper: Paper, cell: Cell, text: str, diagnoser: Diagnoser, others: Alternatives
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The other conventions that use this formula, and the known mistakes that lead to it."""
    readings = read_answer(cell, text)

    def equal(formulas: Formulas) -> bool:
        return any(is_same(cell.asked, cell.values, reading, formulas) for reading in readings)

    column = cell.column.removesuffix(FORMULA)
    counted = others.formulas(paper, cell.row, column) if column != OUTPUT and isinstance(cell.row, int) else ()
    names = [name for formula, conventions in counted if equal((formula,)) for name in conventions]
    return tuple(dict.fromkeys(names)), diagnoser.recognise(cell.asked, equal)
