"""Mistakes in the row of totals."""

from collections.abc import Iterator

from worksheet.formula import Formula
from worksheet.formula.tree import Name, Operation
from worksheet.grading.diagnosis.mistake import Formulas, MistakeGroup
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import ANY, FIGURES
from worksheet.grading.paper.cells import Asked

PLACE = 19


def without_a_row(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    """Sums in which one row is missing."""
    return _adding("-", asked, formulas)


def with_a_row_twice(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    """Sums that include one row twice."""
    return _adding("+", asked, formulas)


def _adding(sign: str, asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    for name in asked.formulas[0].symbols if asked.is_total else ():
        yield (Formula.of(Operation(sign, formulas[0].tree, Name(name)), formulas[0].least),)


_mistake = MistakeGroup(ANY, FIGURES, source.FORMULA)
MISTAKES = (
    _mistake("tot-miss-row", without_a_row, "You left a row out of the total."),
    _mistake("tot-double-row", with_a_row_twice, "You counted a row twice in the total."),
)
