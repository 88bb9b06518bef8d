"""Which known mistakes show: where a mistake gives another value than the truth, and than every other mistake."""

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
FEW = 2  # wrong formulas of one mistake that a score looks at: a batch of 2 shows where one of 64 does
VISIBLE, DISTINCT = 3, 2  # what a mistake that shows is worth to a score, and one that nothing else gives


class MistakeVisibility(NamedTuple):
    """Whether a mistake shows at a cell, and whether it gives values that no other mistake gives there."""

    visible: bool
    distinct: bool


HIDDEN = MistakeVisibility(visible=False, distinct=False)


def value_of(formulas: Sequence[Formula], values: Mapping[str, Exact]) -> Value | None:
    """What formulas give; None where they give nothing."""
    try:
        return tuple([formula.at(values) for formula in formulas])
    except (FormulaError, KeyError):
        return None


def shown(truth: Value, wrong: Sequence[Rewritten], values: Mapping[str, Exact]) -> dict[str, MistakeVisibility]:
    """For each mistake that may be made, whether it shows where the symbols have these values.

    A mistake that gives no value at all, such as one with a map where none is, cannot be made.
    """
    found: dict[str, set[Value]] = {}
    for each in wrong:
        value = value_of(each.formulas, values)
        if value is not None:
            found.setdefault(each.label, set()).update({value} - {truth})
    many = Counter(value for given in found.values() for value in given)
    return {
        label: MistakeVisibility(visible=True, distinct=all(many[value] == 1 for value in given)) if given else HIDDEN
        for label, given in found.items()
    }


@dataclass
class Visibility:
    """Looks at cells with some mistakes in mind. What depends on the question alone is worked out once."""

    mistakes: Sequence[Mistake]
    _few: dict[Asked, tuple[tuple[Rewritten, ...], tuple[str, ...]]] = field(default_factory=dict)
    _scores: Bounded[object, int] = field(default_factory=lambda: Bounded(MAX_KNOWN))

    def __post_init__(self) -> None:
        self.diagnoser = Diagnoser([mistake for mistake in self.mistakes if mistake.rewrite])

    def at(self, cell: Cell) -> dict[str, MistakeVisibility]:
        """Every mistake that may be made at a cell."""
        return shown(cell.truth, self.diagnoser.singles(cell.asked), cell.values)

    def score(self, asked: Asked, values: Mapping[str, Exact]) -> int:
        """How well mistakes show where the symbols have these values: the more the better."""
        if asked not in self._few:
            self._few[asked] = self._looked_at(asked)
        wrong, letters = self._few[asked]
        key = (asked, *[values.get(name) for name in letters])
        if key not in self._scores:
            truth = value_of(asked.formulas, values)
            every = shown(truth, wrong, values).values() if truth is not None else ()
            self._scores[key] = sum(VISIBLE * each.visible + DISTINCT * each.distinct for each in every)
        return self._scores[key]

    def _looked_at(self, asked: Asked) -> tuple[tuple[Rewritten, ...], tuple[str, ...]]:
        """A few wrong formulas of each mistake, and the letters on which they and the right ones depend."""
        many: Counter[str] = Counter()
        kept = []
        for each in self.diagnoser.singles(asked):
            many[each.label] += 1
            if many[each.label] <= FEW:
                kept.append(each)
        letters = {name for each in kept for formula in each.formulas for name in formula.symbols}
        return tuple(kept), tuple(sorted(letters | asked.symbols))
