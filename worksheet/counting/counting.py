"""Counts the layers of a network under a convention, each by its rule; layers that are alike share their formulas."""

from __future__ import annotations

from collections.abc import Mapping

from worksheet.conventions import Convention
from worksheet.counting.folding import Folded, facts
from worksheet.counting.graph_facts import graph_facts, unfed
from worksheet.counting.run import Run
from worksheet.errors import ConventionError, FormulaError, Where
from worksheet.formula import Exact
from worksheet.network import Network
from worksheet.sizes import Sized, sized


class Counting:
    """A network with the sizes of its layers, and what its convention counts of each."""

    def __init__(self, network: Network, convention: Convention, run: Run) -> None:
        self.network = network
        self.convention = convention
        self.run = run
        self.once = run.once  # of layers that work out the same for every sample
        self.unfed = unfed(network) if run.batch > 1 else frozenset[str]()
        self.graph = graph_facts(network, convention.facts) if convention.facts else {}
        self.layers = sized(network)
        self.folded: dict[tuple[object, ...], Folded] = {}

    def fold(self, layer: Sized) -> Folded:
        known = facts(layer) | self.graph.get(layer.node.name, {})
        called = layer.node.called if self.convention.by_call else ()
        run = self.once if layer.node.name in self.unfed else self.run
        key = (id(layer.kind), id(layer.form), called, run.batch, *known.items())
        if key not in self.folded:
            self.folded[key] = Folded(
                layer.kind, layer.form, known, self.convention.columns, called=called, run=run,
                inline_sizes=self.convention.inlines,
            )  # fmt: skip
        return self.folded[key]

    def is_counted_elsewhere(self, folded: Folded, index: int, layer: Sized) -> bool:
        """Whether the layer has another's stored numbers, which this column counts there."""
        column, rule = folded.columns[index], folded.rules[index]
        return column.once and bool(layer.node.shares) and not (column.again and rule and rule.symbols)

    def values(self, folded: Folded, layer: Sized) -> dict[str, Exact]:
        """The value of every symbol of a layer's rules."""
        return {**layer.values, **folded.run.values}

    def counted(self, folded: Folded, index: int, values: Mapping[str, Exact]) -> int:
        """A column's value. Raises ConventionError where the rule gives none, or one that is not whole."""
        rule, what = folded.rules[index], f"{folded.columns[index].heading} of {folded.kind.name}"
        try:
            value = rule.at(values) if rule else 0
        except FormulaError as fault:
            raise ConventionError(f"{what}: {fault.message} ({rule})", Where(self.convention.name)) from None
        except KeyError as lacking:
            hint = "a rule must fit every form of its kind: X, Y and the quantities do"
            message = f"{what}: this layer has no {lacking.args[0]} ({rule})"
            raise ConventionError(message, Where(self.convention.name), hint) from None
        if isinstance(value, int):
            return value
        hint = "floor(...) or ceil(...) makes it whole"
        raise ConventionError(f"{what} is {value}, not a whole number ({rule})", Where(self.convention.name), hint)
