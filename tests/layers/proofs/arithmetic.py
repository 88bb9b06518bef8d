"""Tensors combined element by element, with stretching."""

from collections.abc import Callable
from functools import reduce

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, largest, total
from tests.layers.proofs.activation import shapes

Numbers = list[Counted]


def smallest(numbers: Numbers) -> Counted:
    return reduce(lambda best, x: x if x < best else best, numbers)


def combined(function: Callable[[Numbers], Counted]) -> Callable[[Layer], Array]:
    """The function of the inputs' elements at every index; an axis of size 1 has one index for all."""

    def loop(layer: Layer) -> Array:
        rank = max(len(x.shape) for x in layer.inputs)
        padded = [(1,) * (rank - len(x.shape)) + x.shape for x in layer.inputs]
        shape = [max(sizes) for sizes in zip(*padded, strict=True)]

        def element(*index: int) -> Counted:
            places = [index[rank - len(x.shape) :] for x in layer.inputs]
            return function([stretched(x, place) for x, place in zip(layer.inputs, places, strict=True)])

        return Array.of(shape, element)

    return loop


def stretched(x: Array, place: tuple[int, ...]) -> Counted:
    return x[tuple(0 if size == 1 else i for i, size in zip(place, x.shape, strict=True))]


def axpy(layer: Layer) -> Array:
    a, x, y = layer.inputs
    return Array.of(x.shape, lambda *index: a[(index[0], 0, 0)[: len(a.shape)]] * x[index] + y[index])


def torch_combined(function: Callable):
    return lambda _: lambda *inputs: reduce(function, inputs)


def torch_extreme(name: str):
    def function(_: Case):
        import torch

        return lambda *inputs: reduce(getattr(torch, name), inputs)

    return function


def torch_axpy(case: Case):
    behind = len(case.shapes[1]) - 1
    return lambda a, x, y: a.reshape(-1, *[1] * behind) * x + y


@st.composite
def cases(draw, most: int = 4):
    """Inputs of one shape, or stretched along some axes, or without some leading ones."""
    common = draw(shapes(1, 5))
    count = draw(st.integers(2, most))
    if draw(st.booleans()):
        return Case((common,) * count, {})

    def stretched_to_common():
        cut = draw(st.integers(0, len(common) - 1))
        ones = draw(st.integers(0, 2 ** len(common) - 1)) if draw(st.booleans()) else 0
        return tuple(1 if ones >> i & 1 else size for i, size in enumerate(common))[cut:]

    return Case((common, *(stretched_to_common() for _ in range(count - 1))), {})


@st.composite
def axpy_cases(draw):
    shape = draw(st.one_of(shapes(1, 1), shapes(3, 3)))
    scale = shape[:1] if len(shape) == 1 or draw(st.booleans()) else (shape[0], 1, 1)
    return Case((scale, shape, shape), {})


PROOFS = {
    "Add": Proof(combined(total), cases(), torch_combined(lambda a, b: a + b), batched=False),
    "Sub": Proof(combined(lambda ab: ab[0] - ab[1]), cases(2), torch_combined(lambda a, b: a - b), batched=False),
    "Mul": Proof(combined(lambda ab: reduce(Counted.__mul__, ab)), cases(), torch_combined(lambda a, b: a * b), batched=False),
    "Div": Proof(combined(lambda ab: ab[0] / ab[1]), cases(2), torch_combined(lambda a, b: a / b), batched=False),
    "Maximum": Proof(combined(largest), cases(), torch_extreme("maximum"), batched=False),
    "Minimum": Proof(combined(smallest), cases(), torch_extreme("minimum"), batched=False),
    "Axpy": Proof(axpy, axpy_cases(), torch_axpy, batched=False),
}
