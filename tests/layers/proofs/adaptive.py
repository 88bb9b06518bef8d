"""Adaptive pooling: windows laid by the size of the output."""

from itertools import product

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, indices, largest, total
from tests.layers.sliding import letters


def windows(size: int, count: int) -> list[range]:
    """Window i from i*size/count rounded down to (i + 1)*size/count rounded up."""
    return [range(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def adaptive(one):
    def loop(layer: Layer) -> Array:
        c, *shape = layer.x.shape
        output = [layer.v[x.upper()] for x in letters(len(shape))]
        axes = [windows(size, count) for size, count in zip(shape, output, strict=True)]
        cells = {}
        for i in range(c):
            for place in indices(output):
                inside = product(*(axis[at] for axis, at in zip(axes, place, strict=True)))
                cells[(i, *place)] = one([layer.x[(i, *where)] for where in inside])
        return Array([c, *output], cells)

    return loop


def torch_adaptive(name: str):
    def same(case: Case):
        from torch import nn

        axes = letters(len(case.shapes[0]) - 1)
        return getattr(nn, f"Adaptive{name}Pool{len(axes)}d")(tuple(case.v[x.upper()] for x in axes))

    return same


@st.composite
def cases(draw, dimensions: int):
    most = {1: 12, 2: 8, 3: 5}[dimensions]
    shape = draw(st.lists(st.integers(1, most), min_size=dimensions, max_size=dimensions))
    v = {x.upper(): draw(st.integers(1, size + 2)) for x, size in zip(letters(dimensions), shape, strict=True)}
    return Case(((draw(st.integers(1, 2)), *shape),), v)


LOOPS = {"Avg": adaptive(lambda elements: total(elements) / Counted(len(elements))), "Max": adaptive(largest)}
PROOFS = {
    f"Adaptive{name}Pool{n}d": Proof(loop, cases(n), torch_adaptive(name)) for name, loop in LOOPS.items() for n in (1, 2, 3)
}
