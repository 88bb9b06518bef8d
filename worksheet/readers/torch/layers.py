"""Calls with parameters or windows: convolution, fully connected layers, pooling, normalisation, embedding.

A module of torch.nn ends in one of these calls, so that one table serves ``nn.Conv2d`` and ``F.conv2d``: parameters are known
by which tensor they are, and a layer that finds its own counted before shares them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from worksheet.layers import Pooling, Window, kind_named
from worksheet.readers.torch.call import CallRule, TorchCall, numbers, sides, sizes_of, tensors
from worksheet.readers.torch.sequences import SEQUENCES
from worksheet.readers.torch.values import CannotFollow, TorchValue, without


def dimensions(call: TorchCall) -> int:
    """Of a kind such as Conv2d."""
    return int(call.rule.kind[-2])


def sample(call: TorchCall, axes: int, value: TorchValue | None = None) -> TorchValue:
    """An input of so many axes for each sample, with the samples' axis left out where it is the batch."""
    x = value or call.x
    rank = x.tensor.dim()
    batch = 0 if rank == axes + 1 and x.tensor.shape[0] == 1 else None
    return replace(call.trace.shaped(x, without(x.tensor.shape, batch)), batch=batch)


# Convolution


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


def weighted(call: TorchCall, values: dict[str, int], *operands: TorchValue, facts: Mapping[str, int] | None = None) -> None:
    """A layer of weights and perhaps biases. Where the weights are another layer's but the biases its own, these are a row."""
    weight, bias = call["weight"], call.get("bias")
    apart = bias is not None and bool(call.owner(weight)) and not call.owner(bias)
    strided = call.rule.kind == "Linear" and call["input"].dim() > 2 and not call["input"].is_contiguous()
    facts = {**(facts or {}), **({"strided": 1} if strided else {})}
    if not apart:
        call.row(call.rule.kind, values | {"b": int(bias is not None)}, *operands, weights=(weight, bias), facts=facts)
        return
    between = call.meta(call.result.shape)
    made = call.row(call.rule.kind, values | {"b": 0}, *operands, out=between, weights=(weight,), facts=facts)
    channels = made.position(-1 if call.rule.kind == "Linear" else -1 - dimensions(call))
    call.row("Bias", {"a": channels}, made, weights=(bias,), part="bias", prefer=made.batch)


def linear(call: TorchCall) -> None:
    """Each row by itself. Weights that are worked out from others are a matrix like any other."""
    weight, bias, x = call["weight"], call.get("bias"), call.x
    if call.trace.identity(weight) and (bias is None or call.trace.identity(bias)):
        values = {"k": int(weight.shape[0]), "r": int(len(x.shape) > 2)}
        weighted(call, values, x)
        return
    for given in (weight, bias):
        if given is not None:
            call.value(given)  # what is no tensor of the module becomes an input
    body = (lambda a, w: a @ w.mT) if bias is None else (lambda a, w: a @ w.mT + bias)
    call.alias_of(call.traced(body, call["input"], weight))


def bilinear(call: TorchCall) -> None:
    values = {"k": int(call["weight"].shape[0]), "b": int(call.get("bias") is not None)}
    weights = (call["weight"], call.get("bias"))
    call.row("Bilinear", values, call.x, call.value(call["other"]), weights=weights)


def embedding(call: TorchCall) -> None:
    vocabulary, width = (int(size) for size in call["weight"].shape)
    call.row("Embedding", {"v": vocabulary, "k": width}, call.x, weights=(call["weight"],))


def embedding_bag(call: TorchCall) -> None:
    """Rows of a table looked up, then one of each bag: each line of the input is one."""
    import torch

    if call["input"].dim() != 2 or call.get("per_sample_weights") is not None:
        raise CannotFollow("its bags are data, or weighted")
    over = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax}[call.get("mode", "mean")]
    call.alias_of(call.traced(lambda: over(torch.nn.functional.embedding(call["input"], call["weight"]), 1)))


# Pooling


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


# Normalisation


