"""What a student's text means: a number, the sizes of an output, a set, or nothing readable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from worksheet.errors import WorksheetError, shown
from worksheet.grading.mark import AXES, CORRECTED
from worksheet.grading.notation.markup import written
from worksheet.grading.notation.numbers import LEAST_DIGITS, NumberRead, read_number, usual_number
from worksheet.grading.notation.sizes import size_readings, usual_size
from worksheet.grading.notation.words import BYTES, Nouns, nouns
from worksheet.grading.paper.cells import ACTIVATION_MEMORY, FORMULA, PARAMETER_MEMORY, SET, SIZES, Cell, Value
from worksheet.grading.paper.find_question import read_set
from worksheet.grading.policy import EXACT, Policy, Tolerance
from worksheet.language import _
from worksheet.memo import Bounded

MAX_KEPT = 20_000  # texts that are remembered
MEMORY = frozenset({PARAMETER_MEMORY, ACTIVATION_MEMORY})
LENGTH = re.compile(r"=?\s*[\d.,'’_ ]+")  # a number, not calculated


class Understood(NamedTuple):
    """The value of an answer; None if there is none. ``number`` is how it was written, ``says`` why it is unreadable.

    ``meant`` is a value that is not accepted but from which the student may have gone on: one rounded, or in another unit.
    """

    value: Value | None
    number: NumberRead | None = None
    says: str = ""
    flags: tuple[str, ...] = ()
    meant: Value | None = None
    readings: tuple[Value, ...] = ()  # of a size: several where its product is written too


@dataclass
class Understanding:
    """Reads answers; each text once."""

    policy: Policy
    _memo: Bounded[tuple[str, str, bool, str], Understood] = field(default_factory=lambda: Bounded(MAX_KEPT))

    def of(self, cell: Cell, text: str) -> Understood:
        """What a text means as the answer to a cell."""
        text = text.strip()
        if cell.asked.role == SET:  # 1,024 depends on what is right
            return _read(cell, text, suffixes=False)
        sizes = cell.asked.role == SIZES
        tolerance = self.policy.tolerance.get(cell.column, EXACT)
        usual = usual_size(text) if sizes else usual_number(text)
        if usual == cell.truth and (sizes or tolerance is EXACT):  # most answers are right
            return Understood(usual)
        key = cell.column, cell.asked.role, tolerance.rounded, text
        understood = self._memo.get(key)
        if understood is None:
            understood = self._memo[key] = _read(cell, text, suffixes=tolerance.rounded)
        if sizes:
            return _as_size(understood, text, cell.truth)
        return _with_digits(understood, tolerance, cell.truth)


def column_nouns(cell: Cell) -> Nouns:
    """What a number in a cell's column counts."""
    role = cell.asked.role
    return nouns(cell.column.removesuffix(FORMULA), BYTES if role in MEMORY else role)


def _read(cell: Cell, text: str, *, suffixes: bool) -> Understood:
    if not text:
        return Understood(None)
    flags: tuple[str, ...] = ()
    try:
        text, corrected = written(text)
        flags = (CORRECTED,) if corrected else ()
        if cell.asked.role == SET:
            return Understood(read_set(text, cell.truth), flags=flags)
        if cell.asked.role == SIZES:
            readings = size_readings(text)
            return Understood(readings[0], flags=flags, readings=readings)
        number = read_number(text, suffixes=suffixes, nouns=column_nouns(cell))
        return Understood((number.value,), number, flags=flags)
    except WorksheetError as fault:
        says = f"{fault.message} ({fault.hint})" if fault.hint else fault.message
        meant = getattr(fault, "meant", None)
        return Understood(None, getattr(fault, "number", None), says, flags, None if meant is None else (meant,))


def _with_digits(understood: Understood, tolerance: Tolerance, truth: Value) -> Understood:
    """A short form such as 73.06 M where no rounding is allowed is read only if it is exact or within a share; where rounding
    is allowed, it must have enough digits."""
    number = understood.number
    if number is None or understood.value == truth:
        return understood
    if number.value == truth[0]:
        return understood._replace(value=truth, says="", meant=None)
    if understood.value is None:
        return understood._replace(value=(number.value,)) if tolerance.share else understood
    few = number.has_few_digits and (number.is_short or number.is_rounded(truth[0], least=1))
    if not tolerance.rounded or tolerance.share or not few:
        return understood
    says = _("a rounded figure needs at least {least} digits").format(least=LEAST_DIGITS)
    return understood._replace(value=None, says=says, meant=(number.value,))


def _as_size(understood: Understood, text: str, truth: Value) -> Understood:
    """Sizes with as many axes as are asked for, in the order of the true ones."""
    if understood.value is None or understood.value == truth:
        return understood
    fitting = [value for value in understood.readings if len(value) == len(truth)]
    value = (fitting or [understood.value])[0]
    if len(value) == 1 < len(truth) and not LENGTH.fullmatch(written(text).text):
        return Understood(None, says=_("{text} is not a list of lengths").format(text=shown(text)), flags=understood.flags)
    if len(value) == len(truth) + 1 and value[0] == 1:
        value = value[1:]  # a batch of one
    return _in_true_order(understood._replace(value=value), truth)


def _in_true_order(understood: Understood, truth: Value) -> Understood:
    """Sizes in the order of the true axes: the channels may come last, and axes of length 1 may be left out."""
    value = understood.value
    assert value is not None
    if len(value) == len(truth) > 1 and value[0] != truth[0] == value[-1]:
        reordered = (value[-1], *value[:-1])
        is_square = len(value) > 2 and len({*value[:-1]}) == 1  # else it may as well be a wrong number of channels
        if reordered == truth or is_square:
            return understood._replace(value=reordered, flags=(*understood.flags, AXES))
    if len(value) != len(truth) and prod(value) == prod(truth) and _without_ones(value) == _without_ones(truth):
        return understood._replace(value=truth)
    return understood


def _without_ones(value: Value) -> Value:
    return tuple(size for size in value if size != 1)
