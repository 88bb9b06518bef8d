"""The operators of an ONNX file in an order in which they can run, with local functions inlined."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from heapq import heappop, heappush
from typing import Any

from worksheet.errors import Collector, NetworkError, Where, nearest, shown
from worksheet.frozen import frozen

MAX_NODES = 100_000
MAX_DEPTH = 32  # functions inside functions
STANDARD = frozenset({"", "ai.onnx"})
# How to read the value of an attribute, by the number of its type (AttributeProto.AttributeType).
ATTRIBUTE: dict[int, Callable[[Any], Any]] = {
    1: lambda a: a.f,
    2: lambda a: a.i,
    3: lambda a: a.s.decode("utf-8", "replace"),
    4: lambda a: a.t,
    5: lambda a: a.g,
    6: lambda a: tuple(a.floats),
    7: lambda a: tuple(a.ints),
    8: lambda a: tuple(s.decode("utf-8", "replace") for s in a.strings),
}
GRAPH = 5
SCOPES = "pkg.torch.onnx.name_scopes"


# The names of a function's tensors in the graph, the attributes of its call, and its depth.
Scope = tuple[Mapping[str, str], Mapping[str, Any], int]


@frozen
class Operator:
    """One node of the graph."""

    number: int
    name: str
    type: str  # after its domain, if that is not the standard one
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: Mapping[str, Any]
    opset: int
    where: Where
    scopes: str = ""  # the modules around it, if the exporter noted them
    reads: tuple[str, ...] = field(default=(), compare=False)  # its inputs, and what its subgraphs read
    scope: Scope = field(default=({}, {}, 0), compare=False)  # of the function around it


class FunctionInliner:
    """Turns nodes into operators and inlines local functions; each call gets its own tensors."""

    def __init__(self, model: Any, file: str) -> None:
        self.file = file
        self.opsets = {entry.domain or "": entry.version for entry in model.opset_import}
        self.opset = max((self.opsets.get(domain, 0) for domain in STANDARD), default=0)
        self.functions = {(f.domain, f.name, getattr(f, "overload", "")): f for f in model.functions}
        self.count = 0
        self.calls = 0

    def operators(self, nodes: Iterable[Any], scope: Scope = ({}, {}, 0)) -> Iterator[Operator]:
        """The operators of some nodes. Raises NetworkError for too many nodes, or functions that call themselves."""
        for number, node in enumerate(nodes, 1):
            yield from self._expand(node, number, scope)

    def branch(self, graph: Any, scope: Scope) -> tuple[list[Operator], list[str]]:
        """The operators of a subgraph, whose tensors get new names, and the names of its outputs."""
        self.calls += 1
        names, attributes, depth = scope
        made = {name: f"{name} (call {self.calls})" for node in graph.node for name in node.output if name}
        inner = {**names, **made}
        operators = list(self.operators(graph.node, (inner, attributes, depth + 1)))
        return operators, [inner.get(value.name, value.name) for value in graph.output]

    def _expand(self, node: Any, number: int, scope: Scope) -> Iterator[Operator]:
        names, call_attributes, depth = scope
        self.count += 1
        where = Where(f"{self.file}: node {number} {shown(node.name)[1:-1] or 'without a name'} ({node.op_type[:60]})")
        if self.count > MAX_NODES:
            raise NetworkError(f"more than {MAX_NODES:,} nodes", Where(self.file))
        attributes = self._attributes(node, call_attributes, where)
        inputs = tuple(names.get(name, name) for name in node.input)
        outputs = tuple(names.get(name, name) for name in node.output)
        function = self.functions.get((node.domain, node.op_type, getattr(node, "overload", "")))
        if function is None:
            domain = "" if node.domain in STANDARD else f"{node.domain}."
            scopes = next((str(entry.value) for entry in node.metadata_props if entry.key == SCOPES), "")
            reads = inputs + tuple(names.get(name, name) for name in _captured_names(node, depth))
            kind = domain + node.op_type
            yield Operator(number, node.name, kind, inputs, outputs, attributes, self.opset, where, scopes, reads, scope)
            return
        if depth >= MAX_DEPTH:
            raise NetworkError(f"functions inside functions, more than {MAX_DEPTH} deep", where)
        self.calls += 1
        inside = self._inside(function, inputs, outputs)
        defaults = {a.name: ATTRIBUTE[a.type](a) for a in function.attribute_proto if a.type in ATTRIBUTE}
        for inner in function.node:
            yield from self._expand(inner, number, (inside, defaults | attributes, depth + 1))

    def _inside(self, function: Any, inputs: Sequence[str], outputs: Sequence[str]) -> dict[str, str]:
        """The name of each tensor of a function in the graph: the caller's, or a new one for this call."""
        made = {name for node in function.node for name in node.output}
        names = {name: f"{name} (call {self.calls})" for name in made if name}
        names |= dict.fromkeys(function.input, "")  # an optional input that the caller leaves out
        names |= dict(zip(function.input, inputs, strict=False))
        return names | {inner: outer for inner, outer in zip(function.output, outputs, strict=False) if outer}

    def _attributes(self, node: Any, call_attributes: Mapping[str, Any], where: Where) -> dict[str, Any]:
        attributes = {}
        for attribute in node.attribute:
            if attribute.ref_attr_name:
                if attribute.ref_attr_name in call_attributes:
                    attributes[attribute.name] = call_attributes[attribute.ref_attr_name]
            elif attribute.type in ATTRIBUTE:
                attributes[attribute.name] = ATTRIBUTE[attribute.type](attribute)
            else:
                raise NetworkError(f"the attribute {shown(attribute.name)} has an unknown type", where)
        return attributes


