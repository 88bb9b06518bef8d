"""A kind's formulas with the facts of a layer folded in: 1 for a bias, no trace of a dilation that is 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from worksheet.conventions import Column
from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.conventions.facts import BATCH, GRAPH, LEAST, PARTIAL, SAMPLES, SILENCES, STATED
from worksheet.counting.run import Run
from worksheet.formula import Formula
from worksheet.formula.tree import Call
from worksheet.layers import QUANTITIES, STORED, TRAINED, Form, Kind
from worksheet.sizes import Sized

BATCHED = Formula(f"{BATCH.name}*x", LEAST)
SILENT = {symbol.name: symbol.neutral for symbol in (*GRAPH, *STATED) if symbol.neutral is not None}  # facts that change nothing
USUAL = dict.fromkeys(SILENCES, 1)  # facts that the general formula of a layer takes for granted
GENERAL = {BATCH.name: 1, SAMPLES.name: 1} | SILENT | USUAL  # folded in if there is no network
OF_GRAPH = frozenset(symbol.name for symbol in (*GRAPH, *STATED))
INNER = frozenset(name for name, (part, _) in TRAINED.items() if part == "inner")


class Folded:
    """A kind's formulas in one form with the facts folded in, ready to be evaluated for any layer that shares them.

    ``called`` is how the layer is called. Without a ``run`` the formulas are for one sample, whatever the bytes of a number.
    ``inline_sizes`` replaces W and H by the formulas of the output's sizes.
    """

    def __init__(
        self, kind: Kind, form: Form, facts: Mapping[str, int], columns: Sequence[Column], *, called: Called = NO_PROGRAM,
        run: Run | None = None, inline_sizes: bool = True,
    ) -> None:  # fmt: skip
        self.inline_sizes = inline_sizes
        self.kind = kind
        self.form = form
        self.facts = {**facts, **(run.folded if run else GENERAL)}
        self.columns = columns
        self.called = called
        self.run = run or Run()
        self.in_parts = run is None or run.in_parts

    def with_facts(self, **facts: int) -> Folded:
        """The same with other facts."""
        facts = {**self.facts, **facts}
        return Folded(self.kind, self.form, facts, self.columns, called=self.called, run=self.run, inline_sizes=self.inline_sizes)

    def resolved(self, formula: Formula, *, once: bool = False) -> Formula:
        graph_facts = {name: value for name, value in self.facts.items() if name in OF_GRAPH}
        formula = formula.given(**graph_facts)  # first, since they may cut whole terms
        return self.kind.resolved(formula, self.form, inline_sizes=self.inline_sizes, once=once).given(**self.facts)

    @cached_property
    def sizes(self) -> list[tuple[str, Formula]]:
        return [(size.name, self.resolved(self.kind.formula(size.formula), once=True)) for size in self.kind.sizes]

    @cached_property
    def paddings(self) -> list[tuple[str, Formula]]:
        return [(size.name, self.resolved(self.kind.formula(size.formula), once=True)) for size in self.kind.paddings]

    @cached_property
    def rules(self) -> list[Formula | None]:
        return [self.rule(column) for column in self.columns]

    def rule(self, column: Column) -> Formula | None:
        """What a column counts for all runs and samples; rounded up if it must be whole."""
        rule = column.rule(self.kind, self.called)
        if rule is None:
            return None
        one = self.resolved(rule, once=column.once or self.kind.name in column.unrepeated)
        alike = column.once or column.batched or BATCH.name in self.facts or one.source == "0"
        all_samples = one if alike else BATCHED.inlined(x=one)
        rounded = column.whole and self.in_parts and all_samples.symbols
        return _whole(all_samples) if rounded else all_samples

    def silence(self, column: Column, *, counts: bool) -> str:
        """Why a column counts nothing here (a part only if it ``counts``), if a single fact is the reason; else empty."""
        rule = column.rule(self.kind, self.called)
        names = rule.symbols if rule else ()
        if counts and INNER.isdisjoint(names):
            return ""
        reasons = PARTIAL if counts else SILENCES
        return next((reason for name, reason in reasons.items() if name in names and not self.facts.get(name, 1)), "")

    @cached_property
    def quantities(self) -> dict[str, Formula]:
        return {name: self.resolved(self.kind.count(name), once=name in STORED) for name in QUANTITIES}


def _whole(formula: Formula) -> Formula:
    """The formula rounded up. Built by hand: rewriting takes every symbol for a whole number, and would drop the bracket."""
    return Formula.of(Call("ceil", (formula.tree,)), {**formula.least, **LEAST})


def folded_facts(layer: Sized) -> dict[str, int]:
    """The symbols of a layer that its formulas show as numbers."""
    symbols = layer.kind.symbols
    return {name: value for name, value in layer.values.items() if name in symbols and symbols[name].is_folded(value)}
