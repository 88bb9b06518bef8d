"""A column whose answers are all the right ones times one factor: a unit, a batch, two operations, four bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from worksheet.formula import Exact
from worksheet.grading.diagnosis.remarks.figures import columns, is_enough, number, rows_in_words, truths
from worksheet.grading.mark import Mark, Remark
from worksheet.grading.paper.cells import TOTAL, Paper, Row
from worksheet.language import N_, _

FACTORS = {  # answers divided by the truth
    Fraction(2): N_("Your answers in rows {rows} are twice the right ones."),
    Fraction(1, 2): N_("Your answers in rows {rows} are half the right ones."),
    Fraction(4): N_("Your answers in rows {rows} are four times the right ones, as bytes of 32-bit numbers are."),
    Fraction(1, 4): N_("Your answers in rows {rows} are a quarter of the right ones."),
    Fraction(1, 1000): N_("Your answers in rows {rows} are in thousands; the sheet asks for the whole number."),
    Fraction(1, 10**6): N_("Your answers in rows {rows} are in millions; the sheet asks for the whole number."),
    Fraction(1, 10**9): N_("Your answers in rows {rows} are in thousand millions; the sheet asks for the whole number."),
    Fraction(1000): N_("Your answers in rows {rows} are a thousand times the right ones."),
}
MAX_BATCH = 1024
BATCH = N_("Your answers in rows {rows} are {factor} times the right ones, as for a batch of {factor}.")


def column_factor(paper: Paper, marks: Sequence[Mark]) -> Iterator[Remark]:
    """A remark for each column whose wrong answers are the truth times one factor, where that is not 0."""
    for column, filled in columns(marks):
        right = truths(paper, column)
        wrong = [mark for mark in filled if number(mark) != (truth := right[mark.key[0]]) and truth]
        for factor in (*FACTORS, *_batches(wrong, right)):
            fitting = [mark for mark in wrong if _is_times(mark, right[mark.key[0]], factor)]
            if is_enough(fitting, wrong):
                keys = tuple(mark.key for mark in (*fitting, *_total(paper, marks, column, factor)))
                says = _(FACTORS.get(factor, BATCH)).format(rows=rows_in_words(keys), factor=factor)
                yield Remark("factor", column, keys, says)
                break


def _total(paper: Paper, marks: Sequence[Mark], column: str, factor: Fraction) -> Iterator[Mark]:
    """The total of the column, where it has the same factor."""
    for mark in marks:
        if mark.key == (TOTAL, column) and mark.value is not None and mark.value != (truth := paper.cells[mark.key].truth):
            yield from [mark] if _is_times(mark, truth[0], factor) else []


def _batches(wrong: Sequence[Mark], right: Mapping[Row, Exact]) -> Iterator[Fraction]:
    """The whole factors of the first answers: one of them is the batch if there is one."""
    seen: set[Fraction] = set()
    for mark in wrong[:3]:
        factor = Fraction(number(mark)) / Fraction(right[mark.key[0]])
        if factor.denominator == 1 and 2 < factor <= MAX_BATCH and factor not in FACTORS and factor not in seen:
            seen.add(factor)
            yield factor


def _is_times(mark: Mark, truth: Exact, factor: Fraction) -> bool:
    """Whether an answer is a right figure times a factor, to the digits that are written."""
    off = abs(Fraction(number(mark)) - Fraction(truth) * factor)
    return off <= _last_digit(mark.answer) / 2 if factor < 1 else not off


def _last_digit(text: str) -> Fraction:
    """What one in the last written decimal is worth; 0 for a whole number, which is exact."""
    try:
        exponent = Decimal(text.strip().replace(",", "")).as_tuple().exponent
    except InvalidOperation:
        return Fraction(0)
    return Fraction(10) ** exponent if isinstance(exponent, int) and -12 < exponent < 0 else Fraction(0)
