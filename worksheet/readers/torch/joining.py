"""Calls that join tensors, write into one, or change its size: concatenation, selection, padding, resampling."""

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, gcd, prod
from typing import Any

from worksheet.readers.symbols import keep_symbols, output_sizes, resize_symbols
from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor, per_axis
from worksheet.readers.torch.layout import gather, moving_rules, reshape
from worksheet.readers.torch.values import CannotFollow


def concat(call: TorchCall) -> None:
    """Concatenate tensors along an axis; tensors without elements add nothing."""
    tensors = [tensor for tensor in call["tensors"] if tensor.numel()]
    axis = call.get("dim", 0)
    if len(tensors) == 1:
        call.alias(call.value(tensors[0]), None, call.value(tensors[0]).batch)
        return
    values = [call.value(tensor) for tensor in tensors]
    batch = values[0].batch
    if any(value.batch != batch for value in values) or batch == axis % call.result.dim():
        values = [call.trace.keep_batch(value) for value in values]
    call.add_row("Concat", {"a": values[0].position(axis)}, *values, prefer=values[0].batch)


def stack(call: TorchCall) -> None:
    """Concatenate tensors along a new axis."""
    import torch

    axis = call.get("dim", 0)
    call.alias_of(call.trace_calls(lambda: torch.cat([tensor.unsqueeze(axis) for tensor in call["tensors"]], axis)))


def concat_fixed_axis(call: TorchCall) -> None:
    """Concatenate tensors along the axis that the rule names."""
    import torch

    tensors = call["tensors"]
    if min(tensor.dim() for tensor in tensors) < max(2, 1 + int(call.rule.kind)):
        raise CannotFollow("its tensors have too few axes")
    call.alias_of(call.trace_calls(lambda: torch.cat(tensors, int(call.rule.kind))))


def merge(call: TorchCall, tensors: Sequence[Any], out: Any = None) -> None:
    """Elements of several tensors, selected by position: flattened and concatenated, then picked."""
    target = call.result if out is None else out
    values = [call.value(tensor) for tensor in tensors if call.find_value(tensor)]
    if len(values) == 1:
        gather(call, target, values[0])
        return
    flat = [replace(call.trace.reshape(value, (prod(value.shape),)), batch=None) for value in values]
    row = call.meta((sum(prod(value.shape) for value in flat),))
    joined = call.add_row("Concat", {"a": 1}, *flat, out=row, part="concat")
    gather(call, target, joined)


def where(call: TorchCall) -> None:
    """One tensor or another, by position. The condition is counted where it is computed."""
    merge(call, [tensor for tensor in (call.get("input"), call.get("other")) if is_tensor(tensor)] or [call["condition"]])


def setitem(call: TorchCall) -> None:
    """Write numbers into a part of a tensor; it keeps its row if the numbers are constant."""
    target, value = call.args[0], call.args[2]
    before = call.find_value(target)
    if not call.find_value(value):
        overwrite_with_constant(call)
        return
    merge(call, [target, value] if before else [value], target)


def overwrite_with_constant(call: TorchCall) -> None:
    """Overwrite a part of a tensor with constants: its other views keep their rows too."""
    before = call.find_value(call.args[0])
    call.harmless = True
    if before:
        call.alias(before, call.args[0], before.batch)


def scatter(call: TorchCall) -> None:
    """Write numbers to some positions and keep the others."""
    before, source = call.find_value(call["input"]), call.find_value(call.get("src"))
    tensors = [value.tensor for value in (before, source) if value]
    merge(call, tensors or [call["index"]])


def copy(call: TorchCall) -> None:
    """Write all numbers of one tensor into another."""
    source = call.find_value(call.args[1])
    if source is None:
        overwrite_with_constant(call)
    elif source.tensor.numel() == call.result.numel():
        reshape(call, source)
    else:
        gather(call, value=call.value(source.tensor))


