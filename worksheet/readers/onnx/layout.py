"""Operators that compute nothing: they reshape, permute, join, cut, pad, repeat or look up numbers."""

from collections.abc import Sequence
from functools import partial
from math import prod

from worksheet.layers import Shape
from worksheet.readers.onnx import shape_rules
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.constant_folding import SLICE
from worksheet.readers.onnx.products import permute_axes
from worksheet.readers.onnx.rows import shape_symbols
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, check_shape, slice_suffix, without_batch
from worksheet.readers.symbols import join_sizes, resize_symbols


def reshape(call: OnnxCall) -> Result:
    target = call.numbers("shape", 1, "shape")
    if target is None:
        raise call.fault("has no shape")
    try:
        shape = shape_rules.reshape(call[0].shape, target, allow_zero=bool(call.attribute("allowzero", 0)))
    except ValueError as fault:
        hint = "if the graph fixes the batch size, export the model for a batch of 1, or with a dynamic batch"
        raise call.fault(str(fault), hint) from None
    return call[0].reshape(shape, call.operator)


def flatten(call: OnnxCall) -> Result:
    shape = call[0].shape
    axis = call.attribute("axis", 1)
    axis = axis + len(shape) if axis < 0 else axis
    if not 0 <= axis <= len(shape):
        raise call.fault(f"flattens {len(shape)} axes at axis {axis}")
    return call[0].reshape((prod(shape[:axis]), prod(shape[axis:])), call.operator)


def squeeze(call: OnnxCall) -> Result:
    return call[0].reshape(shape_rules.drop_axes(call[0].shape, call.numbers("axes", 1, "axes")), call.operator)


def unsqueeze(call: OnnxCall) -> Result:
    return call[0].reshape(shape_rules.add_axes(call[0].shape, call.numbers("axes", 1, "axes") or ()), call.operator)


def transpose(call: OnnxCall) -> Result:
    return permute_axes(call, call[0], shape_rules.axis_order(call[0].shape, call.attribute("perm")))


def repeat(call: OnnxCall, value: OnnxValue, shape: Shape) -> OnnxValue:
    """Elements picked or repeated by position."""
    check_shape(shape, f"the output of {call.operator.type}", call.operator.where)
    if min(shape, default=1) < 1:
        raise call.fault(f"would have the output {join_sizes(shape)}")
    if prod(shape) == value.size:
        return value.reshape(shape, call.operator)
    return pick(call, value, shape)


def pick(call: OnnxCall, value: OnnxValue, shape: Shape, *further: OnnxRow) -> OnnxValue:
    """Elements picked by position; the positions may come from another row."""
    symbols = shape_symbols(without_batch(shape), call.operator)
    return call.to_value(call.add_row("Gather", (call.take(value), *further), symbols), shape)


def expand(call: OnnxCall) -> Result:
    target = tuple(call.numbers("shape", 1, "shape") or ())
    return repeat(call, call[0], shape_rules.broadcast(call[0].shape, target))


def tile(call: OnnxCall) -> Result:
    times = call.numbers("repeats", 1, "repeats") or ()
    if len(times) != len(call[0].shape):
        raise call.fault(f"has {len(times)} repeats for {len(call[0].shape)} axes")
    return repeat(call, call[0], tuple(size * n for size, n in zip(call[0].shape, times, strict=True)))


def concat(call: OnnxCall) -> Result:
    values = [value for value in call.present if value.size]
    rank = len(values[0].shape) if values else 0
    axis = shape_rules.axis_of(call.attribute("axis", 1), rank)
    if len(values) == 1:
        return values[0]
    if {len(value.shape) for value in values} != {rank}:
        raise call.fault("joins tensors with different numbers of axes")
    sources = [call.take_with_axes(value, *(() if all(v.shape[0] == 1 for v in values) and axis else (0,))) for value in values]
    lacks = sources[0][1]
    row = call.add_row("Concat", [row for row, _ in sources], {"a": axis + 1 - lacks})
    return call.to_value(row, (1,) * lacks + row.shape)


