"""Operators that slide a window over a signal, feature map or volume: convolution and pooling."""

from collections.abc import Mapping, Sequence
from functools import partial

from worksheet.layers import Shape
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.values import OnnxValue

LETTERS = {1: ("w",), 2: ("h", "w"), 3: ("t", "h", "w")}  # of the axes, outermost first
SAME = frozenset({"SAME_UPPER", "SAME_LOWER"})


def _dimensions(call: OnnxCall, value: OnnxValue) -> int:
    dimensions = len(value.shape) - 2
    if dimensions not in LETTERS:
        raise call.fault(f"receives a tensor of {len(value.shape)} axes", "3 to 5 axes: batch, channels, and 1 to 3 spatial axes")
    return dimensions


def _window_symbols(call: OnnxCall, dimensions: int, kernel: Sequence[int]) -> dict[str, int]:
    """The symbols of kernel, strides and dilations."""
    letters = LETTERS[dimensions]
    symbols: dict[str, int] = {}
    for name, prefix, numbers in (("kernel_shape", "", kernel), ("strides", "s_", None), ("dilations", "d_", None)):
        shape_symbols = tuple(numbers or call.attribute(name, (1,) * dimensions))
        if len(shape_symbols) != dimensions or min(shape_symbols) < 1:
            text = " x ".join(map(str, shape_symbols))
            raise call.fault(f"has {name} {text}", f"{dimensions} numbers of at least 1, one for each spatial axis")
        symbols |= {prefix + letter: size for letter, size in zip(letters, shape_symbols, strict=True)}
    return symbols


def _pads(call: OnnxCall, dimensions: int) -> list[tuple[int, int]]:
    """The padding before and after, for each axis."""
    if call.attribute("auto_pad", "NOTSET") == "VALID":
        return [(0, 0)] * dimensions
    pads = tuple(call.attribute("pads", (0,) * 2 * dimensions))
    if len(pads) != 2 * dimensions or min(pads) < 0:
        text = ", ".join(map(str, pads))
        raise call.fault(f"has pads {text}", f"{2 * dimensions} numbers of at least 0: before each axis, then after each")
    return list(zip(pads[:dimensions], pads[dimensions:], strict=True))


def _padding_symbols(call: OnnxCall, dimensions: int) -> dict[str, int]:
    """Even padding and what one side has more, or the flag by which the padding follows from the sizes."""
    if call.attribute("auto_pad", "NOTSET") in SAME:
        return {"z": 1}
    symbols: dict[str, int] = {}
    for letter, sides in zip(LETTERS[dimensions], _pads(call, dimensions), strict=True):
        symbols |= {f"p_{letter}": min(sides), f"q_{letter}": max(sides) - min(sides)}
    return symbols


def _weights(call: OnnxCall, value: OnnxValue, place: int, *, transposed: bool = False) -> tuple[OnnxValue, int, int]:
    """The stored kernels, the number of output channels, and the groups."""
    weights = call.stored_input(place)
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
    settings = _window_symbols(call, dimensions, weights.shape[2:]) | _padding_symbols(call, dimensions)
    settings |= {"k": outputs, "g": groups, "b": int(bias is not None)}
    return call.add_layer(value, f"Conv{dimensions}d", settings, stored=call.stored_names(weights, bias))


def conv_transpose(call: OnnxCall) -> Result:
    """ConvTranspose; uneven padding becomes even padding plus output padding, which give the same size."""
    value = call[0]
    dimensions = _dimensions(call, value)
    weights, outputs, groups = _weights(call, value, 1, transposed=True)
    bias = call.optional(2)
    settings = _window_symbols(call, dimensions, weights.shape[2:])
    settings |= _transposed_padding(call, dimensions, settings, value.shape[2:])
    settings |= {"k": outputs, "g": groups, "b": int(bias is not None)}
    return call.add_layer(value, f"ConvTranspose{dimensions}d", settings, stored=call.stored_names(weights, bias))


def _transposed_padding(call: OnnxCall, dimensions: int, settings: Mapping[str, int], sizes: Shape) -> dict[str, int]:
    further = tuple(call.attribute("output_padding", (0,) * dimensions))
    wanted = call.attribute("output_shape")
    if call.attribute("auto_pad", "NOTSET") in SAME:
        wanted = [size * settings[f"s_{x}"] for x, size in zip(LETTERS[dimensions], sizes, strict=True)]
    sides = _pads(call, dimensions)
    symbols: dict[str, int] = {}
    for i, x in enumerate(LETTERS[dimensions]):
        before, behind = sides[i]
        cut = before + behind - further[i]
        if wanted:
            full = (sizes[i] - 1) * settings[f"s_{x}"] + settings[f"d_{x}"] * (settings[x] - 1) + 1
            cut = full - wanted[-dimensions:][i]
        elif before == behind:
            symbols |= {f"p_{x}": before, f"o_{x}": further[i]}
            continue
        even = max(0, -(-cut // 2))
        symbols |= {f"p_{x}": even, f"o_{x}": 2 * even - cut}
    return symbols


def pooling(kind: str, call: OnnxCall) -> Result:
    """MaxPool, AveragePool and LpPool."""
    value = call[0]
    dimensions = _dimensions(call, value)
    kernel = call.attribute("kernel_shape")
    if not kernel:
        raise call.fault("has no kernel_shape")
    settings = _window_symbols(call, dimensions, kernel)
    padding = {} if kind == "LPPool" and not any(map(any, _pads(call, dimensions))) else _padding_symbols(call, dimensions)
    rounding = {"e": 1} if call.attribute("ceil_mode", 0) and "z" not in padding else {}
    if kind != "MaxPool":
        if any(settings.pop(f"d_{letter}") != 1 for letter in LETTERS[dimensions]):
            raise call.fault("has dilations", "only MaxPool may have dilations")
        is_padded = "z" in padding or any(padding.values())
        rounding |= {"i": int(bool(call.attribute("count_include_pad", 0)) or not is_padded)} if kind == "AvgPool" else {}
        rounding |= {"n_p": call.attribute("p", 2)} if kind == "LPPool" else {}
    return call.add_layer(value, f"{kind}{dimensions}d", settings | padding | rounding)


def pool_globally(kind: str, call: OnnxCall) -> Result:
    """GlobalAveragePool, GlobalMaxPool."""
    return call.add_layer(call[0], kind)


def local_response_norm(call: OnnxCall) -> Result:
    return call.add_layer(call[0], "LRN", {"n_l": call.attribute("size", 1)})


def fused_convolution(call: OnnxCall) -> Result:
    """FusedConv: a convolution, then a sum (input 4) and an activation."""
    from worksheet.readers.onnx.elementwise import activation

    result = convolution(call)
    assert isinstance(result, OnnxValue)
    if call.optional(3) is not None:
        result = call.to_value(call.add_row("Add", (call.take(result), call.take(call[3]))), result.shape)
    name = call.attribute("activation")
    return activation(name, call, result) if name else result


OPERATORS: dict[str, Converter] = {
    "Conv": convolution,
    "ConvTranspose": conv_transpose,
    "MaxPool": partial(pooling, "MaxPool"),
    "AveragePool": partial(pooling, "AvgPool"),
    "LpPool": partial(pooling, "LPPool"),
    "GlobalAveragePool": partial(pool_globally, "GlobalAvgPool"),
    "GlobalMaxPool": partial(pool_globally, "GlobalMaxPool"),
    "LRN": local_response_norm,
    "com.microsoft.FusedConv": fused_convolution,
    "QLinearConv": partial(convolution, x=0, w=3, b=8),
    "ConvInteger": partial(convolution, x=0, w=1, b=9),
}
