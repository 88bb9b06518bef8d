"""What the graph and the network itself tell of each layer, for the rules that ask: see ``conventions.facts``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from worksheet.conventions.facts import STATED
from worksheet.network import Network, Node


@dataclass(frozen=True)
class _Graph:
    """The arrows of a network, counted."""

    readers: Mapping[str, int]
    kinds: Mapping[str, str]

    def alone(self, node: Node) -> int:
        """Whether the layer is the only reader of its first input."""
        return int(bool(node.inputs) and self.readers[node.inputs[0]] == 1)

    def behind_norm(self, node: Node) -> int:
        return int(self.alone(node) and self.kinds.get(node.inputs[0]) == "BatchNorm")


FROM_GRAPH: Mapping[str, Callable[[_Graph, Node], int]] = {
    "readers": lambda graph, node: graph.readers[node.name],
    "input_readers": lambda graph, node: graph.readers[node.inputs[0]] if node.inputs else 0,
    "inputs": lambda _, node: len(node.inputs),
    "in_place": _Graph.alone,
    "behind_norm": _Graph.behind_norm,
}


def graph_facts(network: Network, wanted: Collection[str]) -> dict[str, dict[str, int]]:
    """By the name of each layer, the facts that are wanted; what the network states goes before what the graph tells."""
    readers = Counter(name for node in network.nodes for name in node.inputs)
    graph = _Graph(readers, {node.name: node.kind.name for node in network.nodes})
    stated = {symbol.name for symbol in STATED}
    return {
        node.name: {name: _fact(graph, node, name) if name not in stated else node.facts.get(name, 0) for name in wanted}
        for node in network.nodes
    }


def _fact(graph: _Graph, node: Node, name: str) -> int:
    return node.facts[name] if name in node.facts else FROM_GRAPH[name](graph, node)
