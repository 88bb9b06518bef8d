"""Normalisations that an exporter wrote out: layer, root-mean-square and group normalisation."""

from collections.abc import Collection
from functools import partial
from math import prod

from worksheet.layers import Pooling
from worksheet.readers.onnx.patterns.rewriting import Link, Pass, RowUsers, become, both_orders, is_trained, trace_back
from worksheet.readers.onnx.patterns.terms import DIFFERENCE, FACTORS, MEAN, POWER, PRODUCT, QUOTIENT, ROOT, SUM, SUMMAND
from worksheet.readers.onnx.values import OnnxRow

LAYER_NORM, RMS_NORM, RESHAPE = "LayerNorm", "RMSNorm", "Reshape"
ROOT_OF_SUM = (Link((ROOT,)), Link((SUMMAND,), shared=True))
INSTANCE_NORM = (Link((RESHAPE,), shared=True), Link(("InstanceNorm",)))
LOCAL_RESPONSE = tuple(Link((kind,), shared=True) for kind in (POWER, SUMMAND, "MulScalar"))  # (k + alpha/n x)^beta
MOVING = frozenset({RESHAPE, "Gather", "Pad", "Flatten"})


def recognise_norm(row: OnnxRow, users: RowUsers) -> None:
    """(x - mean)/sqrt(variance + eps), or x/sqrt(mean of x*x + eps): a division by a root, or a product with its inverse."""
    if row.kind == QUOTIENT:
        options = both_orders(row)[:1]
    else:
        options = [(x, below.inputs[0]) for x, below in both_orders(row) if FACTORS.get(below.kind) == -1 and below.is_reversed]
    for x, root in options:
        mean = trace_back(root, ROOT_OF_SUM, users)
        if mean is None or mean.kind != MEAN or _split_square(mean.inputs[0]) is not x or row.shape != x.shape:
            continue
        count = _count_trailing_axes(mean)
        source = _split_centred(x)
        if not count:
            continue
        if source is None:
            become(row, RMS_NORM, (x,), {"l": count, "a": 0})
        elif _count_trailing_axes(source[1]) == count:
            become(row, LAYER_NORM, (source[0],), {"l": count, "a": 0, "b": 0})
        return


def _split_square(row: OnnxRow) -> OnnxRow | None:
    """What a row squares; None where it does not."""
    is_product = row.kind == PRODUCT and len(set(row.inputs)) == 1
    is_power = row.kind == POWER and row.hyperparameters["e"] == 2
    return row.inputs[0] if is_product or is_power else None


def _split_centred(row: OnnxRow) -> tuple[OnnxRow, OnnxRow] | None:
    """For a tensor minus its mean: the tensor and the mean."""
    if row.kind != DIFFERENCE:
        return None
    x, mean = row.inputs
    return (x, mean) if mean.kind == MEAN and mean.inputs == (x,) else None


def _count_trailing_axes(mean: OnnxRow) -> int:
    """The number of trailing axes that a mean reduces; 0 where it reduces others."""
    rank = len(mean.inputs[0].shape)
    axes = sorted(value for name, value in mean.hyperparameters.items() if name.startswith("a_") and value)
    axes = axes or list(range(1, rank + 1))
    return len(axes) if axes == list(range(rank - len(axes) + 1, rank + 1)) else 0


def _split_trained(row: OnnxRow, users: RowUsers, kinds: Collection[str]) -> tuple[OnnxRow, OnnxRow] | None:
    """For a product or sum: a layer of these kinds that only it reads, and the trained tensor beside it."""
    for layer, tensor in both_orders(row):
        if layer.kind in kinds and users.only(layer) is row and is_trained(tensor) and layer.shape == row.shape:
            return layer, tensor
    return None


def absorb_parameters(symbol: str, row: OnnxRow, users: RowUsers) -> None:
    """A trained tensor that multiplies a normalisation is its scale (a); one added after that is its shift (b)."""
    parts = _split_trained(row, users, {LAYER_NORM, RMS_NORM})
    if not parts:
        return
    layer, tensor = parts
    settings = layer.hyperparameters
    is_next = symbol == next((name for name in ("a", "b") if not settings.get(name, 1)), None)
    if is_next and prod(tensor.shape) == prod(layer.shape[-settings["l"] :]):
        become(row, layer.kind, layer.inputs, settings | {symbol: 1}, layer.stored + tensor.stored)


def recognise_group_norm(row: OnnxRow, users: RowUsers) -> None:
    """Group normalisation: reshape to groups, instance normalisation, reshape back, scale and shift."""
    parts = _split_trained(row, users, {PRODUCT})
    inner = _split_trained(parts[0], users, {RESHAPE}) if parts else None
    if not parts or not inner:
        return
    (_, shift), (back, scale) = parts, inner
    groups = trace_back(back, INSTANCE_NORM, users)
    if groups is None or groups.kind != RESHAPE or groups.inputs[0].shape != row.shape or len(groups.shape) != 2:
        return
    channels = row.shape[0]
    if prod(scale.shape) == prod(shift.shape) == scale.shape[0] == channels and channels % groups.shape[0] == 0:
        become(row, "GroupNorm", groups.inputs, {"g": groups.shape[0], "a": 1, "i": 0}, scale.stored + shift.stored)


def recognise_local_response(row: OnnxRow, users: RowUsers) -> None:
    """x/(k + alpha/n times the sum of squares)^beta, the sum written as a mean over a window of channels."""
    x = row.inputs[0]
    below = trace_back(_skip_moving(row.inputs[1]), LOCAL_RESPONSE, users)
    mean = _skip_moving(below) if below is not None else row
    window = mean.hyperparameters
    if mean.layer.pooling is not Pooling.MEAN or "t" not in window or len(x.shape) != 3:
        return
    if _split_square(_skip_moving(mean.inputs[0])) is x and window["w"] == window["h"] == 1:
        become(row, "LRN", (x,), {"n_l": window["t"], "v": 0})


def _skip_moving(row: OnnxRow) -> OnnxRow:
    """The row before rows that compute nothing."""
    while row.kind in MOVING:
        row = row.inputs[0]
    return row


PASSES: tuple[Pass, ...] = (
    ({QUOTIENT, PRODUCT}, recognise_norm),
    ({PRODUCT}, partial(absorb_parameters, "a")),
    ({SUM}, partial(absorb_parameters, "b")),
    ({SUM}, recognise_group_norm),
    ({QUOTIENT}, recognise_local_response),
)
