"""The ways in which a mistake changes a value, whatever its formula."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.grading.diagnosis.mistake import Revalue
from worksheet.grading.paper.cells import Value


def times(*factors: Exact) -> Revalue:
    """One number of a value multiplied by one of these factors, the others unchanged."""

    def revalue(value: Value) -> Iterator[Value]:
        for place, number in enumerate(value):
            for factor in factors:
                changed = simplest(number * factor)
                if changed != number:
                    yield _with(value, place, changed)

    return revalue


def _with(value: Value, place: int, number: Exact) -> Value:
    return (*value[:place], number, *value[place + 1 :])


def ten_times(value: Value) -> Iterator[Value]:
    """A zero too many at the end of a number, or its trailing zero dropped."""
    yield from times(10)(value)
    for place, number in enumerate(value):
        if number and number % 10 == 0:
            yield _with(value, place, simplest(number / Fraction(10)))


def without_channels(value: Value) -> Iterator[Value]:
    """The sizes of a map without the number of its channels."""
    if len(value) > 1:
        yield value[1:]


def digits_swapped(value: Value) -> Iterator[Value]:
    """Two neighbouring digits of a whole number swapped; leading zeros are not written."""
    for place, number in enumerate(value):
        digits = str(number) if isinstance(number, int) and number >= 0 else ""
        for at in range(len(digits) - 1):
            first, second = digits[at], digits[at + 1]
            if first != second and (at > 0 or second != "0"):
                yield _with(value, place, int(digits[:at] + second + first + digits[at + 2 :]))
