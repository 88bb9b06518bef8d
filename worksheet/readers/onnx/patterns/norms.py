"""Normalisations that an exporter wrote out: layer, root-mean-square and group normalisation."""

from math import prod

from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become, both_orders, is_trained
from worksheet.readers.onnx.values import OnnxRow


def recognise_norm(row: OnnxRow, users: RowUsers) -> None:
    """(x - mean)/sqrt(variance + eps), or x/sqrt(mean of x*x + eps): a division by a root, or a product with its inverse."""
    if row.kind == "Div":
        options = [(row.inputs[0], row.inputs[1])]
    else:
        options = [(x, below.inputs[0]) for x, below in both_orders(row) if below.kind == "DivScalar" and below.is_reversed]
    for x, root in options:
        squares = _mean_of_squares(root)
        if squares is None or squares[0] is not x or row.shape != x.shape:
            continue
        mean = squares[1]
        count = _count_trailing_axes(mean)
        source = _split_centred(x)
        if not count or not users.is_inner(root):
            continue
        if source is not None and _count_trailing_axes(source[1]) == count:
            become(row, "LayerNorm", (source[0],), {"l": count, "a": 0, "b": 0})
        elif source is None:
            become(row, "RMSNorm", (x,), {"l": count, "a": 0})
        return


def _mean_of_squares(root: OnnxRow) -> tuple[OnnxRow, OnnxRow] | None:
    """For the root of a mean of squares plus a small number: what is squared, and the mean."""
    below = root.inputs[0] if root.kind == "Sqrt" else None
    mean = below.inputs[0] if below is not None and below.kind == "AddScalar" else None
    square = mean.inputs[0] if mean is not None and mean.kind == "Mean" else None
    if mean is None or square is None:
        return None
    if square.kind == "Power" and square.hyperparameters["e"] == 2:
        return square.inputs[0], mean
    if square.kind == "Mul" and square.inputs[0] is square.inputs[1]:
        return square.inputs[0], mean
    return None


def _split_centred(row: OnnxRow) -> tuple[OnnxRow, OnnxRow] | None:
    """For a tensor minus its mean: the tensor and the mean."""
    if row.kind != "Sub":
        return None
    x, mean = row.inputs
    return (x, mean) if mean.kind == "Mean" and mean.inputs == (x,) else None


def _count_trailing_axes(mean: OnnxRow) -> int:
    """The number of trailing axes that a mean reduces; 0 where it reduces others."""
    rank = len(mean.inputs[0].shape)
    axes = sorted(value for name, value in mean.hyperparameters.items() if name.startswith("a_") and value)
    axes = axes or list(range(1, rank + 1))
    return len(axes) if axes == list(range(rank - len(axes) + 1, rank + 1)) else 0


def _split_trained(row: OnnxRow, users: RowUsers, kinds: frozenset[str]) -> tuple[OnnxRow, OnnxRow] | None:
    """For a product or sum: a layer of these kinds that only it reads, and the trained tensor beside it."""
    for layer, array in both_orders(row):
        if layer.kind in kinds and users.only(layer) is row and is_trained(array) and layer.shape == row.shape:
            return layer, array
    return None


def absorb_scale(row: OnnxRow, users: RowUsers) -> None:
    """A trained tensor that multiplies a normalisation is its scale."""
    parts = _split_trained(row, users, frozenset({"LayerNorm", "RMSNorm"}))
    if parts and not parts[0].hyperparameters["a"]:
        layer, array = parts
        if prod(array.shape) == prod(layer.shape[-layer.hyperparameters["l"] :]):
            become(row, layer.kind, layer.inputs, layer.hyperparameters | {"a": 1}, array.stored)


def absorb_shift(row: OnnxRow, users: RowUsers) -> None:
    """A trained tensor that is added to a scaled layer normalisation is its shift."""
    parts = _split_trained(row, users, frozenset({"LayerNorm"}))
    if parts and parts[0].hyperparameters["a"] and not parts[0].hyperparameters["b"]:
        layer, array = parts
        if prod(array.shape) == prod(layer.shape[-layer.hyperparameters["l"] :]):
            become(row, "LayerNorm", layer.inputs, layer.hyperparameters | {"b": 1}, layer.stored + array.stored)


def recognise_group_norm(row: OnnxRow, users: RowUsers) -> None:
    """Group normalisation: reshape to groups, instance normalisation, reshape back, scale and shift."""
    parts = _split_trained(row, users, frozenset({"Mul"}))
    if not parts:
        return
    product, shift = parts
    inner = _split_trained(product, users, frozenset({"Reshape"}))
    if not inner:
        return
    back, scale = inner
    norm = back.inputs[0]
    reshaped = norm.inputs[0] if norm.kind == "InstanceNorm" and users.is_inner(norm) else None
    if reshaped is None or reshaped.kind != "Reshape" or reshaped.inputs[0].shape != row.shape or len(reshaped.shape) != 2:
        return
    channels = row.shape[0]
    if prod(scale.shape) == prod(shift.shape) == scale.shape[0] == channels and channels % reshaped.shape[0] == 0:
        settings = {"g": reshaped.shape[0], "a": 1, "i": 0}
        become(row, "GroupNorm", reshaped.inputs, settings, scale.stored + shift.stored)


THROUGH = frozenset({"Reshape", "Gather", "Pad", "Flatten"})


def recognise_local_response(row: OnnxRow, _: RowUsers) -> None:
    """x/(k + alpha/n times the sum of squares)^beta, the sum written as a mean over a window of channels."""
    power = _through(row.inputs[1])
    if power.kind != "Power":
        return
    x, below = row.inputs[0], power.inputs[0]
    if below.kind != "AddScalar" or below.inputs[0].kind != "MulScalar":
        return
    mean = _through(below.inputs[0].inputs[0])
    settings = mean.hyperparameters
    square = _through(mean.inputs[0]) if mean.kind == "AvgPool3d" else None
    is_square = square is not None and (
        square.inputs == (x, x) if square.kind == "Mul" else square.kind == "Power" and square.inputs == (x,)
    )
    if is_square and settings["w"] == settings["h"] == 1 and len(x.shape) == 3:
        become(row, "LRN", (x,), {"n_l": settings["t"], "v": 0})


def _through(row: OnnxRow) -> OnnxRow:
    """The row before rows that compute nothing."""
    while row.kind in THROUGH:
        row = row.inputs[0]
    return row


PASSES: tuple[Pass, ...] = (
    (frozenset({"Div", "Mul"}), recognise_norm),
    (frozenset({"Mul"}), absorb_scale),
    (frozenset({"Add"}), absorb_shift),
    (frozenset({"Add"}), recognise_group_norm),
    (frozenset({"Div"}), recognise_local_response),
)
