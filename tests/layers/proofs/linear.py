"""Fully connected layers, and what the proofs of other layers over rows use of them."""

from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, dot, indices

Row = list[Counted]
Table = list[Row]


def rows(x: Array, *leading: int) -> Table:
    """The last two axes at an index of the axes before them."""
    length, width = x.shape[-2:]
    return [[x[(*leading, i, j)] for j in range(width)] for i in range(length)]


def affine(weight: Array, bias: Array | None, x: Row) -> Row:
    """A matrix by a vector, and the bias added."""
    found = []
    for o in range(weight.shape[0]):
        y = dot([weight[o, i] for i in range(len(x))], x)
        found.append(y + bias[o] if bias else y)
    return found


def cut(x: Array, first: int, count: int) -> Array:
    """So many of the outermost axis, from ``first`` on."""
    return Array.of((count, *x.shape[1:]), lambda i, *inner: x[(first + i, *inner)])


def repeated(shapes: Sequence[tuple[int, ...]], rank: int, run: Callable[..., Table]) -> Array:
    """What ``run(*index)`` gives for every index of the axes before the last ``rank``, as one array."""
    leading = shapes[0][: len(shapes[0]) - rank]
    cells = {}
    height = width = 0
    for index in indices(leading):
        table = run(*index)
        height, width = len(table), len(table[0])
        cells.update({(*index, i, j): table[i][j] for i in range(height) for j in range(width)})
    return Array((*leading, height, width), cells)


def linear(layer: Layer) -> Array:
    """Every output: one product per input, the products added up, the bias added where there is one."""
    *leading, n = layer.x.shape
    k, b = layer.v["k"], layer.v["b"]
    weight = layer.weights("weight", k, n)
    bias = layer.biases("bias", k) if b else None
    cells = {}
    for row in indices(leading):
        y = affine(weight, bias, [layer.x[(*row, i)] for i in range(n)])
        cells.update({(*row, o): y[o] for o in range(k)})
    return Array((*leading, k), cells)


def bilinear(layer: Layer) -> Array:
    """Every output: its matrix by the second input, the dot product with the first, the bias."""
    first, second = layer.inputs
    *leading, n = first.shape
    m, k = second.shape[-1], layer.v["k"]
    weight = layer.weights("weight", k, n, m)
    bias = layer.biases("bias", k) if layer.v["b"] else None
    cells = {}
    for row in indices(leading):
        ys = [second[(*row, j)] for j in range(m)]
        for o in range(k):
            inner = [dot([weight[o, i, j] for j in range(m)], ys) for i in range(n)]
            y = dot([first[(*row, i)] for i in range(n)], inner)
            cells[(*row, o)] = y + bias[o] if bias else y
    return Array((*leading, k), cells)


def torch_linear(case: Case):
    from torch import nn

    return nn.Linear(case.shapes[0][-1], case.v["k"], bias=bool(case.v["b"]))


def torch_bilinear(case: Case):
    from torch import nn

    return nn.Bilinear(case.shapes[0][-1], case.shapes[1][-1], case.v["k"], bias=bool(case.v["b"]))


@st.composite
def linear_cases(draw):
    rank = draw(st.integers(1, 4))
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    return Case((shape,), {"k": draw(st.integers(1, 5)), "b": draw(st.integers(0, 1)), "r": int(rank > 2)})


@st.composite
def bilinear_cases(draw):
    leading = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    n, m = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    return Case(((*leading, n), (*leading, m)), {"k": draw(st.integers(1, 4)), "b": draw(st.integers(0, 1))})


PROOFS = {"Linear": Proof(linear, linear_cases(), torch_linear), "Bilinear": Proof(bilinear, bilinear_cases(), torch_bilinear)}
