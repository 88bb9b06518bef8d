"""Normalisations that an exporter wrote out: layer, root-mean-square and group normalisation."""

from __future__ import annotations

from math import prod

from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become, is_trained, pairs
from worksheet.readers.onnx.values import OnnxRow


def plain(row: OnnxRow, users: RowUsers) -> None:
    """(x - mean)/root(variance + eps), or x/root(mean of x*x + eps): a division by a root, or a product with its inverse."""
    if row.kind == "Div":
        options = [(row.inputs[0], row.inputs[1])]
    else:
        options = [(x, below.inputs[0]) for x, below in pairs(row) if below.kind == "DivScalar" and below.turned]
    for x, root in options:
        squares = _mean_of_squares(root)
        if squares is None or squares[0] is not x or row.shape != x.shape:
            continue
        mean = squares[1]
        count = _trailing(mean)
        source = _centred(x)
        if not count or not users.is_inner(root):
            continue
        if source is not None and _trailing(source[1]) == count:
            become(row, "LayerNorm", (source[0],), {"l": count, "a": 0, "b": 0})
        elif source is None:
            become(row, "RMSNorm", (x,), {"l": count, "a": 0})
        return


def _mean_of_squares(root: OnnxRow) -> tuple[OnnxRow, OnnxRow] | None:
    """Of a root of a mean of squares and a small number: what is squared, and the mean."""
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


def _centred(row: OnnxRow) -> tuple[OnnxRow, OnnxRow] | None:
    """Of a tensor less its mean: the tensor and the mean."""
    if row.kind != "Sub":
        return None
    x, mean = row.inputs
    return (x, mean) if mean.kind == "Mean" and mean.inputs == (x,) else None


def _trailing(mean: OnnxRow) -> int:
    """Over how many trailing axes a mean goes; 0 where it goes over others."""
    rank = len(mean.inputs[0].shape)
    axes = sorted(value for name, value in mean.hyperparameters.items() if name.startswith("a_") and value)
    axes = axes or list(range(1, rank + 1))
    return len(axes) if axes == list(range(rank - len(axes) + 1, rank + 1)) else 0


def _trained_beside(row: OnnxRow, users: RowUsers, kinds: frozenset[str]) -> tuple[OnnxRow, OnnxRow] | None:
    """Of a product or sum: a layer of these kinds that nobody else reads, and the stored array beside it."""
    for layer, array in pairs(row):
        if layer.kind in kinds and users.only(layer) is row and is_trained(array) and layer.shape == row.shape:
            return layer, array
    return None


def scaled(row: OnnxRow, users: RowUsers) -> None:
    """A stored array that multiplies a plain normalisation is its scale."""
    found = _trained_beside(row, users, frozenset({"LayerNorm", "RMSNorm"}))
    if found and not found[0].hyperparameters["a"]:
        layer, array = found
        if prod(array.shape) == prod(layer.shape[-layer.hyperparameters["l"] :]):
            become(row, layer.kind, layer.inputs, layer.hyperparameters | {"a": 1}, array.stored)


def shifted(row: OnnxRow, users: RowUsers) -> None:
    """A stored array that is added to a scaled layer normalisation is its shift."""
    found = _trained_beside(row, users, frozenset({"LayerNorm"}))
    if found and found[0].hyperparameters["a"] and not found[0].hyperparameters["b"]:
        layer, array = found
        if prod(array.shape) == prod(layer.shape[-layer.hyperparameters["l"] :]):
            become(row, "LayerNorm", layer.inputs, layer.hyperparameters | {"b": 1}, layer.stored + array.stored)


def grouped(row: OnnxRow, users: RowUsers) -> None:
    """Group normalisation: the groups laid out as channels, normalised each by itself, laid back, scaled and shifted."""
    found = _trained_beside(row, users, frozenset({"Mul"}))
    if not found:
        return
    product, shift = found
    inner = _trained_beside(product, users, frozenset({"Reshape"}))
    if not inner:
        return
    back, scale = inner
    norm = back.inputs[0]
    laid = norm.inputs[0] if norm.kind == "InstanceNorm" and users.is_inner(norm) else None
    if laid is None or laid.kind != "Reshape" or laid.inputs[0].shape != row.shape or len(laid.shape) != 2:
        return
    channels = row.shape[0]
    if prod(scale.shape) == prod(shift.shape) == scale.shape[0] == channels and channels % laid.shape[0] == 0:
        given = {"g": laid.shape[0], "a": 1, "i": 0}
        become(row, "GroupNorm", laid.inputs, given, scale.stored + shift.stored)


THROUGH = frozenset({"Reshape", "Gather", "Pad", "Flatten"})


def local_response(row: OnnxRow, _: RowUsers) -> None:
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
    """What stands behind rows that compute nothing."""
    while row.kind in THROUGH:
        row = row.inputs[0]
    return row


PASSES: tuple[Pass, ...] = (
    (frozenset({"Div", "Mul"}), plain),
    (frozenset({"Mul"}), scaled),
    (frozenset({"Add"}), shifted),
    (frozenset({"Add"}), grouped),
    (frozenset({"Div"}), local_response),
)