def cut(call: OnnxCall, value: OnnxValue, axis: int, first: int, count: int, step: int = 1) -> OnnxValue:
    """Some positions along one axis."""
    shape = (*value.shape[:axis], count, *value.shape[axis + 1 :])
    if count < 1:
        raise call.fault(f"takes nothing of {join_sizes(value.shape)}")
    if count == value.shape[axis] and step == 1:
        return value
    if step < 0:
        return pick(call, value, shape)
    taken, lacks = call.take_with_axes(value, axis)
    row = call.add_row("Slice", (taken,), {"a": axis + 1 - lacks, "f": first, "k": count, "j": step if count > 1 else 1})
    result = call.to_value(row, shape)
    result.stored = tuple(f"{name}{slice_suffix(row)}" for name in value.stored) if value.is_fixed else ()
    return result


def slices(call: OnnxCall) -> Result:
    """Slice, one row for each axis that is cut."""
    starts, ends, axes, steps = (call.numbers(name, place) for place, name in enumerate(SLICE, 1))
    value = call[0]
    for axis, taken in shape_rules.slice_ranges(value.shape, starts or (), ends or (), axes, steps).items():
        value = cut(call, value, axis, *taken)
    return value


def split(call: OnnxCall) -> Result:
    value = call[0]
    axis = shape_rules.axis_of(call.attribute("axis", 0), len(value.shape))
    if len(call.operator.outputs) > MAX_PARTS:
        raise call.fault(f"has {len(call.operator.outputs):,} outputs", f"at most {MAX_PARTS:,}")
    sizes = shape_rules.split(value.shape[axis], call.numbers("split", 1), len(call.operator.outputs))
    return [cut(call, value, axis, sum(sizes[:i]), size) for i, size in enumerate(sizes)]


def gather(call: OnnxCall) -> Result:
    """Gather: an embedding if the table is stored and the positions are computed, a slice if the positions are fixed."""
    data, positions = call[0], call[1]
    axis = shape_rules.axis_of(call.attribute("axis", 0), len(data.shape))
    shape = (*data.shape[:axis], *positions.shape, *data.shape[axis + 1 :])
    if data.is_fixed and not positions.is_fixed and len(data.shape) == 2 and axis == 0:
        settings = {"v": data.shape[0], "k": data.shape[1]}
        row = call.add_row("Embedding", (call.rows.take_loosely(positions, call.operator),), settings, stored=data.stored)
        return call.to_value(row, shape)
    places = None if positions.numbers is None else [int(n) for n in positions.numbers.ravel()]
    if places is None:
        return pick(call, data, shape, *([] if positions.is_fixed else [call.take(positions)]))
    size = data.shape[axis]
    if not places or not all(-size <= place < size for place in places):
        raise call.fault(f"takes the positions {str(places[:5])[1:-1]} from an axis of size {size}")
    places = [place % size for place in places]
    if places == list(range(places[0], places[0] + len(places))):
        return cut(call, data, axis, places[0], len(places)).reshape(shape, call.operator)
    return pick(call, data, shape)


def gather_elements(call: OnnxCall) -> Result:
    """GatherElements and GatherND, whose positions may be computed."""
    data, positions = call[0], call[1]
    shape = positions.shape
    if call.operator.type == "GatherND":
        fixed = call.attribute("batch_dims", 0)
        shape = (*positions.shape[:-1], *data.shape[fixed + positions.shape[-1] :])
    return pick(call, data, shape)


def scatter(call: OnnxCall) -> Result:
    """ScatterND and ScatterElements: some positions of a tensor are overwritten with others."""
    call.stored_input(2, "updates")
    if call.attribute("reduction", "none") != "none":
        raise call.fault("has a reduction", "only overwriting is supported")
    return call[0]


MAX_PARTS = 1000
BORDERS = (("l_w", "r_w"), ("l_h", "r_h"))  # of the last axis and the one before


