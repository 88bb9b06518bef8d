"""The pieces of a printed formula: texts with slots for numbers, and lengths by which long lines are broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from worksheet.formula.dialects import Dialect
from worksheet.formula.digits import Digits
from worksheet.formula.exact import simplest
from worksheet.frozen import frozen

SLOT = "\x00"  # marks a number's place in a template: text SLOT name SLOT text ...
USUAL_DIGITS = 3  # of a number not known yet, where two lengths are compared


@frozen
class Extent:
    """How long something prints, in half ems: a fixed part and the numbers whose digits are added."""

    fixed: float = 0.0
    slots: tuple[str, ...] = ()

    def __add__(self, other: Extent | float) -> Extent:
        if isinstance(other, Extent):
            return Extent(self.fixed + other.fixed, self.slots + other.slots)
        return Extent(self.fixed + other, self.slots)

    def usual(self) -> float:
        """The length with numbers of the usual size."""
        return self.fixed + USUAL_DIGITS * len(self.slots)

    def with_numbers(self, numbers: Mapping[str, str]) -> float:
        """The length with these numbers; a constant of the formula fills its own slot."""
        return self.fixed + sum([len(numbers.get(slot, slot)) for slot in self.slots])


@frozen
class Piece:
    """A stretch of a printed formula in front of which a line may break; ``fresh`` is its text at the start of a line."""

    text: str
    fresh: str
    extent: Extent
    opened: tuple[Piece, ...] = ()  # the same in smaller pieces, for when it is wider than a line


class Printed(NamedTuple):
    """A piece with its numbers filled in."""

    text: str
    fresh: str
    length: float  # in half ems, an estimate
    open: Callable[[], list[Printed]]  # the same in smaller pieces; empty where it cannot be broken


class SlotTexts(dict[str, str]):
    """The text for each slot: a symbol's number, or a long constant of the formula, protected for its notation."""

    def __init__(self, dialect: Dialect, numbers: Mapping[str, str], digits: Digits) -> None:
        super().__init__({name: dialect.number(text) for name, text in numbers.items()})
        self.dialect = dialect
        self.digits = digits

    def __missing__(self, constant: str) -> str:
        return self.dialect.number(self.digits.operand(simplest(Fraction(constant))))


def fill(template: str, texts: Mapping[str, str]) -> str:
    """A template's text with its slots filled."""
    if SLOT not in template:
        return template
    parts = template.split(SLOT)
    parts[1::2] = [texts[slot] for slot in parts[1::2]]
    return "".join(parts)
