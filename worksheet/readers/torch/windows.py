"""Calls that slide a window: convolution and pooling, of modules (``nn.Conv2d``) and functions (``F.conv2d``) alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from worksheet.layers import Pooling, Window, kind_named
from worksheet.readers.torch.call import CallRule, TorchCall, numbers, sides, sizes_of, tensors
from worksheet.readers.torch.values import CannotFollow, TorchValue, without
from worksheet.readers.torch.weights import dimensions, weighted


def sample(call: TorchCall, axes: int, value: TorchValue | None = None) -> TorchValue:
    """An input of so many axes for each sample, with the samples' axis left out where it is the batch."""
    x = value or call.x
    rank = x.tensor.dim()
    batch = 0 if rank == axes + 1 and x.tensor.shape[0] == 1 else None
    return replace(call.trace.shaped(x, without(x.tensor.shape, batch)), batch=batch)


def convolution(call: TorchCall) -> None:
    n, weight = dimensions(call), call["weight"]
    transposed = kind_named(call.rule.kind).window is Window.TRANSPOSED
    groups = int(call.get("groups", 1))
    kernel = weight.shape[2:]
    values = sides("", kernel, n) | sides("s_", call.get("stride", 1), n) | sides("d_", call.get("dilation", 1), n)
    values |= sides("o_", call.get("output_padding", 0), n) if transposed else {}
    values |= padding(call, kernel, n) | {"k": int(weight.shape[1]) * groups if transposed else int(weight.shape[0])}
    facts = {"worded": 1} if isinstance(call.get("padding", 0), str) else {}
    weighted(call, values | {"g": groups}, sample(call, n + 1), facts=facts)


def padding(call: TorchCall, kernel: Any, n: int) -> dict[str, int]:
    """As given; "same" keeps the size, with the odd one on the far side."""
    given = call.get("padding", 0)
    if given == "valid":
        given = 0
    if given != "same":
        return sides("p_", given, n)
    dilation = numbers(call.get("dilation", 1), n)
    total = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
    return sides("p_", [t // 2 for t in total], n) | sides("q_", [t % 2 for t in total], n)


def pooling(call: TorchCall) -> None:
    """Windows that step by their own size where no stride is given."""
    n, kernel = dimensions(call), call["kernel_size"]
    stride = call.get("stride")
    values = sides("", kernel, n) | sides("s_", kernel if stride in (None, (), []) else stride, n)
    values |= {"e": int(bool(call.get("ceil_mode", False)))}
    what = kind_named(call.rule.kind).pooling
    if what is Pooling.NORM:
        norm = call["norm_type"]
        if norm != int(norm):
            raise CannotFollow(f"its norm's exponent is {norm}")
        values["n_p"] = int(norm)
    else:
        values |= sides("p_", call.get("padding", 0), n)
    if what is Pooling.MAXIMUM:
        values |= sides("d_", call.get("dilation", 1), n)
    if what is Pooling.MEAN:
        values["i"] = int(bool(call.get("count_include_pad", True)))
    call.with_first(call.row(call.rule.kind, values, sample(call, n + 1), out=tensors(call.result)[0]))


def adaptive(call: TorchCall) -> None:
    n = dimensions(call)
    out = tensors(call.result)[0]
    call.with_first(call.row(call.rule.kind, sizes_of(out.shape[-n:]), sample(call, n + 1), out=out))


def _windows(handler: Callable[[TorchCall], None], kind: str, names: str, *calls: str) -> dict[str, CallRule]:
    """The calls in one, two and three dimensions."""
    return {call.format(n=n): CallRule(handler, names, kind.format(n=n)) for n in (1, 2, 3) for call in calls}


POOL = "input kernel_size stride padding"
WINDOWS: dict[str, CallRule] = {
    **_windows(convolution, "Conv{n}d", "input weight bias stride padding dilation groups", "conv{n}d"),
    **_windows(
        convolution, "ConvTranspose{n}d", "input weight bias stride padding output_padding groups dilation", "conv_transpose{n}d"
    ),
    **_windows(pooling, "MaxPool{n}d", f"{POOL} dilation ceil_mode", "max_pool{n}d", "max_pool{n}d_with_indices"),
    **_windows(pooling, "AvgPool{n}d", f"{POOL} ceil_mode count_include_pad", "avg_pool{n}d"),
    **_windows(pooling, "LPPool{n}d", "input norm_type kernel_size stride ceil_mode", "lp_pool{n}d"),
    **_windows(adaptive, "AdaptiveAvgPool{n}d", "input output_size", "adaptive_avg_pool{n}d"),
    **_windows(
        adaptive, "AdaptiveMaxPool{n}d", "input output_size", "adaptive_max_pool{n}d", "adaptive_max_pool{n}d_with_indices"
    ),
}
