"""Operators over sequences and regions: recurrent layers, and region pooling of detectors."""

from functools import partial

from worksheet.layers import kind_named
from worksheet.readers.onnx.call import Converter, OnnxCall, Result
from worksheet.readers.onnx.values import OnnxRow, OnnxValue
from worksheet.readers.symbols import keep_symbols

CELLS = frozenset({"LSTM", "GRU", "RNN"})
REGIONS = frozenset({"RoiAlign", "MaxRoiPool"})
PEEPHOLES = 7


def recurrent(kind: str, call: OnnxCall) -> Result:
    """LSTM, GRU and RNN: the outputs of all steps, and the final states."""
    value, weights, bias = call[0], call.stored_input(1), call.optional(3)
    batch_first = bool(call.attribute("layout", 0))
    if len(value.shape) != 3 or len(weights.shape) != 3:
        raise call.fault("needs tensors of 3 axes", "steps, batch and features; directions, gates and features")
    directions, rows, width = weights.shape
    gates = kind_named(kind).gates
    hidden = call.attribute("hidden_size", rows // gates)
    if rows != gates * hidden or width != value.shape[2]:
        raise call.fault(f"has weights of {rows} x {width} for rows of {value.shape[2]} and {hidden} hidden units")
    if call.optional(PEEPHOLES) is not None:
        raise call.fault("has peepholes", "gates that read the cell state are not supported")
    steps, batch = value.shape[:2][:: -1 if batch_first else 1]
    if batch != 1:
        raise call.fault(f"runs over a batch of {batch}", "export the model for a batch of 1")
    settings = {"k": hidden, "u": directions, "b": int(bias is not None), "v": int("Relu" in call.attribute("activations", ()))}
    stored = call.stored_names(weights, call.stored_input(2), bias)
    row = call.add_row(kind, (call.take(value, (steps, width)),), keep_symbols(kind, settings), stored=stored)
    # The row has the directions side by side: the same order as steps, directions, batch, hidden units.
    shape = (1, steps, directions, hidden) if batch_first else (steps, directions, 1, hidden)
    return [OnnxValue(shape, row, via=call.operator), *_states(call, row)]


def _states(call: OnnxCall, row: OnnxRow) -> list[OnnxValue]:
    """Y_h and Y_c: the output of the last step, or of the first for the backward direction. Both have one shape."""
    if not any(call.operator.outputs[1:]):
        return []
    steps, hidden = row.shape[0], row.hyperparameters["k"]
    directions = row.hyperparameters["u"]
    last = call.add_row("Slice", (row,), {"a": 1, "f": steps - 1, "k": 1})
    if directions == 2:
        first = call.add_row("Slice", (row,), {"a": 1, "f": 0, "k": 1})
        ends = [
            call.add_row("Slice", (last,), {"a": 2, "f": 0, "k": hidden}),
            call.add_row("Slice", (first,), {"a": 2, "f": hidden, "k": hidden}),
        ]
        last = call.add_row("Concat", ends, {"a": 1})
    left = (1, directions, hidden) if call.attribute("layout", 0) else (directions, 1, hidden)
    return [OnnxValue(left, last, via=call.operator)] * 2


def regions(kind: str, call: OnnxCall) -> Result:
    """RoiAlign and MaxRoiPool: they read a feature map and regions."""
    value, boxes = call[0], call[1]
    height, width = call.attribute("pooled_shape", (call.attribute("output_height", 1), call.attribute("output_width", 1)))
    samples = call.attribute("sampling_ratio", 0)
    settings = keep_symbols(kind, {"W": width, "H": height, "a": samples or 2})
    if "a" in settings and not samples:
        call.notes.setdefault("RoiAlign adapts its samples to the size of a region: 2 along each side of a bin are assumed", None)
    row = call.add_row(kind, (call.take(value), call.take(boxes, boxes.shape)), settings)
    return OnnxValue(row.shape, row)


OPERATORS: dict[str, Converter] = {
    **{kind: partial(recurrent, kind) for kind in CELLS},
    "RoiAlign": partial(regions, "RoIAlign"),
    "MaxRoiPool": partial(regions, "RoIPool"),
}
