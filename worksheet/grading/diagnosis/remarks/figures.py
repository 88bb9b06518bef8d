"""What the remarks have in common: the figures of a column, the rows in print, and how much one must explain."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from worksheet.derivation import spans
from worksheet.formula import Exact
from worksheet.grading.mark import Mark
from worksheet.grading.paper.cells import OUTPUT, Key, Paper, Row, Value

LEAST = 3  # cells that a remark explains
SHARE = 0.8  # of the wrong answers of its column


def rows_in_words(keys: Iterable[Key]) -> str:
    """The numbered rows of cells in print, then the row of totals."""
    rows = list(dict.fromkeys(row for row, _ in keys))
    numbers = sorted(row for row in rows if isinstance(row, int))
    return ", ".join(filter(None, [spans(numbers) if numbers else "", *(row for row in rows if isinstance(row, str))]))


def answers(marks: Sequence[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """The marks of each column, sizes too, in the order of the rows, without the total and without formulas."""
    filled = [mark for mark in marks if isinstance(mark.key[0], int) and mark.value is not None]
    ordered = sorted(filled, key=lambda mark: mark.key[1])
    yield from ((column, list(group)) for column, group in groupby(ordered, key=lambda mark: mark.key[1]))


def right_values(paper: Paper, column: str) -> Mapping[Row, Value]:
    """The right answers of a column by row."""
    return {cell.row: cell.truth for cell in paper.shown if cell.column == column and isinstance(cell.row, int)}


def columns(marks: Sequence[Mark]) -> Iterator[tuple[str, list[Mark]]]:
    """The marks of each column of figures, in the order of the rows, without the total."""
    yield from ((column, marks) for column, marks in answers(marks) if column != OUTPUT)


def number(mark: Mark) -> Exact:
    """The one number of a figure."""
    assert mark.value is not None
    return mark.value[0]


def truths(paper: Paper, column: str) -> Mapping[Row, Exact]:
    """The right figures of a column by row."""
    return {row: truth[0] for row, truth in right_values(paper, column).items()}


def is_enough(explained: Sequence[Mark], wrong: Sequence[Mark]) -> bool:
    """Whether the cells that are explained are many, and nearly all of those that are wrong."""
    return len(explained) >= LEAST and len(explained) >= SHARE * len(wrong)
