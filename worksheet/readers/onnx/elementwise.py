"""Operators that work element by element, on one tensor or on several."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from worksheet.layers import Shape
from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, squeeze_shape

UNARY = {
    "Relu": "ReLU", "LeakyRelu": "LeakyReLU", "Elu": "ELU", "Selu": "SELU", "Celu": "CELU", "Sigmoid": "Sigmoid",
    "Tanh": "Tanh", "Softplus": "Softplus", "HardSigmoid": "Hardsigmoid", "HardSwish": "Hardswish", "Mish": "Mish",
    "ThresholdedRelu": "Threshold", "Erf": "Erf", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Neg": "Negative",
    "Abs": "Abs", "Dropout": "Dropout", "Swish": "SiLU",
}  # fmt: skip
# Operators on a tensor and a number: the kind, and the number that changes nothing.
WITH_NUMBER = {"Add": ("AddScalar", 0.0), "Sub": ("AddScalar", 0.0), "Mul": ("MulScalar", 1.0), "Div": ("DivScalar", 1.0)}
COMPARISONS = ("Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "And", "Or", "Xor", "Not", "IsNaN")
COMBINED = {"Max": "Maximum", "Min": "Minimum", "Sum": "Add", "Mean": "Add"}
Bound = float | str | None  # a number, an unknown number, or no bound
CLIPS: dict[tuple[Bound, Bound], str] = {(0.0, None): "ReLU", (0.0, 6.0): "ReLU6", (-1.0, 1.0): "Hardtanh"}


def unary(kind: str, call: OnnxCall) -> Result:
    return call.add_elementwise(call[0], kind)


def activation(name: str, call: OnnxCall, value: OnnxValue) -> OnnxValue:
    """An activation that a fused operator names. Raises NetworkError for an unknown one."""
    if name not in UNARY:
        raise call.fault(f"has the activation {name!r}", f"known: {', '.join(sorted(UNARY))}")
    return call.add_elementwise(value, UNARY[name])


def gelu(call: OnnxCall, *, tanh: bool = False, bias: bool = False) -> Result:
    """Gelu, FastGelu and BiasGelu."""
    value = call[0]
    if call.optional(1) is not None and (bias or tanh):
        value = combine_elementwise(call, "Add", [value, call[1]])
    return call.add_elementwise(value, "GELU", {"t": int(tanh or call.attribute("approximate", "none") == "tanh")})


def quick_gelu(call: OnnxCall) -> Result:
    value = call.add_elementwise(call[0], "MulScalar", scalar=call.attribute("alpha", 1.702))
    return combine_elementwise(call, "Mul", [call[0], call.add_elementwise(value, "Sigmoid")])


def pass_on(call: OnnxCall) -> Result:
    """Operators that keep the numbers: Identity, Cast.

    Exporters store equal tensors once and write the others as an Identity of it. Equal vectors are separate parameters that
    happen to be equal (ones, zeros); equal matrices are one matrix that is used twice.
    """
    value = call[0]
    if call.operator.type == "Identity" and value.row is None and value.stored and len(squeeze_shape(value.shape)) < 2:
        return replace(value, stored=call.operator.outputs[:1])
    return value


def prelu(call: OnnxCall) -> Result:
    """PRelu: one slope, or one for each channel."""
    slope = call.stored_input(1, "slopes")
    channels = call[0].shape[1] if len(call[0].shape) > 1 else call[0].size
    if slope.size not in {1, channels}:
        raise call.fault(f"has {slope.size} slopes for {channels} channels", "one slope, or one for each channel")
    return call.add_layer(call[0], "PReLU", {"a": slope.size}, stored=slope.stored)


def clip(call: OnnxCall) -> Result:
    """Clip by bounds that are attributes or inputs."""
    low, high = (_bound(call, name, place) for place, name in enumerate(("min", "max"), 1))
    return clip_to(call, call[0], low, high)


def _bound(call: OnnxCall, name: str, place: int) -> Bound:
    value = call.optional(place)
    number = call.attribute(name) if value is None else number_of(value)
    if number is None:
        return None if value is None else "unknown"
    return None if abs(number) > 3e38 else float(number)


def clip_to(call: OnnxCall, value: OnnxValue, low: Bound, high: Bound) -> OnnxValue:
    if low is None and high is None:
        return value
    if (low, high) in CLIPS:
        return call.add_elementwise(value, CLIPS[low, high])
    return call.add_elementwise(value, "Clip", {"b": (low is not None) + (high is not None)})


def number_of(value: OnnxValue) -> float | None:
    """The number in a tensor of one element; None where it is unknown."""
    if value.size != 1 or value.numbers is None or value.numbers.dtype.kind not in "fiub":
        return None
    return float(value.numbers.ravel()[0])


def is_number(value: OnnxValue, beside: OnnxValue) -> bool:
    """Whether a tensor is a fixed number with which the other one is combined."""
    return value.row is None and value.size == 1 and len(value.shape) <= len(beside.shape)


def binary(name: str, call: OnnxCall) -> Result:
    """Add, Sub, Mul and Div: of a tensor and a number, or of two tensors."""
    first, second = call[0], call[1]
    kind, neutral = WITH_NUMBER[name]
    for number, value, is_second in ((second, first, True), (first, second, False)):
        if is_number(number, value) and not is_number(value, number):
            scalar = number_of(number)
            if scalar == neutral and (is_second or name in {"Add", "Mul"}):
                return value
            if scalar is not None and name == "Sub" and is_second:
                scalar = -scalar
            is_turned = not is_second and name in {"Sub", "Div"}
            return call.add_elementwise(value, kind, scalar=scalar, is_reversed=is_turned)
    return combine_elementwise(call, name, [first, second])


def combine_elementwise(call: OnnxCall, kind: str, values: Sequence[OnnxValue]) -> OnnxValue:
    """Combine tensors element by element, with broadcasting."""
    shape = shape_rules.broadcast(*(value.shape for value in values))
    row = call.add_row(kind, align_rows(call, values, shape))
    return call.to_value(row, shape)


def align_rows(call: OnnxCall, values: Sequence[OnnxValue], shape: Shape) -> list[OnnxRow]:
    """The rows of tensors that are combined element by element; axes of size 1 may be missing where they do not matter."""
    rows = [value.row for value in values]
    kept = [row for row in rows if row is not None]
    is_same = len(kept) == len(rows) and {value.shape for value in values} == {shape} and len({row.shape for row in kept}) == 1
    if is_same and squeeze_shape(kept[0].shape) == squeeze_shape(shape):
        return kept
    whole = [value for value in values if value.shape == shape]
    vectors = [value for value in values if shape and value.shape != shape and value.size == value.shape[-1] == shape[-1]]
    if len(whole) == 1 and len(whole) + len(vectors) == len(values):
        return [
            call.rows.take_loosely(value, call.operator) if value is whole[0] else call.take(value, value.shape[-1:])
            for value in values
        ]
    return [call.take(value) for value in values]


def combine(name: str, call: OnnxCall) -> Result:
    """Max, Min, Sum and Mean of any number of tensors."""
    values = call.present
    if len(values) == 1:
        return values[0]
    if name in {"Max", "Min"} and len(values) == 2:
        for number, value in (values[::-1], values):
            if is_number(number, value) and not is_number(value, number):
                bound: Bound = number_of(number)
                bound = "unknown" if bound is None else bound
                return clip_to(call, value, *((bound, None) if name == "Max" else (None, bound)))
    total = combine_elementwise(call, COMBINED[name], values)
    return call.add_elementwise(total, "DivScalar", scalar=float(len(values))) if name == "Mean" else total


def power(call: OnnxCall) -> Result:
    """Pow with a fixed exponent or a fixed base."""
    value, exponent = call[0], call[1]
    if not is_number(exponent, value):
        if is_number(value, exponent):
            return call.add_elementwise(exponent, "Power")  # a fixed number to the power of each element
        raise call.fault("has a tensor as its exponent", "the exponent must be a fixed number")
    number = number_of(exponent)
    if number == 1:
        return value
    if number is not None and number in ROOTS:
        return ROOTS[number](call, value)
    is_whole = number is not None and number > 1 and number.is_integer() and number < 1000
    return call.add_elementwise(value, "Power", {"e": int(number) if is_whole and number else 0}, scalar=number)


def reciprocal(call: OnnxCall, value: OnnxValue | None = None) -> OnnxValue:
    return call.add_elementwise(value or call[0], "DivScalar", scalar=1.0, is_reversed=True)


ROOTS: dict[float, Callable[[OnnxCall, OnnxValue], OnnxValue]] = {
    0.5: lambda call, value: call.add_elementwise(value, "Sqrt"),
    -0.5: lambda call, value: reciprocal(call, call.add_elementwise(value, "Sqrt")),
    -1.0: reciprocal,
}


def softsign(call: OnnxCall) -> Result:
    below = call.add_elementwise(call.add_elementwise(call[0], "Abs"), "AddScalar", scalar=1.0)
    return combine_elementwise(call, "Div", [call[0], below])


def where(call: OnnxCall) -> Result:
    """Where: a stored mask chooses between a tensor and a number, without arithmetic."""
    read = [value for value in call.present[1:] if not value.is_fixed]
    if len(read) == 1:
        shape = shape_rules.broadcast(*(value.shape for value in call.present))
        if shape == read[0].shape:
            if not call[0].is_fixed and call[0].row is read[0].row:
                return call.add_elementwise(read[0], "Threshold")  # compares with a number and replaces by one
            call.notes.setdefault("choosing elements by a mask (Where) is not counted", None)
            return read[0]
    raise call.fault("chooses between two tensors that the network computes", "only one of them may depend on the input")


def compare(call: OnnxCall) -> Result:
    """Comparisons that make masks: left out, since a mask costs nothing."""
    shape = shape_rules.broadcast(*(value.shape for value in call.present))
    read = [value for value in call.present if value.shape == shape and not value.is_fixed]
    if not read:
        raise call.fault("compares tensors of different shapes")
    call.notes.setdefault("comparisons that make masks are not counted", None)
    return read[0]


def quantize(call: OnnxCall) -> Result:
    """Quantization and back: the numbers change, the shape and the computation do not."""
    if not call[0].is_fixed:
        call.notes.setdefault(f"{call.operator.type}: quantization is not counted", None)
    return call[0]


OPERATORS: dict[str, Converter] = {
    **{name: partial(unary, kind) for name, kind in UNARY.items()},
    **{name: partial(binary, name) for name in WITH_NUMBER},
    **{name: partial(combine, name) for name in COMBINED},
    **dict.fromkeys(("Identity", "Cast", "CastLike"), pass_on),
    **dict.fromkeys(("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"), quantize),
    "Gelu": gelu,
    "com.microsoft.Gelu": gelu,
    "com.microsoft.FastGelu": partial(gelu, tanh=True),
    "com.microsoft.BiasGelu": partial(gelu, bias=True),
    "com.microsoft.QuickGelu": quick_gelu,
    "PRelu": prelu,
    "Clip": clip,
    "Pow": power,
    "Reciprocal": reciprocal,
    "Softsign": softsign,
    "Where": where,
    **dict.fromkeys(COMPARISONS, compare),
}
