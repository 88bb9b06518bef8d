"""Attention: heads written out, one query after another."""

from itertools import chain

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, dot, exponential, indices, largest, root, total
from tests.layers.proofs.linear import Row, Table, affine, cut, repeated, rows

HIDDEN = -1e9  # in place of a score that a mask hides


def softmax(x: Row) -> Row:
    """The largest subtracted first, so that no exponential overflows."""
    most = largest(x)
    powers = [exponential(a - most) for a in x]
    whole = total(powers)
    return [power / whole for power in powers]


def attend(queries: Table, keys: Table, values: Table, scale: Counted, *, causal: bool = False) -> Table:
    """One head."""
    found = []
    for i, query in enumerate(queries):
        scores = [dot(query, key) / scale for key in keys]
        scores = [Counted(HIDDEN) if causal and j > i else score for j, score in enumerate(scores)]
        weights = softmax(scores)
        found.append([dot(weights, [row[j] for row in values]) for j in range(len(values[0]))])
    return found


def attention(layer: Layer) -> Array:
    """Every head; several heads of queries may read one of keys and values. One head may come without an axis of its own."""
    q, k, v = layer.inputs
    *leading, heads = q.shape[:-2] if len(q.shape) > 2 else (1,)
    alone = len(q.shape) == 2
    cells = {}
    for index in indices(leading):
        scale = root(Counted(q.shape[-1]))
        for head in range(heads):
            own = () if alone else (*index, head)
            other = () if alone else (*index, head // (heads // k.shape[-3]))
            table = attend(rows(q, *own), rows(k, *other), rows(v, *other), scale, causal=bool(layer.v["v"]))
            cells.update({(*own, i, j): x for i, row in enumerate(table) for j, x in enumerate(row)})
    return Array((*q.shape[:-1], v.shape[-1]), cells)


def torch_attention(case: Case):
    from torch.nn import functional

    def attended(q, k, v):
        if len(case.shapes[0]) == 2:
            q, k, v = (x.unsqueeze(1) for x in (q, k, v))
        found = functional.scaled_dot_product_attention(q, k, v, is_causal=bool(case.v["v"]), enable_gqa=True)
        return found.squeeze(1) if len(case.shapes[0]) == 2 else found

    return attended


@st.composite
def attention_cases(draw):
    length, keys, width, value = (draw(st.integers(1, 3)) for _ in range(4))
    g = draw(st.integers(1, 2))
    h = g * draw(st.integers(1, 2))
    leading = tuple(draw(st.lists(st.integers(1, 2), max_size=1)))
    of_query, of_key = ((*leading, h), (*leading, g)) if draw(st.integers(0, 4)) else ((), ())
    shapes = ((*of_query, length, width), (*of_key, keys, width), (*of_key, keys, value))
    return Case(shapes, {"v": draw(st.integers(0, 1))})


class Multihead:
    """The stored numbers of multi-head attention, under torch's names."""

    def __init__(self, layer: Layer, prefix: str, n: int, m: int, o: int, g: int) -> None:
        self.heads, self.shared = layer.v["h"], g
        self.width = n // self.heads
        to = g * self.width
        if n == m == o and to == n:
            whole = layer.weights(f"{prefix}in_proj_weight", 3 * n, n)
            self.weights = [cut(whole, i * n, n) for i in range(3)]
        else:
            shapes = {"q": (n, n), "k": (to, m), "v": (to, o)}
            self.weights = [layer.weights(f"{prefix}{name}_proj_weight", *shape) for name, shape in shapes.items()]
        self.biases: list[Array | None] = [None] * 3
        if layer.v["b"]:
            bias = layer.biases(f"{prefix}in_proj_bias", n + 2 * to)
            self.biases = [cut(bias, 0, n), cut(bias, n, to), cut(bias, n + to, to)]
        self.mixed = layer.weights(f"{prefix}out_proj.weight", n, n)
        self.bias = layer.biases(f"{prefix}out_proj.bias", n) if layer.v["b"] else None

    def __call__(self, *sequences: Table) -> Table:
        """Attention of the first sequence to the second, whose values are made of the third."""
        made = zip(self.weights, self.biases, sequences, strict=True)
        q, k, v = ([affine(weight, bias, row) for row in sequence] for weight, bias, sequence in made)
        scale = root(Counted(self.width))
        heads = [
            attend(self.of(head, q), self.of(other, k), self.of(other, v), scale)
            for head in range(self.heads)
            for other in [head // (self.heads // self.shared)]
        ]
        return [affine(self.mixed, self.bias, list(chain(*parts))) for parts in zip(*heads, strict=True)]

    def of(self, head: int, table: Table) -> Table:
        return [row[head * self.width : (head + 1) * self.width] for row in table]


def multihead(layer: Layer) -> Array:
    """Queries, keys and values by linear layers, the heads, and a linear layer for all heads of a token together."""
    sequences = layer.inputs if len(layer.inputs) == 3 else layer.inputs * 3
    run = Multihead(layer, "", *(x.shape[-1] for x in sequences), layer.v["g"])
    return repeated([layer.x.shape], 2, lambda *index: run(*(rows(x, *index) for x in sequences)))


def torch_multihead(case: Case):
    from torch import nn
    from torch.nn import functional

    shapes = case.shapes * (1 if len(case.shapes) == 3 else 3)
    n, m, o = (shape[-1] for shape in shapes)
    h, g = case.v["h"], case.v["g"]

    class OutputAlone(nn.MultiheadAttention):
        def forward(self, *sequences):
            flat = [x.flatten(0, -3) for x in sequences * (3 // len(sequences))]
            return super().forward(*flat)[0].unflatten(0, sequences[0].shape[:-2])

    def shared(*sequences, in_proj_bias=None, **stored):
        """torch's module has as many heads of keys as of queries; its function has not."""
        whole, to = stored.get("in_proj_weight"), g * (n // h)
        weights = [stored[f"{x}_proj_weight"] for x in "qkv"] if whole is None else whole.chunk(3)
        biases = [None] * 3 if in_proj_bias is None else in_proj_bias.split([n, to, to])
        made = zip(sequences * (3 // len(sequences)), weights, biases, (h, g, g), strict=True)
        q, k, v = (functional.linear(x, w, b).unflatten(-1, (count, -1)).transpose(-3, -2) for x, w, b, count in made)
        found = functional.scaled_dot_product_attention(q, k, v, enable_gqa=True).transpose(-3, -2).flatten(-2)
        return functional.linear(found, stored["out_proj.weight"], stored.get("out_proj.bias"))

    return OutputAlone(n, h, bias=bool(case.v["b"]), kdim=m, vdim=o, batch_first=True) if g == h else shared


@st.composite
def multihead_cases(draw):
    g, shared, width = draw(st.integers(1, 2)), draw(st.integers(1, 2)), draw(st.integers(1, 2))
    n = g * shared * width
    leading = tuple(draw(st.lists(st.integers(1, 2), max_size=1)))
    shapes = [(*leading, draw(st.integers(1, 3)), n)]
    if draw(st.booleans()):
        keys = draw(st.integers(1, 3))
        shapes += [(*leading, keys, draw(st.sampled_from([n, 1, 3]))) for _ in range(2)]
    return Case(tuple(shapes), {"h": g * shared, "g": g, "b": draw(st.integers(0, 1))})


PROOFS = {
    "ScaledDotProductAttention": Proof(attention, attention_cases(), torch_attention),
    "MultiheadAttention": Proof(multihead, multihead_cases(), torch_multihead),
}
