"""A network: a named graph of layers with their hyperparameters. No arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import field, fields, replace
from functools import lru_cache, wraps
from typing import Any, TypeVar

from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.conventions.facts import FACTS
from worksheet.errors import NetworkError, Where, nearest, shown
from worksheet.frozen import frozen
from worksheet.layers import Kind, Shape, kind_named
from worksheet.layers.spelling import Given, hyperparameters

INPUT = "input"  # the name of the network's input among the layers' inputs


@frozen
class Node:
    """A layer in a network.

    ``inputs`` name the layers it reads; empty means the one above, or none for a stored tensor. ``pattern`` is what numbers
    cannot express (the equation of an Einsum). ``stage`` is the part of the network that the layer belongs to. ``shares`` names
    an earlier layer whose parameters this one uses: they are counted there. ``facts`` are those of
    ``conventions.facts`` that do not follow from shapes and arrows.
    """

    name: str
    kind: Kind
    hyperparameters: Mapping[str, int]
    inputs: tuple[str, ...] = ()
    where: Where | None = None
    pattern: str = ""
    stage: str = ""
    shares: str = ""
    called: Called = NO_PROGRAM
    facts: Mapping[str, int] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"<Node {shown(self.name)}: {self.kind.name}>"


@frozen
class Heading:
    """What a sheet says of itself beside its layers; empty where it says nothing."""

    title: str = ""
    course: str = ""
    question: str = ""
    note: str = ""
    convention: str = ""
    digits: str = ""
    language: str = ""
    labels: tuple[tuple[str, str], ...] = ()  # a teacher's own words, each after the English ones
    brackets: str = ""  # "always": floors are written even where the division is exact


@frozen
class Network:
    """A network's name, input shape and layers in an order in which they can be computed.

    ``further`` are the shapes of inputs beside the main one, by name. ``notes`` say what a reader of the solution must know:
    layers left out, numbers that the file does not give. ``made_for`` makes the network for another input, where its layers
    depend on it, ``at_own_size`` for the input of its source where another one was asked for. ``cite`` is the source of its
    definition. Raises NetworkError where a layer reads one that does not come
    before it, or a name is used twice.
    """

    name: str
    input: Shape
    nodes: tuple[Node, ...]
    heading: Heading = field(default_factory=Heading)
    file: str | None = None
    further: Mapping[str, Shape] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    made_for: Callable[[Shape], Network] | None = field(default=None, compare=False, repr=False)
    at_own_size: Callable[[], Network] | None = field(default=None, compare=False, repr=False)
    cite: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if not self.nodes:
            raise NetworkError("a network needs a layer", Where(self.file))
        known = {INPUT, *self.further}
        for node in self.nodes:
            for name in (*node.inputs, *filter(None, [node.shares])):
                if name not in known:
                    raise NetworkError(f"{node.name} reads {name!r}, which does not come before it", node.where)
            if node.name in known:
                raise NetworkError(f"two layers are called {node.name!r}", node.where)
            known.add(node.name)

    def __repr__(self) -> str:
        shape = " × ".join(map(str, self.input))
        return f"<Network {shown(self.title)}: input {shape}, {len(self.nodes):,} layers>"

    def _repr_html_(self) -> str:
        from worksheet.writers.notebook import network_html

        return network_html(self)

    @property
    def title(self) -> str:
        """The heading's title, or the name."""
        return self.heading.title or self.name

    def __getstate__(self) -> dict[str, Any]:
        """What is pickled: the fields, not the results that ``once_per_network`` keeps."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def until(self, name: str) -> Network:
        """The network that gives one layer's output: what leads to that layer, and nothing else. Raises NetworkError."""
        names = [node.name for node in self.nodes]
        if name not in names:
            close = nearest(name, names) or ""
            hint = close if close.startswith("did") else f"the last ones are {', '.join(names[-5:])}"
            raise NetworkError(f"there is no layer {shown(name)}", Where(self.file or self.name), hint)
        wanted = {name}
        for node in reversed(self.nodes):
            if node.name in wanted:
                wanted.update(node.inputs)
        return replace(self, nodes=tuple(_with_own_numbers([node for node in self.nodes if node.name in wanted])))


Result = TypeVar("Result")


def once_per_network(work: Callable[[Network], Result]) -> Callable[[Network], Result]:
    """Make a function of a network run once for each network, which keeps the result as it would a cached property."""
    key = f"{work.__module__}.{work.__qualname__}"

    @wraps(work)
    def once(network: Network) -> Result:
        kept = vars(network)
        if key not in kept:
            kept[key] = work(network)
        result: Result = kept[key]
        return result

    return once


def _with_own_numbers(nodes: Iterable[Node]) -> Iterator[Node]:
    """The layers of a part of a network: parameters whose owner is not in it belong to the first layer that shares them."""
    held: dict[str, str] = {}  # by the owner in the whole network: the owner in this part
    for node in nodes:
        held.setdefault(node.name, node.name)
        owner = held.setdefault(node.shares, node.name) if node.shares else ""
        yield replace(node, shares="" if owner == node.name else owner)


def layer(
    kind: str, name: str = "", inputs: Iterable[str] = (), *, pattern: str = "", stage: str = "", shares: str = "", **words: int
) -> Node:
    """A layer built in Python, in the words of the sheet or the symbols of the formulas.

    >>> layer("Conv2d", k=64, w=11, s=4, p=2, nobias=True).hyperparameters["s_h"]
    4

    Raises WorksheetError for an unknown kind or word, a missing or impossible number.
    """
    try:
        values = _values(kind, tuple(words.items()), tuple(map(type, words.values())))
    except TypeError:  # a value that is not hashable is not a number either, which is reported
        values = _values.__wrapped__(kind, tuple(words.items()), ())
    return Node(name, kind_named(kind), values, tuple(inputs), pattern=pattern, stage=stage, shares=shares)


