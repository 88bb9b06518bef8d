"""Which known mistakes give an answer: each alone, on the true sizes and on the student's own, then two at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import NamedTuple

from worksheet.formula import Exact
from worksheet.grading.paper import SIZES, Asked, Cell, Value
from worksheet.grading.slip import Formulas, Slip

MOST_SINGLES, MOST_PAIRS = 2_000, 4_000  # wrong formulas of one question
CHANCE = 0.1  # the share of sizes that pairs of mistakes may explain by chance
AND = "+"  # between the labels of two mistakes made at once


class Rewritten(NamedTuple):
    """What a mistake, or two, make of a question's formulas."""

    label: str
    formulas: Formulas


class Found(NamedTuple):
    """The mistakes that give an answer, the likeliest first; ``own`` where they do so only on the student's own values."""

    labels: tuple[str, ...] = ()
    own: bool = False


@dataclass
class Diagnoser:
    """Looks answers up among what the known mistakes give. What depends on the question alone is worked out once."""

    slips: Sequence[Slip]
    _singles: dict[Asked, tuple[Rewritten, ...]] = field(default_factory=dict)
    _pairs: dict[Asked, tuple[Rewritten, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rank = {slip.id: (not slip.documented, i) for i, slip in enumerate(self.slips)}
        self.rewriting = [slip for slip in self.slips if slip.rewrite]
        self.revaluing = [slip for slip in self.slips if slip.revalue]

    def singles(self, asked: Asked) -> tuple[Rewritten, ...]:
        """The wrong formulas of each mistake that can be made where this is asked."""
        if asked not in self._singles:
            self._singles[asked] = tuple(islice(self._rewritten(asked, "", asked.formulas), MOST_SINGLES))
        return self._singles[asked]

    def pairs(self, asked: Asked) -> tuple[Rewritten, ...]:
        """The wrong formulas of two mistakes made one after the other; none of totals, where many rows would explain any
        answer."""
        if asked not in self._pairs:
            found = () if asked.is_total else islice(self._two(asked), MOST_PAIRS)
            known = {asked.formulas, *(single.formulas for single in self.singles(asked))}
            self._pairs[asked] = tuple({pair.formulas: pair for pair in found if pair.formulas not in known}.values())
        return self._pairs[asked]

    def _two(self, asked: Asked) -> Iterator[Rewritten]:
        for first in self.singles(asked):
            yield from self._rewritten(asked, first.label, first.formulas)

    def _rewritten(self, asked: Asked, before: str, formulas: Formulas) -> Iterator[Rewritten]:
        for slip in self.rewriting:
            if slip.applies(asked) and slip.id != before:
                assert slip.rewrite is not None
                label = before + AND + slip.id if before else slip.id
                for wrong in slip.rewrite(asked, formulas):
                    if wrong != formulas:
                        yield Rewritten(label, wrong)

    def explain(self, cell: Cell, answer: Value, own: Mapping[str, Exact] | None) -> Found:
        """The mistakes that lead to an answer, from the true values of the symbols or from the student's ``own``."""
        for look in (self._single, self._pair):
            known = self.ordered(look(cell, answer, cell.values))
            if known:
                return Found(known)
            found = self.ordered(look(cell, answer, own)) if own else ()
            if found:
                return Found(found, own=True)
        return Found()

    def _single(self, cell: Cell, answer: Value, values: Mapping[str, Exact]) -> Iterator[str]:
        base = cell.at(values)
        yield from _giving(self.singles(cell.asked), cell, answer, values, base)
        for slip in self.revaluing if base else ():
            assert slip.revalue is not None and base is not None
            if slip.applies(cell.asked) and any(_fits(answer, base, wrong) for wrong in slip.revalue(base)):
                yield slip.id

    def _pair(self, cell: Cell, answer: Value, values: Mapping[str, Exact]) -> Iterator[str]:
        base = cell.at(values)
        if cell.asked.role != SIZES:
            yield from _giving(self.pairs(cell.asked), cell, answer, values, base)
        elif base is not None and len(base) == len(answer):
            wrong = {each.label: cell.at(values, each.formulas) for each in self.pairs(cell.asked)}
            if _tells(answer, base, [value for value in wrong.values() if value]):
                yield from (label for label, value in wrong.items() if value == answer)

    def ordered(self, labels: Iterable[str]) -> tuple[str, ...]:
        """Each label once, documented mistakes first, then in the order of the catalogue; of a pair in either order one."""
        once = {frozenset(label.split(AND)): label for label in labels}
        return tuple(sorted(once.values(), key=lambda label: [self.rank[part] for part in label.split(AND)]))

    def recognised(self, asked: Asked, same: Callable[[Formulas], bool]) -> tuple[str, ...]:
        """The mistakes that make of the right formulas what a student wrote, by a test of equality."""
        singles = self.ordered(each.label for each in self.singles(asked) if same(each.formulas))
        return singles or self.ordered(each.label for each in self.pairs(asked) if same(each.formulas))


def _giving(
    wrong: Iterable[Rewritten], cell: Cell, answer: Value, values: Mapping[str, Exact], base: Value | None
) -> Iterator[str]:
    for each in wrong:
        value = cell.at(values, each.formulas)
        if value is not None and _fits(answer, base, value):
            yield each.label


def _tells(answer: Value, base: Value, wrong: Iterable[Value]) -> bool:
    """Whether it says something that two mistakes give these sizes: so many pairs lie close to the right sizes that any number
    there would be explained. Between the right size and the answer, few may lie."""
    size, right = answer[-1], base[-1]
    least, most = min(size, right), max(size, right)
    between = {value[-1] for value in wrong if least <= value[-1] <= most} - {right}
    return len(between) <= CHANCE * (most - least)


def _fits(answer: Value, base: Value | None, wrong: Value) -> bool:
    """Whether an answer is the wrong value, or has it on some of the axes of an output."""
    if answer == wrong:
        return answer != base
    if base is None or len(wrong) == 1 or len(answer) != len(wrong) or answer == base:
        return False
    return all(number in (right, false) for number, right, false in zip(answer, base, wrong, strict=True))
