"""Caffe's layers with parameters, and those that normalise: inner product, batch norm, scale, embedding, recurrent layers."""

from functools import partial
from math import prod

from worksheet.errors import SheetError
from worksheet.layers import Shape
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, LayerRule
from worksheet.readers.symbols import join_sizes, keep_symbols, list_symbols

WITH_OUTPUT_LAYER = frozenset({"RNN"})


def inner_product(layer: CaffeLayer) -> Blob:
    """All axes from ``axis`` on are one vector; the axes before it are rows (regions, steps)."""
    fields = layer.param("inner_product_param")
    blob = layer.bottom
    position = layer.inner_axis(blob, fields.integer("axis", 1, least=-9))
    rows, inside = blob.shape[:position], blob.shape[position:]
    values = {"k": fields.integer("num_output", None, 1), "b": int(fields.flag("bias_term", default=True))}
    if not rows:  # Linear flattens feature maps itself, and takes two axes as rows
        blob = layer.emit("Flatten", blob, part="flatten") if len(inside) == 2 else blob
        return layer.emit("Linear", blob, values=values)
    blob = layer.reshape(blob, (*rows, prod(inside)), part="rows")
    return layer.emit("Linear", blob, values={**values, "r": int(len(rows) > 1)})


def lrn(layer: CaffeLayer) -> Blob:
    fields = layer.param("lrn_param")
    region = fields.choice("norm_region", ("ACROSS_CHANNELS", "WITHIN_CHANNEL"), "ACROSS_CHANNELS")
    return layer.emit(
        "LRN", layer.bottom, values={"n_l": fields.integer("local_size", 5, 1), "v": int(region == "WITHIN_CHANNEL")}
    )


def batch_norm(layer: CaffeLayer, *, affine: bool = False) -> Blob:
    """Caffe's layer stores only means and variances, and a Scale layer follows it. NVIDIA's may hold the scale too.

    BN of Caffe forks is ``affine``: it holds slope and bias itself.
    """
    affine = affine or layer.param("batch_norm_param").flag("scale_bias")
    return layer.emit("BatchNorm", layer.bottom, values={"a": int(affine), "i": layer.channels_axis})


def mean_variance_norm(layer: CaffeLayer) -> Blob:
    """MVN: subtracts the mean, and divides by the deviation unless normalize_variance is false."""
    fields = layer.param("mvn_param")
    blob = layer.bottom
    across = fields.flag("across_channels")
    first = layer.inner_axis(blob, 1) + 1
    if fields.flag("normalize_variance", default=True):
        kind, values = ("GroupNorm", {"g": 1, "a": 0}) if across else ("InstanceNorm", {"a": 0})
        return layer.emit(kind, blob, values=values | {"i": layer.channels_axis})
    axes = tuple(range(first if across else first + 1, len(blob.shape) + 1))
    mean = layer.emit("Mean", blob, part="mean", values={**list_symbols("a", axes), "f": 1})
    return layer.emit("Sub", blob, mean)


def normalize(layer: CaffeLayer) -> Blob:
    """SSD's: channels divided by their norm at each place, or by that of the whole map; then scaled."""
    fields = layer.param("norm_param")
    shared, whole = fields.flag("channel_shared", default=True), fields.flag("across_spatial", default=True)
    return layer.emit("Normalize", layer.bottom, values={"v": int(shared), "s": int(whole)})


def scale_or_shift(param: str, layer: CaffeLayer) -> Blob:
    """``Scale`` multiplies, ``Bias`` adds: parameters, by default one per channel, or a second blob, broadcast from ``axis`` on.

    ``Scale`` may add a bias of its own after that.
    """
    fields = layer.param(param)
    blob, *other = layer.read(1, 2)
    operation, kind = {"scale_param": ("Mul", "Scale"), "bias_param": ("Add", "Bias")}[param]
    with_bias = param == "scale_param" and fields.flag("bias_term")
    axis = fields.integer("axis", 1, least=-9)
    if other:
        aligned = _align(layer, blob, other[0], layer.axis(blob, axis))
        return _combine(layer, blob, operation, aligned, with_bias=with_bias)
    position = layer.inner_axis(blob, axis)
    axis_count = fields.integer("num_axes", 1, least=-1)
    axis_count = len(blob.shape) - position if axis_count < 0 else axis_count
    if axis_count == 1:
        usual = 0 if len(blob.shape) > 2 else len(blob.shape) - 1
        values = {"a": 0 if position == usual else position + 1, "b": int(with_bias)}
        return layer.emit(kind, blob, values=keep_symbols(kind, values))
    shape = blob.shape[position : position + axis_count] + (1,) * (len(blob.shape) - position - axis_count)
    stored = layer.emit("Parameter", part="stored", leading=False, values=list_symbols("o", shape or (1,)))
    return _combine(layer, blob, operation, stored, with_bias=with_bias)


