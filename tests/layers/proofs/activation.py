"""Activations: each element by itself."""

from collections.abc import Callable
from random import Random

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, assigned, error_function, exponential, logarithm

Function = Callable[[Counted], Counted]

ZERO, HALF, ONE, TWO, THREE, SIX = map(Counted, (0, 0.5, 1, 2, 3, 6))
SLOPE, ALPHA = Counted(0.01), Counted(1)
SELU_ALPHA, SELU_SCALE = Counted(1.6732632423543772), Counted(1.0507009873554805)
ROOT_OF_TWO, ROOT_OF_TWO_OVER_PI, CUBED = Counted(2**0.5), Counted((2 / 3.141592653589793) ** 0.5), Counted(0.044715)
THRESHOLD, BELOW = Counted(0.5), Counted(-3)


def minus(x: Counted) -> Counted:
    """A change of sign counts nothing."""
    return Counted(-x.value)


def chosen(x: Counted, otherwise: Counted, above: Counted = ZERO) -> Counted:
    return assigned(x if x > above else otherwise)


def clipped(x: Counted, low: Counted, high: Counted) -> Counted:
    """Each bound is compared with, whatever the other says."""
    is_low, is_high = x < low, x > high
    return assigned(low if is_low else high if is_high else x)


def sigmoid(x: Counted) -> Counted:
    return ONE / (ONE + exponential(minus(x)))


def tanh(x: Counted) -> Counted:
    power = exponential(TWO * x)
    return (power - ONE) / (power + ONE)


def softplus(x: Counted) -> Counted:
    return logarithm(ONE + exponential(x))


def gelu(x: Counted) -> Counted:
    return HALF * x * (ONE + error_function(x / ROOT_OF_TWO))


def gelu_by_tanh(x: Counted) -> Counted:
    return HALF * x * (ONE + tanh(ROOT_OF_TWO_OVER_PI * (x + CUBED * (x * x * x))))


FUNCTIONS: dict[str, Function] = {
    "ReLU": lambda x: chosen(x, ZERO),
    "ReLU6": lambda x: clipped(x, ZERO, SIX),
    "LeakyReLU": lambda x: chosen(x, SLOPE * x),
    "ELU": lambda x: chosen(x, ALPHA * (exponential(x) - ONE)),
    "SELU": lambda x: SELU_SCALE * chosen(x, SELU_ALPHA * (exponential(x) - ONE)),
    "CELU": lambda x: chosen(x, ALPHA * (exponential(x / ALPHA) - ONE)),
    "SiLU": lambda x: x * sigmoid(x),
    "Mish": lambda x: x * tanh(softplus(x)),
    "Softplus": softplus,
    "Sigmoid": sigmoid,
    "LogSigmoid": lambda x: logarithm(sigmoid(x)),
    "Tanh": tanh,
    "Hardswish": lambda x: x * clipped(x + THREE, ZERO, SIX) / SIX,
    "Hardsigmoid": lambda x: clipped(x + THREE, ZERO, SIX) / SIX,
    "Hardtanh": lambda x: clipped(x, minus(ONE), ONE),
    "Abs": lambda x: chosen(x, minus(x)),
    "Threshold": lambda x: chosen(x, BELOW, THRESHOLD),
}


def each(function: Function) -> Callable[[Layer], Array]:
    return lambda layer: layer.x.map(function)


def gelu_layer(layer: Layer) -> Array:
    return layer.x.map(gelu_by_tanh if layer.v["t"] else gelu)


def prelu(layer: Layer) -> Array:
    """One slope, or the slope of the element's channel."""
    slopes = layer.weights("weight", layer.v["a"])
    axis = max(layer.v["i"], 1) - 1

    def element(*index: int) -> Counted:
        x = layer.x[index]
        return chosen(x, slopes[index[axis] if layer.v["a"] > 1 else 0] * x)

    return Array.of(layer.x.shape, element)


def torch_module(name: str):
    def module(_: Case):
        from torch import nn

        arguments = {"Threshold": (THRESHOLD.value, BELOW.value)}
        return getattr(nn, name)(*arguments.get(name, ()))

    return module


def torch_abs(_: Case):
    import torch

    return torch.abs


def torch_gelu(case: Case):
    from torch import nn

    return nn.GELU(approximate="tanh" if case.v["t"] else "none")


def torch_prelu(case: Case):
    from torch import nn

    if case.v["i"] < 2:
        return nn.PReLU(case.v["a"])
    # axes before the channels are further samples
    return lambda x, weight: nn.functional.prelu(x.flatten(0, case.v["i"] - 1), weight).reshape(x.shape)


def wide(case: Case, random: Random) -> list[Array]:
    """Inputs that reach beyond every bound."""
    return [Array.of(shape, lambda *_: Counted(random.uniform(-8, 8))) for shape in case.shapes]


def shapes(least: int = 1, most: int = 5):
    """Small shapes of so many axes."""
    return st.lists(st.integers(1, 3), min_size=least, max_size=most).map(tuple)


def elementwise(**hyperparameters):
    """Cases of any shape."""
    return st.builds(lambda shape, v: Case((shape,), v), shapes(), st.fixed_dictionaries(hyperparameters))


@st.composite
def prelu_cases(draw):
    shape = draw(shapes(1, 5))
    axis = draw(st.integers(0 if len(shape) < 5 else 2, len(shape)))
    channels = shape[max(axis, 1) - 1]
    if len(shape) - max(axis, 1) > 3:
        axis, channels = 2, shape[1]
    return Case((shape,), {"a": draw(st.sampled_from((1, channels))), "i": axis})


PROOFS = {
    "GELU": Proof(gelu_layer, elementwise(t=st.integers(0, 1)), torch_gelu, inputs=wide),
    "PReLU": Proof(prelu, prelu_cases(), torch_prelu, inputs=wide),
    **{
        name: Proof(each(function), elementwise(), torch_abs if name == "Abs" else torch_module(name), inputs=wide)
        for name, function in FUNCTIONS.items()
    },
}
