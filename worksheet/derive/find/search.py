"""Decides every place of a range exactly: whole boxes of sizes at once where bounds of the counts allow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import prod
from typing import NamedTuple

from worksheet.derive.closed import Closed, too_long
from worksheet.derive.find.box_bounds import Box, Span, atoms, covers, span, verdict
from worksheet.derive.find.quantity import Condition, Count
from worksheet.errors import NetworkError, WorksheetError
from worksheet.formula import Exact
from worksheet.formula.polynomial import Polynomial, TooLong
from worksheet.formula.traced import Guard, Trace
from worksheet.formula.traced_numbers import polynomial_of
from worksheet.frozen import frozen
from worksheet.varied import BATCH

MAX_BOXES = 100_000  # examined in one search
MAX_SOLUTIONS = 100_000
MAX_RUNS = 5_000  # of the network's sizes and counts
MAX_WEIGHED = 4  # conditions that decide where to cut
MAX_COUNTED = 2_000  # places that are counted one by one
MAX_CHECKED = 8  # boxes of which some places are counted once more without any closed form
EVERY = {"=": "= 0", "<=": "<= 0", ">=": ">= 0", "<": "< 0", ">": "> 0"}  # of the difference between both sides


@frozen
class SearchCase:
    """What one run has found: both sides of every condition as polynomials, exact wherever the trace's conditions hold.

    ``refusal`` is the reason if there is no network.
    """

    trace: Trace
    count: Count | None
    sides: tuple[tuple[tuple[Polynomial, Polynomial], ...], ...]  # by condition: the pairs of numbers that are compared
    refusal: str = ""


class Decided(NamedTuple):
    """A box that is decided: whether all of it solves the question; ``by`` is the first condition that fails there."""

    box: Box
    case: SearchCase
    solves: bool
    by: int = -1  # -1: none, or no network


class _Partly(NamedTuple):
    """A case that may hold in parts of a box, and its conditions that are not decided there; None for all."""

    case: SearchCase
    conditions: tuple[Guard, ...] | None


class _Open(NamedTuple):
    """A box that is not decided yet: the cases that may hold in it, and how many of all have been examined."""

    box: Box
    cases: tuple[_Partly, ...]
    seen: int


class SearchLine(NamedTuple):
    """Bounds of one pair of sides."""

    left: Span
    right: Span


@dataclass
class SearchWork:
    """What has been done; bounded."""

    boxes: int = 0
    runs: int = 0
    solutions: int = 0

    def check(self) -> None:
        if self.solutions > MAX_SOLUTIONS:
            raise NetworkError(
                f"more than {MAX_SOLUTIONS:,} solutions", hint="give narrower ranges (--range), or a further condition"
            )
        if self.boxes > MAX_BOXES or self.runs > MAX_RUNS:
            raise NetworkError("the ranges hold too much to decide every place of them", hint="give narrower ranges (--range)")


@dataclass
class Search:
    """A search over the variables of one network."""

    closed: Closed
    conditions: tuple[Condition, ...]
    work: SearchWork = field(default_factory=SearchWork)
    cases: list[SearchCase] = field(default_factory=list)

    def decide_all(self, box: Box) -> list[Decided]:
        """Every place of a box, in boxes that are decided. Raises NetworkError if that is too much work."""
        decided: list[Decided] = []
        pending = [_Open(box, (), 0)]
        while pending:
            self.work.boxes += 1
            self.work.check()
            here = pending.pop()
            result = self.decide_box(here)
            if isinstance(result, Decided):
                decided.append(result)
                self.work.solutions += size(here.box) if result.solves else 0
            else:
                halves = _halves(here.box, self._side(here.box, result[-1]))
                pending += [_Open(half, result, len(self.cases)) for half in reversed(list(halves))]
        self.work.check()
        return decided

    def decide_box(self, here: _Open) -> Decided | tuple[_Partly, ...]:
        """Whether all of a box solves the question, or none of it; the cases that hold in parts of it if it must be cut."""
        parts: list[_Partly] = []
        for case, conditions in (*here.cases, *((case, None) for case in self.cases[here.seen :])):
            undecided, atoms = covers(case.trace, here.box, conditions)
            if undecided is None:
                continue
            parts.append(_Partly(case, undecided))
            if not undecided:
                return self._judge(here.box, case, atoms) or (parts[-1],)
        middle = tuple((low + high) // 2 for low, high in here.box)
        if any(covers(case.trace, _place(middle), conditions)[0] == () for case, conditions in parts):
            return tuple(parts)
        case = self.run(middle)
        undecided, atoms = covers(case.trace, here.box)
        assert undecided is not None  # it holds in the middle
        judged = None if undecided else self._judge(here.box, case, atoms)
        return judged or (*parts, _Partly(case, undecided))

    def _side(self, box: Box, partly: _Partly) -> int:
        """The side along which a box is cut: the one that decides most of what is still open."""
        if len(box) == 1:
            return 0
        case, guards = partly
        open_ones = [(guard.relation, guard.of) for guard in guards or ()] or [
            (EVERY[condition.asked.relation], left - right)
            for condition, pairs in zip(self.conditions, case.sides, strict=True)
            for left, right in pairs
        ]
        whole = atoms(case.trace, box)
        weighed = [(holds, form, _width(span(form, whole)) or 1) for holds, form in open_ones[:MAX_WEIGHED]]

        def left(side: int) -> tuple[int, Fraction]:
            """How many relations stay open if one unknown is in the middle, and how wide they are."""
            middle = sum(box[side]) // 2
            within = atoms(case.trace, (*box[:side], (middle, middle), *box[side + 1 :]))
            spans = [(holds, span(form, within), width) for holds, form, width in weighed]
            count = sum(verdict(holds, bounds) is None for holds, bounds, _ in spans)
            return count, sum((_width(bounds) / width for _, bounds, width in spans), Fraction(0))

        return min((side for side, (low, high) in enumerate(box) if high > low), key=left)

    def run(self, steps: Sequence[int]) -> SearchCase:
        """One more run, at a place that no case covers."""
        self.work.runs += 1
        closed = self.closed
        values = self.values(steps)
        trace = Trace(dict(zip(closed.traced, values, strict=True)))
        case = self._measure(trace, [trace.variable(i) for i in range(len(closed.variables))])
        for i, variable in enumerate(closed.variables):
            if variable.symbol == BATCH and values[i] != 1:  # one sample is left out of the formulas, which changes no count
                trace.guards = {c: None for c in trace.guards if c.of.atoms != {i}}
        self.cases.append(case)
        return case

    def _measure(self, trace: Trace, values: Sequence[Exact]) -> SearchCase:
        try:
            count = Count(self.closed.counting(values))
            sides = tuple(tuple(dict.fromkeys(_pairs(condition, count))) for condition in self.conditions)
        except WorksheetError as fault:
            return SearchCase(trace, None, (), _refusal(fault))
        except TooLong:
            raise too_long(self.closed.network) from None
        return SearchCase(trace, count, sides)

    def values(self, steps: Sequence[int]) -> list[Exact]:
        return [step * variable.step for step, variable in zip(steps, self.closed.variables, strict=True)]

    def _judge(self, box: Box, case: SearchCase, atoms: Sequence[Span]) -> Decided | None:
        if case.refusal:
            return Decided(box, case, solves=False)
        sure: bool | None = True
        for i, (condition, pairs) in enumerate(zip(self.conditions, case.sides, strict=True)):
            held = [verdict(EVERY[condition.asked.relation], span(left - right, atoms)) for left, right in pairs]
            if False in held:
                return Decided(box, case, solves=False, by=i)
            sure = None if None in held else sure
        return Decided(box, case, solves=True) if sure else None

    # The same without closed forms

    def count_at(self, steps: Sequence[int]) -> SearchCase:
        """A place counted layer by layer."""
        return self._measure(Trace({}), self.values(steps))

    def one_by_one(self, box: Box) -> list[Decided]:
        """The same as ``decide_all``, each place counted by itself. Raises NetworkError for too many places."""
        if size(box) > MAX_COUNTED:
            name = self.closed.network.name
            raise NetworkError(
                f"the layers of {name} do not follow one formula of its input; {size(box):,} places are too many to count each",
                hint=f"at most {MAX_COUNTED:,}: --range",
            )
        decided = []
        for steps in product(*(range(low, high + 1) for low, high in box)):
            here = _place(steps)
            case = self.count_at(steps)
            result = self._judge(here, case, ())
            assert result is not None  # numbers are compared
            decided.append(result)
            self.work.solutions += result.solves
        return decided

    def holds(self, decided: Sequence[Decided]) -> bool:
        """Whether the closed forms give what is counted, at some places: in what was decided at once, solutions first.

        They do not where a network is made for its input by a program that looks at the sizes themselves.
        """
        largest = sorted(decided, key=lambda each: (not each.solves, -size(each.box)))[:MAX_CHECKED]
        inside = [(each, place) for each in largest if size(each.box) > 1 for place in _samples(each.box)]
        edges = [(each, place) for place in _edges(decided) for each in decided if _is_in(place, each.box)]
        return all(self._agrees(each, place) for each, place in (*edges, *inside))

    def _agrees(self, decided: Decided, steps: Sequence[int]) -> bool:
        counted = self.count_at(steps)
        values = {i: value for i, (value, _) in enumerate(covers(decided.case.trace, _place(steps))[1])}
        forms = {(i, left.at(values), right.at(values)) for i, pairs in enumerate(decided.case.sides) for left, right in pairs}
        return forms == {(i, left.free, right.free) for i, pairs in enumerate(counted.sides) for left, right in pairs}


def _refusal(fault: WorksheetError) -> str:
    """What is wrong with a network, with the layer's name."""
    first = fault.faults[0]
    return f"{first.where}: {first.message}" if str(first.where) else first.message


