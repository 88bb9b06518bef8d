"""Calls that work on each element by itself, or combine tensors element by element."""

from collections.abc import Callable
from typing import Any

from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor
from worksheet.readers.torch.values import CannotFollow, TorchValue, number_symbols, without

NUMBERS = "Numbers that the forward pass makes itself (masks, scales) are not parameters; each element of a sum with them counts."


def elementwise(call: TorchCall) -> None:
    """An element-wise function."""
    call.add_row(call.rule.kind, {}, call.input)


# The kinds for two tensors, and for a tensor and a number.
BINARY = {
    "add": ("Add", "AddScalar", {}),
    "sub": ("Sub", "AddScalar", {}),
    "mul": ("Mul", "MulScalar", {}),
    "div": ("Div", "DivScalar", {}),
    "largest": ("Maximum", "Clip", {"b": 1}),
    "smallest": ("Minimum", "Clip", {"b": 1}),
    "compare": ("Maximum", "Threshold", {}),
}


def binary(call: TorchCall) -> None:
    """Arithmetic on two tensors, or on a tensor and a number (or a constant tensor).

    A logical or is the maximum of two numbers, a logical and the minimum; a comparison with a number is a threshold.
    """
    two, one, values = BINARY[call.rule.kind]
    if call.get("alpha", 1) != 1:
        other = call["other"]
        call.alias_of(call.trace_calls(lambda a, b: a + b, call["input"], call.trace_calls(lambda b: b * call["alpha"], other)))
        return
    operands = [value for value in map(call.find_value, (call["input"], call["other"])) if value]
    if len(operands) == 2:
        combine_two(call, two, call.value(call["input"]), call.value(call["other"]))
        return
    if is_tensor(call["input"]) and is_tensor(call["other"]):
        call.trace.note(NUMBERS)
    x = call.value(operands[0].tensor)
    if x.tensor.numel() != call.result.numel():  # the constant is larger than the tensor, which is repeated first
        x = expand_to_result(call, x)
    call.add_row(one, values, x)


def expand_to_result(call: TorchCall, x: TorchValue) -> TorchValue:
    """A tensor repeated to the shape of the result."""
    wide = call.meta(call.result.shape)
    shape = without(wide.shape, 0 if wide.shape[0] == 1 else None)
    return call.add_row("Gather", number_symbols("o", shape), x, out=wide, part="expand")


def combine_two(call: TorchCall, kind: str, a: TorchValue, b: TorchValue) -> None:
    """Two tensors. The batch axes are kept if dropping them would pair other axes than torch does."""
    if not (can_drop_batch(a, b) and can_drop_batch(b, a)):
        a, b = call.trace.keep_batch(a), call.trace.keep_batch(b)
    try:
        call.add_row(kind, {}, a, b)
    except CannotFollow:
        call.add_row(kind, {}, call.trace.keep_batch(a), call.trace.keep_batch(b))


def can_drop_batch(a: TorchValue, b: TorchValue) -> bool:
    """Whether the second can drop its batch axis before both are aligned from the right."""
    if not b.batch:  # none, or the first axis, to the left of which nothing moves
        return True
    opposite = b.batch - b.tensor.dim() + a.tensor.dim()
    return bool(opposite < 0 or a.batch == opposite)


def power(call: TorchCall) -> None:
    """A power with a number as its exponent or base."""
    base, exponent = call["input"], call["exponent"]
    if is_tensor(base) and is_tensor(exponent) and call.find_value(base) and call.find_value(exponent):
        raise CannotFollow("both the base and the exponent are tensors")
    x = next(value for value in map(call.find_value, (base, exponent)) if value)
    fixed = exponent if call.find_value(base) else None
    if fixed in ROOTS:
        call.alias_of(call.trace_calls(ROOTS[fixed], base))
        return
    whole = isinstance(fixed, (int, float)) and fixed == int(fixed) and fixed >= 1
    call.add_row("Power", {"e": int(fixed) if whole and fixed else 0}, call.value(x.tensor))


ROOTS: dict[Any, Callable[[Any], Any]] = {
    0.5: lambda x: x.sqrt(),
    -0.5: lambda x: 1 / x.sqrt(),
    -1: lambda x: 1 / x,
    -2: lambda x: 1 / (x * x),
}


