"""Operators that slide a window over a signal, feature map or volume: convolution and pooling."""

from collections.abc import Mapping, Sequence
from functools import partial

from worksheet.layers import Pooling, Shape, kind_named
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.values import OnnxValue
from worksheet.readers.symbols import join_sizes, keep_symbols, spatial_symbols

LETTERS = {1: "w", 2: "hw", 3: "thw"}  # of the axes, outermost first
SAME = frozenset({"SAME_UPPER", "SAME_LOWER"})


def _dimensions(call: OnnxCall, value: OnnxValue) -> int:
    dimensions = len(value.shape) - 2
    if dimensions not in LETTERS:
        raise call.fault(f"receives a tensor of {len(value.shape)} axes", "3 to 5 axes: batch, channels, and 1 to 3 spatial axes")
    return dimensions


def _window_symbols(call: OnnxCall, dimensions: int, kernel: Sequence[int]) -> dict[str, int]:
    """The symbols of kernel, strides and dilations."""
    symbols: dict[str, int] = {}
    for name, prefix, numbers in (("kernel_shape", "", kernel), ("strides", "s_", None), ("dilations", "d_", None)):
        sizes = tuple(numbers or call.attribute(name, (1,) * dimensions))
        if len(sizes) != dimensions or min(sizes) < 1:
            hint = f"{dimensions} numbers of at least 1, one for each spatial axis"
            raise call.fault(f"has {name} {join_sizes(sizes)}", hint)
        symbols |= spatial_symbols(prefix, sizes)
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
    sides = _pads(call, dimensions)
    return spatial_symbols("p_", [min(pair) for pair in sides]) | spatial_symbols("q_", [max(pair) - min(pair) for pair in sides])


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


def convolution(call: OnnxCall, x: int = 0, w: int = 1, b: int = 2, *, transposed: bool = False) -> Result:
    """Conv and ConvTranspose. ``x``, ``w`` and ``b`` say which inputs are the data, the kernels and the biases."""
    value, bias = call[x], call.optional(b)
    dimensions = _dimensions(call, value)
    weights, outputs, groups = _weights(call, value, w, transposed=transposed)
    settings = _window_symbols(call, dimensions, weights.shape[2:])
    settings |= _transposed_padding(call, settings, value.shape[2:]) if transposed else _padding_symbols(call, dimensions)
    settings |= {"k": outputs, "g": groups, "b": int(bias is not None)}
    kind = "ConvTranspose" if transposed else "Conv"
    return call.add_layer(value, f"{kind}{dimensions}d", settings, stored=call.stored_names(weights, bias))


def _transposed_padding(call: OnnxCall, settings: Mapping[str, int], sizes: Shape) -> dict[str, int]:
    """Uneven padding becomes even padding plus output padding, which give the same size."""
    dimensions = len(sizes)
    further = tuple(call.attribute("output_padding", (0,) * dimensions))
    wanted = call.attribute("output_shape")
    if call.attribute("auto_pad", "NOTSET") in SAME:
        wanted = [size * settings[f"s_{x}"] for x, size in zip(LETTERS[dimensions], sizes, strict=True)]
    sides = _pads(call, dimensions)
    symbols: dict[str, int] = {}
    for i, x in enumerate(LETTERS[dimensions]):
        before, after = sides[i]
        cut = before + after - further[i]
        if wanted:
            full = (sizes[i] - 1) * settings[f"s_{x}"] + settings[f"d_{x}"] * (settings[x] - 1) + 1
            cut = full - wanted[-dimensions:][i]
        elif before == after:
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
    layer = kind_named(f"{kind}{dimensions}d")
    settings = _window_symbols(call, dimensions, kernel)
    if "d_w" not in layer.symbols and any(settings[f"d_{letter}"] != 1 for letter in LETTERS[dimensions]):
        raise call.fault("has dilations", "only MaxPool may have dilations")
    is_plain_norm = layer.pooling is Pooling.NORM and not any(map(any, _pads(call, dimensions)))
    padding = {} if is_plain_norm else _padding_symbols(call, dimensions)
    settings |= {"e": int(bool(call.attribute("ceil_mode", 0)) and "z" not in padding), "n_p": call.attribute("p", 2)}
    settings["i"] = int(bool(call.attribute("count_include_pad", 0)) or not any(padding.values()))
    return call.add_layer(value, layer.name, keep_symbols(layer.name, settings) | padding)


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
    "ConvTranspose": partial(convolution, transposed=True),
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
