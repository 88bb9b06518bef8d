"""Which known mistakes show: where a mistake gives a value other than the truth, and other than every other mistake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.grading.diagnosis.diagnose import Diagnoser, Rewritten
from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.paper.cells import Asked, Cell, Value
from worksheet.memo import Bounded

MAX_KNOWN = 200_000  # scores that are remembered
FEW = 2  # wrong formulas of one mistake that a score considers: a batch of 2 shows wherever one of 64 does
VISIBLE, DISTINCT = 3, 2  # what a visible mistake adds to a score, and a distinct one


class MistakeVisibility(NamedTuple):
    """Whether a mistake changes the value of a cell, and whether no other mistake gives the same values there."""

    visible: bool
    distinct: bool


HIDDEN = MistakeVisibility(visible=False, distinct=False)


def value_of(formulas: Sequence[Formula], values: Mapping[str, Exact]) -> Value | None:
    """The values of formulas; None if they have none."""
    try:
        return tuple([formula.at(values) for formula in formulas])
    except (FormulaError, KeyError):
        return None


def visibility(truth: Value, wrong: Sequence[Rewritten], values: Mapping[str, Exact]) -> dict[str, MistakeVisibility]:
    """For each mistake that can be made, whether it shows if the symbols have these values.

    A mistake that gives no value, such as one about a feature map where there is none, cannot be made.
    """
    wrongs: dict[str, set[Value]] = {}
    for each in wrong:
        value = value_of(each.formulas, values)
        if value is not None:
            wrongs.setdefault(each.label, set()).update({value} - {truth})
    counts = Counter(value for values in wrongs.values() for value in values)
    return {
        label: MistakeVisibility(visible=True, distinct=all(counts[each] == 1 for each in different)) if different else HIDDEN
        for label, different in wrongs.items()
    }


@dataclass
class Visibility:
    """Examines cells for some mistakes. What depends only on the question is computed once."""

    mistakes: Sequence[Mistake]
    _few: dict[Asked, tuple[tuple[Rewritten, ...], tuple[str, ...]]] = field(default_factory=dict)
    _scores: Bounded[object, int] = field(default_factory=lambda: Bounded(MAX_KNOWN))

    def __post_init__(self) -> None:
        self.diagnoser = Diagnoser([mistake for mistake in self.mistakes if mistake.rewrite])

    def at(self, cell: Cell) -> dict[str, MistakeVisibility]:
        """Every mistake that can be made at a cell."""
        return visibility(cell.truth, self.diagnoser.singles(cell.asked), cell.values)

    def score(self, asked: Asked, values: Mapping[str, Exact]) -> int:
        """How well mistakes show if the symbols have these values: the more the better."""
        if asked not in self._few:
            self._few[asked] = self._sample(asked)
        wrong, symbols = self._few[asked]
        key = (asked, *[values.get(name) for name in symbols])
        if key not in self._scores:
            truth = value_of(asked.formulas, values)
            every = visibility(truth, wrong, values).values() if truth is not None else ()
            self._scores[key] = sum(VISIBLE * each.visible + DISTINCT * each.distinct for each in every)
        return self._scores[key]

    def _sample(self, asked: Asked) -> tuple[tuple[Rewritten, ...], tuple[str, ...]]:
        """A few wrong formulas of each mistake, and the symbols on which they and the right ones depend."""
        counts: Counter[str] = Counter()
        kept = []
        for each in self.diagnoser.singles(asked):
            counts[each.label] += 1
            if counts[each.label] <= FEW:
                kept.append(each)
        symbols = {name for each in kept for formula in each.formulas for name in formula.symbols}
        return tuple(kept), tuple(sorted(symbols | asked.symbols))
