"""Counts the layers of a network under a convention, each by its rule; layers that are alike share their formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from worksheet.conventions import Column, Convention
from worksheet.conventions.convention import NO_PROGRAM
from worksheet.counting.folding import Folded, folded_facts
from worksheet.counting.graph_facts import fact_values, graph
from worksheet.counting.run import Run
from worksheet.errors import ConventionError, FormulaError, Where
from worksheet.formula import Exact
from worksheet.network import Network
from worksheet.sizes import Sized, input_layers, sized


@dataclass(eq=False)
class FoldedForms:
    """The formulas of a convention for a run, folded once for all layers that are alike, whatever network they belong to.

    Without ``folds_layers`` the layers' own numbers stay symbols. ``inline_sizes`` replaces W and H by the formulas of
    the output's sizes; by default where the convention does so.
    """

    convention: Convention
    run: Run
    folds_layers: bool = True
    inline_sizes: bool | None = None
    _known: dict[tuple[object, ...], Folded] = field(default_factory=dict)

    @cached_property
    def once(self) -> Run:
        """The run of a layer whose output is the same for every sample."""
        return self.run.once

    def of(self, layer: Sized, graph: Mapping[str, int], run: Run) -> Folded:
        """The formulas of a layer with the facts of the graph, in this run or in ``once``."""
        facts = {**folded_facts(layer), **graph} if self.folds_layers else graph
        called = layer.node.called if self.convention.by_call else NO_PROGRAM
        key = (layer.kind, layer.form, called, run.batch, *facts.items())
        if key not in self._known:
            inlines = self.convention.inlines if self.inline_sizes is None else self.inline_sizes
            self._known[key] = Folded(
                layer.kind, layer.form, facts, self.convention.columns, called=called, run=run, inline_sizes=inlines
            )
        return self._known[key]


class Counting:
    """A network with the sizes of its layers and the facts of its graph, and what a convention counts of each layer in a run.

    ``forms`` are passed where several networks share them. Raises WorksheetError where layers do not fit together.
    """

    def __init__(self, network: Network, convention: Convention, run: Run, forms: FoldedForms | None = None) -> None:
        self.network = network
        self.convention = convention
        self.run = run
        self.forms = forms or FoldedForms(convention, run)
        self.input_independent = graph(network).input_independent if run.batch > 1 else frozenset[str]()
        self.layers = sized(network)
        self._folded: dict[tuple[object, ...], Folded] = {}

    @property
    def inputs(self) -> tuple[Sized, ...]:
        """The network's inputs, where the convention counts them."""
        return input_layers(self.network) if self.convention.counts_inputs else ()

    def facts(self, layer: Sized) -> dict[str, int]:
        """What the convention's rules ask of the graph."""
        name = layer.node.name
        return {fact: values.get(name, 0) for fact, values in self._facts.items()}

    @cached_property
    def _facts(self) -> dict[str, Mapping[str, int]]:
        return {fact: fact_values(self.network, fact) for fact in self.convention.facts}

    def run_of(self, layer: Sized) -> Run:
        """The run of a layer: one that no input leads to runs once for all samples."""
        return self.forms.once if layer.node.name in self.input_independent else self.run

    def fold(self, layer: Sized) -> Folded:
        """The formulas of a layer; looked up once for layers that are alike."""
        name = layer.node.name
        called = layer.node.called if self.convention.by_call else NO_PROGRAM
        key = (layer.likeness, called, name in self.input_independent, *[values.get(name, 0) for values in self._facts.values()])
        folded = self._folded.get(key)
        if folded is None:
            folded = self._folded[key] = self.forms.of(layer, self.facts(layer), self.run_of(layer))
        return folded

    def is_counted_elsewhere(self, folded: Folded, index: int, layer: Sized) -> bool:
        """Whether the layer uses another's parameters, which this column counts there."""
        column, rule = folded.columns[index], folded.rules[index]
        return column.once and bool(layer.node.shares) and not (column.again and rule and rule.symbols)

    def values(self, folded: Folded, layer: Sized) -> dict[str, Exact]:
        """The value of every symbol of a layer's rules."""
        return {**layer.values, **folded.run.values}

    def count(self, folded: Folded, index: int, values: Mapping[str, Exact]) -> int:
        """A column's value. Raises ConventionError where the rule gives none, or one that is not whole."""
        rule, what = folded.rules[index], f"{folded.columns[index].heading} of {folded.kind.name}"
        try:
            value = rule.at(values) if rule else 0
        except FormulaError as fault:
            raise ConventionError(f"{what}: {fault.message} ({rule})", Where(self.convention.name)) from None
        except KeyError as missing:
            hint = "a rule must fit every form of its kind: X, Y and the quantities do"
            message = f"{what}: this layer has no {missing.args[0]} ({rule})"
            raise ConventionError(message, Where(self.convention.name), hint) from None
        if isinstance(value, int):
            return value
        hint = "floor(...) or ceil(...) makes it whole"
        raise ConventionError(f"{what} is {value}, not a whole number ({rule})", Where(self.convention.name), hint)


def is_shared(column: Column, layer: Sized) -> bool:
    """Whether a column leaves a layer's parameters to the layer that holds them."""
    return column.once and bool(layer.node.shares) and not column.again
