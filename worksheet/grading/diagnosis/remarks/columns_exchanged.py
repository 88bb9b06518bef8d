"""Two columns whose answers are exchanged."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from worksheet.grading.diagnosis.remarks.figures import columns, is_enough, number, rows_in_words, truths
from worksheet.grading.mark import Mark, Remark
from worksheet.grading.paper.cells import Paper
from worksheet.language import _


def columns_exchanged(paper: Paper, marks: Sequence[Mark]) -> Iterator[Remark]:
    """A remark for each two columns that hold the right answers of each other."""
    figures = dict(columns(marks))
    for one, other in combinations(figures, 2):
        right = {column: truths(paper, column) for column in (one, other)}
        wrong, exchanged = [], []
        for column, partner in ((one, other), (other, one)):
            for mark in figures[column]:
                row = mark.key[0]
                if number(mark) == right[column][row]:
                    continue
                wrong.append(mark)
                if row in right[partner] and number(mark) == right[partner][row]:
                    exchanged.append(mark)
        if is_enough(exchanged, wrong) and len({mark.key[1] for mark in exchanged}) == 2:
            keys = tuple(mark.key for mark in exchanged)
            says = _("Your answers in rows {rows} are in the wrong columns: two columns are exchanged.")
            yield Remark("columns-exchanged", f"{one}, {other}", keys, says.format(rows=rows_in_words(keys)))
