"""The result of marking a paper: a verdict and points for every cell, with the reasons."""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction

from worksheet.frozen import frozen
from worksheet.grading.paper.cells import Key, Value
from worksheet.language import N_


class Verdict(StrEnum):
    """How an answer was judged."""

    RIGHT = "right"
    CARRIED = "carried"  # follows from the student's own earlier values
    CONVENTION = "convention"  # right under another convention
    MISTAKE = "mistake"  # the result of a known mistake
    WRONG = "wrong"
    UNREADABLE = "unreadable"
    BLANK = "blank"
    UNMARKED = "unmarked"  # the grader failed here: never a zero


@frozen
class Mark:
    """One cell, marked. ``labels`` are ids of mistakes, most likely first; a pair of mistakes is joined by a plus sign.

    ``own`` means that the labels explain the answer from the student's own earlier values; ``carried_from`` is the smallest
    set of the student's own earlier cells from which the answer follows. ``conventions`` are those under which it is right.
    """

    key: Key
    layer: str
    answer: str  # as typed
    value: Value | None  # as understood; None if there is none, or if a formula was asked for
    verdict: Verdict
    points: Fraction
    max: Fraction
    labels: tuple[str, ...] = ()
    own: bool = False
    carried_from: tuple[Key, ...] = ()
    conventions: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()  # FLAGS below
    decided: str = ""  # the reason of a teacher's decision about the points
    says: str = ""  # a sentence to the student, without the right value: what was understood, a counter-example


DOES_NOT_FOLLOW = "does-not-follow"  # right, although the student's own earlier values give something else
CORRECT_ONLY = "correct-answer-only"  # carried, but only the correct answer counts here
ROUNDED = "rounded"  # right as far as its digits go
AXES = "order-of-axes"  # the right sizes in another order
CORRECTED = "corrected"  # the last of several answers: 23232 -> 23296
TRIVIAL = "simpler"  # carried from an own 0 or 1 that makes the question much simpler
FLAGS = {
    DOES_NOT_FOLLOW: N_("does not follow from the earlier answers"),
    CORRECT_ONLY: N_("only the correct answer counts here"),
    ROUNDED: N_("right to the digits that are written"),
    AXES: N_("the sizes are right, in another order"),
    CORRECTED: N_("the last of several answers counts"),
    TRIVIAL: N_("follows from a value that makes the question much simpler"),
}

FOR_ASSISTANTS = frozenset({DOES_NOT_FOLLOW})  # flags that a person looks into; students do not read them


@frozen
class PaperDecision:
    """What a teacher decided about the points of a whole paper; ``days`` that it was late, if that is why."""

    change: Fraction
    reason: str
    days: int = 0


MISTAKE = "mistake"  # the kind of a remark on a known mistake that many rows have
ANOTHER_SHEET = "another-sheet"  # the kind of a remark for the assistant alone


@frozen
class Remark:
    """One slip that explains many cells of a paper: ``kind`` is its name in data, ``keys`` the cells, ``says`` a sentence to the
    student. It changes no marks."""

    kind: str
    column: str
    keys: tuple[Key, ...]
    says: str


@frozen
class MarkedPaper:
    """A student's whole paper, marked; ``failed`` says why the grader could not mark it. Who is ``absent`` handed in no answer
    and has no marks, which is not the same as zeros."""

    id: str
    name: str
    marks: tuple[Mark, ...]
    failed: str = ""
    absent: bool = False
    decisions: tuple[PaperDecision, ...] = ()
    remarks: tuple[Remark, ...] = ()  # what one slip explains in many cells

    @property
    def points(self) -> Fraction:
        return sum((mark.points for mark in self.marks), Fraction(0)) + sum(each.change for each in self.decisions)

    @property
    def max(self) -> Fraction:
        return sum((mark.max for mark in self.marks), Fraction(0))
