"""Operators over whole axes: normalisation, softmax, means, sums and maxima."""

from collections.abc import Sequence
from functools import partial
from math import prod

from worksheet.layers import kind_named
from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.elementwise import combine_elementwise
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, squeeze_shape
from worksheet.readers.symbols import keep_symbols, list_symbols, softmax_axis


def batch_norm(call: OnnxCall) -> Result:
    parts = [call.stored_input(place) for place in range(1, 5)]
    channels = call[0].shape[1] if len(call[0].shape) > 1 else 1
    if any(part.shape != (channels,) for part in parts):
        raise call.fault(f"has parameters for {parts[0].size} channels, but receives {channels}")
    return call.add_layer(call[0], "BatchNorm", stored=call.stored_names(*parts))


def instance_norm(call: OnnxCall) -> Result:
    """InstanceNormalization; a scale and shift that were not trained (ones and zeros) do not count as parameters."""
    scale, shift = call.stored_input(1), call.stored_input(2)
    stored = call.stored_names(scale, shift) if scale.trained else ()
    return call.add_layer(call[0], "InstanceNorm", {"a": int(scale.trained)}, stored=stored)


def group_norm(call: OnnxCall) -> Result:
    value, scale, shift = call[0], call.stored_input(1), call.stored_input(2)
    groups = call.attribute("num_groups", 0)
    channels = value.shape[1] if len(value.shape) > 1 else 0
    if scale.size != channels or groups < 1:
        raise call.fault(f"has {scale.size} scales and {groups} groups for {channels} channels", "one scale for each channel")
    return call.add_layer(value, "GroupNorm", {"g": groups}, stored=call.stored_names(scale, shift))


def normalise(
    call: OnnxCall, kind: str, value: OnnxValue, scale: OnnxValue | None, shift: OnnxValue | None, axis: int = -1
) -> OnnxValue:
    """LayerNorm or RMSNorm over all axes from ``axis`` on."""
    count = len(value.shape) - shape_rules.axis_of(axis, len(value.shape))
    for part in (scale, shift):
        if part is not None and part.size != prod(value.shape[-count:]):
            raise call.fault(f"has {part.size} parameters for {prod(value.shape[-count:])} normalised elements")
    settings = keep_symbols(kind, {"l": count, "a": int(scale is not None), "b": int(shift is not None)})
    source = call.rows.take_loosely(value, call.operator, count)
    return call.to_value(call.add_row(kind, (source,), settings, stored=call.stored_names(scale, shift)), value.shape)


def has_shift(kind: str) -> bool:
    return "b" in kind_named(kind).symbols


def layer_norm(kind: str, call: OnnxCall) -> Result:
    shift = call.optional(2) if has_shift(kind) else None
    return normalise(call, kind, call[0], call.optional(1), shift, call.attribute("axis", -1))


def skip_norm(kind: str, call: OnnxCall) -> Result:
    """The SkipLayerNormalization of com.microsoft: a sum, an optional bias, then the normalisation."""
    total = combine_elementwise(call, "Add", [call[0], call[1]])
    bias = call.optional(4 if has_shift(kind) else 3)
    if bias is not None:
        total = combine_elementwise(call, "Add", [total, bias])
    result = normalise(call, kind, total, call[2], call.optional(3) if has_shift(kind) else None)
    return [result, None, None, total]


def softmax(kind: str, call: OnnxCall) -> Result:
    """Softmax; before opset 13, all axes from ``axis`` on are flattened."""
    value = call[0]
    old = call.operator.opset < 13
    axis = shape_rules.axis_of(call.attribute("axis", 1 if old else -1), len(value.shape))
    if old and squeeze_shape(value.shape[axis + 1 :]):
        flat = value.reshape((prod(value.shape[:axis]), prod(value.shape[axis:])), call.operator)
        return _apply_along(call, kind, flat, 1).reshape(value.shape, call.operator)
    return _apply_along(call, kind, value, axis)


def _apply_along(call: OnnxCall, kind: str, value: OnnxValue, axis: int) -> OnnxValue:
    row, lacks = call.take_with_axes(value, axis)
    result = call.add_row(kind, (row,), softmax_axis(axis - lacks, len(row.shape)))
    return call.to_value(result, value.shape)


GLOBAL_POOLING = {"Mean": "GlobalAvgPool", "Max": "GlobalMaxPool"}
MAX_REDUCED = 4  # axes


