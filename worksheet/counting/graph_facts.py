"""Facts about each layer that follow from the graph and the network itself, for rules: see ``conventions.facts``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property

from worksheet.conventions.facts import DEFAULTS
from worksheet.counting.gradients import GRADIENTS, Gradients
from worksheet.layers import Role, Writes
from worksheet.network import INPUT, Network, Node, once_per_network
from worksheet.sizes import sized


class Graph:
    """A network's layers and the arrows between them."""

    def __init__(self, network: Network) -> None:
        self.inputs = {INPUT, *network.further}
        self.nodes = network.nodes
        self.readers = Counter(name for node in network.nodes for name in node.inputs)
        self.kinds = {node.name: node.kind for node in network.nodes}
        self._values: dict[str, Mapping[str, int]] = {}

    def values(self, fact: str) -> Mapping[str, int]:
        """A fact by the name of each layer, for all of them at once; what the network states has priority over the graph."""
        if fact not in self._values:
            usual = DEFAULTS.get(fact)
            self._values[fact] = {
                node.name: node.facts.get(fact, FROM_GRAPH[fact](self, node) if usual is None else usual) for node in self.nodes
            }
        return self._values[fact]

    @cached_property
    def input_independent(self) -> frozenset[str]:
        """The layers that read parameters alone: their output is the same for every sample, and is computed once."""
        fed = set(self.inputs)
        for node in self.nodes:
            if not fed.isdisjoint(node.inputs):
                fed.add(node.name)
        return frozenset(node.name for node in self.nodes if node.inputs) - fed

    @cached_property
    def non_contiguous(self) -> frozenset[str]:
        """The layers whose output is not contiguous; a slice of the outermost axis is."""
        scattered: set[str] = set()
        for node in self.nodes:
            axis_slice = node.kind.axis_slice
            in_order = axis_slice is not None and axis_slice.is_contiguous(node.hyperparameters)
            passed_on = node.kind.writes is Writes.NOTHING and not scattered.isdisjoint(node.inputs)
            if (node.kind.writes is Writes.VIEW and not in_order) or passed_on:
                scattered.add(node.name)
        return frozenset(scattered)

    def alone(self, node: Node) -> int:
        """Whether the layer is the only reader of its first input."""
        return int(bool(node.inputs) and self.readers[node.inputs[0]] == 1)

    def behind_norm(self, node: Node) -> int:
        before = self.kinds.get(node.inputs[0]) if node.inputs else None
        return int(self.alone(node) and before is not None and before.role is Role.BATCH_NORM)

    def is_view(self, node: Node) -> int:
        copies = node.kind.writes is Writes.VIEW_OR_COPY and not self.non_contiguous.isdisjoint(node.inputs)
        return int(node.kind.writes.is_view and not copies)


FROM_GRAPH: Mapping[str, Callable[[Graph, Node], int]] = {
    "readers": lambda graph, node: graph.readers[node.name],
    "input_readers": lambda graph, node: graph.readers[node.inputs[0]] if node.inputs else 0,
    "inputs": lambda _, node: len(node.inputs),
    "in_place": Graph.alone,
    "behind_norm": Graph.behind_norm,
    "repeats": lambda _, node: int(bool(node.shares)),
    "renames": Graph.is_view,
    "shared": lambda _, node: int(bool(node.shares)),
}


@once_per_network
def graph(network: Network) -> Graph:
    """The graph of a network."""
    return Graph(network)


@once_per_network
def gradients(network: Network) -> Gradients:
    """Where gradients flow in a network."""
    structure = graph(network)
    views = [node.name for node in network.nodes if not node.kind.works_only_in_training and structure.is_view(node)]
    nodes = [replace(layer.node, kind=layer.kind) for layer in sized(network)]  # what a kind saves may depend on its input
    return Gradients(nodes, structure.inputs, structure.input_independent, frozenset(views))


def fact_values(network: Network, fact: str) -> Mapping[str, int]:
    """A fact by the name of each layer or input; 0 for what is not in it."""
    return gradients(network).facts[fact] if fact in GRADIENTS else graph(network).values(fact)
