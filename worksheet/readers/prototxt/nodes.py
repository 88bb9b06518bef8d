"""Makes the nodes of a network one by one: their sizes as soon as they are known, their names, shared parameters and stages."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from worksheet.errors import SheetError, Where
from worksheet.layers import Shape, kind_named
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import INPUT, Node
from worksheet.readers.prototxt.layer import CaffeLayer, NodeDraft
from worksheet.sizes import Sized, size

ARRAYS = {"weights": 1, "biases": 1, "buffers": 3}  # as Caffe stores them: mean, variance and a factor for both
GROUP = re.compile(r"[A-Za-z]+_?[0-9]+[a-z]?(?=_|$)")  # conv1_1, res2a_branch2b, inception_3a_pool
MOST_SAID = 12  # names in one note
MOST_NODES = 50_000


class CaffeGraph:
    """The nodes so far. What rules of layers need of the graph is here."""

    def __init__(self, regions: int | None) -> None:
        self.batch = 1
        self.regions = regions
        self.nodes: list[Node] = []
        self.rows: dict[str, Sized | None] = {}
        self.notes: dict[str, None] = {}
        self.strangers: dict[str, Where] = {}
        self._known: dict[object, Sized] = {}
        self._taken = {INPUT}
        self._numbers: Counter[str] = Counter()
        self._arrays: dict[str, tuple[str, int]] = {}  # a stored array's name: its node, its place there

    def make(self, layer: CaffeLayer, draft: NodeDraft) -> Shape | None:
        """Append a node; its output's shape, where that of its inputs is known. Raises WorksheetError."""
        if len(self.nodes) >= MOST_NODES:
            raise SheetError(f"the network has more than {MOST_NODES:,} layers", layer.where)
        kind = kind_named(draft.kind)
        given = [Given(symbol, value, getattr(value, "where", layer.where)) for symbol, value in draft.values.items()]
        found = hyperparameters(kind, given, layer.where)
        values = {symbol.name: found[symbol.name] for symbol in kind.hyperparameters}  # in the order of the formulas
        inputs = tuple(blob.node for blob in draft.inputs)
        node = Node(draft.name, kind, values, inputs, layer.where, shares=draft.shares)
        self.nodes.append(node)
        self.rows[node.name] = row = self._sized(node, tuple(blob.sizes for blob in draft.inputs))
        return row.output if row else None

    def _sized(self, node: Node, received: tuple[Shape | None, ...]) -> Sized | None:
        """Equal layers are worked out once."""
        key = (node.kind.name, received, *node.hyperparameters.items())
        if key not in self._known:
            row = size(node, received)
            if row is None:
                return None
            self._known[key] = row
        return self._known[key]

    def fresh(self, name: str) -> str:
        """The name, with a number where another node bears it."""
        found = name
        while found in self._taken:
            self._numbers[name] += 1
            found = f"{name}_{self._numbers[name] + 1}"
        self._taken.add(found)
        return found

    def note(self, note: str) -> None:
        """Keep a sentence for the solution, once."""
        self.notes[note] = None

    def stranger(self, field: str, where: Where) -> None:
        """Keep a field that is not known, at its first place."""
        self.strangers.setdefault(field, where)

    # Shared parameters

    def share(self, layer: CaffeLayer, first: int, names: list[str]) -> None:
        """Let the nodes from ``first`` on use the arrays of an earlier layer where all their names are that layer's."""
        if not any(names):
            return
        for place in range(first, len(self.nodes)):
            node, row = self.nodes[place], self.rows[self.nodes[place].name]
            number = sum(many for name, many in ARRAYS.items() if row and _stored(row, name))
            if not number or node.shares:
                continue
            own = [*names[:number], *[""] * number][:number]
            owners = {self._arrays.get(name) for name in own}
            donors = {found[0] for found in owners if found}
            if None not in owners and len(donors) == 1 and [self._arrays[name][1] for name in own] == list(range(number)):
                self.nodes[place] = self._shared(layer, node, donors.pop())
            elif donors:
                some = ", ".join(sorted(donors))
                self.note(f"{node.name} shares some of its parameters with {some}; they are counted in each.")
            for position, name in enumerate(own):
                if name:
                    self._arrays.setdefault(name, (node.name, position))

    def _shared(self, layer: CaffeLayer, node: Node, donor: str) -> Node:
        own, other = self.rows[node.name], self.rows[donor]
        if own and other and any(_stored(own, name) != _stored(other, name) for name in ARRAYS):
            numbers = " and ".join(f"{sum(_stored(row, name) for name in ARRAYS):,}" for row in (own, other))
            message = f"{node.name} shares the parameters of {donor}, but they are {numbers} numbers"
            raise SheetError(message, layer.where, "a name of param { name } for arrays of one shape")
        return replace(node, shares=donor)


def _stored(row: Sized, quantity: str) -> int:
    return int(row.kind.quantity(quantity, row.form).at(row.values))


def staged(nodes: list[Node], origins: dict[str, tuple[str, str]]) -> list[Node]:
    """The nodes with their stages: what several layers' names begin with.

    ``origins`` tells of each node its layer's name and, where that layer works in place, the node below, whose stage it has.
    """
    groups = {name: _group(name) for name, below in dict.fromkeys(origins.values()) if not below}
    shared = Counter(groups.values())
    stages: dict[str, str] = {}
    for node in nodes:
        name, below = origins[node.name]
        group = groups.get(name, "")
        stages[node.name] = stages.get(below, "") if below else group if shared[group] > 1 else ""
    return [replace(node, stage=stages[node.name]) for node in nodes]


def _group(name: str) -> str:
    head, slash, _ = name.partition("/")
    found = GROUP.match(name)
    return head if slash else found.group() if found else ""


def listing(names: list[str]) -> str:
    """Names in a sentence, the first of many."""
    more = len(names) - MOST_SAID
    return ", ".join(names[:MOST_SAID]) + (f" and {more} more" if more > 0 else "")
