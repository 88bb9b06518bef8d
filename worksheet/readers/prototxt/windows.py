"""Caffe's layers that slide a window: convolution and its transpose, pooling with Caffe's rounding, im2col, spatial pyramids."""

from functools import partial
from math import prod

from worksheet.errors import SheetError
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.prototxt.layer import Blob, CaffeLayer, LayerRule
from worksheet.readers.symbols import join_sizes, list_symbols, spatial_symbols

SIDES = {1: "w", 2: "hw", 3: "thw"}  # the letters of the axes after the channels, outermost first
MAX_BLOBS = 1000
POOLS = ("MAX", "AVE", "STOCHASTIC")
POOLING = {"MAX": "MaxPool", "AVE": "AvgPool"}
CLIPPED, UNCLIPPED = 1, 2  # pooling rounds up; a window that starts in the padding after the input is dropped
MAX_PYRAMID = 10
DEPTHS = {"kernel_size": "kernel_depth", "stride": "temporal_stride", "pad": "temporal_pad"}  # C3D's words for time


def per_axis(fields: MessageFields, single: str, default: int | None, dimensions: int, least: int = 0) -> list[int]:
    """A size for each axis, outermost first: one for all axes, one for each, or separate fields ..._h and ..._w."""
    if "kernel_depth" in fields and single in DEPTHS and dimensions == 3:
        return [fields.integer(DEPTHS[single], default, least), *per_axis(fields, single, default, 2, least)]
    stem = single.removesuffix("_size")
    if f"{stem}_h" in fields or f"{stem}_w" in fields:
        place = fields.place(f"{stem}_h" if f"{stem}_h" in fields else f"{stem}_w")
        if single in fields:
            raise SheetError(f"{single} and {stem}_h, {stem}_w set the same number", place)
        if dimensions != 2:
            raise SheetError(f"{stem}_h and {stem}_w are for two axes", place, f"{single} for each of {dimensions} axes")
        return [fields.integer(f"{stem}_{side}", default, least) for side in SIDES[2]]
    sizes: list[int] = list(fields.integers(single, least))
    if not sizes and default is None:
        return [fields.integer(single, default, least)] * dimensions  # raises, and names what is missing
    if len(sizes) not in {0, 1, dimensions}:
        hint = f"give it once for all axes, or {dimensions} times, once for each"
        raise SheetError(f"{single} is given {len(sizes)} times", fields.place(single), hint)
    sizes = sizes or [default or 0]
    return sizes * dimensions if len(sizes) == 1 else sizes


def dilations(fields: MessageFields, dimensions: int) -> list[int]:
    """The dilation of the kernel along each axis; the Caffe of the first DeepLab calls it hole."""
    name = "hole" if {"hole", "hole_h", "hole_w"} & fields.values.keys() else "dilation"
    return per_axis(fields, name, 1, dimensions, 1)


def kernel_strides_pads(fields: MessageFields, dimensions: int) -> tuple[list[int], list[int], list[int]]:
    """The sizes of the kernel, the strides and the padding along each axis; the default stride is 1."""
    kernel = per_axis(fields, "kernel_size", None, dimensions, 1)
    return kernel, per_axis(fields, "stride", 1, dimensions, 1), per_axis(fields, "pad", 0, dimensions)


def window_dimensions(layer: CaffeLayer, blob: Blob, axis: int) -> int:
    """The number of axes along which a window slides: those after the channels."""
    position = layer.inner_axis(blob, axis)
    count = len(blob.shape) - position - 1
    if count not in SIDES:
        shape = join_sizes(blob.shape)
        raise SheetError(f"{layer.name} ({layer.type}) slides over 1 to 3 axes after the channels, not over {shape}", layer.where)
    return count


def convolution(kind: str, layer: CaffeLayer, *, depthwise: bool = False) -> list[Blob]:
    """Caffe rounds sizes down. Several blobs share the weights, and each gives its own top."""
    blobs = layer.read(1, MAX_BLOBS)
    fields = layer.param("convolution_param")
    outputs: list[Blob] = []
    for i, blob in enumerate(blobs, 1):
        dimensions = window_dimensions(layer, blob, fields.integer("axis", 1, least=-9))
        kernel, strides, pads = kernel_strides_pads(fields, dimensions)
        values = _window_symbols(kernel, strides, pads) | spatial_symbols("d_", dilations(fields, dimensions))
        channels = blob.shape[-dimensions - 1]
        values["k"] = fields.integer("num_output", channels if depthwise else None, 1)
        values["g"] = fields.integer("group", channels if depthwise else 1, 1)
        values["b"] = int(fields.flag("bias_term", default=True))
        part = "" if i == 1 else str(i)
        shares = outputs[0].node if outputs else ""
        outputs.append(layer.emit(f"{kind}{dimensions}d", blob, part=part, shares=shares, values=values))
    return outputs


def pooling(layer: CaffeLayer) -> list[Blob]:
    """Caffe rounds sizes up, and the default stride is 1. A second top holds the positions of the maxima."""
    blob = layer.bottom
    fields = layer.param("pooling_param")
    pool = fields.choice("pool", POOLS, "MAX")
    if pool == "STOCHASTIC":
        hint = "use MAX or AVE; stochastic pooling weighs each element by its value, which no kind of layer does"
        raise SheetError("stochastic pooling is not counted", fields.place("pool"), hint)
    kind = POOLING[pool]
    dimensions = window_dimensions(layer, blob, 1)
    if fields.flag("global_pooling"):
        values = spatial_symbols("", blob.shape[-dimensions:])  # the feature maps of many regions are pooled one by one
        pooled = layer.emit(f"{kind}{dimensions}d", blob, values=values) if blob.leading else layer.emit(f"Global{kind}", blob)
        return [pooled] * len(layer.tops)
    kernel, strides, pads = kernel_strides_pads(fields, dimensions)
    up = fields.choice("round_mode", ("CEIL", "FLOOR"), "CEIL") == "CEIL" and fields.flag("ceil_mode", default=True)
    values = _pooling_symbols(kernel, strides, pads) | ({} if up else {"e": 0})
    return [layer.emit(f"{kind}{dimensions}d", blob, values=values)] * len(layer.tops)


