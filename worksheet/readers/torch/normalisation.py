"""Calls that normalise, take a softmax, or reduce axes to a mean, sum or maximum."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from worksheet.readers.symbols import keep_symbols, softmax_axis
from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor, per_axis, tensors
from worksheet.readers.torch.elementwise import LARGEST, SMALLEST, binary
from worksheet.readers.torch.values import CannotFollow, TorchValue, number_symbols

NO_STATISTICS = "BatchNorm without running statistics, so an InstanceNorm of the one sample: {}."


def batch_norm(call: TorchCall) -> None:
    """BatchNorm with running statistics; without them, an InstanceNorm of the sample.

    If the samples are windows or regions, the channels move to the front: they are normalised alike whatever the other axes are.
    """
    statistics = [call.get(name) for name in ("running_mean", "running_var")]
    if statistics[0] is None:
        call.trace.note(NO_STATISTICS, call.base)
        normalise(call, "InstanceNorm", {}, one_sample(call))
    elif call.input.batch == 0:
        normalise(call, "BatchNorm", {}, call.input, statistics)
    else:
        source = call.trace_calls(lambda x: x.transpose(0, 1), call["input"])
        output = normalise(call, "BatchNorm", {}, call.value(source), statistics, call.meta(source.shape))
        call.alias_of(call.trace_calls(lambda x: x.transpose(0, 1), output.tensor))


def normalise(
    call: TorchCall, kind: str, values: dict[str, int], x: TorchValue, statistics: Sequence[Any] = (), transposed: Any = None
) -> TorchValue:
    """A normalisation of channels; a scale without a shift, or a shift without a scale, is a row of its own.

    ``transposed`` is the result with the channels before the samples.
    """
    target = call.result if transposed is None else transposed
    weight, bias = _affine(call)
    if (weight is None) == (bias is None):
        settings = values | {"a": int(weight is not None)}
        return call.add_row(kind, settings, x, out=target, weights=(weight, bias), statistics=statistics)
    output = call.add_row(kind, values | {"a": 0}, x, out=call.meta(target.shape), statistics=statistics)
    alone, options, part = ("Scale", {"b": 0}, "scale") if bias is None else ("Bias", {}, "bias")
    options |= {"a": output.position(1 if transposed is None else 0)}
    stored = (weight if bias is None else bias,)
    return call.add_row(alone, options, output, out=target, weights=stored, part=part, prefer=output.batch)


def one_sample(call: TorchCall) -> TorchValue:
    """The input of a layer with statistics per sample. Raises CannotFollow for several samples."""
    if call.input.batch != 0:
        raise CannotFollow("it normalises several samples at once")
    return call.input


def instance_norm(call: TorchCall) -> None:
    if call.get("running_mean") is not None and not call.get("use_input_stats", True):
        batch_norm(call)
    else:
        normalise(call, "InstanceNorm", {}, one_sample(call))


def group_norm(call: TorchCall) -> None:
    normalise(call, "GroupNorm", {"g": int(call["num_groups"])}, one_sample(call))


def layer_norm(call: TorchCall) -> None:
    axes = per_axis(call["normalized_shape"], 1)
    values = {"l": len(axes), "a": int(call.get("weight") is not None), "b": int(call.get("bias") is not None)}
    call.add_row(call.rule.kind, keep_symbols(call.rule.kind, values), call.input, weights=_affine(call))


def local_response_norm(call: TorchCall) -> None:
    call.add_row("LRN", {"n_l": int(call["size"])}, call.input)


def _affine(call: TorchCall) -> tuple[Any, Any]:
    return call.get("weight"), call.get("bias")


def softmax(call: TorchCall) -> None:
    """Softmax along an axis, by default torch's choice."""
    x, axis = call.input, call.get("dim")
    if axis is None:
        axis = 0 if call.result.dim() in {0, 1, 3} else 1
    place = x.position(axis)
    if not place:
        raise CannotFollow("it runs over the batch")
    call.add_row(call.rule.kind, softmax_axis(place - 1, len(x.shape)), x)


def reduce(call: TorchCall) -> None:
    """A mean, sum or maximum over some axes; the positions of a maximum come from the same row."""
    axes = call.get("dim", call.get("other"))
    if is_tensor(axes):  # torch.max(a, b)
        binary(replace(call, rule=SMALLEST if call.name == "min" else LARGEST))
        return
    x = call.input
    rank = x.tensor.dim()
    over = range(rank) if axes in (None, ()) else per_axis(axes, 1)
    places = sorted({x.position(axis) for axis in over} - {0})
    keeps_axes = bool(call.get("keepdim", False))
    results = tensors(call.result)
    if not places:
        call.alias(x, results[0], None if x.batch is None or keeps_axes else x.batch)
        return
    call.alias_others(call.add_row(call.rule.kind, number_symbols("a", places) | {"f": int(keeps_axes)}, x, out=results[0]))


NORM = "input running_mean running_var weight bias use_input_stats"
REDUCTIONS = {
    "mean": "Mean",
    "sum": "Sum",
    **dict.fromkeys(["amax", "amin", "max", "min", "argmax", "argmin", "any", "all"], "Max"),
}
NORMALISATION: dict[str, CallRule] = {
    "batch_norm": CallRule(batch_norm, "input running_mean running_var weight bias"),
    "instance_norm": CallRule(instance_norm, NORM),
    "group_norm": CallRule(group_norm, "input num_groups weight bias"),
    "layer_norm": CallRule(layer_norm, "input normalized_shape weight bias", "LayerNorm"),
    "rms_norm": CallRule(layer_norm, "input normalized_shape weight", "RMSNorm"),
    "local_response_norm": CallRule(local_response_norm, "input size"),
    **dict.fromkeys(["softmax", "_softmax", "special.softmax"], CallRule(softmax, "input dim", "Softmax")),
    **dict.fromkeys(["log_softmax", "_log_softmax", "special.log_softmax"], CallRule(softmax, "input dim", "LogSoftmax")),
    **{name: CallRule(reduce, "input dim keepdim", kind) for name, kind in REDUCTIONS.items()},
}