@lru_cache(maxsize=4096)
def _values(kind: str, words: tuple[tuple[str, int], ...], _types: tuple[type, ...]) -> Mapping[str, int]:
    """A layer's hyperparameters, read once for equal layers; 1, 1.0 and True differ by their types."""
    flags = kind_named(kind).spelling.flags
    given = [Given(*flags.get(word, (word, value))) for word, value in words if value or word not in flags]
    return hyperparameters(kind_named(kind), given)


def network(
    name: str, input: Iterable[int], *layers: Node, further: Mapping[str, Shape] | None = None, **heading: Any
) -> Network:
    """A network built in Python; each layer reads the one above it unless it names its inputs.

    >>> net = network("tiny", (3, 32, 32), layer("Conv2d", k=8, w=3), layer("ReLU"), layer("Linear", k=10))
    >>> [(node.name, node.inputs) for node in net.nodes]
    [('conv2d_1', ('input',)), ('relu_1', ('conv2d_1',)), ('linear_1', ('relu_1',))]
    """
    return Network(name, check_shape(input), tuple(chain(layers)), Heading(**heading), further=dict(further or {}))


def check_shape(input: Iterable[int]) -> Shape:
    """An input shape of positive whole numbers. Raises NetworkError."""
    shape = tuple(input)
    if not shape or not all(isinstance(size, int) and size > 0 for size in shape):
        raise NetworkError(f"an input shape is a row of positive whole numbers, not {shape!r}")
    return shape


def chain(layers: Iterable[Node]) -> list[Node]:
    """The layers with a name each, reading the layer above where they do not say otherwise."""
    nodes: list[Node] = []
    taken: dict[str, int] = {}
    named = {node.name for node in layers} if isinstance(layers, (list, tuple)) else set()
    above = INPUT
    for node in layers:
        name = node.name or _fresh(node.kind.name.lower(), taken, named)
        nodes.append(replace(node, name=name, inputs=node.inputs or (() if node.kind.is_source else (above,))))
        above = name
    return nodes


def _fresh(start: str, taken: dict[str, int], named: set[str]) -> str:
    """relu_1, relu_2, ...: a name that is not taken."""
    while True:
        taken[start] = taken.get(start, 0) + 1
        if (name := f"{start}_{taken[start]}") not in named:
            return name


def check_facts(facts: Iterable[str]) -> None:
    """Raise NetworkError for a fact that no rule could use."""
    for name in facts:
        if name not in FACTS:
            raise NetworkError(f"there is no fact {shown(name)}", hint=nearest(name, FACTS))


class Builder:
    """Builds a network layer by layer, branches and all.

    >>> net = Builder("residual", (64, 56, 56))
    >>> with net.stage("block"):
    ...     trunk = net.add("Conv2d", k=64, w=3, p=1)
    ...     branch = net.add("ReLU")
    ...     branch = net.add("Conv2d", k=64, w=3, p=1)
    ...     total = net.add("Add", trunk, branch)
    >>> [(node.name, node.inputs) for node in net.network().nodes][-1]
    ('add_1', ('conv2d_1', 'conv2d_2'))
    """

    def __init__(self, name: str, input: Iterable[int], *, further: Mapping[str, Shape] | None = None, **heading: Any) -> None:
        self.name = name
        self.input = check_shape(input)
        self.further = dict(further or {})
        self.heading = Heading(**heading)
        self.nodes: list[Node] = []
        self.notes: list[str] = []
        self.last = INPUT  # the layer that the next one reads where it names none
        self._stage = ""
        self._taken: dict[str, int] = {}
        self._named: set[str] = set()

    def __repr__(self) -> str:
        return f"<Builder {shown(self.name)}: {len(self.nodes):,} layers>"

    def add(
        self, kind: str, *inputs: str, name: str = "", pattern: str = "", shares: str = "",
        facts: Mapping[str, int] | None = None, called: Called | str = "", **words: int,
    ) -> str:  # fmt: skip
        """Add a layer that reads ``inputs``, or the layer added before; returns its name. Raises WorksheetError.

        ``called`` is how a program that this network follows calls the layer, or the call alone, such as ``F.linear``.
        """
        node = layer(kind, name, inputs, pattern=pattern, stage=self._stage, shares=shares, **words)
        if not (facts or called):
            return self.put(node)
        check_facts(facts or ())
        how = Called(call=called) if isinstance(called, str) else called
        return self.put(replace(node, facts=facts or {}, called=how))

    def put(self, node: Node) -> str:
        """Add a layer that is made already; returns its name."""
        name = node.name or _fresh(node.kind.name.lower(), self._taken, self._named)
        self._named.add(name)
        inputs = node.inputs or (() if node.kind.is_source else (self.last,))
        self.nodes.append(node if (name, inputs) == (node.name, node.inputs) else replace(node, name=name, inputs=inputs))
        self.last = name
        return name

    def state(self, name: str, **facts: int) -> None:
        """State facts of a layer that has been added: see ``conventions.facts``. Raises NetworkError for an unknown one."""
        check_facts(facts)
        self.nodes = [replace(node, facts={**node.facts, **facts}) if node.name == name else node for node in self.nodes]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """The layers added inside belong to this stage."""
        before, self._stage = self._stage, name
        yield
        self._stage = before

    def network(self) -> Network:
        """The network. Raises NetworkError where it is not one."""
        return Network(self.name, self.input, tuple(self.nodes), self.heading, None, self.further, tuple(self.notes))