def names_of(nodes: Iterable[Any], graph: Any = None) -> Iterator[str | bytes]:
    """Every name in the nodes, and in the graph or function around them; as bytes where it is not UTF-8."""
    for node in nodes:
        yield from (node.name, node.op_type, node.domain, *node.input, *node.output)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.ref_attr_name)
            if attribute.type == GRAPH:
                yield from names_of(attribute.g.node, attribute.g)
    if graph is not None:
        values = (*graph.input, *graph.output)
        yield from (value.name for value in (*values, *graph.initializer))
        yield from (dim.dim_param for value in values for dim in value.type.tensor_type.shape.dim)


def _captured_names(node: Any, depth: int) -> tuple[str, ...]:
    """The tensors that the subgraphs of a node (branches of an If) read from outside."""
    captured: list[str] = []
    for attribute in node.attribute:
        if attribute.type == GRAPH and depth < MAX_DEPTH:
            graph = attribute.g
            made = {name for inner in graph.node for name in inner.output} | {value.name for value in graph.input}
            made |= {tensor.name for tensor in graph.initializer}
            read = [name for inner in graph.node for name in (*inner.input, *_captured_names(inner, depth + 1))]
            read += [value.name for value in graph.output]
            captured += [name for name in read if name not in made]
    return tuple(dict.fromkeys(captured))


def sort_operators(operators: Sequence[Operator], available: Iterable[str], faults: Collector) -> list[Operator]:
    """The operators, each after those whose tensors it reads; in file order where possible.

    Reports tensors that no node or two nodes compute, and nodes that read each other in a cycle.
    """
    available = set(available)
    makers: dict[str, int] = {}
    for i, operator in enumerate(operators):
        for name in filter(None, operator.outputs):
            if name in makers or name in available:
                faults.add(NetworkError(f"computes {shown(name)}, which exists already", operator.where))
            makers[name] = i
    waiting = [0] * len(operators)
    readers: dict[int, list[int]] = {}
    for i, operator in enumerate(operators):
        for name in dict.fromkeys(filter(None, operator.reads)):
            if name in makers:
                waiting[i] += 1
                readers.setdefault(makers[name], []).append(i)
            elif name not in available:
                hint = nearest(name, {*list(available)[:2000], *list(makers)[:2000]}) if len(faults.found) < 20 else None
                hint = hint if hint and hint.startswith("did") else "a tensor is an input, an initializer, or a node's output"
                faults.add(NetworkError(f"reads {shown(name)}, which does not exist", operator.where, hint))
    return _sort(operators, waiting, readers, faults)


def _sort(
    operators: Sequence[Operator], waiting: list[int], readers: Mapping[int, list[int]], faults: Collector
) -> list[Operator]:
    ready = [i for i, count in enumerate(waiting) if not count]  # sorted, hence a heap: file order first
    done: list[Operator] = []
    while ready:
        i = heappop(ready)
        done.append(operators[i])
        for reader in readers.get(i, ()):
            waiting[reader] -= 1
            if not waiting[reader]:
                heappush(ready, reader)
    left = [operators[i] for i, count in enumerate(waiting) if count]
    if left:
        names = ", ".join(shown(operator.name or operator.type) for operator in left[:3])
        message = f"{len(left):,} nodes are in a cycle, or depend on one: {names}"
        faults.add(NetworkError(message, left[0].where, "the output of a node must not lead back to its input"))
    return done
