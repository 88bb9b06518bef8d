"""Activations that an exporter wrote out: GELU, SiLU, hard swish, hard sigmoid, Mish, softplus."""

from math import isclose, pi, sqrt
from typing import NamedTuple

from worksheet.readers.onnx.patterns.rewriting import TOLERANCE, Link, Pass, RowUsers, become, is_near, trace_back
from worksheet.readers.onnx.patterns.terms import FACTORS, POWER, PRODUCT, SUM, SUMMAND
from worksheet.readers.onnx.values import OnnxRow

MAX_FACTORS = 6
MAX_INSIDE = 12  # rows of a polynomial
POLYNOMIAL = frozenset({SUM, PRODUCT, SUMMAND, POWER, "MulScalar"})

# Activations as chains of functions, the last one first.
WRITTEN_OUT: dict[str, tuple[Link, ...]] = {
    "Softplus": (Link(("Log",), shared=True), Link((SUMMAND,), 1.0), Link(("Exp",))),  # ln(1 + e^x)
    "Hardsigmoid": (Link(FACTORS, 1 / 6, shared=True), Link(("ReLU6",)), Link((SUMMAND,), 3.0)),  # min(max(x + 3, 0), 6)/6
}


class Gated(NamedTuple):
    """An activation that is x times a factor and a gate, which is a chain of functions of x.

    With ``numbers``, the functions are applied to a polynomial of x with these numbers.
    """

    kind: str
    settings: dict[str, int]
    factor: float
    gate: tuple[Link, ...]
    numbers: tuple[float, ...] = ()


GATED = (
    Gated("GELU", {"t": 0}, 0.5, (Link((SUMMAND,), 1.0), Link(("Erf",)), Link(FACTORS, sqrt(0.5), shared=True))),
    Gated("GELU", {"t": 1}, 0.5, (Link((SUMMAND,), 1.0, shared=True), Link(("Tanh",))), (sqrt(2 / pi), 0.044715)),
    Gated("SiLU", {}, 1.0, (Link(("Sigmoid",)),)),
    Gated("Hardswish", {}, 1.0, (Link(("Hardsigmoid",)),)),
    Gated("Hardswish", {}, 1 / 6, (Link(("ReLU6",)), Link((SUMMAND,), 3.0, shared=True))),
    Gated("Mish", {}, 1.0, (Link(("Tanh",)), Link(("Softplus",)))),
)


class FlatProduct(NamedTuple):
    """A tree of products, flattened."""

    factors: tuple[OnnxRow, ...]
    factor: float


def multiply_out(row: OnnxRow, users: RowUsers) -> FlatProduct | None:
    """The factors of a product whose parts are read only here; None where they are too many."""
    factors: list[OnnxRow] = []
    factor = 1.0
    inner = [row]
    while inner:
        part = inner.pop()
        if part is row or users.is_inner(part):
            if part.kind == PRODUCT and len(part.inputs) == 2:
                inner += part.inputs
                continue
            if part.kind in FACTORS and part.scalar and not part.is_reversed:
                factor *= part.scalar ** FACTORS[part.kind]
                inner += part.inputs
                continue
        factors.append(part)
        if len(factors) + len(inner) > MAX_FACTORS:
            return None
    return FlatProduct(tuple(factors), factor)


def recognise_gated(row: OnnxRow, users: RowUsers) -> None:
    """x times a gate that is a function of x."""
    product = multiply_out(row, users)
    if product is None or len(product.factors) != 2:
        return
    for x, gate in (product.factors, product.factors[::-1]):
        for activation in GATED:
            if isclose(product.factor, activation.factor, rel_tol=TOLERANCE) and _is_gate(gate, x, activation, users):
                become(row, activation.kind, (x,), activation.settings)
                return


def _is_gate(gate: OnnxRow, x: OnnxRow, activation: Gated, users: RowUsers) -> bool:
    source = trace_back(gate, activation.gate, users)
    if source is None or not activation.numbers:
        return source is x
    return _is_polynomial(source, x, activation.numbers)


def _is_polynomial(row: OnnxRow, x: OnnxRow, numbers: tuple[float, ...]) -> bool:
    """Whether a row is computed from x and these numbers only."""
    scalars: list[float] = []
    inner, count = [row], 0
    while inner and count < MAX_INSIDE:
        part = inner.pop()
        count += 1
        if part is x:
            continue
        if part.kind not in POLYNOMIAL:
            return False
        scalars += [part.scalar] if part.kind != POWER and part.scalar is not None else []
        inner += part.inputs
    return not inner and all(any(is_near(factor, wanted) for factor in scalars) for wanted in numbers)


def recognise_chain(row: OnnxRow, users: RowUsers) -> None:
    """An activation that is a chain of functions. An unknown factor may be any number."""
    for kind, steps in WRITTEN_OUT.items():
        x = None if row.kind in FACTORS and row.scalar is None else trace_back(row, steps, users)
        if x is not None:
            become(row, kind, (x,), {})
            return


PASSES: tuple[Pass, ...] = (({"Log", *FACTORS}, recognise_chain), ({PRODUCT, *FACTORS}, recognise_gated))
