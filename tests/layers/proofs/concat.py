"""Inputs one behind the other."""

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Layer, Proof
from tests.layers.proofs.reshape import shapes


def concat(layer: Layer) -> Array:
    axis = layer.v["a"] - 1
    cells = {}
    start = 0
    for x in layer.inputs:
        cells |= {(*at[:axis], at[axis] + start, *at[axis + 1 :]): value for at, value in x.cells.items()}
        start += x.shape[axis]
    shape = layer.x.shape
    return Array((*shape[:axis], start, *shape[axis + 1 :]), cells)


def torch_concat(case: Case):
    import torch

    return lambda *inputs: torch.cat(inputs, case.v["a"])


@st.composite
def cases(draw):
    shape = draw(shapes)
    axis = draw(st.integers(0, len(shape) - 1))
    lengths = draw(st.lists(st.integers(1, 4), min_size=1, max_size=5))
    return Case(tuple((*shape[:axis], n, *shape[axis + 1 :]) for n in lengths), {"a": axis + 1})


PROOFS = {"Concat": Proof(concat, cases(), torch_concat)}
