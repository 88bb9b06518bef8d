"""Points, added up exactly and printed as whole numbers or decimals."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from worksheet.errors import printable
from worksheet.formula import digits_named
from worksheet.formula.digits import PLAIN
from worksheet.grading.mark import MarkedPaper, Verdict
from worksheet.grading.paper.cells import Key
from worksheet.language import current

DECIMALS = 6  # of points that are not whole
MAX_LETTERS = 200  # of an untrusted text in a document


class Sums(NamedTuple):
    """What a student's marks add up to; ``unmarked`` counts the cells that the grader could not mark: they are not zeros."""

    points: Fraction
    max: Fraction
    unmarked: int = 0

    @property
    def percent(self) -> Fraction | None:
        """Points per hundred; None if there is nothing to earn, or if a cell was not marked."""
        return 100 * self.points / self.max if self.max and not self.unmarked else None


def sums(marked: MarkedPaper) -> Sums:
    """The points of a paper, added up once for all outputs."""
    unmarked = sum(mark.verdict is Verdict.UNMARKED for mark in marked.marks)
    points = _sum(mark.points for mark in marked.marks) + sum(each.change for each in marked.decisions)
    return Sums(points, _sum(mark.max for mark in marked.marks), unmarked)


def _sum(terms: Iterable[Fraction]) -> Fraction:
    """An exact sum; terms with the same denominator are added as whole numbers, which is many times faster."""
    wholes: dict[int, int] = {}
    for term in terms:
        under = term.denominator
        wholes[under] = wholes.get(under, 0) + term.numerator
    return sum((Fraction(above, under) for under, above in wholes.items()), Fraction(0))


def decimal(value: Fraction | int, most: int = DECIMALS) -> str:
    """A number as people write it, rounded to at most ``most`` decimals, without trailing zeros.

    >>> decimal(Fraction(3)), decimal(Fraction(5, 2)), decimal(Fraction(200, 3), 1), decimal(Fraction(-1, 3))
    ('3', '2.5', '66.7', '-0.333333')
    """
    if value.denominator == 1:
        return str(value.numerator)
    whole, rest = divmod(round(abs(value) * 10**most), 10**most)
    sign = "-" if value < 0 and (whole or rest) else ""
    decimals = str(rest).zfill(most).rstrip("0")
    return f"{sign}{whole}.{decimals}" if decimals else f"{sign}{whole}"


def said(value: Fraction | int, most: int = DECIMALS) -> str:
    """A number in a document: with the decimal point of its language."""
    return decimal(value, most).replace(".", digits_named(current().digits or PLAIN).point)


def number(value: Fraction) -> int | float:
    """The same for JSON and spreadsheets: an int if it is whole."""
    return int(value) if value.denominator == 1 else float(decimal(value))


def cell_name(key: Key) -> str:
    """A cell in words: ``4 flops``, ``total params``."""
    return f"{key[0]} {one_line(key[1])}"


def one_line(text: str, most: int = MAX_LETTERS) -> str:
    """An untrusted text for use in a sentence or a table: one line, without control characters, cut if it is long."""
    text = printable(" ".join(text[: 4 * most].split()))
    return text if len(text) <= most else f"{text[:most]}…"


def count_of(many: int, noun: str) -> str:
    """``1 student``, ``1,200 students``."""
    return f"{many:,} {noun}" if many == 1 else f"{many:,} {noun}s"


def handed_in(papers: int, students: int) -> str:
    """How many handed in: ``11 of 12 handed in``; ``12 handed in`` where no one is known to be absent."""
    return f"{papers:,} of {students:,} handed in" if papers < students else f"{papers:,} handed in"
