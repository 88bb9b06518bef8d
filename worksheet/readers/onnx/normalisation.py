"""Operators that compare or average over axes: normalisation, softmax, means and sums."""

from __future__ import annotations

from functools import partial
from math import prod

from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.elementwise import together
from worksheet.readers.onnx.values import OnnxValue, squeezed


def batch_norm(call: OnnxCall) -> Result:
    parts = [call.stored(place) for place in range(1, 5)]
    channels = call[0].shape[1] if len(call[0].shape) > 1 else 1
    if any(part.shape != (channels,) for part in parts):
        raise call.fault(f"has parameters for {parts[0].size} channels, but receives {channels}")
    return [call.on(call[0], "BatchNorm", stored=call.names(*parts)), *[None] * (len(call.operator.outputs) - 1)]


def instance_norm(call: OnnxCall) -> Result:
    """InstanceNormalization; numbers that were never trained (ones and zeros) are none."""
    scale, shift = call.stored(1), call.stored(2)
    stored = call.names(scale, shift) if scale.trained else ()
    return call.on(call[0], "InstanceNorm", {"a": int(scale.trained)}, stored=stored)


def group_norm(call: OnnxCall) -> Result:
    value, scale, shift = call[0], call.stored(1), call.stored(2)
    groups = call.attribute("num_groups", 0)
    if len(value.shape) < 2 or scale.size != value.shape[1] or groups < 1:
        raise call.fault(f"has {scale.size} numbers and {groups} groups for {value.shape[1:2]} channels", "one for each channel")
    return call.on(value, "GroupNorm", {"g": groups}, stored=call.names(scale, shift))


def normalised(
    call: OnnxCall, kind: str, value: OnnxValue, scale: OnnxValue | None, shift: OnnxValue | None, axis: int = -1
) -> OnnxValue:
    """LayerNorm or RMSNorm over the axes from one on."""
    count = len(value.shape) - shape_rules.axis_of(axis, len(value.shape))
    for part in (scale, shift):
        if part is not None and part.size != prod(value.shape[-count:]):
            raise call.fault(f"has {part.size} numbers for {prod(value.shape[-count:])} elements that are normalised together")
    given = {"l": count, "a": int(scale is not None)} | ({"b": int(shift is not None)} if kind == "LayerNorm" else {})
    row = call.row(kind, (call.rows.loose(value, call.operator, count),), given, stored=call.names(scale, shift))
    return call.value(row, value.shape)


def layer_norm(kind: str, call: OnnxCall) -> Result:
    shift = call.optional(2) if kind == "LayerNorm" else None
    result = normalised(call, kind, call[0], call.optional(1), shift, call.attribute("axis", -1))
    return [result, *[None] * (len(call.operator.outputs) - 1)]


def skip_norm(kind: str, call: OnnxCall) -> Result:
    """The SkipLayerNormalization of com.microsoft: a sum, perhaps a bias, then the normalisation."""
    is_layer = kind == "LayerNorm"
    total = together(call, "Add", [call[0], call[1]])
    bias = call.optional(4 if is_layer else 3)
    if bias is not None:
        total = together(call, "Add", [total, bias])
    result = normalised(call, kind, total, call[2], call.optional(3) if is_layer else None)
    return [result, None, None, total][: len(call.operator.outputs)]


def softmax(kind: str, call: OnnxCall) -> Result:
    """Softmax; before opset 13 all axes from one on are one."""
    value = call[0]
    old = call.operator.opset < 13
    axis = shape_rules.axis_of(call.attribute("axis", 1 if old else -1), len(value.shape))
    if old and squeezed(value.shape[axis + 1 :]):
        flat = value.reshaped((prod(value.shape[:axis]), prod(value.shape[axis:])), call.operator)
        return _along(call, kind, flat, 1).reshaped(value.shape, call.operator)
    return _along(call, kind, value, axis)


def _along(call: OnnxCall, kind: str, value: OnnxValue, axis: int) -> OnnxValue:
    row, lacks = call.laid(value, axis)
    usual = 0 if len(row.shape) == 3 else len(row.shape) - 1
    place = axis - lacks
    result = call.row(kind, (row,), {"a": 0 if place == usual else place + 1})
    return call.value(result, value.shape)


def reduced(kind: str, call: OnnxCall, value: OnnxValue | None = None) -> OnnxValue:
    """ReduceMean, ReduceSum and ReduceMax; a mean over all places of a map is global pooling."""
    value = call[0] if value is None else value
    rank = len(value.shape)
    axes = call.numbers("axes", 1, "axes")
    if not axes and call.attribute("noop_with_empty_axes", 0):
        return value
    over = shape_rules.axes_of(axes, rank) if axes else tuple(range(rank))
    keep = bool(call.attribute("keepdims", 1))
    kept = tuple(1 if i in over else size for i, size in enumerate(value.shape))
    full = kept if keep else tuple(size for i, size in enumerate(value.shape) if i not in over)
    if value.size == prod(kept):
        return value.reshaped(full, call.operator)
    pools = {"Mean": "GlobalAvgPool", "Max": "GlobalMaxPool"}
    if keep and rank in {3, 4, 5} and over == tuple(range(2, rank)) and value.shape[0] == 1 and kind in pools and rank > 3:
        return call.on(value, pools[kind])
    needed = [axis for axis in over if value.shape[axis] != 1]  # the others are single numbers already
    row, lacks = call.laid(value, *needed)
    given = {f"a_{i}": axis + 1 - lacks for i, axis in enumerate(needed, 1)}
    if len(needed) > 4:
        raise call.fault(f"goes over {len(needed)} axes", "at most 4")
    if len(needed) == len(row.shape):
        given = {}
    result = call.row(kind, (row,), given | {"f": int(keep or not given)})
    return call.value(result, full)


def norm(call: OnnxCall) -> Result:
    """ReduceL2: squares, their sum, its root."""
    return call.each(reduced("Sum", call, call.each(call[0], "Power", {"e": 2})), "Sqrt")


def sum_of_squares(call: OnnxCall) -> Result:
    return reduced("Sum", call, call.each(call[0], "Power", {"e": 2}))


def sum_of_absolutes(call: OnnxCall) -> Result:
    return reduced("Sum", call, call.each(call[0], "Abs"))


def log_of_sum(call: OnnxCall) -> Result:
    """ReduceLogSum, and ReduceLogSumExp by its definition."""
    value = call.each(call[0], "Exp") if call.operator.type == "ReduceLogSumExp" else call[0]
    return call.each(reduced("Sum", call, value), "Log")


def unit_length(call: OnnxCall) -> Result:
    """LpNormalization: each vector along an axis divided by its norm."""
    value = call[0]
    axis = shape_rules.axis_of(call.attribute("axis", -1), len(value.shape))
    inner, root = ("Abs", None) if call.attribute("p", 2) == 1 else ("Power", "Sqrt")
    row, lacks = call.laid(call.each(value, inner, {"e": 2} if root else {}), axis)
    total = call.row("Sum", (row,), {"a_1": axis + 1 - lacks, "f": 1})
    below = call.value(total, (*value.shape[:axis], 1, *value.shape[axis + 1 :]))
    return together(call, "Div", [value, call.each(below, root) if root else below])


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
    "ReduceMean": partial(reduced, "Mean"),
    "ReduceSum": partial(reduced, "Sum"),
    "ReduceMax": partial(reduced, "Max"),
    "ReduceL1": sum_of_absolutes,
    "ReduceL2": norm,
    "ReduceSumSquare": sum_of_squares,
    "ReduceLogSum": log_of_sum,
    "ReduceLogSumExp": log_of_sum,
}
