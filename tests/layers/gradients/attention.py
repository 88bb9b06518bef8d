"""Attention backwards, with the probabilities that the forward pass has saved."""

from itertools import chain
from typing import NamedTuple

from tests.layers.backward import Batch, Gradient
from tests.layers.counting import Array, Counted, Layer, dot, indices, root
from tests.layers.learning import Terms, added, learning, of_leading, transposed, untallied
from tests.layers.proofs.attention import HIDDEN, Multihead, softmax
from tests.layers.proofs.linear import Row, Table, affine, rows


class Head(NamedTuple):
    """A head of queries: what it has read, its probabilities, the gradient of what it gave."""

    queries: Table
    probabilities: Table
    g: Table


def probabilities(queries: Table, keys: Table, scale: Counted, *, causal: bool = False) -> Table:
    """What the forward pass has saved."""
    with untallied():
        scores = [[dot(query, key) / scale for key in keys] for query in queries]
        hidden = Counted(HIDDEN)
        return [softmax([hidden if causal and j > i else x for j, x in enumerate(row)]) for i, row in enumerate(scores)]


def of_softmax(g: Row, y: Row) -> Row:
    """y*(g - sum of g*y)."""
    whole = dot(g, y)
    return [b * (a - whole) for a, b in zip(g, y, strict=True)]


def attend_back(heads: list[Head], keys: Table, values: Table, scale: Counted) -> tuple[list[Table], Table, Table]:
    """From heads that share keys and values: the gradients of each one's queries, of the keys and of the values."""
    of_queries, of_scores = [], []
    for head in heads:
        found = []
        for y, g in zip(head.probabilities, head.g, strict=True):
            of_weights = [dot(g, value) for value in values]
            found.append([x / scale for x in of_softmax(of_weights, y)])
        of_scores += found
        of_queries.append([[dot(row, column) for column in zip(*keys, strict=True)] for row in found])
    queries = [query for head in heads for query in head.queries]
    weights = [row for head in heads for row in head.probabilities]
    gs = [row for head in heads for row in head.g]
    return of_queries, products(of_scores, queries), products(weights, gs)


def products(first: Table, second: Table) -> Table:
    """The first matrix, turned around, by the second."""
    return [[dot(a, b) for b in zip(*second, strict=True)] for a in zip(*first, strict=True)]


def attention_input(batch: Batch) -> list[list[Array | None]]:
    return [attention_back(layer, g) for layer, g in zip(batch.samples, batch.upstream, strict=True)]


