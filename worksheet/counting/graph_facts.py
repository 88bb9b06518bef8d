"""What the graph and the network itself tell of each layer, for the rules that ask: see ``conventions.facts``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from worksheet.conventions.facts import DEFAULTS
from worksheet.counting.gradients import GRADIENTS, Gradients
from worksheet.layers import Kind, Role, Writes
from worksheet.network import INPUT, Network, Node
from worksheet.sizes import sized


@dataclass(frozen=True)
class _Graph:
    """The arrows of a network, counted; ``scattered`` are the layers whose output does not lie in order."""

    readers: Mapping[str, int]
    kinds: Mapping[str, Kind]
    scattered: frozenset[str]

    def alone(self, node: Node) -> int:
        """Whether the layer is the only reader of its first input."""
        return int(bool(node.inputs) and self.readers[node.inputs[0]] == 1)

    def behind_norm(self, node: Node) -> int:
        before = self.kinds.get(node.inputs[0]) if node.inputs else None
        return int(self.alone(node) and before is not None and before.role is Role.BATCH_NORM)

    def renames(self, node: Node) -> int:
        copies = node.kind.writes is Writes.VIEW_OR_COPY and not self.scattered.isdisjoint(node.inputs)
        return int(node.kind.writes.is_view and not copies)


FROM_GRAPH: Mapping[str, Callable[[_Graph, Node], int]] = {
    "readers": lambda graph, node: graph.readers[node.name],
    "input_readers": lambda graph, node: graph.readers[node.inputs[0]] if node.inputs else 0,
    "inputs": lambda _, node: len(node.inputs),
    "in_place": _Graph.alone,
    "behind_norm": _Graph.behind_norm,
    "repeats": lambda _, node: int(bool(node.shares)),
    "renames": _Graph.renames,
    "shared": lambda _, node: int(bool(node.shares)),
}


def graph_facts(network: Network, wanted: Collection[str]) -> dict[str, dict[str, int]]:
    """By the name of each layer, the facts that are wanted; what the network states goes before what the graph tells.

    Where facts of gradients are wanted, those of the network's inputs are given too.
    """
    graph = _graph(network)
    known = {node.name: {name: _fact(graph, node, name) for name in wanted if name not in GRADIENTS} for node in network.nodes}
    if GRADIENTS.isdisjoint(wanted):
        return known
    flow, flowing = gradients(network), GRADIENTS.intersection(wanted)
    known |= {name: dict.fromkeys(wanted, 0) for name in flow.inputs}
    return {name: facts | flow.facts(name, flowing) for name, facts in known.items()}


def gradients(network: Network) -> Gradients:
    """Where gradients flow in a network."""
    graph = _graph(network)
    renaming = [node.name for node in network.nodes if not node.kind.works_only_in_training and graph.renames(node)]
    met = [replace(layer.node, kind=layer.kind) for layer in sized(network)]  # what a kind saves may depend on its input
    return Gradients(replace(network, nodes=tuple(met)), unfed(network), frozenset(renaming))


def _graph(network: Network) -> _Graph:
    readers = Counter(name for node in network.nodes for name in node.inputs)
    return _Graph(readers, {node.name: node.kind for node in network.nodes}, _scattered(network.nodes))


def unfed(network: Network) -> frozenset[str]:
    """The layers that work on stored arrays alone: what they work out is the same for every sample, and is worked out once."""
    fed = {INPUT, *network.further}
    for node in network.nodes:
        if not fed.isdisjoint(node.inputs):
            fed.add(node.name)
    return frozenset(node.name for node in network.nodes if node.inputs) - fed


def _scattered(nodes: Iterable[Node]) -> frozenset[str]:
    """The layers whose output does not lie in order; a run of positions of the outermost axis does."""
    found: set[str] = set()
    for node in nodes:
        axis_slice = node.kind.axis_slice
        in_order = axis_slice is not None and axis_slice.is_contiguous(node.hyperparameters)
        passed_on = node.kind.writes is Writes.NOTHING and not found.isdisjoint(node.inputs)
        if (node.kind.writes is Writes.VIEW and not in_order) or passed_on:
            found.add(node.name)
    return frozenset(found)


def _fact(graph: _Graph, node: Node, name: str) -> int:
    if name in node.facts:
        return node.facts[name]
    return DEFAULTS[name] if name in DEFAULTS else FROM_GRAPH[name](graph, node)