def _combine(layer: CaffeLayer, blob: Blob, operation: str, other: Blob, *, with_bias: bool) -> Blob:
    if not with_bias:
        return layer.emit(operation, blob, other, leading=blob.leading)
    product = layer.emit(operation, blob, other, part="product", leading=blob.leading)
    stored = layer.emit("Parameter", part="bias", leading=False, values=list_symbols("o", other.shape))
    return layer.emit("Add", product, stored, leading=blob.leading)


def _align(layer: CaffeLayer, blob: Blob, other: Blob, position: int) -> Blob:
    """The second blob with trailing axes of one, so that it broadcasts over the first from ``position`` on."""
    shape: Shape = other.shape
    if position < 0 and other.leading:  # a parameter has no batch; a blob aligned at the batch shares it
        raise SheetError(f"{layer.name} aligns a blob without samples with samples", layer.where, "axis: 1")
    trailing = len(blob.shape) - max(position, 0) - len(shape)
    under = blob.shape[max(position, 0) : len(blob.shape) - trailing]
    if trailing < 0 or any(size not in {1, whole} for size, whole in zip(shape, under, strict=True)):
        target, source = (join_sizes(layer.axes(one)) for one in (blob, other))
        message = f"{layer.name} ({layer.type}) cannot broadcast {source} over {target} there"
        raise SheetError(message, layer.where, "axis: where the axes of the second blob begin")
    return layer.reshape(other, shape + (1,) * trailing, part="laid", leading=other.leading)


def embed(layer: CaffeLayer) -> Blob:
    """A row of the table for every index, plus a bias unless bias_term is false."""
    fields = layer.param("embed_param")
    values = {"v": fields.integer("input_dim", None, 1), "k": fields.integer("num_output", None, 1)}
    blob = layer.bottom
    blob = layer.reshape(blob, blob.shape or (1,), part="rows")
    if not fields.flag("bias_term", default=True):
        return layer.emit("Embedding", blob, values=values)
    rows = layer.emit("Embedding", blob, part="rows", values=values)
    stored = layer.emit("Parameter", part="bias", leading=False, values={"o_1": values["k"]})
    return layer.emit("Add", rows, stored, leading=rows.leading)


def parameter(layer: CaffeLayer) -> Blob:
    """A parameter tensor that other layers read. It has no samples."""
    shape = layer.param("parameter_param").child("shape").integers("dim", 1)
    if not 0 < len(shape) <= 6:
        raise SheetError(f"{layer.name} is a tensor of {len(shape)} axes; it must have 1 to 6", layer.where, "shape { dim: ... }")
    return layer.emit("Parameter", leading=True, values=list_symbols("o", tuple(shape)))


def recurrent(layer: CaffeLayer) -> Blob:
    """Steps x streams x features: each stream is a sequence. Caffe's RNN has one more layer, from the state to the output."""
    fields = layer.param("lstm_param" if "lstm_param" in layer.fields else "recurrent_param")
    blob = layer.read(1, 3)[0]
    if len(layer.fields.scalars("bottom")) > 2:
        raise SheetError(f"{layer.name} ({layer.type}) has a third input, which each step reads; it is not counted", layer.where)
    if fields.flag("expose_hidden"):
        raise SheetError("a state that comes from outside is not counted", fields.place("expose_hidden"))
    width = fields.integer("num_output", None, 1)
    if len(blob.shape) < 3:
        raise SheetError(f"{layer.name} ({layer.type}) takes steps x streams x features", layer.where, "put a Reshape before it")
    steps, streams, *inside = blob.shape
    if streams == 1:
        rows = layer.reshape(blob, (steps, prod(inside)), part="steps")
    else:
        flat = layer.reshape(blob, (steps, streams, prod(inside)), part="steps")
        rows = layer.emit("Permute", flat, part="streams", values=list_symbols("a", (2, 1, 3)))
    has_output = layer.type in WITH_OUTPUT_LAYER
    state = layer.emit(layer.type, rows, part="state" if has_output else "", values={"k": width, "e": 0})
    if has_output:
        state = layer.emit("Tanh", layer.emit("Linear", state, part="output", values={"k": width, "b": 1, "r": 1}))
    if streams == 1:
        return layer.reshape(state, (steps, 1, width), part="stream")
    return layer.emit("Permute", state, part="steps_first", values=list_symbols("a", (2, 1, 3)))


RULES: dict[str, LayerRule] = {
    "BN": partial(batch_norm, affine=True),
    "BatchNorm": batch_norm,
    "Bias": partial(scale_or_shift, "bias_param"),
    "Embed": embed,
    "InnerProduct": inner_product,
    "LRN": lrn,
    "LSTM": recurrent,
    "MVN": mean_variance_norm,
    "Normalize": normalize,
    "Parameter": parameter,
    "RNN": recurrent,
    "Scale": partial(scale_or_shift, "scale_param"),
}
