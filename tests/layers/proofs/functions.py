"""Functions of each element by itself: the function, what torch calls it, and the sign of the inputs."""

from collections.abc import Callable
from functools import partial, reduce
from random import Random

from hypothesis import strategies as st

from tests.layers.counting import (
    Array,
    Case,
    Counted,
    Layer,
    Proof,
    assigned,
    error_function,
    exponential,
    logarithm,
    power,
    root,
)
from tests.layers.proofs.activation import clipped, each, elementwise, minus, wide

NUMBER, LOW, HIGH, EXPONENT = Counted(2.5), Counted(-1), Counted(3), 0.75

# Name: the function, the same in torch, whether it takes positive numbers alone.
TABLE: dict[str, tuple[Callable[[Counted], Counted], Callable, bool]] = {
    "Exp": (exponential, lambda x: x.exp(), False),
    "Log": (logarithm, lambda x: x.log(), True),
    "Sqrt": (root, lambda x: x.sqrt(), True),
    "Negative": (minus, lambda x: -x, False),
    "Erf": (error_function, lambda x: x.erf(), False),
    "AddScalar": (lambda x: x + NUMBER, lambda x: x + NUMBER.value, False),
    "MulScalar": (lambda x: NUMBER * x, lambda x: NUMBER.value * x, False),
    "DivScalar": (lambda x: x / NUMBER, lambda x: x / NUMBER.value, False),
    "Identity": (lambda x: x, lambda x: x, False),
}


def positive(case: Case, random: Random) -> list[Array]:
    return [Array.of(shape, lambda *_: Counted(random.uniform(0.1, 4))) for shape in case.shapes]


def clip(layer: Layer) -> Array:
    def below(x: Counted) -> Counted:
        return assigned(HIGH if x > HIGH else x)

    return layer.x.map(below if layer.v["b"] == 1 else partial(clipped, low=LOW, high=HIGH))


def powers(layer: Layer) -> Array:
    """A whole power by multiplying the element with itself."""
    e = layer.v["e"]
    return layer.x.map(lambda x: reduce(Counted.__mul__, [x] * e) if e else power(x, EXPONENT))


def torch_clip(case: Case):
    return lambda x: x.clamp(LOW.value if case.v["b"] == 2 else None, HIGH.value)


def torch_power(case: Case):
    return lambda x: x ** (case.v["e"] or EXPONENT)


PROOFS = {
    "Clip": Proof(clip, elementwise(b=st.integers(1, 2)), torch_clip, inputs=wide),
    "Power": Proof(powers, elementwise(e=st.integers(0, 4)), torch_power, inputs=positive),
    **{
        name: Proof(each(function), elementwise(), lambda _, same=same: same, inputs=positive if is_positive else wide)
        for name, (function, same, is_positive) in TABLE.items()
    },
}