def _pairs(condition: Condition, count: Count) -> Iterator[tuple[Polynomial, Polynomial]]:
    for left, right in zip(*condition.measure(count), strict=True):
        yield polynomial_of(left), polynomial_of(right)


def _place(steps: Sequence[int]) -> Box:
    return tuple((step, step) for step in steps)


def _samples(box: Box) -> Iterator[tuple[int, ...]]:
    """Both ends of a box, and a place inside."""
    yield tuple(low for low, _ in box)
    yield tuple((2 * low + high) // 3 for low, high in box)
    yield tuple(high for _, high in box)


def _edges(decided: Sequence[Decided]) -> Iterator[tuple[int, ...]]:
    """The ends of the whole range, one unknown at a time, the others in the middle."""
    sides = list(zip(*(each.box for each in decided), strict=True))
    whole = [(min(low for low, _ in side), max(high for _, high in side)) for side in sides]
    middle = [(low + high) // 2 for low, high in whole]
    for i, ends in enumerate(whole):
        for end in ends:
            yield (*middle[:i], end, *middle[i + 1 :])


def _is_in(place: Sequence[int], box: Box) -> bool:
    return all(low <= step <= high for step, (low, high) in zip(place, box, strict=True))


def _halves(box: Box, side: int) -> Iterator[Box]:
    """The box cut in two along a side."""
    low, high = box[side]
    middle = (low + high) // 2
    for part in ((low, middle), (middle + 1, high)):
        yield (*box[:side], part, *box[side + 1 :])


def _width(span: Span) -> Fraction:
    return Fraction(span[1] - span[0])


def size(box: Box) -> int:
    """How many places a box holds."""
    return prod(high - low + 1 for low, high in box)


def bounds(decided: Decided, condition: int) -> list[SearchLine]:
    """The bounds of both sides of a condition in a box that is decided."""
    _, atoms = covers(decided.case.trace, decided.box)
    pairs = decided.case.sides[condition] if decided.case.sides else ()
    return [SearchLine(span(left, atoms), span(right, atoms)) for left, right in pairs]
