"""The words of answers: conditions, ranges, numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from worksheet.derive.find.quantity import Condition
from worksheet.formula import Digits, Exact
from worksheet.language import N_, span_in_words

SHAPED = re.compile(" ?[x×] ?")
SOLVES, FAILS, NONE = N_("solution"), N_("no solution"), N_("no such network")


def condition_in_words(condition: Condition, digits: Digits) -> str:
    """A condition in words, its right side as a number if possible."""
    asked = condition.asked
    if condition.right:
        times = "" if asked.number == 1 else f"{asked.number} × "
        return f"{condition.left.name} {asked.sign} {times}{condition.right.name}"
    values = condition.fixed if asked.shape else tuple(dict.fromkeys(condition.fixed))
    value = " × ".join(digits.result(one) for one in values)
    given = "" if SHAPED.sub("x", asked.right_text) == SHAPED.sub("x", value) else f" ({asked.right_text})"
    return f"{condition.left.name} {asked.sign} {value}{given}"


def ends(span: tuple[Exact, Exact], digits: Digits) -> str:
    """From where to where, or the one number."""
    low, high = (digits.result(end) for end in span)
    return span_in_words(low, high)


def neighbours(places: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Neighbouring numbers as their first and last."""
    start = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[i - 1] + 1:
            yield places[start], places[i - 1]
            start = i