def pad(call: TorchCall) -> None:
    """A border around the last two axes or after the channels; other padding, or negative widths, picks elements by position."""
    x, widths = call.input, [int(width) for width in call["pad"]]
    widths += [0] * (6 - len(widths))
    left, right, above, below, before, behind = widths[:6]
    rank = len(x.shape)
    if len(widths) > 6 or min(widths) < 0 or before or (behind and rank != 3) or (rank < 2 and (above or below)):
        gather(call)
        return
    values = {"l_w": left, "r_w": right, "l_h": above, "r_h": below, "o": behind}
    try:
        call.add_row("Pad", values, x)
    except CannotFollow:
        gather(call)


def fold(call: TorchCall) -> None:
    """Overlapping windows, added up: for each position as many numbers as windows can overlap there, then their sum.

    Where fewer overlap, zeros are added, as in the border of a convolution.
    """
    window = [per_axis(call.get(name, usual), 2) for name, usual in (("kernel_size", 1), ("stride", 1), ("dilation", 1))]
    deep = prod(ceil(kernel * gcd(stride, step) / stride) for kernel, stride, step in zip(*window, strict=True))
    if deep == 1:
        gather(call)
        return
    shape = call.result.shape
    between = call.meta((*shape[:-2], deep, *shape[-2:]))
    gather(call, between)
    overlapping = call.value(between)
    call.add_row("Sum", {"a_1": overlapping.position(-3)}, overlapping, part="sum", prefer=overlapping.batch)


def shuffle(call: TorchCall) -> None:
    number = int(call["number"])
    call.add_row(call.rule.kind, keep_symbols(call.rule.kind, {"g": number, "r": number}), call.input)


def interpolate(call: TorchCall) -> None:
    """Resampling: nearest, linear or cubic; ``area`` is an adaptive mean."""
    x, mode = call.input, call.get("mode", "nearest")
    sizes, stated_size = call.result.shape[2:], call.get("size")
    facts = {} if stated_size is None else {"torch_onesize" if isinstance(stated_size, int) else "torch_sizes": 1}
    facts |= {"torch_signal": int(len(sizes) == 1), "torch_exact": int(mode == "nearest-exact")}
    if mode == "area":
        call.add_row(f"AdaptiveAvgPool{len(sizes)}d", output_sizes(sizes), x, facts=facts)
        return
    if mode not in MODES:
        raise CannotFollow(f"no kind of layer has its mode {mode!r}")
    call.add_row("Upsample", resize_symbols(x.tensor.shape[2:], sizes) | {"v": MODES[mode]}, x, facts=facts)


MODES = {"nearest": 0, "nearest-exact": 0, "linear": 1, "bilinear": 1, "bicubic": 2}
FIXED_AXES = {"vstack": "0", "row_stack": "0", "hstack": "1", "dstack": "2"}  # the axis
JOINING: dict[str, CallRule] = {
    **moving_rules(concat, "tensors dim", "cat", "concat", "concatenate"),
    **moving_rules(stack, "tensors dim", "stack"),
    **{name: CallRule(concat_fixed_axis, "tensors", axis, moves=True) for name, axis in FIXED_AXES.items()},
    **moving_rules(where, "condition input other", "where"),
    **moving_rules(setitem, "input index value", "__setitem__"),
    **moving_rules(scatter, "input dim index src", "scatter"),
    **moving_rules(scatter, "input dim index src", "index_copy"),
    **moving_rules(scatter, "input src", "slice_scatter", "select_scatter", "masked_scatter", "diagonal_scatter"),
    **moving_rules(overwrite_with_constant, "input", "zero_", "fill_", "masked_fill_", "index_fill_"),
    **moving_rules(copy, "input source", "copy_"),
    **moving_rules(pad, "input pad", "pad", "constant_pad_nd"),
    **dict.fromkeys(["fold", "col2im"], CallRule(fold, "input output_size kernel_size dilation padding stride")),
    "pixel_shuffle": CallRule(shuffle, "input number", "PixelShuffle", moves=True),
    "pixel_unshuffle": CallRule(shuffle, "input number", "PixelUnshuffle", moves=True),
    "channel_shuffle": CallRule(shuffle, "input number", "ChannelShuffle", moves=True),
    "native_channel_shuffle": CallRule(shuffle, "input number", "ChannelShuffle", moves=True),
    "interpolate": CallRule(interpolate, "input size scale_factor mode"),
}
