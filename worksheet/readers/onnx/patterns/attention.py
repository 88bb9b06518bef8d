"""Attention that an exporter wrote out as matrix products, and multi-head attention with the linear layers around it."""

from collections.abc import Sequence

from worksheet.layers import Role, Writes
from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become, is_trained
from worksheet.readers.onnx.patterns.terms import FACTORS, MATRIX_PRODUCT, SUM
from worksheet.readers.onnx.values import OnnxRow
from worksheet.readers.symbols import list_symbols

ATTENTION, SOFTMAX, PERMUTE = "ScaledDotProductAttention", "Softmax", "Permute"
MAX_STEPS = 16
MAX_SEARCHED = 64


def recognise_attention(row: OnnxRow, users: RowUsers) -> None:
    """softmax(Q K^T times a number, plus a mask) V."""
    weights, values = row.inputs
    while weights.layer.writes is Writes.NOTHING:
        weights = weights.inputs[0]
    scores = _find_scores(weights, users)
    if scores is None:
        return
    queries, keys = (_strip_scale(part, users) for part in scores.inputs)
    transposed_keys = _untranspose(keys, users)
    rank = len(row.shape)
    if transposed_keys is None or rank < 2 or not len(queries.shape) == len(transposed_keys.shape) == len(values.shape) == rank:
        return
    if queries.shape[:-2] != values.shape[:-2] or queries.shape[-1] != transposed_keys.shape[-1]:
        return
    become(row, ATTENTION, (queries, transposed_keys, values), {"v": 0})


def _find_scores(softmax: OnnxRow, users: RowUsers) -> OnnxRow | None:
    """The product of queries and keys under a softmax along its last axis; None where there is none."""
    rank = len(softmax.shape)
    is_last = softmax.kind == SOFTMAX and softmax.hyperparameters["a"] in {rank, 0 if rank != 3 else rank}
    if not is_last or not users.is_inner(softmax):
        return None
    row = softmax.inputs[0]
    for _ in range(MAX_STEPS):
        if row.kind == MATRIX_PRODUCT:
            return row if users.is_inner(row) and len(row.inputs) == 2 else None
        if not users.is_inner(row):
            return None
        if row.kind in FACTORS:
            row = row.inputs[0]
        elif row.kind == SUM and (unmasked := _strip_mask(row)) is not None:
            row = unmasked
        else:
            return None
    return None


def _strip_mask(row: OnnxRow) -> OnnxRow | None:
    """The scores that a mask is added to; None where the mask was trained, or where either may be the mask."""
    scores = [part for part in row.inputs if part.shape == row.shape and part.kind in {MATRIX_PRODUCT, SUM, *FACTORS}]
    if len(scores) != 1 or len(row.inputs) != 2:
        return None
    mask = row.inputs[1] if row.inputs[0] is scores[0] else row.inputs[0]
    return None if _holds_trained(mask) else scores[0]


def _holds_trained(row: OnnxRow) -> bool:
    """Whether a row depends on trained numbers; yes where the search takes too long."""
    waiting, seen = [row], 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if is_trained(part) or (part.stored and not part.is_stored) or seen > MAX_SEARCHED:
            return True
        waiting += part.inputs
    return False


def _strip_scale(row: OnnxRow, users: RowUsers) -> OnnxRow:
    """The queries or keys before they are scaled."""
    for _ in range(MAX_STEPS):
        if row.kind not in FACTORS or row.is_reversed or not users.is_inner(row):
            break
        row = row.inputs[0]
    return row


def _untranspose(row: OnnxRow, users: RowUsers) -> OnnxRow | None:
    """Keys with the tokens before the width: the input of a transposition, or the transposition without that exchange."""
    if row.kind != PERMUTE:
        return None
    order = [row.hyperparameters[f"a_{i}"] for i in range(1, len(row.shape) + 1)]
    wanted = [*order[:-2], order[-1], order[-2]]
    if wanted == sorted(wanted):
        return _strip_scale(row.inputs[0], users)
    if not users.is_inner(row):
        return None
    source = _strip_scale(row.inputs[0], users)
    become(row, PERMUTE, (source,), row.hyperparameters | list_symbols("a", wanted))
    row.shape = (*row.shape[:-2], row.shape[-1], row.shape[-2])
    return row


# Multi-head attention


def recognise_multihead(row: OnnxRow, users: RowUsers) -> None:
    """The linear layers for queries, keys and values, the attention, and the linear layer after it."""
    if len(row.shape) < 3:
        return
    inner: set[OnnxRow] = {row}
    sources = [_find_projection(part, inner) for part in row.inputs]
    output = _find_output_layer(row, users, inner)
    if output is None or any(source is None for source in sources):
        return
    layers = list(dict.fromkeys(source for source in sources if source is not None))
    inner |= {*layers}
    if any(user not in inner and user is not output for part in inner for user in users.of.get(part, ())) or inner & users.ends:
        return
    inputs = _inputs([source for source in sources if source is not None])
    heads, shared = row.shape[-3], row.inputs[1].shape[-3]
    width = row.inputs[0].shape[-1]
    if not _fits(row, layers, output, inputs, heads * width):
        return
    settings = {"h": heads, "g": shared, "b": output.hyperparameters["b"]}
    become(output, "MultiheadAttention", inputs, settings, tuple(name for layer in (*layers, output) for name in layer.stored))


def _find_projection(row: OnnxRow, inner: set[OnnxRow]) -> OnnxRow | None:
    """The linear layer that computes queries, keys or values."""
    for _ in range(MAX_STEPS):
        if row.layer.role is Role.LINEAR:
            return row
        if not row.layer.writes.is_view and row.kind not in FACTORS:
            return None
        inner.add(row)
        row = row.inputs[0]
    return None


def _find_output_layer(row: OnnxRow, users: RowUsers, inner: set[OnnxRow]) -> OnnxRow | None:
    """The linear layer that is the only reader of the heads."""
    for _ in range(MAX_STEPS):
        user = users.only(row)
        if user is None or user.layer.role is Role.LINEAR:
            return user
        if not user.layer.writes.is_view:
            return None
        inner.add(user)
        row = user
    return None


def _inputs(sources: Sequence[OnnxRow]) -> tuple[OnnxRow, ...]:
    """The inputs of the linear layers: one sequence, or three."""
    read = tuple(source.inputs[0] for source in sources)
    return read[:1] if len(set(read)) == 1 else read


def _fits(row: OnnxRow, layers: Sequence[OnnxRow], output: OnnxRow, inputs: Sequence[OnnxRow], width: int) -> bool:
    """Whether the sizes are those of multi-head attention, with bias everywhere or nowhere."""
    heads = sum(part.shape[-3] * part.shape[-1] for part in row.inputs)
    made = sum(layer.hyperparameters["k"] for layer in layers)
    has_bias = {layer.hyperparameters["b"] for layer in (*layers, output)}
    queries = inputs[0]
    return (
        made == heads
        and len(has_bias) == 1
        and queries.shape[-1] == width == output.hyperparameters["k"]
        and output.shape == queries.shape
        and row.shape[-3] * row.shape[-1] == width
        and all(len(part.shape) == len(queries.shape) for part in inputs)
    )


PASSES: tuple[Pass, ...] = (({MATRIX_PRODUCT}, recognise_attention), ({ATTENTION}, recognise_multihead))
