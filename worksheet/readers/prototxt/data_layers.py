"""The inputs of a Caffe network: those that a file declares and those that its data layers make, with their shapes."""

from collections.abc import Callable
from functools import partial

from worksheet.errors import SheetError, Where
from worksheet.frozen import frozen
from worksheet.readers.prototxt.fields import MessageFields

Dims = tuple[int, ...]  # as in Caffe: samples first
Tops = list[Dims | None]
MAX_AXES = 7


@frozen
class InputBlob:
    """An input blob. ``dims`` is None where the file does not give them; ``label`` marks a blob that only losses read."""

    blob: str
    dims: Dims | None
    where: Where
    label: bool = False
    spare: bool = False  # one of several tops of a data layer of unknown shape: it may be a label
    guessed: bool = False  # three channels are assumed: a database does not say whether its images are greyscale


def declared_inputs(root: MessageFields) -> list[InputBlob]:
    """The file's ``input`` lines, each with an ``input_shape`` or four ``input_dim``."""
    scalars = root.scalars("input")
    shapes = [tuple(shape.integers("dim", 1)) for shape in root.children("input_shape")]
    dims = root.integers("input_dim", 1)
    if dims and shapes:
        raise SheetError("input_dim and input_shape set the same sizes", root.place("input_dim"))
    if dims and len(dims) != 4 * len(scalars):
        message = f"{len(dims)} input_dim for {len(scalars)} inputs"
        raise SheetError(message, root.place("input_dim"), "give four for each input: samples, channels, height, width")
    if shapes and len(shapes) != len(scalars):
        raise SheetError(f"{len(shapes)} input_shape for {len(scalars)} inputs", root.place("input_shape"), "give one for each")
    stated: Tops = [*shapes] or [tuple(dims[i : i + 4]) for i in range(0, len(dims), 4)] or [None] * len(scalars)
    inlets = []
    for scalar, shape in zip(scalars, stated, strict=True):
        where = root.source.of(scalar)
        inlets.append(InputBlob(root.to_name(scalar, "input"), _check_rank(shape, where), where))
    return inlets


def _check_rank(dims: Dims | None, where: Where) -> Dims | None:
    if dims is not None and not 0 < len(dims) <= MAX_AXES:
        raise SheetError(f"an input of {len(dims)} axes; it must have 1 to {MAX_AXES}", where)
    return dims


# Data layers: the dims of every top, None where the file does not give them, LABEL for what only losses read.

LABEL: Dims = ()


def _shapes(fields: MessageFields, count: int) -> Tops:
    """A shape for each top, or one for all."""
    shapes: Tops = [tuple(shape.integers("dim", 1)) for shape in fields.children("shape")]
    return shapes * count if len(shapes) == 1 else shapes


def _image_tops(layer: MessageFields, param: str) -> Tops:
    """Images of the size to which they are cropped or resized, with three channels, or one where they become greyscale."""
    fields, transform = layer.child(param), layer.child("transform_param")
    resized = transform.child("resize_param")
    crop = transform.integer("crop_size", 0) or fields.integer("crop_size", 0)
    sizes = (crop, crop) if crop else (resized.integer("height", 0), resized.integer("width", 0))
    sizes = sizes if all(sizes) else (fields.integer("new_height", 0), fields.integer("new_width", 0))
    is_grey = transform.flag("force_gray") or not fields.flag("is_color", default=True)
    batch = fields.integer("batch_size", 1, 1)
    return [(batch, 1 if is_grey else 3, *sizes) if all(sizes) else None, LABEL]


def _input(layer: MessageFields, count: int) -> Tops:
    return _shapes(layer.child("input_param"), count)


def _data(param: str, layer: MessageFields, count: int) -> Tops:
    """A shape that the file states takes precedence over one that is inferred."""
    return (_input(layer, count) or _image_tops(layer, param))[:count]


def _memory(layer: MessageFields, _: int) -> Tops:
    fields = layer.child("memory_data_param")
    sizes = [fields.integer(name, None, 1) for name in ("channels", "height", "width")]
    return [(fields.integer("batch_size", 1, 1), *sizes), LABEL]


def _dummy(layer: MessageFields, count: int) -> Tops:
    fields = layer.child("dummy_data_param")
    shapes = _shapes(fields, count)
    columns = [fields.integers(name, 1) for name in ("num", "channels", "height", "width")]
    old: Tops = list(zip(*columns, strict=False))
    return shapes or (old * count if len(old) == 1 else old)


MODALITIES = {"RGB": 3, "FLOW": 2}


def _video(layer: MessageFields, count: int) -> Tops:
    """Frames as channels where a modality is named (temporal segment networks); other Caffe forks give them their own axis."""
    fields = layer.child("video_data_param")
    modality = fields.text("modality")
    data, label = _image_tops(layer, "video_data_param")
    if data is None or modality not in MODALITIES:
        return _input(layer, count)
    frames = fields.integer("new_length", 1, 1) * fields.integer("num_segments", 1, 1)
    return [(data[0], MODALITIES[modality] * frames, *data[2:]), label][:count]


SOURCES: dict[str, Callable[[MessageFields, int], Tops]] = {
    "AnnotatedData": partial(_data, "data_param"),
    "Data": partial(_data, "data_param"),
    "DummyData": _dummy,
    "HDF5Data": lambda _, __: [],
    "ImageData": partial(_data, "image_data_param"),
    "ImageSegData": partial(_data, "image_data_param"),
    "Input": _input,
    "MemoryData": _memory,
    "Python": lambda _, __: [],
    "VideoData": _video,
    "WindowData": partial(_data, "window_data_param"),
}


DATABASES = frozenset({"AnnotatedData", "Data"})


def _guesses_channels(layer: MessageFields) -> bool:
    """Whether neither a shape nor a mean per channel states how many channels the images of a database have."""
    transform = layer.child("transform_param")
    return "input_param" not in layer and len(transform.scalars("mean_value")) < 2 and not transform.flag("force_gray")


def layer_inputs(type: str, layer: MessageFields, where: Where) -> list[InputBlob]:
    """The blobs that a data layer makes, in the order of its tops."""
    tops = layer.texts("top")
    shapes = SOURCES.get(type, SOURCES["Data"])(layer, len(tops))
    inlets = []
    for i, top in enumerate(tops):
        dims = shapes[i] if i < len(shapes) else None
        is_label = dims == LABEL
        spare = dims is None and i > 0
        guessed = dims is not None and type in DATABASES and _guesses_channels(layer)
        inlets.append(InputBlob(top, None if is_label else _check_rank(dims, where), where, is_label, spare, guessed))
    return inlets