def attention_back(layer: Layer, upstream: Array) -> list[Array | None]:
    q, k, v = layer.inputs
    alone, causal = len(q.shape) == 2, bool(layer.v["v"])
    heads, shared = (1, 1) if alone else (q.shape[-3], k.shape[-3])
    with untallied():
        scale = root(Counted(q.shape[-1]))
    found = [Array(x.shape, {}) for x in layer.inputs]
    for index in [()] if alone else indices(q.shape[:-3]):
        for other in range(shared):
            of_keys = () if alone else (*index, other)
            keys, values = rows(k, *of_keys), rows(v, *of_keys)
            own = [() if alone else (*index, other * (heads // shared) + i) for i in range(heads // shared)]
            queries = [rows(q, *at) for at in own]
            made = [
                Head(x, probabilities(x, keys, scale, causal=causal), rows(upstream, *at))
                for x, at in zip(queries, own, strict=True)
            ]
            of_queries, *of_others = attend_back(made, keys, values, scale)
            for at, table in zip(own, of_queries, strict=True):
                put(found[0], at, table)
            for array, table in zip(found[1:], of_others, strict=True):
                put(array, of_keys, table)
    return list(found)


def put(array: Array, leading: tuple[int, ...], table: Table) -> None:
    array.cells.update({(*leading, i, j): x for i, row in enumerate(table) for j, x in enumerate(row)})


class Parts(NamedTuple):
    """What heads give back, a table for each: of queries, keys and values; and what they gave."""

    queries: list[Table]
    keys: list[Table]
    values: list[Table]
    gave: list[Table]


Wanted = tuple[bool, bool, bool]  # whose gradients are: of what queries, keys and values are made of
ALL, NONE = (True, True, True), (False, False, False)


class MultiheadBack:
    """One multi-head attention backwards."""

    def __init__(self, run: Multihead, prefix: str, stored: dict[str, Array], terms: Terms) -> None:
        self.run, self.prefix, self.terms = run, prefix, terms
        self.is_packed = f"{prefix}in_proj_weight" in stored

    def __call__(self, sequences: list[Table], g: Table, wanted: Wanted) -> list[Table]:
        """From the gradient of the output to those of what queries, keys and values are made of; empty where not wanted."""
        run = self.run
        with untallied():
            made = zip(run.weights, run.biases, sequences, strict=True)
            q, k, v = ([affine(weight, bias, row) for row in sequence] for weight, bias, sequence in made)
            scale = root(Counted(run.width))
        mixed = [transposed(run.mixed, row) for row in g]
        groups = [self.group(other, q, k, v, mixed, scale) for other in range(run.shared)]
        queries, keys, values, gave = (beside(list(chain(*tables))) for tables in zip(*groups, strict=True))
        self.terms.linear(f"{self.prefix}out_proj", gave, g, bias=run.bias is not None)
        found = enumerate(zip(sequences, (queries, keys, values), wanted, strict=True))
        return [self.linear(i, sequence, row, wanted=want) for i, (sequence, row, want) in found]

    def group(self, other: int, q: Table, k: Table, v: Table, g: Table, scale: Counted) -> Parts:
        """The heads that share one of keys and values."""
        run = self.run
        count = run.heads // run.shared
        keys, values = run.of(other, k), run.of(other, v)
        heads = []
        for head in range(other * count, (other + 1) * count):
            queries = run.of(head, q)
            heads.append(Head(queries, probabilities(queries, keys, scale), run.of(head, g)))
        of_queries, of_keys, of_values = attend_back(heads, keys, values, scale)
        with untallied():
            gave = [[[dot(row, column) for column in zip(*values, strict=True)] for row in head.probabilities] for head in heads]
        return Parts(of_queries, [of_keys], [of_values], gave)

    def linear(self, number: int, sequence: Table, g: Table, *, wanted: bool) -> Table:
        """One of the three linear layers before the heads; their biases are one array, and their weights may be."""
        first = sum(weight.shape[0] for weight in self.run.weights[:number])
        for x, row in zip(sequence, g, strict=True):
            if self.is_packed:
                self.terms.matrix(f"{self.prefix}in_proj_weight", x, row, first)
            else:
                self.terms.matrix(f"{self.prefix}{'qkv'[number]}_proj_weight", x, row)
            if self.run.bias:
                self.terms.bias(f"{self.prefix}in_proj_bias", row, first)
        return [transposed(self.run.weights[number], row) for row in g] if wanted else []


def beside(tables: list[Table]) -> Table:
    """The rows of all tables, each behind those of the last."""
    return [list(chain(*parts)) for parts in zip(*tables, strict=True)]


def multihead_back(batch: Batch, terms: Terms, *, wanted: bool) -> list[list[Array | None]]:
    found: list[list[Array | None]] = []
    for layer, upstream in zip(batch.samples, batch.upstream, strict=True):
        sequences = layer.inputs if len(layer.inputs) == 3 else layer.inputs * 3
        run = Multihead(layer, "", *(x.shape[-1] for x in sequences), layer.v["g"])
        back = MultiheadBack(run, "", batch.stored, terms)
        arrays = [Array(x.shape, {}) for x in layer.inputs]
        for at in of_leading(layer.x.shape, 2):
            tables = back([rows(x, *at) for x in sequences], rows(upstream, *at), ALL if wanted else NONE)
            for array, table in zip(arrays, tables if len(arrays) == 3 else [added(tables)], strict=True):
                put(array, at, table)
        found.append(list(arrays))
    return found


GRADIENTS = {"ScaledDotProductAttention": Gradient(attention_input), "MultiheadAttention": learning(multihead_back)}
