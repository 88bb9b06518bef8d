"""Recognises layers that an exporter wrote out as several operators, and makes each one row again."""

from collections.abc import Mapping, Sequence

from worksheet.layers import Role
from worksheet.readers.onnx.operators import Operator
from worksheet.readers.onnx.patterns import activations, attention, norms
from worksheet.readers.onnx.patterns.rewriting import Pass, RowUsers, become, both_orders, is_trained, needed_rows
from worksheet.readers.onnx.patterns.terms import SUM
from worksheet.readers.onnx.values import OnnxRow, slice_suffix


def absorb_bias(row: OnnxRow, users: RowUsers) -> None:
    """A stored vector, or a part of one, that is added to the output of a layer without bias is its bias."""
    for layer, tensor in both_orders(row):
        is_part = tensor.layer.axis_slice is not None
        source, part = (tensor.inputs[0], slice_suffix(tensor)) if is_part else (tensor, "")
        settings = layer.hyperparameters
        if not layer.layer.sets_channels or settings.get("b", 1) or not is_trained(source) or layer.shape != row.shape:
            continue
        places = () if layer.layer.role is Role.LINEAR else (1,) * (len(layer.shape) - 1)
        if tensor.shape == (settings["k"], *places) and users.only(layer) is row:
            stored = tuple(f"{name}{part}" for name in source.stored)
            become(row, layer.kind, layer.inputs, settings | {"b": 1}, layer.stored + stored)
            return


PASSES: tuple[Pass, ...] = (({SUM}, absorb_bias), *activations.PASSES, *norms.PASSES, *attention.PASSES)

# Operators that only move numbers, and do not name a layer.
MOVING = frozenset(
    {
        *("Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Expand", "Identity", "Cast", "Constant", "Dropout"),
        *("Slice", "Split", "Gather", "Concat", "Pad"),
    }
)


def recognise_layers(rows: Sequence[OnnxRow], ends: Sequence[OnnxRow]) -> list[OnnxRow]:
    """The rows after all patterns are rewritten, without those that became part of another row."""
    before = {row: row.inputs for row in rows}
    for ends_in, rewrite in PASSES:
        if any(row.kind in ends_in for row in rows):
            users = RowUsers(rows, ends)
            for row in users.rows:
                if row.kind in ends_in:
                    rewrite(row, users)
    left = needed_rows(rows, ends)
    kept = frozenset(left)
    for row in left:
        row.operator_types = list_operator_types(row, before, kept)
    return left


def list_operator_types(row: OnnxRow, before: Mapping[OnnxRow, tuple[OnnxRow, ...]], left: frozenset[OnnxRow]) -> str:
    """The types of the operators that a row replaces, sorted: its own, and those of the rows that became part of it."""
    operators: dict[int, Operator] = {}
    inside = [row]
    while inside:
        part = inside.pop()
        if part.operator is not None and not part.is_stored and id(part.operator) not in operators:
            operators[id(part.operator)] = part.operator
            inside += [source for source in before[part] if source not in left]
    types = sorted(operator.type for operator in operators.values())
    return " ".join([name for name in types if name not in MOVING] or types)
