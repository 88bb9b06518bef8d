"""What a cell's answer would be under other conventions, for columns that ask for the same quantity."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from worksheet.conventions import Column, Convention
from worksheet.counting.counting import FoldedForms, is_shared
from worksheet.counting.graph_facts import fact_values
from worksheet.counting.run import Run
from worksheet.formula import Exact, Formula
from worksheet.grading.paper.cells import Key, Paper, Value, value_at
from worksheet.grading.paper.paper_maker import role
from worksheet.sizes import Sized

ZERO = Formula("0")
Near = Callable[[Value], bool]  # whether an answer is a value, within the tolerance of its column
CountedBy = tuple[Formula, tuple[str, ...]]  # a formula, and the conventions that count by it


@dataclass
class Alternatives:
    """The formulas of other conventions for the columns of one; ``others`` are the conventions considered."""

    own: Convention
    others: tuple[Convention, ...]
    run: Run = field(default_factory=Run)
    _columns: dict[str, list[tuple[FoldedForms, Column, int]]] = field(default_factory=dict)
    _formulas: dict[object, tuple[CountedBy, ...]] = field(default_factory=dict)

    @cached_property
    def forms(self) -> tuple[FoldedForms, ...]:
        """The formulas of each of the others, with every letter kept."""
        return tuple(FoldedForms(other, self.run, folds_layers=False, inline_sizes=False) for other in self.others)

    def columns(self, name: str) -> list[tuple[FoldedForms, Column, int]]:
        """The columns of other conventions with the same role and the same name, or both the main columns."""
        if name not in self._columns:
            columns: list[tuple[FoldedForms, Column, int]] = []
            asked = role(self.own.column(name))
            for forms in self.forms:
                other = forms.convention
                wanted = {name, other.main} if name == self.own.main else {name}
                fits = [column.name in wanted and role(column) == asked for column in other.columns]
                columns += [(forms, column, i) for i, column in enumerate(other.columns) if fits[i]]
            self._columns[name] = columns
        return self._columns[name]

    def formulas(self, paper: Paper, row: int, column: str) -> tuple[CountedBy, ...]:
        """What other conventions count for a layer of the paper, equal formulas grouped; what they do not count is left out."""
        layer = paper.layers[row - 1]
        facts = {fact: fact_values(paper.counting.network, fact).get(layer.node.name, 0) for fact in self.facts}
        run = paper.counting.run_of(layer)
        key = (layer.kind, layer.form, layer.node.called, bool(layer.node.shares), column, run.batch, *facts.items())
        if key not in self._formulas:
            together: dict[Formula, dict[str, None]] = {}
            for other, formula in self.rules(layer, facts, run, column):
                together.setdefault(formula, {})[other.name] = None
            self._formulas[key] = tuple((formula, tuple(names)) for formula, names in together.items())
        return self._formulas[key]

    def rules(self, layer: Sized, facts: Mapping[str, int], run: Run, name: str) -> Iterator[tuple[Convention, Formula]]:
        for forms, column, index in self.columns(name):
            rule = ZERO if is_shared(column, layer) else forms.of(layer, facts, run).rules[index]
            if rule is not None:
                yield forms.convention, rule

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts that any of the others uses."""
        return frozenset[str]().union(*(other.facts for other in self.others))

    def matching(self, paper: Paper, key: Key, values: Mapping[str, Exact], is_near: Near) -> tuple[str, ...]:
        """The conventions under which an answer to a cell is right, for these values of its symbols."""
        row, column = key
        if isinstance(row, str):
            return self.matching_totals(paper, column, is_near)
        names: list[str] = []
        for formula, conventions in self.formulas(paper, row, column):
            value = value_at(formula, values)
            if value is not None and is_near((value,)):
                names += conventions
        return tuple(dict.fromkeys(names))

    def matching_totals(self, paper: Paper, column: str, is_near: Near) -> tuple[str, ...]:
        """The conventions whose total, from the true sizes, is the answer."""
        name = f"totals {column}"
        if name not in paper.remembered:
            paper.remembered[name] = self.totals(paper, column)
        totals: Mapping[str, Exact] = paper.remembered[name]
        return tuple(convention for convention, total in totals.items() if is_near((total,)))

    def totals(self, paper: Paper, name: str) -> dict[str, Exact]:
        """The total of each convention that has this column."""
        sums: dict[str, Exact] = {}
        for row, layer in enumerate(paper.layers, 1):
            values = {**layer.values, **paper.counting.run_of(layer).values}
            for formula, conventions in self.formulas(paper, row, name):
                value = value_at(formula, values)
                for convention in conventions:
                    sums[convention] = sums.get(convention, 0) + (value or 0)
        return sums
