"""Calls that slide a window: convolution and pooling, of modules (``nn.Conv2d``) and functions (``F.conv2d``) alike."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from worksheet.layers import Pooling, Window, kind_named
from worksheet.readers.symbols import output_sizes
from worksheet.readers.torch.call import CallRule, TorchCall, axis_symbols, per_axis, tensors
from worksheet.readers.torch.values import CannotFollow, TorchValue, without
from worksheet.readers.torch.weights import add_weighted_row, dimensions


def sample(call: TorchCall, axes: int, value: TorchValue | None = None) -> TorchValue:
    """An input with this number of axes per sample, without the samples' axis if that is the batch."""
    x = value or call.input
    rank = x.tensor.dim()
    batch = 0 if rank == axes + 1 and x.tensor.shape[0] == 1 else None
    return replace(call.trace.reshape(x, without(x.tensor.shape, batch)), batch=batch)


def convolution(call: TorchCall) -> None:
    n, weight = dimensions(call), call["weight"]
    transposed = kind_named(call.rule.kind).window is Window.TRANSPOSED
    groups = int(call.get("groups", 1))
    kernel = weight.shape[2:]
    values = axis_symbols("", kernel, n)
    values |= axis_symbols("s_", call.get("stride", 1), n) | axis_symbols("d_", call.get("dilation", 1), n)
    values |= axis_symbols("o_", call.get("output_padding", 0), n) if transposed else {}
    values |= padding_symbols(call, kernel, n) | {"k": int(weight.shape[1]) * groups if transposed else int(weight.shape[0])}
    facts = {"torch_worded": 1} if isinstance(call.get("padding", 0), str) else {}
    add_weighted_row(call, values | {"g": groups}, sample(call, n + 1), facts=facts)


def padding_symbols(call: TorchCall, kernel: Any, n: int) -> dict[str, int]:
    """The padding as given; "same" keeps the size, with an odd element on the far side."""
    stated = call.get("padding", 0)
    if stated == "valid":
        stated = 0
    if stated != "same":
        return axis_symbols("p_", stated, n)
    dilation = per_axis(call.get("dilation", 1), n)
    total = [step * (size - 1) for step, size in zip(dilation, kernel, strict=True)]
    return axis_symbols("p_", [t // 2 for t in total], n) | axis_symbols("q_", [t % 2 for t in total], n)


def pool(call: TorchCall) -> None:
    """Pooling; the stride is the size of the window by default."""
    n, kernel = dimensions(call), call["kernel_size"]
    stride = call.get("stride")
    values = axis_symbols("", kernel, n) | axis_symbols("s_", kernel if stride in (None, (), []) else stride, n)
    values |= {"e": int(bool(call.get("ceil_mode", False)))}
    what = kind_named(call.rule.kind).pooling
    if what is Pooling.NORM:
        norm = call["norm_type"]
        if norm != int(norm):
            raise CannotFollow(f"the exponent of its norm is {norm}, not a whole number")
        values["n_p"] = int(norm)
    else:
        values |= axis_symbols("p_", call.get("padding", 0), n)
    if what is Pooling.MAXIMUM:
        values |= axis_symbols("d_", call.get("dilation", 1), n)
    if what is Pooling.MEAN:
        values["i"] = int(bool(call.get("count_include_pad", True)))
    call.alias_others(call.add_row(call.rule.kind, values, sample(call, n + 1), out=tensors(call.result)[0]))


def pool_adaptively(call: TorchCall) -> None:
    n = dimensions(call)
    out = tensors(call.result)[0]
    call.alias_others(call.add_row(call.rule.kind, output_sizes(out.shape[-n:]), sample(call, n + 1), out=out))


def _windows(handler: Callable[[TorchCall], None], kind: str, names: str, *calls: str) -> dict[str, CallRule]:
    """The rules of calls in one, two and three dimensions."""
    return {call.format(n=n): CallRule(handler, names, kind.format(n=n)) for n in (1, 2, 3) for call in calls}


POOL = "input kernel_size stride padding"
WINDOWS: dict[str, CallRule] = {
    **_windows(convolution, "Conv{n}d", "input weight bias stride padding dilation groups", "conv{n}d"),
    **_windows(
        convolution, "ConvTranspose{n}d", "input weight bias stride padding output_padding groups dilation", "conv_transpose{n}d"
    ),
    **_windows(pool, "MaxPool{n}d", f"{POOL} dilation ceil_mode", "max_pool{n}d", "max_pool{n}d_with_indices"),
    **_windows(pool, "AvgPool{n}d", f"{POOL} ceil_mode count_include_pad", "avg_pool{n}d"),
    **_windows(pool, "LPPool{n}d", "input norm_type kernel_size stride ceil_mode", "lp_pool{n}d"),
    **_windows(pool_adaptively, "AdaptiveAvgPool{n}d", "input output_size", "adaptive_avg_pool{n}d"),
    **_windows(
        pool_adaptively, "AdaptiveMaxPool{n}d", "input output_size", "adaptive_max_pool{n}d", "adaptive_max_pool{n}d_with_indices"
    ),
}
