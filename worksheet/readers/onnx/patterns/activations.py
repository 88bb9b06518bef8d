"""Activations that an exporter wrote out: GELU, SiLU, hard swish, hard sigmoid, Mish, softplus."""

from __future__ import annotations

from collections.abc import Callable
from math import isclose, pi, sqrt
from typing import NamedTuple

from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become
from worksheet.readers.onnx.values import OnnxRow

MOST_FACTORS = 6
MOST_INSIDE = 12  # rows of a polynomial
SLACK = 2e-3  # numbers are stored with few digits


def near(number: float | None, value: float) -> bool:
    """Whether a number of the graph is this value, or is not in the file and may be."""
    return number is None or isclose(number, value, rel_tol=SLACK)


class FlatProduct(NamedTuple):
    """A tree of products, multiplied out."""

    factors: tuple[OnnxRow, ...]
    number: float


def multiplied_out(row: OnnxRow, users: RowUsers) -> FlatProduct | None:
    """The factors of a product whose parts nobody else reads; None where it has too many."""
    factors: list[OnnxRow] = []
    number = 1.0
    inner = [row]
    while inner:
        part = inner.pop()
        if part is row or users.is_inner(part):
            if part.kind == "Mul" and len(part.inputs) == 2:
                inner += part.inputs
                continue
            if part.kind in {"MulScalar", "DivScalar"} and part.scalar and not part.turned:
                number = number * part.scalar if part.kind == "MulScalar" else number / part.scalar
                inner += part.inputs
                continue
        factors.append(part)
        if len(factors) + len(inner) > MOST_FACTORS:
            return None
    return FlatProduct(tuple(factors), number)


def scaled_input(row: OnnxRow) -> tuple[OnnxRow, float | None]:
    """What a row multiplies by a number, and the number; the row itself and 1 where it does not."""
    if row.kind == "MulScalar":
        return row.inputs[0], row.scalar
    if row.kind == "DivScalar" and not row.turned:
        return row.inputs[0], 1 / row.scalar if row.scalar else None
    return row, 1.0


def plus(row: OnnxRow, number: float) -> OnnxRow | None:
    """What a row adds this number to."""
    return row.inputs[0] if row.kind == "AddScalar" and near(row.scalar, number) and not row.turned else None


def products(row: OnnxRow, users: RowUsers) -> None:
    """x times a function of x."""
    found = multiplied_out(row, users)
    if found is None or len(found.factors) != 2:
        return
    for x, gate in (found.factors, found.factors[::-1]):
        for kind, given, number, is_gate in GATED:
            if isclose(found.number, number, rel_tol=SLACK) and is_gate(gate, x, users):
                become(row, kind, (x,), given)
                return


def _is_gelu(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """1 + erf(x/root of 2)."""
    function = plus(gate, 1.0)
    if function is None or function.kind != "Erf":
        return False
    inner, number = scaled_input(function.inputs[0])
    return inner is x and near(number, sqrt(0.5)) and users.is_inner(gate) and users.is_inner(function)


def _is_tanh_gelu(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """1 + tanh(root of 2/pi (x + 0.044715 x x x))."""
    function = plus(gate, 1.0)
    if function is None or function.kind != "Tanh" or not users.is_inner(function):
        return False
    return _is_polynomial(function.inputs[0], x, (sqrt(2 / pi), 0.044715))


def _is_polynomial(row: OnnxRow, x: OnnxRow, numbers: tuple[float, ...]) -> bool:
    """Whether a row is made of x and these numbers alone."""
    found: list[float] = []
    inner, count = [row], 0
    while inner and count < MOST_INSIDE:
        part = inner.pop()
        count += 1
        if part is x:
            continue
        if part.kind not in {"Mul", "Add", "MulScalar", "AddScalar", "Power"}:
            return False
        found += [part.scalar] if part.kind != "Power" and part.scalar is not None else []
        inner += part.inputs
    return not inner and all(any(near(number, wanted) for number in found) for wanted in numbers)


def _is_of(kind: str, gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    return gate.kind == kind and gate.inputs == (x,) and users.is_inner(gate)


def _is_mish(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    return gate.kind == "Tanh" and users.is_inner(gate) and _is_of("Softplus", gate.inputs[0], x, users)


def _is_bounded_sum(gate: OnnxRow, x: OnnxRow, users: RowUsers) -> bool:
    """min(max(x + 3, 0), 6)."""
    return gate.kind == "ReLU6" and users.is_inner(gate) and plus(gate.inputs[0], 3.0) is x


# The layer, its settings, the number before x times the gate, and what the gate is.
GATED: tuple[tuple[str, dict[str, int], float, Callable[[OnnxRow, OnnxRow, RowUsers], bool]], ...] = (
    ("GELU", {"t": 0}, 0.5, _is_gelu),
    ("GELU", {"t": 1}, 0.5, _is_tanh_gelu),
    ("SiLU", {}, 1.0, lambda gate, x, users: _is_of("Sigmoid", gate, x, users)),
    ("Hardswish", {}, 1.0, lambda gate, x, users: _is_of("Hardsigmoid", gate, x, users)),
    ("Hardswish", {}, 1 / 6, _is_bounded_sum),
    ("Mish", {}, 1.0, _is_mish),
)


def hard_sigmoids(row: OnnxRow, users: RowUsers) -> None:
    """min(max(x + 3, 0), 6)/6."""
    inner, number = scaled_input(row)
    if inner is row or number is None or not near(number, 1 / 6) or inner.kind != "ReLU6" or not users.is_inner(inner):
        return
    x = plus(inner.inputs[0], 3.0)
    if x is not None and users.is_inner(inner.inputs[0]):
        become(row, "Hardsigmoid", (x,), {})


def softplus(row: OnnxRow, users: RowUsers) -> None:
    """ln(1 + e^x)."""
    total = row.inputs[0]
    power = plus(total, 1.0)
    if power is not None and power.kind == "Exp" and users.is_inner(total) and users.is_inner(power):
        become(row, "Softplus", power.inputs, {})


SCALED = frozenset({"MulScalar", "DivScalar"})
PASSES: tuple[Pass, ...] = (
    (frozenset({"Log"}), softplus),
    (SCALED, hard_sigmoids),
    (SCALED | {"Mul"}, products),
)
