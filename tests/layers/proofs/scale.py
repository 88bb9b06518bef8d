"""Learned numbers that multiply or are added."""

from collections.abc import Callable

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof
from tests.layers.proofs.activation import shapes


def axis_of(case: Case | Layer, rank: int) -> int:
    """From 0."""
    return (case.v["a"] or (1 if rank > 2 else rank)) - 1


def channelwise(layer: Layer, names: Callable[[int], list[Array]], element: Callable[..., Counted]) -> Array:
    """Each element with the learned numbers of its channel, or with the single ones."""
    shape = layer.x.shape
    axis = axis_of(layer, len(shape))
    learned = names(1 if layer.v["v"] else shape[axis])
    return Array.of(shape, lambda *index: element(layer.x[index], *[one[0 if layer.v["v"] else index[axis]] for one in learned]))


def scale(layer: Layer) -> Array:
    def learned(count: int) -> list[Array]:
        return [layer.weights("weight", count), *([layer.biases("bias", count)] if layer.v["b"] else [])]

    return channelwise(layer, learned, lambda x, weight, bias=None: x * weight + bias if bias else x * weight)


def bias(layer: Layer) -> Array:
    return channelwise(layer, lambda count: [layer.biases("bias", count)], lambda x, bias: x + bias)


def torch_channelwise(case: Case):
    """Torch stretches numbers that stand at the channels' axis."""
    rank = len(case.shapes[0])
    behind = rank - 1 - axis_of(case, rank)

    def spread(numbers):
        return numbers.reshape(-1, *[1] * behind)

    def same(x, weight=None, bias=None):
        x = x if weight is None else x * spread(weight)
        return x if bias is None else x + spread(bias)

    return same


@st.composite
def cases(draw, **further):
    shape = draw(shapes(1, 5))
    axis = draw(st.integers(max(0, len(shape) - 3), len(shape))) if len(shape) < 5 else draw(st.integers(2, 5))
    return Case((shape,), {"a": axis, "v": draw(st.integers(0, 1)), **{name: draw(of) for name, of in further.items()}})


COMPOSED = "no such module: torch's operations, given the loop's parameters"

PROOFS = {
    "Scale": Proof(scale, cases(b=st.integers(0, 1)), torch_channelwise, no_parameters=COMPOSED),
    "Bias": Proof(bias, cases(), torch_channelwise, no_parameters=COMPOSED),
}
