"""Makes the nodes of a network one by one: their sizes, names, shared parameters and stages."""

import re
from collections import Counter
from dataclasses import replace

from worksheet.errors import SheetError, Where
from worksheet.layers import Shape, kind_named
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import Node
from worksheet.readers.names import FreeNames
from worksheet.readers.prototxt.layer import CaffeLayer, NodeDraft
from worksheet.sizes import Sized, size

TENSORS = {"weights": 1, "biases": 1, "buffers": 3}  # tensors that Caffe stores: buffers are mean, variance and a factor for both
GROUP = re.compile(r"[A-Za-z]+_?[0-9]+[a-z]?(?=_|$)")  # conv1_1, res2a_branch2b, inception_3a_pool
MAX_NODES = 50_000


class CaffeGraph:
    """The nodes so far, and what the rules of layers use of the graph."""

    def __init__(self, regions: int | None) -> None:
        self.batch = 1
        self.regions = regions
        self.nodes: list[Node] = []
        self.rows: dict[str, Sized | None] = {}
        self.notes: dict[str, None] = {}
        self.unknown_fields: dict[str, Where] = {}
        self._sizes: dict[object, Sized] = {}
        self.free_name = FreeNames().take
        self._tensors: dict[str, tuple[str, int]] = {}  # by name of a parameter tensor: its node, its position there

    def make(self, layer: CaffeLayer, draft: NodeDraft) -> Shape | None:
        """Append a node and return the shape of its output, None where an input's is unknown. Raises WorksheetError."""
        if len(self.nodes) >= MAX_NODES:
            raise SheetError(f"the network has more than {MAX_NODES:,} layers", layer.where)
        kind = kind_named(draft.kind)
        settings = [Given(symbol, value, getattr(value, "where", layer.where)) for symbol, value in draft.values.items()]
        completed = hyperparameters(kind, settings, layer.where)
        values = {symbol.name: completed[symbol.name] for symbol in kind.hyperparameters}  # in the order of the formulas
        inputs = tuple(blob.node for blob in draft.inputs)
        node = Node(draft.name, kind, values, inputs, layer.where, shares=draft.shares)
        self.nodes.append(node)
        self.rows[node.name] = row = self._size(node, tuple(blob.sizes for blob in draft.inputs))
        return row.output if row else None

    def _size(self, node: Node, received: tuple[Shape | None, ...]) -> Sized | None:
        """The size of a node; equal layers are sized once."""
        key = (node.kind.name, received, *node.hyperparameters.items())
        if key not in self._sizes:
            row = size(node, received)
            if row is None:
                return None
            self._sizes[key] = row
        return self._sizes[key]

    def note(self, note: str) -> None:
        """Note a sentence on the solution, once."""
        self.notes[note] = None

    def note_unknown_field(self, field: str, where: Where) -> None:
        """Note an unknown field, with its first position."""
        self.unknown_fields.setdefault(field, where)

    # Shared parameters

    def share(self, layer: CaffeLayer, first: int, names: list[str]) -> None:
        """Let the nodes from ``first`` on share the parameters of an earlier layer that has all their names."""
        if not any(names):
            return
        for place in range(first, len(self.nodes)):
            node, row = self.nodes[place], self.rows[self.nodes[place].name]
            tensor_count = sum(count for name, count in TENSORS.items() if row and _count_stored(row, name))
            if not tensor_count or node.shares:
                continue
            own = [*names[:tensor_count], *[""] * tensor_count][:tensor_count]
            owners = {self._tensors.get(name) for name in own}
            donors = {shared[0] for shared in owners if shared}
            if None not in owners and len(donors) == 1 and [self._tensors[name][1] for name in own] == list(range(tensor_count)):
                self.nodes[place] = self._share_with(layer, node, donors.pop())
            elif donors:
                some = ", ".join(sorted(donors))
                self.note(f"{node.name} shares only some of its parameters with {some}; they are counted in each.")
            for position, name in enumerate(own):
                if name:
                    self._tensors.setdefault(name, (node.name, position))

    def _share_with(self, layer: CaffeLayer, node: Node, donor: str) -> Node:
        own, other = self.rows[node.name], self.rows[donor]
        if own and other and any(_count_stored(own, name) != _count_stored(other, name) for name in TENSORS):
            sizes = " and ".join(f"{sum(_count_stored(row, name) for name in TENSORS):,}" for row in (own, other))
            message = f"{node.name} shares the parameters of {donor}, but they have {sizes} elements"
            raise SheetError(message, layer.where, "one param { name } must stand for tensors of one shape")
        return replace(node, shares=donor)


def _count_stored(row: Sized, quantity: str) -> int:
    return int(row.kind.quantity(quantity, row.form).at(row.values))


def with_stages(nodes: list[Node], origins: dict[str, tuple[str, str]]) -> list[Node]:
    """The nodes with their stages: a prefix that several layer names share.

    ``origins`` gives for each node the name of its layer and, for an in-place layer, the node before it, whose stage it takes.
    """
    groups = {name: _group(name) for name, below in dict.fromkeys(origins.values()) if not below}
    shared = Counter(groups.values())
    stages: dict[str, str] = {}
    for node in nodes:
        name, below = origins[node.name]
        group = groups.get(name, "")
        own = group if shared[group] > 1 else ""
        stages[node.name] = stages.get(below, "") if below else own
    return [replace(node, stage=stages[node.name]) for node in nodes]


def _group(name: str) -> str:
    head, slash, _ = name.partition("/")
    match = GROUP.match(name)
    name_of_block = match.group() if match else ""
    return head if slash else name_of_block