def _pooling_symbols(kernel: list[int], strides: list[int], pads: list[int]) -> dict[str, int]:
    rounding = CLIPPED if any(pads) else UNCLIPPED
    return _window_symbols(kernel, strides, pads) | {"e": rounding}


def _window_symbols(kernel: list[int], strides: list[int], pads: list[int]) -> dict[str, int]:
    return spatial_symbols("", kernel) | spatial_symbols("s_", strides) | spatial_symbols("p_", pads)


def im2col(layer: CaffeLayer) -> Blob:
    """The windows of a convolution, laid out as columns: elements are copied, nothing is computed."""
    blob = layer.bottom
    fields = layer.param("convolution_param")
    dimensions = window_dimensions(layer, blob, fields.integer("axis", 1, least=-9))
    kernel, strides, pads = kernel_strides_pads(fields, dimensions)
    *before, channels = blob.shape[:-dimensions]
    sizes = blob.shape[-dimensions:]
    places = [
        (size + 2 * p - d * (w - 1) - 1) // s + 1
        for size, w, s, p, d in zip(sizes, kernel, strides, pads, dilations(fields, dimensions), strict=True)
    ]
    if min(places) < 1:
        raise SheetError(f"the kernel of {layer.name} is larger than its padded input", layer.where)
    return layer.emit("Gather", blob, values=list_symbols("o", (*before, channels * prod(kernel), *places)))


def pyramid(layer: CaffeLayer) -> Blob:
    """Spatial pyramid pooling: 1, 2 x 2, 4 x 4, ... windows, flattened and joined."""
    fields = layer.param("spp_param")
    height = fields.integer("pyramid_height", None, 1)
    pool = fields.choice("pool", POOLS[:2], "MAX")
    if height > MAX_PYRAMID:
        raise SheetError(f"a pyramid of {height} levels; at most {MAX_PYRAMID}", fields.place("pyramid_height"))
    flat: list[Blob] = []
    for level in range(height):
        bins = 2**level
        kernel = [-(-size // bins) for size in layer.bottom.shape[-2:]]
        pads = [(size * bins - whole + 1) // 2 for size, whole in zip(kernel, layer.bottom.shape[-2:], strict=True)]
        values = _pooling_symbols(kernel, kernel, pads)
        pooled = layer.emit(f"{POOLING[pool]}2d", layer.bottom, part=f"pool{level}", values=values)
        flat.append(layer.emit("Flatten", pooled, part=f"flatten{level}"))
    return layer.emit("Concat", *flat, values={"a": 1}) if len(flat) > 1 else flat[0]


def upsample(layer: CaffeLayer) -> Blob:
    """Upsample: to a multiple of the size (nearest neighbour), or by the positions of maxima, as SegNet unpools.

    SegNet's pad_out takes off the row or column by which Caffe's pooling had rounded up.
    """
    blob, *places = layer.read(1, 2)
    fields = layer.param("upsample_param")
    scales = {side: fields.integer(f"scale_{side}", fields.integer("scale", 2, 1), 1) for side in SIDES[2]}
    if not places:
        return layer.emit("Upsample", blob, values=spatial_symbols("s_", list(scales.values())))
    *channels, height, width = blob.shape
    sizes = [
        fields.integer(f"upsample_{side}", size * scales[side] - fields.flag(f"pad_out_{side}"), 1)
        for side, size in zip(SIDES[2], (height, width), strict=True)
    ]
    return layer.emit("Gather", blob, values=list_symbols("o", (*channels, *sizes)))


def interpolate(layer: CaffeLayer) -> Blob:
    """DeepLab's Interp: bilinear with aligned corners, to a given size or by zoom and shrink factors."""
    blob, *like = layer.read(1, 2)
    fields = layer.param("interp_param")
    values: dict[str, int] = {}
    for side, letter, size in (("height", "H", -2), ("width", "W", -1)):
        if like:
            values[letter] = like[0].shape[size]
        elif side in fields:
            values[letter] = fields.integer(side, None, 1)
    zoom, shrink = fields.integer("zoom_factor", 1, 1), fields.integer("shrink_factor", 1, 1)
    pads = {symbol: -fields.integer(name, 0, least=-(10**6)) for name, symbol in (("pad_beg", "p_b"), ("pad_end", "p_e"))}
    return layer.emit("Interp", blob, values={"n_z": zoom, "n_s": shrink, **pads, **values})


RULES: dict[str, LayerRule] = {
    "Convolution": partial(convolution, "Conv"),
    "Convolution3D": partial(convolution, "Conv"),
    "ConvolutionDepthwise": partial(convolution, "Conv", depthwise=True),
    "Deconvolution": partial(convolution, "ConvTranspose"),
    "DepthwiseConvolution": partial(convolution, "Conv", depthwise=True),
    "Im2col": im2col,
    "Interp": interpolate,
    "Pooling": pooling,
    "Pooling3D": pooling,
    "SPP": pyramid,
    "Upsample": upsample,
}
