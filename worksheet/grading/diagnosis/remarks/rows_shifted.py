"""The answers of a column that stand one row too low or too high, from some row on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worksheet.grading.diagnosis.remarks.figures import LEAST, answers, is_enough, right_values, rows_in_words
from worksheet.grading.mark import Mark, Remark
from worksheet.grading.paper.cells import Paper
from worksheet.language import _

MAX_SHIFT = 2  # rows


def rows_shifted(paper: Paper, marks: Sequence[Mark]) -> Iterator[Remark]:
    """A remark for each column whose wrong answers are the right ones of the rows above, or of those below."""
    for column, filled in answers(marks):
        right = right_values(paper, column)
        order = list(right)
        place = {row: i for i, row in enumerate(order)}
        wrong = [mark for mark in filled if mark.value != right[mark.key[0]]]
        for shift in (shift for size in range(1, MAX_SHIFT + 1) for shift in (-size, size)):
            moved = [
                mark for mark in wrong if 0 <= (at := place[mark.key[0]] + shift) < len(order) and mark.value == right[order[at]]
            ]
            if is_enough(moved, wrong) and len({mark.value for mark in moved}) >= LEAST:
                keys = tuple(mark.key for mark in moved)
                yield Remark("rows-shifted", column, keys, _says(shift).format(rows=rows_in_words(keys), count=abs(shift)))
                break


def _says(shift: int) -> str:
    if shift < 0:
        return _("Your answers in rows {rows} are the right ones of rows above: the column is shifted down by {count}.")
    return _("Your answers in rows {rows} are the right ones of rows below: the column is shifted up by {count}.")
