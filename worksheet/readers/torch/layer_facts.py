"""What a program tells of a layer beside its shapes and arrows: the facts by which counters of operations go.

Each function gives the facts that hold, by their names in ``conventions.facts``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from worksheet.readers.torch.values import ModuleFrame, TorchValue

if TYPE_CHECKING:
    from worksheet.readers.torch.call import TorchCall

NAMED = ("weight", "bias")
ARRAYS = ("query", "key", "value")
OF_HEADS = 4  # axes of the arrays that torch's kernels of attention take: samples, heads, tokens, elements


def of_numbers(call: TorchCall, weights: Sequence[Any], shares: str, operands: Sequence[TorchValue]) -> dict[str, int]:
    """Of a layer with stored numbers: who keeps them under which names, and how many places of the first axis a sample has."""
    if not weights:
        return {}
    trace, frame = call.trace, call.trace.frames[-1]
    facts = _first_axis(call, operands)
    if frame.maker[:1] == ("leaf",):
        facts |= of_names([trace.parameters.get(trace.identity(tensor), "") for tensor in weights])
    if shares and frame.maker and frame.path not in trace.kept and all(map(trace.identity, weights)):
        facts |= {"repeats": 0}
    if frame.maker:
        trace.kept.add(frame.path)
    return facts


def of_names(paths: Sequence[str]) -> dict[str, int]:
    """Of stored numbers by their paths: whether a module without parts would keep them under the usual names."""
    return {"named": 1} if all(path.rpartition(".")[2] in NAMED for path in paths) else {}


def _first_axis(call: TorchCall, operands: Sequence[TorchValue]) -> dict[str, int]:
    result = call.result[0] if isinstance(call.result, tuple) else call.result
    size = int(result.shape[0]) if result.dim() > 1 else 1
    if any(operand.batch or not operand.live or operand.name in call.trace.further for operand in operands):
        return {"firsts": 0, "leads": size}
    return {"firsts": size} if size > 1 else {}


def of_attention(call: TorchCall) -> dict[str, int]:
    """Of queries, keys and values: torch's kernel on a CPU takes them in four axes, all of one width, each row in one piece."""
    shapes = [call[name].shape for name in ARRAYS]
    alike = len({shape[-1] for shape in shapes}) == 1 and {len(shape) for shape in shapes} == {OF_HEADS}
    in_rows = all(call[name].stride(-1) == 1 for name in ARRAYS)
    return {} if alike and in_rows and not call.get("dropout_p") else {"split": 1}


def of_heads(call: TorchCall) -> dict[str, int]:
    """Of nn.MultiheadAttention: torch's kernel on a CPU reads one array, samples first, with biases and an even number of heads.

    Whether a mask of truth values was given is not seen any more, so every mask is taken for one of numbers.
    """
    first = getattr(call.trace.frames[-1].module, "batch_first", False)
    alone = call["query"] is call["key"] and call["key"] is call["value"]
    masked = call.get("attn_mask") is not None or call.get("key_padding_mask") is not None
    packed = call.get("in_proj_bias") is not None and not call.get("use_separate_proj_weight", False)
    whole = first and alone and packed and not masked and call["num_heads"] % 2 == 0
    return {} if whole or of_frames(call.trace.frames) else {"split": 1}


def is_one_kernel(module: Any, args: Sequence[Any]) -> bool:
    """Whether torch has one kernel for a module and its parts in inference on a CPU: an encoder layer as torch asks it to be."""
    if getattr(type(module).forward, "__qualname__", "") != "TransformerEncoderLayer.forward":
        return False
    heads = module.self_attn
    batched = not args or args[0].dim() == 3  # samples, tokens, elements
    packed = heads.in_proj_bias is not None and heads.in_proj_weight is not None
    even = heads.batch_first and heads.num_heads % 2 == 0
    return bool(batched and packed and even and module.activation_relu_or_gelu and module.norm1.eps == module.norm2.eps)


def of_frames(frames: Sequence[ModuleFrame]) -> dict[str, int]:
    """Of every layer inside a module that one kernel works out."""
    return {"fused": 1} if any(frame.fused for frame in frames) else {}
