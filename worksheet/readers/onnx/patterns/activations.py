"""Activations that an exporter wrote out: GELU, SiLU, hard swish, hard sigmoid, Mish, softplus."""

from collections.abc import Callable
from math import isclose, pi, sqrt
from typing import NamedTuple

from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become
from worksheet.readers.onnx.values import OnnxRow

MAX_FACTORS = 6
MAX_INSIDE = 12  # rows of a polynomial
TOLERANCE = 2e-3  # exporters store numbers with few digits


def is_near(number: float | None, value: float) -> bool:
    """Whether a number of the graph is this value, or may be since the file does not hold it."""
    return number is None or isclose(number, value, rel_tol=TOLERANCE)


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
            if part.kind == "Mul" and len(part.inputs) == 2:
                inner += part.inputs
                continue
            if part.kind in {"MulScalar", "DivScalar"} and part.scalar and not part.is_reversed:
                factor = factor * part.scalar if part.kind == "MulScalar" else factor / part.scalar
                inner += part.inputs
                continue
        factors.append(part)
        if len(factors) + len(inner) > MAX_FACTORS:
            return None
    return FlatProduct(tuple(factors), factor)


def split_factor(row: OnnxRow) -> tuple[OnnxRow, float | None]:
    """What a row multiplies by a number, and the number; else the row itself and 1."""
    if row.kind == "MulScalar":
        return row.inputs[0], row.scalar
    if row.kind == "DivScalar" and not row.is_reversed:
        return row.inputs[0], 1 / row.scalar if row.scalar else None
    return row, 1.0


def minus_number(row: OnnxRow, number: float) -> OnnxRow | None:
    """What a row adds this number to; None where it does not."""
    return row.inputs[0] if row.kind == "AddScalar" and is_near(row.scalar, number) and not row.is_reversed else None


def recognise_gated(row: OnnxRow, users: RowUsers) -> None:
    """x times a gate that is a function of x."""
    product = multiply_out(row, users)
    if product is None or len(product.factors) != 2:
        return
    for x, gate in (product.factors, product.factors[::-1]):
        for kind, settings, factor, is_gate in GATED:
            if isclose(product.factor, factor, rel_tol=TOLERANCE) and is_gate(gate, x, users):
                become(row, kind, (x,), settings)
                return


def _is_gelu(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """1 + erf(x/sqrt(2))."""
    function = minus_number(gate, 1.0)
    if function is None or function.kind != "Erf":
        return False
    inner, factor = split_factor(function.inputs[0])
    return inner is x and is_near(factor, sqrt(0.5)) and users.is_inner(gate) and users.is_inner(function)


def _is_tanh_gelu(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """1 + tanh(sqrt(2/pi) (x + 0.044715 x x x))."""
    function = minus_number(gate, 1.0)
    if function is None or function.kind != "Tanh" or not users.is_inner(function):
        return False
    return _is_polynomial(function.inputs[0], x, (sqrt(2 / pi), 0.044715))


def _is_polynomial(row: OnnxRow, x: OnnxRow, numbers: tuple[float, ...]) -> bool:
    """Whether a row is computed from x and these numbers only."""
    scalars: list[float] = []
    inner, count = [row], 0
    while inner and count < MAX_INSIDE:
        part = inner.pop()
        count += 1
        if part is x:
            continue
        if part.kind not in {"Mul", "Add", "MulScalar", "AddScalar", "Power"}:
            return False
        scalars += [part.scalar] if part.kind != "Power" and part.scalar is not None else []
        inner += part.inputs
    return not inner and all(any(is_near(factor, wanted) for factor in scalars) for wanted in numbers)


def _is_of(kind: str, gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    return gate.kind == kind and gate.inputs == (x,) and users.is_inner(gate)


def _is_mish(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    return gate.kind == "Tanh" and users.is_inner(gate) and _is_of("Softplus", gate.inputs[0], x, users)


def _is_bounded_sum(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """min(max(x + 3, 0), 6)."""
    return gate.kind == "ReLU6" and users.is_inner(gate) and minus_number(gate.inputs[0], 3.0) is x


# The layer, its settings, the factor of x times the gate, and the test of the gate.
GATED: tuple[tuple[str, dict[str, int], float, Callable[[OnnxRow, OnnxRow, RowUsers], bool]], ...] = (
    ("GELU", {"t": 0}, 0.5, _is_gelu),
    ("GELU", {"t": 1}, 0.5, _is_tanh_gelu),
    ("SiLU", {}, 1.0, lambda gate, x, users: _is_of("Sigmoid", gate, x, users)),
    ("Hardswish", {}, 1.0, lambda gate, x, users: _is_of("Hardsigmoid", gate, x, users)),
    ("Hardswish", {}, 1 / 6, _is_bounded_sum),
    ("Mish", {}, 1.0, _is_mish),
)


def recognise_hard_sigmoid(row: OnnxRow, users: RowUsers) -> None:
    """min(max(x + 3, 0), 6)/6."""
    inner, factor = split_factor(row)
    if inner is row or factor is None or not is_near(factor, 1 / 6) or inner.kind != "ReLU6" or not users.is_inner(inner):
        return
    x = minus_number(inner.inputs[0], 3.0)
    if x is not None and users.is_inner(inner.inputs[0]):
        become(row, "Hardsigmoid", (x,), {})


def recognise_softplus(row: OnnxRow, users: RowUsers) -> None:
    """ln(1 + e^x)."""
    total = row.inputs[0]
    power = minus_number(total, 1.0)
    if power is not None and power.kind == "Exp" and users.is_inner(total) and users.is_inner(power):
        become(row, "Softplus", power.inputs, {})


SCALED = frozenset({"MulScalar", "DivScalar"})
PASSES: tuple[Pass, ...] = (
    (frozenset({"Log"}), recognise_softplus),
    (SCALED, recognise_hard_sigmoid),
    (SCALED | {"Mul"}, recognise_gated),
)
