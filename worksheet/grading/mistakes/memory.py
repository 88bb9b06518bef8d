"""Mistakes in bytes and in units.

Dividing by one unit and writing another gives a value that is wrong by their ratio;
the mistakes here multiply by that ratio, in both directions.
"""

from collections.abc import Iterator
from fractions import Fraction

from worksheet.formula.tree import ZERO, Number, walk
from worksheet.grading.diagnosis.mistake import Formulas, Mistake, MistakeGroup, Revalue
from worksheet.grading.diagnosis.rewrites import putting, turned
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import ANY, BYTES, COUNTS
from worksheet.grading.mistakes._values import times
from worksheet.grading.paper.cells import Asked

PLACE = 14
FOUR = Number(4)
RATIOS = [Fraction(1000, 1024) ** power for power in (2, 1, 3)]  # of mega, kilo, giga
UNITS: Revalue = times(*RATIOS, *(1 / ratio for ratio in RATIOS))


def in_numbers(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    """Numbers counted instead of their bytes."""
    for letter in _letters(formulas):
        yield from putting(**{letter: "1"})(asked, formulas)
    if not _letters(formulas) and _four(formulas):
        yield from turned("F/4")(asked, formulas)


def of_another_size(asked: Asked, formulas: Formulas) -> Iterator[Formulas]:
    """Numbers of half the bytes; also of twice as many if the data type is not fixed."""
    if _letters(formulas) or _four(formulas):
        yield from turned("F/2")(asked, formulas)
    if _letters(formulas):
        yield from turned("2*F")(asked, formulas)


def _letters(formulas: Formulas) -> list[str]:
    return [name for formula in formulas for name in formula.symbols if name.startswith("beta_")]


def _four(formulas: Formulas) -> bool:
    """Whether a formula begins with the four bytes of a number."""
    first = next(iter(walk(formulas[0].tree)), ZERO)
    return first == FOUR


_mistake = MistakeGroup(ANY, BYTES, source.UNITS)
MISTAKES = (
    _mistake("mem-no-bytes", in_numbers, "You gave the number of elements; each of them takes several bytes."),
    _mistake("mem-bits", turned("8*F"), "You gave bits, but bytes are asked for."),
    _mistake("mem-fp16", of_another_size, "You used another data type, whose elements take more or fewer bytes."),
    Mistake(
        "mib-mb",
        "You mixed up decimal and binary units, such as MB and MiB.",
        source.UNITS,
        documented=True,
        kinds=ANY,
        roles=BYTES,
        revalue=UNITS,
    ),
    Mistake(
        "k1024",
        "You used K or M as a power of two; for a count they are a thousand and a million.",
        source.UNITS,
        documented=True,
        kinds=ANY,
        roles=COUNTS,
        revalue=UNITS,
    ),
)
