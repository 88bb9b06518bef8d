"""Figures that leave out layers without a rule: lower bounds, how they are added up and printed."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from worksheet.formula import Digits
from worksheet.language import _

UNCOUNTED = "—"


class AtLeast(int):
    """A total that leaves out layers without a rule; ``is_empty``: it leaves out all of them."""

    is_empty: bool

    def __new__(cls, value: int, *, is_empty: bool = False) -> AtLeast:
        total = super().__new__(cls, value)
        total.is_empty = is_empty
        return total


class RoundedAtLeast(Decimal):
    """A lower bound in a larger unit."""


def is_partial(value: object) -> bool:
    """Whether a figure leaves out layers without a rule."""
    return isinstance(value, (AtLeast, RoundedAtLeast))


def is_uncounted(value: object) -> bool:
    """Whether a figure leaves out all layers that it is about."""
    return isinstance(value, AtLeast) and value.is_empty


def add_up(values: Iterable[int | None]) -> int:
    """The sum of figures: a lower bound where one of them is.

    >>> is_partial(add_up([1, AtLeast(2)])), is_partial(add_up([1, 2]))
    (True, False)
    """
    figures = list(values)
    total = sum(value or 0 for value in figures)
    if not any(map(is_partial, figures)):
        return total
    return AtLeast(total, is_empty=all(map(is_uncounted, figures)))


def print_total(value: int | Decimal, digits: Digits) -> str:
    """A total as documents show it: as a lower bound where it leaves layers out, as a dash where it leaves out all."""
    if is_uncounted(value):
        return UNCOUNTED
    number = digits.decimal(value) if isinstance(value, Decimal) else digits.result(value)
    return _("at least {number}").format(number=number) if is_partial(value) else number
