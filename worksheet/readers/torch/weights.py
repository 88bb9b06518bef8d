"""Calls with parameters: fully connected layers, embeddings, and what convolutions share with them.

A module of torch.nn ends in one of these calls, so that one table serves ``nn.Linear`` and ``F.linear``: a parameter is known
by the tensor it is, and a layer whose parameters were counted before shares them.
"""

from collections.abc import Mapping

from worksheet.layers import Role, kind_named
from worksheet.readers.torch.call import CallRule, TorchCall
from worksheet.readers.torch.values import CannotFollow, TorchValue


def dimensions(call: TorchCall) -> int:
    """The number of dimensions in the name of a kind such as Conv2d."""
    return int(call.rule.kind[-2])


def add_weighted_row(
    call: TorchCall, values: dict[str, int], *operands: TorchValue, facts: Mapping[str, int] | None = None
) -> None:
    """Add a layer of weights and optional biases; its own biases beside shared weights are another row."""
    weight, bias, kind = call["weight"], call.get("bias"), kind_named(call.rule.kind)
    has_bias_row = bias is not None and bool(call.owner(weight)) and not call.owner(bias)
    strided = kind.role is Role.LINEAR and call["input"].dim() > 2 and not call["input"].is_contiguous()
    facts = {**(facts or {}), **({"torch_strided": 1} if strided else {})}
    if not has_bias_row:
        call.add_row(call.rule.kind, values | {"b": int(bias is not None)}, *operands, weights=(weight, bias), facts=facts)
        return
    between = call.meta(call.result.shape)
    product = call.add_row(call.rule.kind, values | {"b": 0}, *operands, out=between, weights=(weight,), facts=facts)
    channels = product.position(-1 if kind.role is Role.LINEAR else -1 - dimensions(call))
    call.add_row("Bias", {"a": channels}, product, weights=(bias,), part="bias", prefer=product.batch)


def linear(call: TorchCall) -> None:
    """A fully connected layer on each row. Computed weights are an operand of a matrix product."""
    weight, bias, x = call["weight"], call.get("bias"), call.input
    if call.trace.identity(weight) and (bias is None or call.trace.identity(bias)):
        values = {"k": int(weight.shape[0]), "r": int(len(x.shape) > 2)}
        add_weighted_row(call, values, x)
        return
    for tensor in (weight, bias):
        if tensor is not None:
            call.value(tensor)  # a tensor from outside the module becomes an input
    body = (lambda a, w: a @ w.mT) if bias is None else (lambda a, w: a @ w.mT + bias)
    call.alias_of(call.trace_calls(body, call["input"], weight))


def bilinear(call: TorchCall) -> None:
    values = {"k": int(call["weight"].shape[0]), "b": int(call.get("bias") is not None)}
    weights = (call["weight"], call.get("bias"))
    call.add_row("Bilinear", values, call.input, call.value(call["other"]), weights=weights)


def embedding(call: TorchCall) -> None:
    vocabulary, width = (int(size) for size in call["weight"].shape)
    call.add_row("Embedding", {"v": vocabulary, "k": width}, call.input, weights=(call["weight"],))


def embedding_bag(call: TorchCall) -> None:
    """Rows of a table, reduced over each bag: each line of the input is a bag."""
    import torch

    if call["input"].dim() != 2 or call.get("per_sample_weights") is not None:
        raise CannotFollow("its bags have offsets or weights")
    over = {"sum": torch.sum, "mean": torch.mean, "max": torch.amax}[call.get("mode", "mean")]
    call.alias_of(call.trace_calls(lambda: over(torch.nn.functional.embedding(call["input"], call["weight"]), 1)))


WEIGHTS: dict[str, CallRule] = {
    "linear": CallRule(linear, "input weight bias", "Linear"),
    "bilinear": CallRule(bilinear, "input other weight bias"),
    "embedding": CallRule(embedding, "input weight"),
    "embedding_bag": CallRule(
        embedding_bag, "input weight offsets max_norm norm_type scale_grad_by_freq mode sparse per_sample_weights"
    ),
}
