"""A kind's formulas with the facts of a layer folded in: 1 for a bias, no trace of a dilation that is 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from worksheet.conventions import Column
from worksheet.formula import Formula
from worksheet.layers import QUANTITIES, STORED, Form, Kind
from worksheet.sizes import Sized


class Folded:
    """A kind's formulas in one form with the facts folded in, ready to be evaluated for any layer that shares them.

    ``inline_sizes`` puts the formulas of the output's sizes in place of W and H.
    """

    def __init__(
        self, kind: Kind, form: Form, facts: Mapping[str, int], columns: Sequence[Column], inline_sizes: bool = True
    ) -> None:
        self.inline_sizes = inline_sizes
        self.kind = kind
        self.form = form
        self.facts = facts
        self.columns = columns

    def resolved(self, formula: Formula, *, once: bool = False) -> Formula:
        return self.kind.resolved(formula, self.form, inline_sizes=self.inline_sizes, once=once).given(**self.facts)

    @cached_property
    def sizes(self) -> list[tuple[str, Formula]]:
        return [(size.name, self.resolved(self.kind.formula(size.formula), once=True)) for size in self.kind.sizes]

    @cached_property
    def rules(self) -> list[Formula | None]:
        rules = [(column.rule(self.kind), column.once) for column in self.columns]
        return [self.resolved(rule, once=once) if rule else None for rule, once in rules]

    @cached_property
    def quantities(self) -> dict[str, Formula]:
        return {name: self.resolved(self.kind.count(name), once=name in STORED) for name in QUANTITIES}


def facts(layer: Sized) -> dict[str, int]:
    """The symbols of a layer that its formulas show as numbers."""
    symbols = layer.kind.symbols
    return {name: value for name, value in layer.values.items() if name in symbols and symbols[name].is_folded(value)}
