"""Facts about a layer, besides its shapes and arrows, on which operation counters depend.

Each function gives the facts that hold, by their names in ``conventions.facts``.
"""

from collections.abc import Sequence
from typing import Any

from worksheet.readers.torch.values import ModuleFrame

USUAL_NAMES = ("weight", "bias")


def facts_of_names(paths: Sequence[str]) -> dict[str, int]:
    """The fact that parameters, given by their paths, have the usual names in a module without submodules."""
    return {"torch_named": 1} if all(path.rpartition(".")[2] in USUAL_NAMES for path in paths) else {}


def facts_of_frames(frames: Sequence[ModuleFrame]) -> dict[str, int]:
    """The fact that a layer is inside a module that one kernel computes."""
    return {"torch_fused": 1} if any(frame.fused for frame in frames) else {}


def is_one_kernel(module: Any, args: Sequence[Any]) -> bool:
    """Whether torch runs a module as one kernel in inference on a CPU: an encoder layer that meets its conditions."""
    if getattr(type(module).forward, "__qualname__", "") != "TransformerEncoderLayer.forward":
        return False
    heads = module.self_attn
    batched = not args or args[0].dim() == 3  # samples, tokens, elements
    packed = heads.in_proj_bias is not None and heads.in_proj_weight is not None
    even = heads.batch_first and heads.num_heads % 2 == 0
    return bool(batched and packed and even and module.activation_relu_or_gelu and module.norm1.eps == module.norm2.eps)
