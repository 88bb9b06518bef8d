"""Softmax and its logarithm."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, exponential, indices, largest, logarithm, total
from tests.layers.proofs.activation import shapes, wide


def softmax(row: list[Counted]) -> list[Counted]:
    most = largest(row)
    powers = [exponential(x - most) for x in row]
    below = total(powers)
    return [power / below for power in powers]


def log_softmax(row: list[Counted]) -> list[Counted]:
    most = largest(row)
    differences = [x - most for x in row]
    below = logarithm(total([exponential(difference) for difference in differences]))
    return [difference - below for difference in differences]


def axis_of(case: Case | Layer, rank: int) -> int:
    """From 0."""
    return (case.v["a"] or (1 if rank == 3 else rank)) - 1


def along(function: Callable[[list[Counted]], list[Counted]]) -> Callable[[Layer], Array]:
    """The function of the numbers along the axis, at every index of the other axes."""

    def loop(layer: Layer) -> Array:
        shape = layer.x.shape
        axis = axis_of(layer, len(shape))
        cells = {}
        for start in indices((*shape[:axis], 1, *shape[axis + 1 :])):
            line = [(*start[:axis], i, *start[axis + 1 :]) for i in range(shape[axis])]
            cells.update(zip(line, function([layer.x[index] for index in line]), strict=True))
        return Array(shape, cells)

    return loop


def torch_module(name: str):
    def module(case: Case):
        from torch import nn

        return getattr(nn, name)(dim=axis_of(case, len(case.shapes[0])) + 1)

    return module


@st.composite
def cases(draw):
    shape = draw(shapes(1, 5))
    axis = draw(st.integers(max(0, len(shape) - 3), len(shape)))
    return Case((shape,), {"a": axis if len(shape) - axis < 4 else 0})


PROOFS = {
    "Softmax": Proof(along(softmax), cases(), torch_module("Softmax"), inputs=wide),
    "LogSoftmax": Proof(along(log_softmax), cases(), torch_module("LogSoftmax"), inputs=wide),
}
