"""What a student's text means: a number, the sizes of an output, a set, or nothing readable."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod

from worksheet.errors import WorksheetError
from worksheet.frozen import frozen
from worksheet.grading.notation.numbers import NumberRead, read_number, read_size
from worksheet.grading.paper.cells import SET, SIZES, Cell, Value
from worksheet.grading.paper.find_question import read_set
from worksheet.grading.policy import EXACT, Policy
from worksheet.memo import Bounded

MAX_KEPT = 20_000  # texts that are remembered


@frozen
class Understood:
    """The value of an answer; None if there is none. ``number`` is how it was written, ``says`` why it is unreadable."""

    value: Value | None
    number: NumberRead | None = None
    says: str = ""
    reordered: bool = False  # sizes in another order of axes


@dataclass
class Understanding:
    """Reads answers; each text once."""

    policy: Policy
    _memo: Bounded[tuple[bool, bool, str], Understood] = field(default_factory=lambda: Bounded(MAX_KEPT))

    def of(self, cell: Cell, text: str) -> Understood:
        """What a text means as the answer to a cell."""
        text = text.strip()
        if cell.asked.role == SET:  # 1,024 depends on what is right
            return _read(cell, text, suffixes=False)
        sizes = cell.asked.role == SIZES
        suffixes = self.policy.tolerance.get(cell.column, EXACT).rounded
        key = sizes, suffixes, text
        if key not in self._memo:
            self._memo[key] = _read(cell, text, suffixes=suffixes)
        understood = self._memo[key]
        return _in_true_order(understood, cell.truth) if sizes and understood.value else understood


def _read(cell: Cell, text: str, *, suffixes: bool) -> Understood:
    if not text:
        return Understood(None)
    try:
        if cell.asked.role == SET:
            return Understood(read_set(text, cell.truth))
        if cell.asked.role == SIZES:
            return Understood(read_size(text))
        number = read_number(text, suffixes=suffixes)
        return Understood((number.value,), number)
    except WorksheetError as fault:
        return Understood(None, says=f"{fault.message} ({fault.hint})" if fault.hint else fault.message)


def _in_true_order(understood: Understood, truth: Value) -> Understood:
    """Sizes in the order of the true axes: the channels may come last, and axes of length 1 may be left out."""
    value = understood.value
    assert value is not None
    if len(value) == len(truth) == 3 and value[0] != truth[0] == value[2]:
        reordered = (value[2], value[0], value[1])
        if reordered == truth or value[0] == value[1]:  # else it may as well be a wrong number of channels
            return Understood(reordered, reordered=True)
    if len(value) != len(truth) and prod(value) == prod(truth) and _without_ones(value) == _without_ones(truth):
        return Understood(truth)
    return understood


def _without_ones(value: Value) -> Value:
    return tuple(size for size in value if size != 1)
