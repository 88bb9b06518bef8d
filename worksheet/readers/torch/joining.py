"""Calls that put arrays together, write into one, or change its size: concatenation, choice by place, borders, resampling."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil, gcd, prod
from typing import Any

from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor, numbers, sides, sizes_of
from worksheet.readers.torch.layout import gathered, moving, reshaped
from worksheet.readers.torch.values import CannotFollow


def concat(call: TorchCall) -> None:
    """Arrays one behind the other along an axis; arrays without elements add nothing."""
    given = [tensor for tensor in call["tensors"] if tensor.numel()]
    axis = call.get("dim", 0)
    if len(given) == 1:
        call.alias(call.value(given[0]), None, call.value(given[0]).batch)
        return
    values = [call.value(tensor) for tensor in given]
    batch = values[0].batch
    if any(value.batch != batch for value in values) or batch == axis % call.result.dim():
        values = [call.trace.full(value) for value in values]
    call.row("Concat", {"a": values[0].position(axis)}, *values, prefer=values[0].batch)


def stack(call: TorchCall) -> None:
    """Arrays one behind the other along a new axis."""
    import torch

    axis = call.get("dim", 0)
    call.alias_of(call.traced(lambda: torch.cat([tensor.unsqueeze(axis) for tensor in call["tensors"]], axis)))


def beside(call: TorchCall) -> None:
    """Arrays one behind the other along the axis that the rule names."""
    import torch

    given = call["tensors"]
    if min(tensor.dim() for tensor in given) < max(2, 1 + int(call.rule.kind)):
        raise CannotFollow("its arrays have too few axes")
    call.alias_of(call.traced(lambda: torch.cat(given, int(call.rule.kind))))


def merged(call: TorchCall, given: Sequence[Any], out: Any = None) -> None:
    """Elements of several arrays, chosen by their places: all laid in a row, then picked."""
    target = call.result if out is None else out
    values = [call.value(tensor) for tensor in given if call.known(tensor)]
    if len(values) == 1:
        gathered(call, target, values[0])
        return
    flat = [replace(call.trace.shaped(value, (prod(value.shape),)), batch=None) for value in values]
    row = call.meta((sum(prod(value.shape) for value in flat),))
    joined = call.row("Concat", {"a": 1}, *flat, out=row, part="concat")
    gathered(call, target, joined)


def where(call: TorchCall) -> None:
    """One tensor or another by place. The condition costs where it is worked out."""
    merged(call, [tensor for tensor in (call.get("input"), call.get("other")) if is_tensor(tensor)] or [call["condition"]])


def setitem(call: TorchCall) -> None:
    """Numbers written into a part of a tensor; a number that depends on nothing leaves it the same row."""
    target, value = call.args[0], call.args[2]
    before = call.known(target)
    if not call.known(value):
        blanked(call)
        return
    merged(call, [target, value] if before else [value], target)


def blanked(call: TorchCall) -> None:
    """A tensor in which some numbers have given way to ones that depend on nothing: other views of it are what they were."""
    before = call.known(call.args[0])
    call.harmless = True
    if before:
        call.alias(before, call.args[0], before.batch)


def scattered(call: TorchCall) -> None:
    """Numbers written to places of their own, the others kept."""
    before, source = call.known(call["input"]), call.known(call.get("src"))
    given = [value.tensor for value in (before, source) if value]
    merged(call, given or [call["index"]])


def copied(call: TorchCall) -> None:
    """All numbers of one tensor written into another."""
    source = call.known(call.args[1])
    if source is None:
        blanked(call)
    elif source.tensor.numel() == call.result.numel():
        reshaped(call, source)
    else:
        gathered(call, value=call.value(source.tensor))


def pad(call: TorchCall) -> None:
    """A border around the last two axes or behind the channels; any other by places. Negative widths cut off."""
    x, widths = call.x, [int(width) for width in call["pad"]]
    widths += [0] * (6 - len(widths))
    left, right, above, below, before, behind = widths[:6]
    rank = len(x.shape)
    if len(widths) > 6 or min(widths) < 0 or before or (behind and rank != 3) or (rank < 2 and (above or below)):
        gathered(call)
        return
    values = {"l_w": left, "r_w": right, "l_h": above, "r_h": below, "o": behind}
    try:
        call.row("Pad", values, x)
    except CannotFollow:
        gathered(call)


def fold(call: TorchCall) -> None:
    """Windows laid over each other and added: for each place as many numbers as windows can meet there, which are then summed.

    Where fewer meet, zeros stand in, as they do for the border of a convolution.
    """
    window = [numbers(call.get(name, usual), 2) for name, usual in (("kernel_size", 1), ("stride", 1), ("dilation", 1))]
    deep = prod(ceil(kernel * gcd(stride, step) / stride) for kernel, stride, step in zip(*window, strict=True))
    if deep == 1:
        gathered(call)
        return
    shape = call.result.shape
    between = call.meta((*shape[:-2], deep, *shape[-2:]))
    gathered(call, between)
    laid = call.value(between)
    call.row("Sum", {"a_1": laid.position(-3)}, laid, part="sum", prefer=laid.batch)


def shuffle(call: TorchCall) -> None:
    letter = "g" if call.rule.kind == "ChannelShuffle" else "r"
    call.row(call.rule.kind, {letter: int(call["number"])}, call.x)


def interpolate(call: TorchCall) -> None:
    """Nearest, linear or cubic; ``area`` is an adaptive mean."""
    x, mode = call.x, call.get("mode", "nearest")
    sizes, told = call.result.shape[2:], call.get("size")
    facts = {} if told is None else {"one_size" if isinstance(told, int) else "sizes": 1}
    facts |= {"signal": int(len(sizes) == 1), "exact": int(mode == "nearest-exact")}
    if mode == "area":
        call.row(f"AdaptiveAvgPool{len(sizes)}d", sizes_of(sizes), x, facts=facts)
        return
    if mode not in WAYS:
        raise CannotFollow(f"no kind of layer stands for its mode {mode!r}")
    old = x.tensor.shape[2:]
    whole = all(new % size == 0 for new, size in zip(sizes, old, strict=True))
    scales = [new // size for new, size in zip(sizes, old, strict=True)]
    values = sides("s_", scales, len(scales)) if whole else sizes_of(sizes)
    call.row("Upsample", values | {"v": WAYS[mode]}, x, facts=facts)


WAYS = {"nearest": 0, "nearest-exact": 0, "linear": 1, "bilinear": 1, "bicubic": 2}


BESIDE = {"vstack": "0", "row_stack": "0", "hstack": "1", "dstack": "2"}  # the axis
JOINING: dict[str, CallRule] = {
    **moving(concat, "tensors dim", "cat", "concat", "concatenate"),
    **moving(stack, "tensors dim", "stack"),
    **{name: CallRule(beside, "tensors", axis, moves=True) for name, axis in BESIDE.items()},
    **moving(where, "condition input other", "where"),
    **moving(setitem, "input index value", "__setitem__"),
    **moving(scattered, "input dim index src", "scatter"),
    **moving(scattered, "input dim index src", "index_copy"),
    **moving(scattered, "input src", "slice_scatter", "select_scatter", "masked_scatter", "diagonal_scatter"),
    **moving(blanked, "input", "zero_", "fill_", "masked_fill_", "index_fill_"),
    **moving(copied, "input source", "copy_"),
    **moving(pad, "input pad", "pad", "constant_pad_nd"),
    **dict.fromkeys(["fold", "col2im"], CallRule(fold, "input output_size kernel_size dilation padding stride")),
    "pixel_shuffle": CallRule(shuffle, "input number", "PixelShuffle", moves=True),
    "pixel_unshuffle": CallRule(shuffle, "input number", "PixelUnshuffle", moves=True),
    "channel_shuffle": CallRule(shuffle, "input number", "ChannelShuffle", moves=True),
    "native_channel_shuffle": CallRule(shuffle, "input number", "ChannelShuffle", moves=True),
    "interpolate": CallRule(interpolate, "input size scale_factor mode"),
}
