"""Operators that slide a window over a signal, map or volume: convolution and pooling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from worksheet.layers import Shape
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.values import OnnxValue

LETTERS = {1: ("w",), 2: ("h", "w"), 3: ("t", "h", "w")}  # of the axes, the outermost first
SAME = frozenset({"SAME_UPPER", "SAME_LOWER"})


def _dimensions(call: OnnxCall, value: OnnxValue) -> int:
    dimensions = len(value.shape) - 2
    if dimensions not in LETTERS:
        raise call.fault(f"receives a tensor of {len(value.shape)} axes", "3 to 5: batch, channels, and 1 to 3 axes of places")
    return dimensions


def _lists(call: OnnxCall, dimensions: int, kernel: Sequence[int]) -> dict[str, int]:
    """Kernel, strides and dilations."""
    letters = LETTERS[dimensions]
    found: dict[str, int] = {}
    for name, prefix, numbers in (("kernel_shape", "", kernel), ("strides", "s_", None), ("dilations", "d_", None)):
        listed = tuple(numbers or call.attribute(name, (1,) * dimensions))
        if len(listed) != dimensions or min(listed) < 1:
            text = " x ".join(map(str, listed))
            raise call.fault(f"has {name} {text}", f"{dimensions} numbers from 1 on, one for each axis of places")
        found |= {prefix + letter: size for letter, size in zip(letters, listed, strict=True)}
    return found


def _pads(call: OnnxCall, dimensions: int) -> list[tuple[int, int]]:
    """The padding before and behind, for each axis."""
    if call.attribute("auto_pad", "NOTSET") == "VALID":
        return [(0, 0)] * dimensions
    pads = tuple(call.attribute("pads", (0,) * 2 * dimensions))
    if len(pads) != 2 * dimensions or min(pads) < 0:
        text = ", ".join(map(str, pads))
        raise call.fault(f"has pads {text}", f"{2 * dimensions} numbers from 0 on: before each axis, then behind each")
    return list(zip(pads[:dimensions], pads[dimensions:], strict=True))


def _padding(call: OnnxCall, dimensions: int) -> dict[str, int]:
    """Even padding, what comes on top of it on one side, or the flag by which the padding follows from the sizes."""
    if call.attribute("auto_pad", "NOTSET") in SAME:
        return {"z": 1}
    found: dict[str, int] = {}
    for letter, sides in zip(LETTERS[dimensions], _pads(call, dimensions), strict=True):
        found |= {f"p_{letter}": min(sides), f"q_{letter}": max(sides) - min(sides)}
    return found


def _weights(call: OnnxCall, value: OnnxValue, place: int, *, transposed: bool = False) -> tuple[OnnxValue, int, int]:
    """The stored kernels, the number of output channels, and the groups."""
    weights = call.stored(place)
    groups = call.attribute("group", 1)
    if len(weights.shape) != len(value.shape) or groups < 1:
        raise call.fault(f"has weights of {len(weights.shape)} axes for a tensor of {len(value.shape)}, and {groups} groups")
    outputs, inputs = weights.shape[:2]
    if transposed:
        outputs, inputs = inputs * groups, outputs
    expected = inputs if transposed else inputs * groups
    if expected != value.shape[1]:
        raise call.fault(f"has weights for {expected} channels, but receives {value.shape[1]}")
    return weights, outputs, groups


def convolution(call: OnnxCall, x: int = 0, w: int = 1, b: int = 2) -> Result:
    """Conv. ``x``, ``w`` and ``b`` say which inputs are the data, the kernels and the biases."""
    value = call[x]
    dimensions = _dimensions(call, value)
    weights, outputs, groups = _weights(call, value, w)
    bias = call.optional(b)
    given = _lists(call, dimensions, weights.shape[2:]) | _padding(call, dimensions)
    given |= {"k": outputs, "g": groups, "b": int(bias is not None)}
    return call.on(value, f"Conv{dimensions}d", given, stored=call.names(weights, bias))


def transposed(call: OnnxCall) -> Result:
    """ConvTranspose; uneven padding becomes even padding and output padding, which give the same size."""
    value = call[0]
    dimensions = _dimensions(call, value)
    weights, outputs, groups = _weights(call, value, 1, transposed=True)
    bias = call.optional(2)
    given = _lists(call, dimensions, weights.shape[2:])
    given |= _cut(call, dimensions, given, value.shape[2:])
    given |= {"k": outputs, "g": groups, "b": int(bias is not None)}
    return call.on(value, f"ConvTranspose{dimensions}d", given, stored=call.names(weights, bias))


def _cut(call: OnnxCall, dimensions: int, given: Mapping[str, int], sizes: Shape) -> dict[str, int]:
    further = tuple(call.attribute("output_padding", (0,) * dimensions))
    wanted = call.attribute("output_shape")
    if call.attribute("auto_pad", "NOTSET") in SAME:
        wanted = [size * given[f"s_{x}"] for x, size in zip(LETTERS[dimensions], sizes, strict=True)]
    sides = _pads(call, dimensions)
    found: dict[str, int] = {}
    for i, x in enumerate(LETTERS[dimensions]):
        before, behind = sides[i]
        cut = before + behind - further[i]
        if wanted:
            full = (sizes[i] - 1) * given[f"s_{x}"] + given[f"d_{x}"] * (given[x] - 1) + 1
            cut = full - wanted[-dimensions:][i]
        elif before == behind:
            found |= {f"p_{x}": before, f"o_{x}": further[i]}
            continue
        even = max(0, -(-cut // 2))
        found |= {f"p_{x}": even, f"o_{x}": 2 * even - cut}
    return found


def pooling(kind: str, call: OnnxCall) -> Result:
    """MaxPool, AveragePool and LpPool."""
    value = call[0]
    dimensions = _dimensions(call, value)
    kernel = call.attribute("kernel_shape")
    if not kernel:
        raise call.fault("lacks kernel_shape")
    given = _lists(call, dimensions, kernel)
    padding = {} if kind == "LPPool" and not any(map(any, _pads(call, dimensions))) else _padding(call, dimensions)
    rounding = {"e": 1} if call.attribute("ceil_mode", 0) and "z" not in padding else {}
    if kind != "MaxPool":
        if any(given.pop(f"d_{letter}") != 1 for letter in LETTERS[dimensions]):
            raise call.fault("has dilations", "only MaxPool is read with dilations")
        is_padded = "z" in padding or any(padding.values())
        rounding |= {"i": int(bool(call.attribute("count_include_pad", 0)) or not is_padded)} if kind == "AvgPool" else {}
        rounding |= {"n_p": call.attribute("p", 2)} if kind == "LPPool" else {}
    return call.on(value, f"{kind}{dimensions}d", given | padding | rounding)


def over_all(kind: str, call: OnnxCall) -> Result:
    """GlobalAveragePool, GlobalMaxPool."""
    return call.on(call[0], kind)


def local_response(call: OnnxCall) -> Result:
    return call.on(call[0], "LRN", {"n_l": call.attribute("size", 1)})


def fused_convolution(call: OnnxCall) -> Result:
    """FusedConv: a sum (input 4) and an activation behind a convolution."""
    from worksheet.readers.onnx.elementwise import activation

    result = convolution(call)
    assert isinstance(result, OnnxValue)
    if call.optional(3) is not None:
        result = call.value(call.row("Add", (call.take(result), call.take(call[3]))), result.shape)
    name = call.attribute("activation")
    return activation(name, call, result) if name else result


OPERATORS: dict[str, Converter] = {
    "Conv": convolution,
    "ConvTranspose": transposed,
    "MaxPool": partial(pooling, "MaxPool"),
    "AveragePool": partial(pooling, "AvgPool"),
    "LpPool": partial(pooling, "LPPool"),
    "GlobalAveragePool": partial(over_all, "GlobalAvgPool"),
    "GlobalMaxPool": partial(over_all, "GlobalMaxPool"),
    "LRN": local_response,
    "com.microsoft.FusedConv": fused_convolution,
    "QLinearConv": partial(convolution, x=0, w=3, b=8),
    "ConvInteger": partial(convolution, x=0, w=1, b=9),
}