def clip(call: TorchCall) -> None:
    """One comparison per bound; bounds that are tensors are compared element by element too."""
    bounds = [bound for bound in (call.get("min"), call.get("max")) if bound is not None]
    call.add_row("Clip", {"b": max(1, len(bounds))}, call.input)


def prelu(call: TorchCall) -> None:
    call.add_row("PReLU", {"a": call["weight"].numel()}, call.input, weights=(call["weight"],))


def gelu(call: TorchCall) -> None:
    call.add_row("GELU", {"t": int(call.get("approximate", "none") == "tanh")}, call.input)


def hardtanh(call: TorchCall) -> None:
    """Hardtanh; between 0 and 6 it is ReLU6."""
    bounds = (call.get("min_val", -1), call.get("max_val", 1))
    call.add_row("ReLU6" if bounds == (0, 6) else "Hardtanh", {}, call.input)


SAME_NAME = (  # kinds whose names are torch's, in lower case
    *("ReLU", "ReLU6", "ELU", "SELU", "CELU", "SiLU", "Mish", "Softplus", "LogSigmoid", "Tanh", "Sigmoid", "Hardswish"),
    *("Hardsigmoid", "Threshold", "Abs", "Exp", "Log", "Sqrt", "Erf"),
)
OTHER_NAMES = {
    "LeakyReLU": ("leaky_relu", "rrelu"),
    "LogSigmoid": ("log_sigmoid",),
    "Sigmoid": ("special.expit",),
    "Abs": ("absolute", "__abs__"),
    "Exp": ("exp2",),
    "Log": ("log2", "log10"),
    "Erf": ("special.erf",),
    "Threshold": ("isnan", "isinf", "isfinite", "isposinf", "isneginf"),
    "Negative": ("neg", "negative", "__neg__", "logical_not", "bitwise_not", "__invert__"),
    "DivScalar": ("reciprocal",),
    "Dropout": (*(f"dropout{d}" for d in ("", "1d", "2d", "3d")), "alpha_dropout", "feature_alpha_dropout", "feature_dropout"),
    "Identity": ("floor", "ceil", "round", "trunc", "frac"),
}
KINDS_OF_ELEMENTS = {kind.lower(): kind for kind in SAME_NAME} | {
    name: kind for kind, names in OTHER_NAMES.items() for name in names
}
OPERATIONS = {
    "add": ("add", "__add__", "__radd__", "__iadd__"),
    "sub": ("sub", "subtract", "rsub", "__sub__", "__rsub__", "__isub__"),
    "mul": ("mul", "multiply", "__mul__", "__rmul__", "__imul__"),
    "div": (
        *("div", "divide", "true_divide", "floor_divide", "__truediv__", "__rtruediv__", "__rdiv__"),
        *("__floordiv__", "__rfloordiv__", "__itruediv__", "__idiv__"),
    ),
    "largest": ("maximum", "fmax", "logical_or", "bitwise_or", "__or__", "__ior__"),
    "smallest": ("minimum", "fmin", "logical_and", "bitwise_and", "__and__", "__iand__"),
    "compare": (
        *("gt", "ge", "lt", "le", "eq", "ne", "greater", "less", "not_equal", "isclose"),
        *("__gt__", "__ge__", "__lt__", "__le__", "__eq__", "__ne__", "logical_xor", "__xor__"),
    ),
}
POWERS = ["pow", "__pow__", "__rpow__", "__ipow__", "float_power"]
LARGEST, SMALLEST = CallRule(binary, "input other", "largest"), CallRule(binary, "input other", "smallest")

ELEMENTWISE: dict[str, CallRule] = {
    **{name: CallRule(elementwise, "input", kind) for name, kind in KINDS_OF_ELEMENTS.items()},
    **{name: CallRule(binary, "input other", kind) for kind, names in OPERATIONS.items() for name in names},
    **dict.fromkeys(POWERS, CallRule(power, "input exponent")),
    "prelu": CallRule(prelu, "input weight"),
    "gelu": CallRule(gelu),
    "hardtanh": CallRule(hardtanh, "input min_val max_val"),
    **dict.fromkeys(["clamp", "clip"], CallRule(clip, "input min max")),
    "clamp_min": CallRule(clip, "input min"),
    "clamp_max": CallRule(clip, "input max"),
}