def batch_norm(call: TorchCall) -> None:
    """With the statistics of training; without, those of the sample itself, as an InstanceNorm.

    Where samples are windows or regions, the channels go to the front: each is treated alike whatever else the axes are.
    """
    statistics = [call.get(name) for name in ("running_mean", "running_var")]
    if statistics[0] is None:
        call.trace.note(NO_STATISTICS, call.base)
        normalised(call, "InstanceNorm", {}, one_sample(call))
    elif call.x.batch == 0:
        normalised(call, "BatchNorm", {}, call.x, statistics)
    else:
        source = call.traced(lambda x: x.transpose(0, 1), call["input"])
        made = normalised(call, "BatchNorm", {}, call.value(source), statistics, call.meta(source.shape))
        call.alias_of(call.traced(lambda x: x.transpose(0, 1), made.tensor))


def normalised(
    call: TorchCall, kind: str, values: dict[str, int], x: TorchValue, statistics: Sequence[Any] = (), turned: Any = None
) -> TorchValue:  # fmt: skip
    """A normalisation of channels; where it stores a scale without a shift, or a shift alone, that is a row of its own.

    ``turned`` is the result with the channels before the samples.
    """
    target = call.result if turned is None else turned
    weight, bias = _affine(call)
    if (weight is None) == (bias is None):
        given = values | {"a": int(weight is not None)}
        return call.row(kind, given, x, out=target, weights=(weight, bias), statistics=statistics)
    made = call.row(kind, values | {"a": 0}, x, out=call.meta(target.shape), statistics=statistics)
    alone, options, part = ("Scale", {"b": 0}, "scale") if bias is None else ("Bias", {}, "bias")
    options |= {"a": made.position(1 if turned is None else 0)}
    stored = (weight if bias is None else bias,)
    return call.row(alone, options, made, out=target, weights=stored, part=part, prefer=made.batch)


def one_sample(call: TorchCall) -> TorchValue:
    """The input of a layer whose statistics are a sample's own."""
    if call.x.batch != 0:
        raise CannotFollow("it runs over several samples at once")
    return call.x


def instance_norm(call: TorchCall) -> None:
    if call.get("running_mean") is not None and not call.get("use_input_stats", True):
        batch_norm(call)
    else:
        normalised(call, "InstanceNorm", {}, one_sample(call))


def group_norm(call: TorchCall) -> None:
    normalised(call, "GroupNorm", {"g": int(call["num_groups"])}, one_sample(call))


def layer_norm(call: TorchCall) -> None:
    axes = numbers(call["normalized_shape"], 1)
    values = {"l": len(axes), "a": int(call.get("weight") is not None)}
    values |= {"b": int(call.get("bias") is not None)} if call.rule.kind == "LayerNorm" else {}
    call.row(call.rule.kind, values, call.x, weights=_affine(call))


def local_response_norm(call: TorchCall) -> None:
    call.row("LRN", {"n_l": int(call["size"])}, call.x)


def _affine(call: TorchCall) -> tuple[Any, Any]:
    return call.get("weight"), call.get("bias")


def _windows(handler: Callable[[TorchCall], None], kind: str, names: str, *calls: str) -> dict[str, CallRule]:
    """The calls in one, two and three dimensions."""
    return {call.format(n=n): CallRule(handler, names, kind.format(n=n)) for n in (1, 2, 3) for call in calls}


NO_STATISTICS = "Without statistics of training, and so an InstanceNorm of the one sample: {}."
POOL = "input kernel_size stride padding"
NORM = "input running_mean running_var weight bias use_input_stats"
LAYERS: dict[str, CallRule] = {
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
    "linear": CallRule(linear, "input weight bias", "Linear"),
    "bilinear": CallRule(bilinear, "input other weight bias"),
    "embedding": CallRule(embedding, "input weight"),
    "embedding_bag": CallRule(
        embedding_bag, "input weight offsets max_norm norm_type scale_grad_by_freq mode sparse per_sample_weights"
    ),
    "batch_norm": CallRule(batch_norm, "input running_mean running_var weight bias"),
    "instance_norm": CallRule(instance_norm, NORM),
    "group_norm": CallRule(group_norm, "input num_groups weight bias"),
    "layer_norm": CallRule(layer_norm, "input normalized_shape weight bias", "LayerNorm"),
    "rms_norm": CallRule(layer_norm, "input normalized_shape weight", "RMSNorm"),
    "local_response_norm": CallRule(local_response_norm, "input size"),
    **SEQUENCES,
}
