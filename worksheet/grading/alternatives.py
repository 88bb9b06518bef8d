"""Other ways of counting: what a cell's answer would be under each convention whose column asks for the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from worksheet.conventions import Column, Convention
from worksheet.counting.folding import Folded
from worksheet.counting.graph_facts import graph_facts
from worksheet.counting.run import Run
from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.grading.making import role
from worksheet.grading.paper import Key, Paper, Value
from worksheet.sizes import Sized

ZERO = Formula("0")
Counted = tuple[Formula, tuple[str, ...]]  # a formula, and the conventions that count by it


@dataclass
class Alternatives:
    """The formulas of other conventions for the columns of one. ``others`` are those that are considered."""

    own: Convention
    others: tuple[Convention, ...]
    run: Run = field(default_factory=Run)
    _columns: dict[str, list[tuple[Convention, Column, int]]] = field(default_factory=dict)
    _known: dict[object, tuple[Counted, ...]] = field(default_factory=dict)

    def columns(self, name: str) -> list[tuple[Convention, Column, int]]:
        """The columns of other conventions that ask for the same: of one role, and of the same name or both the main ones."""
        if name not in self._columns:
            found = []
            asked = role(self.own.column(name))
            for other in self.others:
                wanted = {name, other.main} if name == self.own.main else {name}
                fits = [column.name in wanted and role(column) == asked for column in other.columns]
                found += [(other, column, i) for i, column in enumerate(other.columns) if fits[i]]
            self._columns[name] = found
        return self._columns[name]

    def formulas(self, paper: Paper, row: int, column: str) -> tuple[Counted, ...]:
        """What other conventions count for a layer of the paper, equal formulas together. What they do not count is left out."""
        layer = paper.layers[row - 1]
        facts = self.facts(paper, layer)
        key = (id(layer.kind), id(layer.form), layer.node.called, bool(layer.node.shares), column, *facts.items())
        if key not in self._known:
            together: dict[Formula, dict[str, None]] = {}
            for other, formula in self.found(layer, facts, column):
                together.setdefault(formula, {})[other.name] = None
            self._known[key] = tuple((formula, tuple(names)) for formula, names in together.items())
        return self._known[key]

    def found(self, layer: Sized, facts: Mapping[str, int], name: str) -> Iterator[tuple[Convention, Formula]]:
        for other, column, index in self.columns(name):
            called = layer.node.called if other.by_call else ()
            known = {fact: value for fact, value in facts.items() if fact in other.facts}
            folded = Folded(layer.kind, layer.form, known, other.columns, called=called, run=self.run, inline_sizes=False)
            rule = ZERO if column.once and layer.node.shares and not column.again else folded.rules[index]
            if rule is not None:
                yield other, rule

    def facts(self, paper: Paper, layer: Sized) -> Mapping[str, int]:
        """The facts of a layer that any of the conventions uses."""
        wanted = frozenset[str]().union(*(other.facts for other in self.others))
        if not wanted:
            return {}
        if "facts" not in paper.remembered:
            paper.remembered["facts"] = graph_facts(paper.network, wanted)
        found: Mapping[str, Mapping[str, int]] = paper.remembered["facts"]
        return found[layer.node.name]

    def matching(self, paper: Paper, key: Key, values: Mapping[str, Exact], answer: Value) -> tuple[str, ...]:
        """The conventions under which an answer to a cell is right, for these values of its symbols."""
        row, column = key
        if isinstance(row, str):
            return self.totalling(paper, column, answer)
        names: list[str] = []
        for formula, conventions in self.formulas(paper, row, column):
            if _value(formula, values) == answer[0]:
                names += conventions
        return tuple(dict.fromkeys(names))

    def totalling(self, paper: Paper, column: str, answer: Value) -> tuple[str, ...]:
        """The conventions whose total, from the true sizes, is the answer."""
        name = f"totals {column}"
        if name not in paper.remembered:
            paper.remembered[name] = dict(self.totals(paper, column))
        totals: Mapping[str, Exact] = paper.remembered[name]
        return tuple(convention for convention, total in totals.items() if total == answer[0])

    def totals(self, paper: Paper, name: str) -> Iterator[tuple[str, Exact]]:
        sums: dict[str, Exact] = {}
        for row, layer in enumerate(paper.layers, 1):
            values = {**layer.values, **paper.run.values}
            for formula, conventions in self.formulas(paper, row, name):
                value = _value(formula, values)
                for convention in conventions:
                    sums[convention] = sums.get(convention, 0) + (value or 0)
        yield from sums.items()


def _value(formula: Formula, values: Mapping[str, Exact]) -> Exact | None:
    try:
        return formula.at(values)
    except (FormulaError, KeyError):
        return None
