"""Caffe's layers that join, cut, permute and reshape blobs, and those that reduce axes. Caffe's axes include the batch."""

from functools import partial
from itertools import pairwise
from math import prod

from worksheet.errors import SheetError
from worksheet.layers import Shape
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, LayerRule
from worksheet.readers.symbols import join_sizes, list_symbols, softmax_axis

MAX_BLOBS = 10_000
MAX_AXES = 6


def join_some(numbers: list[int]) -> str:
    """Numbers in a message, cut off after ten."""
    return ", ".join(map(str, numbers[:10])) + (", ..." if len(numbers) > 10 else "")


def pass_on(layer: CaffeLayer) -> Blob:
    """A layer that passes its blob on unchanged."""
    return layer.emit("Identity", layer.bottoms[0])


def split(layer: CaffeLayer) -> list[Blob]:
    """The same blob under several names: nothing is computed or copied."""
    return [layer.bottom] * len(layer.tops)


def gather_batches(layer: CaffeLayer) -> list[Blob]:
    """Gathers or scatters a batch over machines: nothing for one sample. Labels follow the data."""
    blobs = layer.bottoms
    return [*blobs, *[Blob("", None, counted=False)] * (len(layer.tops) - len(blobs))]


def softmax(layer: CaffeLayer) -> Blob:
    """Over the channels, or the given axis."""
    blob = layer.bottom
    position = layer.inner_axis(blob, layer.param("softmax_param").integer("axis", 1, least=-9))
    return layer.emit("Softmax", blob, values=softmax_axis(position, len(blob.shape)))


def concat(layer: CaffeLayer) -> Blob:
    blobs = layer.read(1, MAX_BLOBS)
    fields = layer.param("concat_param")
    name = "concat_dim" if "concat_dim" in fields else "axis"
    position = layer.inner_axis(blobs[0], fields.integer(name, 1, least=-9), name)
    return layer.emit("Concat", *blobs, values={"a": position + 1}) if len(blobs) > 1 else pass_on(layer)


