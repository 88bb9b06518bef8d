"""Where gradients flow in a network: what is trained, whose input needs a gradient, which tensors a backward pass reads again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from itertools import pairwise

from worksheet.layers import STORED
from worksheet.network import Node

GRADIENTS = frozenset({"learns", "wanted", "kept", "gathers", "spreads"})  # the facts of this file
TRAINED = STORED - {"buffers"}
PLACES = "input_"  # what a kind saves: "input" all of them, "input_2" the second, "output"


class Gradients:
    """The gradients of a network by the names of its layers, whose kinds fit their inputs.

    ``input_independent`` are the layers whose output is the same for all samples, ``views`` those whose output is a view of their
    first input.
    """

    def __init__(
        self, nodes: Sequence[Node], inputs: Collection[str], input_independent: Collection[str], views: Collection[str]
    ) -> None:
        self.nodes = nodes
        self.inputs = inputs
        self.input_independent = {*input_independent, *(node.name for node in nodes if node.kind.is_source)}
        self.views = views

    @cached_property
    def facts(self) -> dict[str, dict[str, int]]:
        """By the name of each fact and layer; 0 for what is not in it."""
        names = [node.name for node in self.nodes]
        gathers = {name: self._gradients(name) for name in names}
        return {
            "learns": {name: int(name in self.learning) for name in names},
            "wanted": {node.name: int(self.wants(node)) for node in self.nodes},
            "kept": dict.fromkeys(self.kept, 1),
            "gathers": {name: max(alike + spread - 1, 0) - spread for name, (alike, spread) in gathers.items()},
            "spreads": {name: spread for name, (_, spread) in gathers.items()},
        }

    @cached_property
    def learning(self) -> set[str]:
        """The layers whose output depends on a trained parameter."""
        learning: set[str] = set()
        trains: dict[tuple[object, ...], bool] = {}  # equal layers are examined once
        for node in self.nodes:
            key = (node.kind, *node.hyperparameters.items())
            if key not in trains:
                trains[key] = node.kind.differentiable and _has_parameters(node)
            if trains[key] or (node.kind.differentiable and not learning.isdisjoint(node.inputs)):
                learning.add(node.name)
        return learning

    @cached_property
    def reached(self) -> set[str]:
        """The layers to whose output a gradient flows back: results, and the layers that they depend on.

        An output read only by layers that pass no gradient is a result: a detector's loss reads the outputs that locate boxes.
        """
        flowing = [node for node in self.nodes if node.kind.differentiable]
        read = {name for node in flowing for name in node.inputs}
        reached = {node.name for node in flowing if node.name not in read}
        for node in reversed(flowing):
            if node.name in reached:
                reached.update(node.inputs)
        return reached

    def wants(self, node: Node) -> bool:
        """Whether the gradient of a layer's input is needed."""
        return node.name in self.reached and node.kind.differentiable and not self.learning.isdisjoint(node.inputs)

    def wants_some(self, node: Node) -> bool:
        """Whether the gradient of some of its inputs is needed, and of others is not."""
        return self.wants(node) and not self.learning.issuperset(node.inputs)

    @cached_property
    def owners(self) -> dict[str, str]:
        """The owner of each tensor, by name: the layer or input that wrote it."""
        owners = {name: name for name in self.inputs}
        for node in self.nodes:
            owners[node.name] = owners[node.inputs[0]] if node.name in self.views and node.inputs else node.name
        return owners

    @cached_property
    def keepers(self) -> dict[str, list[str]]:
        """By the name of its owner, the layers whose backward pass reads a tensor again."""
        keepers: dict[str, list[str]] = {}
        for node in self.nodes:
            if node.name in self.learning and node.name in self.reached:
                for name in dict.fromkeys(self.owners[name] for name in _saved_tensors(node)):
                    keepers.setdefault(name, []).append(node.name)
        return keepers

    @property
    def kept(self) -> Collection[str]:
        """The layers and inputs whose tensor some backward pass reads again."""
        return self.keepers.keys()

    @cached_property
    def _readers(self) -> dict[str, list[Node]]:
        """The layers that send a gradient back, by the name that they read, once for each read."""
        readers: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.name in self.reached and node.kind.differentiable:
                for name in node.inputs:
                    readers.setdefault(name, []).append(node)
        return readers

    def _gradients(self, name: str) -> tuple[int, int]:
        """How many gradients flow back to an output: from layers that run as often, and from those that run for every sample."""
        if name not in self.learning:
            return 0, 0
        readers = self._readers.get(name, [])
        fed = [reader for reader in readers if name in self.input_independent and reader.name not in self.input_independent]
        alike = [reader for reader in readers if reader not in fed]
        return _count_gradients(alike), _count_gradients(fed)


def _has_parameters(node: Node) -> bool:
    """Whether a layer has parameters that are trained."""
    counts = (node.kind.count(name) for name in TRAINED)
    return any(formula.given(**node.hyperparameters).source != "0" for formula in counts)


def _saved_tensors(node: Node) -> Iterable[str]:
    """The names of what a layer's backward pass reads again."""
    saves = node.kind.training.saves if node.kind.training else frozenset()
    for place, name in enumerate(node.inputs, 1):
        if not saves.isdisjoint({"input", f"{PLACES}{place}"}):
            yield name
    if "output" in saves:
        yield node.name


def _count_gradients(readers: Sequence[Node]) -> int:
    """The number of gradients that are added: those of slices of one axis that do not overlap are concatenated."""
    pieces: dict[int, list[tuple[int, int]]] = {}
    for node in readers:
        if axis_slice := node.kind.axis_slice:
            values = node.hyperparameters
            pieces.setdefault(values[axis_slice.axis], []).append(axis_slice.span(values))
    apart = [len(spans) for spans in pieces.values() if all(a[1] < b[0] for a, b in pairwise(sorted(spans)))]
    return len(readers) - sum(apart) + len(apart)