def pad(call: OnnxCall) -> Result:
    """Pad: a border around a signal or feature map; padding of other axes counts as picking elements by position."""
    value = call[0]
    rank = len(value.shape)
    pads = call.numbers("pads", 1) or []
    axes = [shape_rules.axis_of(axis, rank) for axis in call.numbers("axes", 3) or range(rank)]
    if len(pads) != 2 * len(axes):
        raise call.fault(f"has {len(pads)} pads for {len(axes)} axes")
    sides = dict(zip(axes, zip(pads[: len(axes)], pads[len(axes) :], strict=True), strict=True))
    for axis, (before, after) in sides.items():
        if min(before, after) < 0:
            kept = value.shape[axis] + min(before, 0) + min(after, 0)
            value = cut(call, value, axis, max(0, -before), kept)
    grown = {axis: (max(0, before), max(0, after)) for axis, (before, after) in sides.items() if max(before, after) > 0}
    settings: dict[str, int] = {}
    for axis, (before, after) in grown.items():
        place = rank - 1 - axis
        if axis and place < (1 if rank < 4 else 2):
            settings |= dict(zip(BORDERS[place], (before, after), strict=True))
        elif axis == 1 and rank in {3, 4} and not before:
            settings["o"] = after
        else:
            shape = tuple(size + sum(grown.get(i, (0, 0))) for i, size in enumerate(value.shape))
            return repeat(call, value, shape)
    return call.add_layer(value, "Pad", settings) if settings else value


def pixel_shuffle(kind: str, call: OnnxCall) -> Result:
    return call.add_layer(call[0], kind, {"r": call.attribute("blocksize", 1)})


MODES = {"nearest": 0, "linear": 1, "bilinear": 1, "cubic": 2}


def resize(call: OnnxCall) -> Result:
    """Resize and Upsample: by scales, or to given sizes."""
    value = call[0]
    is_old = call.operator.type == "Upsample" or call.operator.opset < 11  # scales are the second input, without sizes
    shape = _resized_shape(call, value, *((1, 3) if is_old else (2, 3)))
    rank = len(value.shape)
    if shape == value.shape:
        return value
    if shape[:2] != value.shape[:2] or rank not in {3, 4}:
        raise call.fault(f"resizes {join_sizes(value.shape)} to {join_sizes(shape)}", "only width and height may change")
    mode = MODES.get(call.attribute("mode", "nearest"))
    if mode is None:
        raise call.fault(f"has the mode {call.attribute('mode')!r}", f"known: {', '.join(MODES)}")
    return call.add_layer(value, "Upsample", {"v": mode} | resize_symbols(value.shape[2:], shape[2:]))


def _resized_shape(call: OnnxCall, value: OnnxValue, scales: int, sizes: int) -> Shape:
    stated_sizes = call.optional(sizes)
    axes = call.attribute("axes") or range(len(value.shape))
    shape = list(value.shape)
    if stated_sizes is not None and stated_sizes.size:
        wanted = call.numbers("", sizes, "sizes") or []
        for axis, size in zip(axes, wanted, strict=False):
            shape[axis] = size
        shape[0] = 1 if value.shape[0] == 1 else shape[0]  # the batch
        return tuple(shape)
    factors = call.optional(scales)
    if factors is None or factors.numbers is None:
        factors_of_axes: Sequence[float] = call.attribute("scales") or ()
    else:
        factors_of_axes = [float(number) for number in factors.numbers.ravel()]
    if not factors_of_axes:
        raise call.fault("has neither sizes nor scales in the file")
    for axis, factor in zip(axes, factors_of_axes, strict=False):
        shape[axis] = int(value.shape[axis] * factor + 1e-6)
    return check_shape(tuple(shape), "its output", call.operator.where)


OPERATORS: dict[str, Converter] = {
    "Reshape": reshape,
    "Flatten": flatten,
    "Squeeze": squeeze,
    "Unsqueeze": unsqueeze,
    "Transpose": transpose,
    "Expand": expand,
    "Tile": tile,
    "Concat": concat,
    "Slice": slices,
    "Split": split,
    "Gather": gather,
    "GatherElements": gather_elements,
    "GatherND": gather_elements,
    "ScatterND": scatter,
    "ScatterElements": scatter,
    "Pad": pad,
    "DepthToSpace": partial(pixel_shuffle, "PixelShuffle"),
    "SpaceToDepth": partial(pixel_shuffle, "PixelUnshuffle"),
    "Resize": resize,
    "Upsample": resize,
}
