"""A teacher's decisions about marks: points of cells and papers, late rules, a cap; applied after marking, with their reasons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from worksheet.frozen import frozen
from worksheet.grading.mark import Mark, MarkedPaper, PaperDecision, Verdict
from worksheet.grading.paper.cells import Key

EVERYONE = "*"
POINTS, MOST, DUE, HANDED_IN, LATE = "points", "most", "due", "handed in", "late"  # what can be decided about a paper


@frozen
class DecidedAmount:
    """Points that a decision gives: ``value``, or that share of the most; added to those that there are if ``is_change``."""

    value: Fraction
    is_share: bool = False
    is_change: bool = False
    verdict: Verdict | None = None  # of a cell, where the decision names one

    def of(self, points: Fraction, most: Fraction) -> Fraction:
        """The points after the decision; never less than 0."""
        given = self.value * most if self.is_share else self.value
        return max(points + given if self.is_change else given, Fraction(0))


@frozen
class Decision:
    """One line of decisions. ``who`` is a student's id, a value of a column of the roster (``section=A``), or everyone."""

    who: str
    what: Key | str  # a cell, or a word above
    value: DecidedAmount | date
    reason: str
    line: int = 0


@dataclass
class Decisions:
    """All decisions. ``groups`` are the names under which a student is known besides the id, by id."""

    all: tuple[Decision, ...] = ()
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    useless: list[str] = field(default_factory=list)  # students with a decision of their own, but without a paper

    def __post_init__(self) -> None:
        self._by_who: dict[str, list[Decision]] = {}
        for each in self.all:
            self._by_who.setdefault(each.who, []).append(each)

    def about(self, student: str) -> Iterable[Decision]:
        """The decisions about a student, the most general first."""
        for who in (EVERYONE, *self.groups.get(student, ()), student):
            yield from self._by_who.get(who, ())

    def apply(self, marked: MarkedPaper) -> MarkedPaper:
        """A paper with the decisions about it; of several about one thing the most special counts, and changes of the paper's
        points add up. Who handed in nothing gets nothing."""
        if not self.all:
            return marked
        if not marked.marks:
            if marked.id in self._by_who:
                self.useless.append(marked.id)
            return marked
        decided: dict[Key | str, Decision] = {}
        points: list[Decision] = []
        for each in self.about(marked.id):
            if each.what == POINTS:
                points.append(each)
            else:
                decided[each.what] = each
        marks = tuple(_decide(mark, decided.get(mark.key)) for mark in marked.marks)
        return _with_paper(replace(marked, marks=marks), points, decided)


def _decide(mark: Mark, decision: Decision | None) -> Mark:
    """A mark with the decided points. One that the grader could not give is right or wrong by them."""
    if decision is None or not isinstance(decision.value, DecidedAmount):
        return mark
    points, verdict = decision.value.of(mark.points, mark.max), decision.value.verdict
    if mark.verdict is Verdict.UNMARKED and verdict is None:
        verdict = Verdict.RIGHT if points >= mark.max else Verdict.WRONG
    return replace(mark, points=points, verdict=verdict or mark.verdict, decided=decision.reason)


def _with_paper(marked: MarkedPaper, points: Iterable[Decision], decided: Mapping[Key | str, Decision]) -> MarkedPaper:
    """A paper with the decisions about the whole of it: its points, then what lateness costs, then the cap."""
    total, made = marked.points, []
    for each in points:
        before, total = total, each.value.of(total, marked.max) if isinstance(each.value, DecidedAmount) else total
        made.append(PaperDecision(total - before, each.reason))
    days = _days_late(decided)
    late, most = decided.get(LATE), decided.get(MOST)
    if late and days and isinstance(late.value, DecidedAmount):
        cost = min(days * late.value.of(Fraction(0), marked.max), total)
        total -= cost
        made.append(PaperDecision(-cost, late.reason, days))
    if most and isinstance(most.value, DecidedAmount) and (cap := most.value.of(Fraction(0), marked.max)) < total:
        made.append(PaperDecision(cap - total, most.reason))
    return replace(marked, decisions=tuple(made))


def _days_late(decided: Mapping[Key | str, Decision]) -> int:
    """How many days after the due date a paper was handed in."""
    due, handed_in = (decided[name].value if name in decided else None for name in (DUE, HANDED_IN))
    return max((handed_in - due).days, 0) if isinstance(due, date) and isinstance(handed_in, date) else 0
