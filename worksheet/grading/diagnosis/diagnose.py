"""Finds the known mistakes that produce an answer: each alone, from the student's own sizes or else the true ones; then two."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple
from weakref import WeakKeyDictionary

from worksheet.formula import Exact
from worksheet.grading.diagnosis.mistake import Formulas, Mistake
from worksheet.grading.paper.cells import SIZES, Asked, Cell, Value

MAX_SINGLES, MAX_PAIRS = 2_000, 4_000  # wrong formulas of one question
CHANCE = 0.1  # the share of sizes that pairs of mistakes may explain by accident
AND = "+"  # between the labels of two mistakes made at once


class Rewritten(NamedTuple):
    """What one mistake or two make of a question's formulas."""

    label: str
    formulas: Formulas


class Explanation(NamedTuple):
    """The mistakes that produce an answer, most likely first; ``own`` if they do so only from the student's own values."""

    labels: tuple[str, ...] = ()
    own: bool = False


Table = dict[Value, list[str]]  # labels by the value that they produce


@dataclass
class Outcomes:
    """What the mistakes produce for given values of a cell's symbols: the right value, and the labels by wrong value."""

    base: Value | None
    singles: Table
    pairs: Table | None = None  # computed when no single mistake explains an answer


@dataclass
class Diagnoser:
    """Looks answers up among the results of the known mistakes. What depends on the question alone is computed once."""

    mistakes: Sequence[Mistake]
    _singles: dict[Asked, tuple[Rewritten, ...]] = field(default_factory=dict)
    _pairs: dict[Asked, tuple[Rewritten, ...]] = field(default_factory=dict)
    _outcomes: WeakKeyDictionary[Cell, Outcomes] = field(default_factory=WeakKeyDictionary)

    def __post_init__(self) -> None:
        self.rank = {mistake.id: (not mistake.documented, i) for i, mistake in enumerate(self.mistakes)}
        self.rewriting = [mistake for mistake in self.mistakes if mistake.rewrite]
        self.revaluing = [mistake for mistake in self.mistakes if mistake.revalue]

    def singles(self, asked: Asked) -> tuple[Rewritten, ...]:
        """The wrong formulas of each mistake that can be made where this is asked."""
        if asked not in self._singles:
            self._singles[asked] = tuple(islice(self._rewrite(asked, "", asked.formulas), MAX_SINGLES))
        return self._singles[asked]

    def pairs(self, asked: Asked) -> tuple[Rewritten, ...]:
        """The wrong formulas of two mistakes made in a row; none for totals, whose many rows would explain any answer."""
        if asked not in self._pairs:
            pairs = () if asked.is_total else islice(self._rewrite_twice(asked), MAX_PAIRS)
            simpler = {asked.formulas, *(single.formulas for single in self.singles(asked))}
            self._pairs[asked] = tuple({pair.formulas: pair for pair in pairs if pair.formulas not in simpler}.values())
        return self._pairs[asked]

    def _rewrite_twice(self, asked: Asked) -> Iterator[Rewritten]:
        for first in self.singles(asked):
            yield from self._rewrite(asked, first.label, first.formulas)

    def _rewrite(self, asked: Asked, before: str, formulas: Formulas) -> Iterator[Rewritten]:
        for mistake in self.rewriting:
            if mistake.applies(asked) and mistake.id != before:
                assert mistake.rewrite is not None
                label = before + AND + mistake.id if before else mistake.id
                for wrong in mistake.rewrite(asked, formulas):
                    if wrong != formulas:
                        yield Rewritten(label, wrong)

    def explain(
        self, cell: Cell, answer: Value, own: Mapping[str, Exact] | None, is_near: Callable[[Value], bool] | None = None
    ) -> Explanation:
        """The mistakes that lead to an answer from the student's ``own`` values of the symbols, or else from the true ones, which
        the student may have from elsewhere. A total of rounded figures is near many sums, so it is left alone.

        ``is_near`` compares a rounded answer; it is looked up among single mistakes alone, since pairs lie too close together.
        """
        if cell.asked.is_total and not is_near and not _are_whole((*answer, *(own or {}).values())):
            return Explanation()
        cases = [(self._derive_outcomes(cell, own), own, True)] if own else []
        cases += [(self.outcomes(cell), cell.values, False)]
        for look_up in (_single, self._pair):
            for outcomes, values, is_own in cases:
                labels = self.order(look_up(cell, answer, outcomes, values))
                if labels:
                    return Explanation(labels, own=is_own)
        return self._explain_rounded(cases, is_near) if is_near else Explanation()

    def _explain_rounded(self, cases: Iterable[tuple[Outcomes, object, bool]], is_near: Callable[[Value], bool]) -> Explanation:
        """The mistakes that lead to a rounded answer, without those in writing digits down: the digits that are left must fit."""
        slips = {mistake.id for mistake in self.revaluing}
        for outcomes, _values, is_own in cases:
            wrong = [value for value in outcomes.singles if value != outcomes.base and is_near(value)]
            labels = self.order(label for value in wrong for label in outcomes.singles[value] if label not in slips)
            if labels:
                return Explanation(labels, own=is_own)
        return Explanation()

    def outcomes(self, cell: Cell) -> Outcomes:
        """What the mistakes produce at a cell for the true values; computed once."""
        if cell not in self._outcomes:
            self._outcomes[cell] = self._derive_outcomes(cell, cell.values)
        return self._outcomes[cell]

    def _derive_outcomes(self, cell: Cell, values: Mapping[str, Exact]) -> Outcomes:
        outcomes = Outcomes(cell.at(values), _table(self.singles(cell.asked), cell, values))
        for mistake in self.revaluing if outcomes.base else ():
            assert mistake.revalue is not None and outcomes.base is not None
            for wrong in mistake.revalue(outcomes.base) if mistake.applies(cell.asked) else ():
                outcomes.singles.setdefault(wrong, []).append(mistake.id)
        return outcomes

    def _pair(self, cell: Cell, answer: Value, outcomes: Outcomes, values: Mapping[str, Exact]) -> Iterable[str]:
        if outcomes.pairs is None:
            outcomes.pairs = _table(self.pairs(cell.asked), cell, values)
        labels = outcomes.pairs.get(answer, ())
        if not labels or answer == outcomes.base:
            return ()
        if cell.asked.role == SIZES and (
            _is_untouched(answer, values) or not _is_significant(answer, outcomes.base, outcomes.pairs)
        ):
            return ()
        return labels

    def order(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Each label once, documented mistakes first, then in catalogue order; one label for a pair in either order."""
        once = {frozenset(label.split(AND)): label for label in labels}
        return tuple(sorted(once.values(), key=lambda label: [self.rank[part] for part in label.split(AND)]))

    def recognise(self, asked: Asked, same: Callable[[Formulas], bool]) -> tuple[str, ...]:
        """The mistakes that turn the right formulas into what a student wrote; ``same`` compares."""
        singles = self.order(each.label for each in self.singles(asked) if same(each.formulas))
        return singles or self.order(each.label for each in self.pairs(asked) if same(each.formulas))


def _table(wrong: Iterable[Rewritten], cell: Cell, values: Mapping[str, Exact]) -> Table:
    """The labels by the value of each wrong formula."""
    table: Table = {}
    for label, formulas in wrong:
        value = cell.at(values, formulas)
        if value is not None:
            table.setdefault(value, []).append(label)
    return table


def _single(_cell: Cell, answer: Value, outcomes: Outcomes, _values: Mapping[str, Exact]) -> Iterable[str]:
    return outcomes.singles.get(answer, ()) if answer != outcomes.base else ()


def _are_whole(numbers: Iterable[Exact]) -> bool:
    return all(isinstance(number, int) for number in numbers)


def _is_untouched(answer: Value, values: Mapping[str, Exact]) -> bool:
    """Whether the sizes are those of the layer's input: two mistakes that give them undo each other."""
    given = [values[name] for name in ("N", "M") if name in values]
    return len(answer) > 1 and list(answer[-len(given) :]) == given


def _is_significant(answer: Value, base: Value | None, wrong: Iterable[Value]) -> bool:
    """Whether it is significant that two mistakes produce these sizes. So many pairs lie close to the right sizes that they
    would explain any number there; hence only few may lie between the right size and the answer."""
    if base is None or len(answer) != len(base):
        return False
    size, right = answer[-1], base[-1]
    least, most = min(size, right), max(size, right)
    between = {value[-1] for value in wrong if least <= value[-1] <= most} - {right}
    return len(between) <= CHANCE * (most - least)