def slices(layer: CaffeLayer) -> list[Blob]:
    """A node for every top, cut at the slice points or into equal parts."""
    fields = layer.param("slice_param")
    name = "slice_dim" if "slice_dim" in fields else "axis"
    position = layer.inner_axis(layer.bottom, fields.integer(name, 1, least=-9), name)
    length, count = layer.bottom.shape[position], len(layer.tops)
    points: list[int] = list(fields.integers("slice_point"))
    if not points and length % max(count, 1):
        raise SheetError(f"{layer.name} cannot cut {length} into {count} equal parts", layer.where, "slice_point: ...")
    points = points or [length // count * i for i in range(1, count)]
    ends = [0, *points, length]
    if len(points) != count - 1 or any(a >= b for a, b in pairwise(ends)):
        message = f"{layer.name} cuts {length} at {join_some(points)} for {count} tops"
        raise SheetError(message, fields.place("slice_point"), "one point fewer than tops, in increasing order")
    if count == 1:
        return [pass_on(layer)]
    cuts = zip(layer.tops, pairwise(ends), strict=True)
    return [
        layer.emit("Slice", layer.bottom, part=top, values={"a": position + 1, "f": start, "k": end - start})
        for top, (start, end) in cuts
    ]


def flatten(layer: CaffeLayer) -> Blob:
    """The axes from ``axis`` to ``end_axis`` as one."""
    fields = layer.param("flatten_param")
    blob = layer.bottom
    first = layer.inner_axis(blob, fields.integer("axis", 1, least=-9))
    last = layer.inner_axis(blob, fields.integer("end_axis", -1, least=-9), "end_axis")
    if last < first:
        raise SheetError("end_axis comes before axis", fields.place("end_axis"))
    if first == last:
        return pass_on(layer)
    if first == 0 and last == len(blob.shape) - 1:
        return layer.emit("Flatten", blob)
    shape = (*blob.shape[:first], prod(blob.shape[first : last + 1]), *blob.shape[last + 1 :])
    return layer.reshape(blob, shape)


def reshape(layer: CaffeLayer) -> Blob:
    """0 keeps an axis, -1 is inferred. Axes include the batch; axes that are merged into it become rows."""
    fields = layer.param("reshape_param")
    blob = layer.bottom
    axes = layer.axes(blob)
    dims = [int(dim) for dim in fields.child("shape").integers("dim", least=-1)]
    first = fields.integer("axis", 0, least=-9)
    first = first + len(axes) + 1 if first < 0 else first
    axis_count = fields.integer("num_axes", -1, least=-1)
    end = len(axes) if axis_count < 0 else first + axis_count
    if not 0 <= first <= end <= len(axes):
        raise SheetError(f"{layer.name} reshapes axes {first} to {end} of {len(axes)}", fields.where)
    absent = any(dim == 0 and first + i >= end for i, dim in enumerate(dims))
    if absent or dims.count(-1) > 1 or len(dims) > MAX_AXES + 1:
        hint = f"0 keeps an existing axis; use -1 once, and at most {MAX_AXES + 1} axes"
        raise SheetError(f"{layer.name} cannot reshape to ({join_some(dims)})", fields.where, hint)
    kept = [axes[first + i] if dim == 0 else dim for i, dim in enumerate(dims)]
    wanted = [*axes[:first], *kept, *axes[end:]]
    shape = _complete_shape(layer, wanted, prod(axes))
    return _fold_batch(layer, blob, shape)


def _complete_shape(layer: CaffeLayer, wanted: list[int], elements: int) -> Shape:
    stated = prod(size for size in wanted if size > 0)
    shape = [elements // stated if size < 0 else size for size in wanted]
    if prod(shape) != elements or len(shape) > MAX_AXES + 1 or not shape:
        text = " x ".join("?" if size < 0 else str(size) for size in wanted)
        raise SheetError(f"{layer.name} cannot reshape {elements:,} elements to {text}", layer.where)
    return tuple(shape)


def _fold_batch(layer: CaffeLayer, blob: Blob, shape: Shape) -> Blob:
    """A blob in a shape that Caffe gives with the batch; other axes may have been merged into the first."""
    batch = layer.graph.batch
    if blob.leading:
        return layer.reshape(blob, shape)
    if len(shape) > 1 and shape[0] == batch:
        return layer.reshape(blob, shape[1:])
    if shape[0] % batch:
        raise SheetError(f"{layer.name} mixes the {batch} samples of a batch: {join_sizes(shape)}", layer.where)
    return layer.reshape(blob, (shape[0] // batch, *shape[1:]), leading=True)


def permute(param: str, name: str, layer: CaffeLayer) -> Blob:
    """The axes in another order; axes that are not listed follow."""
    blob = layer.bottom
    fields = layer.param(param)
    rank = len(layer.axes(blob))
    order = [int(axis) for axis in fields.integers(name)]
    if len(set(order)) < len(order) or any(axis >= rank for axis in order):
        raise SheetError(f"{layer.name} orders {rank} axes as {join_some(order)}", fields.place(name))
    order += [axis for axis in range(rank) if axis not in order]
    positions = [layer.axis(blob, axis) for axis in order]
    if not blob.leading and positions[0] >= 0:
        raise SheetError(f"{layer.name} moves the batch", fields.place(name), f"put {name}: 0 first")
    axes = [position + 1 for position in positions if position >= 0]
    if axes == sorted(axes):
        return pass_on(layer)
    return layer.emit("Permute", blob, values=list_symbols("a", tuple(axes)))


def reverse(layer: CaffeLayer) -> Blob:
    """The elements of an axis in reverse order, for a recurrent layer that runs backwards."""
    blob = layer.bottom
    layer.inner_axis(blob, layer.param("reverse_param").integer("axis", 0, least=-9))
    return layer.emit("Gather", blob, values=list_symbols("o", blob.shape))


def reorganise(layer: CaffeLayer) -> Blob:
    """Darknet's Reorg: squares of positions become channels, or the reverse."""
    fields = layer.param("reorg_param")
    kind = "PixelShuffle" if fields.flag("reverse") else "PixelUnshuffle"
    return layer.emit(kind, layer.bottom, values={"r": fields.integer("stride", None, 1)})


def crop(layer: CaffeLayer) -> Blob:
    """The first blob, cropped to the sizes of the second from an axis on."""
    blob, like = layer.read(2)
    position = layer.inner_axis(blob, layer.param("crop_param").integer("axis", 2, least=-9))
    return layer.emit("Crop", blob, like, values={"a": position + 1})


def tile(layer: CaffeLayer) -> Blob:
    """Copies side by side along an axis."""
    fields = layer.param("tile_param")
    blob = layer.bottom
    position = layer.inner_axis(blob, fields.integer("axis", 1, least=-9))
    shape = list(blob.shape)
    shape[position] *= fields.integer("tiles", None, 1)
    return layer.emit("Gather", blob, values=list_symbols("o", tuple(shape)))


def reindex(layer: CaffeLayer) -> Blob:
    """BatchReindex selects as many samples as the list names."""
    blob, places = layer.read(2)
    if not blob.leading or not places.leading:
        raise SheetError(f"{layer.name} (BatchReindex) selects samples of a batch", layer.where)
    return layer.emit("Gather", blob, values=list_symbols("o", (places.shape[0], *blob.shape[1:])))


def shuffle_channels(layer: CaffeLayer) -> Blob:
    param = "shuffle_channel_param" if layer.type == "ShuffleChannel" else "channel_shuffle_param"
    return layer.emit("ChannelShuffle", layer.bottom, values={"g": layer.param(param).integer("group", 1, 1)})


def reduction(layer: CaffeLayer) -> Blob:
    """The sum (of magnitudes, of squares) or the mean of all axes from ``axis`` on, times a coefficient."""
    fields = layer.param("reduction_param")
    operation = fields.choice("operation", ("", "SUM", "ASUM", "SUMSQ", "MEAN"), "SUM")
    blob = layer.bottom
    position = max(0, layer.axis(blob, fields.integer("axis", 0, least=-9)))
    if operation == "ASUM":
        blob = layer.emit("Abs", blob, part="magnitudes")
    elif operation == "SUMSQ":
        blob = layer.emit("Mul", blob, blob, part="squares")
    is_scaled = fields.decimal("coeff", 1) != 1
    blob = layer.reshape(blob, (*blob.shape[:position], prod(blob.shape[position:])), part="flat")
    values = {"a_1": position + 1, "f": int(position == 0)}  # reducing a whole sample leaves one number
    blob = layer.emit("Mean" if operation == "MEAN" else "Sum", blob, part="total" if is_scaled else "", values=values)
    return layer.emit("MulScalar", blob) if is_scaled else blob


def arg_max(layer: CaffeLayer) -> Blob:
    """Finding the position of the maximum takes as many comparisons as finding the maximum."""
    fields = layer.param("argmax_param")
    if fields.integer("top_k", 1, 1) > 1:
        raise SheetError("the positions of the k largest are not counted", fields.place("top_k"), "top_k: 1")
    blob = layer.bottom
    if "axis" in fields:
        return layer.emit("Max", blob, values={"a_1": layer.inner_axis(blob, fields.integer("axis", None, least=-9)) + 1, "f": 1})
    rows = int(blob.leading)
    flat = layer.reshape(blob, (*blob.shape[:rows], prod(blob.shape[rows:])), part="flat")
    return layer.emit("Max", flat, values={"a_1": rows + 1, "f": 1})


RULES: dict[str, LayerRule] = {
    "ArgMax": arg_max,
    "BatchReindex": reindex,
    "ChannelShuffle": shuffle_channels,
    "Concat": concat,
    "Crop": crop,
    "Flatten": flatten,
    "Gather": gather_batches,
    "Permute": partial(permute, "permute_param", "order"),
    "Reduction": reduction,
    "Reorg": reorganise,
    "Reshape": reshape,
    "Reverse": reverse,
    "Scatter": gather_batches,
    "ShuffleChannel": shuffle_channels,
    "Slice": slices,
    "Softmax": softmax,
    "Split": split,
    "Tile": tile,
    "Transpose": partial(permute, "transpose_param", "dim"),
}