def reduce_axes(kind: str, call: OnnxCall, value: OnnxValue | None = None) -> OnnxValue:
    """ReduceMean, ReduceSum and ReduceMax; a mean over a whole feature map is global pooling."""
    value = call[0] if value is None else value
    rank = len(value.shape)
    axes = call.numbers("axes", 1, "axes")
    if not axes and call.attribute("noop_with_empty_axes", 0):
        return value
    over = shape_rules.axes_of(axes, rank) if axes else tuple(range(rank))
    keep = bool(call.attribute("keepdims", 1))
    shape = tuple([1 if i in over else size for i, size in enumerate(value.shape) if keep or i not in over])
    if all(value.shape[axis] == 1 for axis in over):
        return value.reshape(shape, call.operator)
    is_global = rank in {4, 5} and over == tuple(range(2, rank)) and value.shape[0] == 1
    if is_global and keep and kind in GLOBAL_POOLING:
        return call.add_layer(value, GLOBAL_POOLING[kind])
    return call.to_value(_reduced_row(kind, call, value, over, keep=keep), shape)


def _reduced_row(kind: str, call: OnnxCall, value: OnnxValue, over: Sequence[int], *, keep: bool) -> OnnxRow:
    """A row that reduces these axes, except those of size 1."""
    axes = [axis for axis in over if value.shape[axis] != 1]
    if len(axes) > MAX_REDUCED:
        raise call.fault(f"reduces {len(axes)} axes", f"at most {MAX_REDUCED}")
    row, lacks = call.take_with_axes(value, *axes)
    if len(axes) == len(row.shape):
        return call.add_row(kind, (row,), {"f": 1})
    return call.add_row(kind, (row,), list_symbols("a", [axis + 1 - lacks for axis in axes]) | {"f": int(keep)})


SQUARE = ("Power", {"e": 2})
REDUCED = {  # a function of each element, their sum, and a function of it
    "ReduceL1": (("Abs", {}), ""),
    "ReduceL2": (SQUARE, "Sqrt"),
    "ReduceSumSquare": (SQUARE, ""),
    "ReduceLogSum": (None, "Log"),
    "ReduceLogSumExp": (("Exp", {}), "Log"),
}


def sum_of_functions(call: OnnxCall) -> Result:
    """Norms and logarithms of sums, by their definitions."""
    inner, outer = REDUCED[call.operator.type]
    total = reduce_axes("Sum", call, call.add_elementwise(call[0], *inner) if inner else call[0])
    return call.add_elementwise(total, outer) if outer else total


def unit_length(call: OnnxCall) -> Result:
    """LpNormalization: each vector along an axis divided by its norm."""
    value = call[0]
    axis = shape_rules.axis_of(call.attribute("axis", -1), len(value.shape))
    inner, root = ("Abs", None) if call.attribute("p", 2) == 1 else ("Power", "Sqrt")
    row, lacks = call.take_with_axes(call.add_elementwise(value, inner, {"e": 2} if root else {}), axis)
    total = call.add_row("Sum", (row,), {"a_1": axis + 1 - lacks, "f": 1})
    below = call.to_value(total, (*value.shape[:axis], 1, *value.shape[axis + 1 :]))
    return combine_elementwise(call, "Div", [value, call.add_elementwise(below, root) if root else below])


OPERATORS: dict[str, Converter] = {
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "GroupNormalization": group_norm,
    "LayerNormalization": partial(layer_norm, "LayerNorm"),
    "RMSNormalization": partial(layer_norm, "RMSNorm"),
    "SimplifiedLayerNormalization": partial(layer_norm, "RMSNorm"),
    "com.microsoft.LayerNormalization": partial(layer_norm, "LayerNorm"),
    "com.microsoft.SimplifiedLayerNormalization": partial(layer_norm, "RMSNorm"),
    "com.microsoft.SkipLayerNormalization": partial(skip_norm, "LayerNorm"),
    "com.microsoft.SkipSimplifiedLayerNormalization": partial(skip_norm, "RMSNorm"),
    "LpNormalization": unit_length,
    "Softmax": partial(softmax, "Softmax"),
    "LogSoftmax": partial(softmax, "LogSoftmax"),
    "ReduceMean": partial(reduce_axes, "Mean"),
    "ReduceSum": partial(reduce_axes, "Sum"),
    "ReduceMax": partial(reduce_axes, "Max"),
    **dict.fromkeys(REDUCED, sum_of_functions),
}
