"""Finds what a tolerance would hide: known mistakes whose wrong values would pass as right."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from worksheet.formula import Digits, Exact
from worksheet.frozen import frozen
from worksheet.grading.diagnosis.mistake import Formulas, Mistake
from worksheet.grading.notation.numbers import LEAST_DIGITS
from worksheet.grading.paper.cells import Asked, Cell, Paper, Value
from worksheet.grading.policy import Tolerance

GROUPED = Digits("en_US")


@frozen
class Hidden:
    """A known mistake that would pass as right at a cell, and what it gives there."""

    mistake: Mistake
    cell: Cell
    wrong: Exact

    def __str__(self) -> str:
        row = "the total" if self.cell.asked.is_total else f"row {self.cell.row}"
        return f"{self.mistake.id} gives {GROUPED.result(self.wrong)} for {GROUPED.result(self.cell.truth[0])} in {row}"


def hidden_mistakes(paper: Paper, column: str, tolerance: Tolerance, mistakes: Iterable[Mistake]) -> Iterator[Hidden]:
    """Every known mistake that a column's tolerance hides on a paper, cell by cell."""
    rewritten: dict[tuple[Mistake, Asked], tuple[Formulas, ...]] = {}
    mistakes = tuple(mistakes)
    for cell in paper.shown:
        for mistake in mistakes if cell.column == column and len(cell.truth) == 1 else ():
            if mistake.applies(cell.asked):
                key = mistake, cell.asked
                if key not in rewritten:
                    rewritten[key] = _formulas(mistake, cell.asked)
                wrong = _values(mistake, cell, rewritten[key], tolerance)
                yield from (Hidden(mistake, cell, each) for each in wrong if _near(cell.truth[0], each, tolerance))


def _formulas(mistake: Mistake, asked: Asked) -> tuple[Formulas, ...]:
    return tuple(mistake.rewrite(asked, asked.formulas)) if mistake.rewrite else ()


def _values(mistake: Mistake, cell: Cell, formulas: Iterable[Formulas], tolerance: Tolerance) -> Iterator[Exact]:
    """The values that the mistake gives at a cell. If answers may be rounded, mistakes in writing a number down do not count: the
    digits that are written must be right."""
    wrong: list[Value | None] = [cell.at(cell.values, each) for each in formulas]
    wrong += mistake.revalue(cell.truth) if mistake.revalue and not tolerance.rounded else ()
    yield from (value[0] for value in wrong if value is not None and len(value) == 1)


def _near(truth: Exact, wrong: Exact, tolerance: Tolerance) -> bool:
    if wrong == truth:
        return False  # nothing to hide: the mistake does not show here
    right, other = Fraction(truth), Fraction(wrong)
    return _rounds_to(other, right) if tolerance.rounded else abs(other - right) <= tolerance.share * abs(right)


def _rounds_to(wrong: Fraction, right: Fraction) -> bool:
    """Whether the wrong value, written with the fewest digits allowed, would be accepted as the right one, rounded."""
    step: int = 10 ** max(0, len(str(abs(int(wrong)))) - LEAST_DIGITS)
    return step > 1 and 2 * abs(right - round(wrong / step) * step) <= step
