"""A network: a named graph of layers with their hyperparameters. No arithmetic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from worksheet.errors import NetworkError, Where
from worksheet.layers import Kind, kind_named
from worksheet.layers.spelling import Given, hyperparameters

INPUT = "input"  # the name of the network's input among the layers' inputs

Shape = tuple[int, ...]  # from the outermost axis inwards, without the batch: channels, height, width


@dataclass(frozen=True)
class Node:
    """A layer in a network. ``inputs`` name the layers it reads; empty means the one above."""

    name: str
    kind: Kind
    hyperparameters: Mapping[str, int]
    inputs: tuple[str, ...] = ()
    where: Where | None = None


@dataclass(frozen=True)
class Heading:
    """What a sheet says of itself beside its layers; empty where it says nothing."""

    title: str = ""
    course: str = ""
    question: str = ""
    note: str = ""
    convention: str = ""
    digits: str = ""
    brackets: str = ""  # "always": floors are written even where the division is exact


@dataclass(frozen=True)
class Network:
    """A network's name, input shape and layers in an order in which they can be computed.

    Raises NetworkError where a layer reads one that does not come before it, or a name is used twice.
    """

    name: str
    input: Shape
    nodes: tuple[Node, ...]
    heading: Heading = field(default_factory=Heading)
    file: str | None = None

    def __post_init__(self) -> None:
        if not self.nodes:
            raise NetworkError("a network needs a layer", Where(self.file))
        known = {INPUT}
        for node in self.nodes:
            for name in node.inputs:
                if name not in known:
                    raise NetworkError(f"{node.name} reads {name!r}, which does not come before it", node.where)
            if node.name in known:
                raise NetworkError(f"two layers are called {node.name!r}", node.where)
            known.add(node.name)


def layer(kind: str, name: str = "", inputs: Iterable[str] = (), **words: int) -> Node:
    """A layer built in Python, in the words of the sheet or the symbols of the formulas.

    >>> layer("Conv2d", c=64, w=11, s=4, p=2, nobias=True).hyperparameters["s_h"]
    4

    Raises WorksheetError for an unknown kind or word, a missing or impossible number.
    """
    found = kind_named(kind)
    flags = found.spelling.flags
    given = [Given(*flags.get(word, (word, value))) for word, value in words.items() if value or word not in flags]
    return Node(name, found, hyperparameters(found, given), tuple(inputs))


def network(name: str, input: Iterable[int], *layers: Node, **heading: str) -> Network:
    """A network built in Python; each layer reads the one above it unless it names its inputs.

    >>> net = network("tiny", (3, 32, 32), layer("Conv2d", c=8, w=3), layer("ReLU"), layer("Linear", k=10))
    >>> [(node.name, node.inputs) for node in net.nodes]
    [('conv2d_1', ('input',)), ('relu_1', ('conv2d_1',)), ('linear_1', ('relu_1',))]
    """
    shape = tuple(input)
    if not shape or not all(isinstance(size, int) and size > 0 for size in shape):
        raise NetworkError(f"an input shape is a row of positive whole numbers, not {shape!r}")
    return Network(name, shape, tuple(chained(layers)), Heading(**heading))


def chained(layers: Iterable[Node]) -> list[Node]:
    """The layers with a name each, reading the layer above where they do not say otherwise."""
    nodes: list[Node] = []
    taken: dict[str, int] = {}
    above = INPUT
    for node in layers:
        taken[node.kind.name] = taken.get(node.kind.name, 0) + 1
        name = node.name or f"{node.kind.name.lower()}_{taken[node.kind.name]}"
        nodes.append(replace(node, name=name, inputs=node.inputs or (above,)))
        above = name
    return nodes
