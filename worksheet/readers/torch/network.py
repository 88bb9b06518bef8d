"""Puts the network of a module together: its inputs, the rows of its forward pass, and notes on both."""

import inspect
from collections.abc import Mapping
from typing import Any

from worksheet.errors import SheetError, Where
from worksheet.layers import Shape
from worksheet.network import INPUT, Heading, Network
from worksheet.readers.reader import ReadOptions
from worksheet.readers.torch.follower import NeedsWholeNumbers
from worksheet.readers.torch.forward_pass import meta_twins, run

APART = "each input must be an argument of its own; wrap a network that takes a tuple or dict in a module that unpacks it"
MAX_PARTS = 8  # of the module that a note names


def network(module: Any, name: str, options: ReadOptions) -> Network:
    """The network that a module's forward pass computes for inputs of ``options.inputs`` (shapes without the batch).

    An input is float, in the type of the parameters, until the forward pass uses it as token numbers: then it runs again with
    integers. Raises WorksheetError with every fault of the forward pass.
    """
    module = getattr(module, "_orig_mod", module)  # of torch.compile: the module as it was written
    twins = meta_twins(module)
    names, keywords = _input_names(module, len(options.inputs))
    integer_inputs: set[str] = set()
    for _ in range(len(names) + 2):  # once for each input that turns out to be token numbers, at most
        inputs = {
            key: _sample(module, shape, is_integer=key in integer_inputs)
            for key, shape in zip(names, options.inputs, strict=True)
        }
        try:
            trace = run(module, name, inputs, twins, keywords=keywords, skip_unknown=options.skip_unknown)
        except NeedsWholeNumbers as need:
            integer_inputs |= {str(need)} & set(names) - integer_inputs or set(names)
            continue
        if not trace.nodes:
            raise SheetError("the forward pass computes nothing from its input", Where(name))
        further = dict(zip(names[1:], options.inputs[1:], strict=True)) | trace.further
        notes = (*trace.notes(), *_note_unread(module, trace.owners, twins))
        return Network(name, options.inputs[0], tuple(trace.nodes), Heading(), None, further, notes)
    raise SheetError("fractions are used as token numbers", Where(name))


def _sample(module: Any, shape: Shape, *, is_integer: bool) -> Any:
    """One sample of this shape, in the parameters' own dtype or as integers."""
    import torch

    floats = [tensor.dtype for tensor in module.parameters() if tensor.is_floating_point()]
    dtype = torch.int64 if is_integer else next(iter(floats), torch.float32)
    return torch.empty((1, *shape), dtype=dtype, device="meta")


def _input_names(module: Any, count: int) -> tuple[list[str], dict[str, str]]:
    """The names of the inputs: the main one is ``input``, the others are named as the forward pass names them.

    Also the forward pass's own names of its keyword-only arguments, by the name of the input.
    """
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):  # not written in Python: whatever it takes
        parameters = [inspect.Parameter("inputs", inspect.Parameter.VAR_POSITIONAL)]
    positional = [p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    is_starred = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    by_name = [p for p in parameters if p.kind is p.KEYWORD_ONLY and not is_starred]
    arguments = [*positional, *(p.name for p in sorted(by_name, key=lambda p: p.default is not p.empty))]
    if count > len(arguments) and not is_starred:
        message = f"{count} inputs are given, but the forward pass takes {len(arguments)}: {', '.join(arguments)}"
        raise SheetError(message, hint=APART)
    names = [INPUT, *(name if name != INPUT else f"{name}_2" for name in arguments[1:count])]
    names += [f"{INPUT}_{i}" for i in range(len(names) + 1, count + 1)]
    return names, dict(zip(names[len(positional) :], arguments[len(positional) :], strict=False))


def _note_unread(module: Any, owners: Mapping[int, str], twins: Mapping[int, tuple[Any, Any]]) -> list[str]:
    """A sentence on the parameters that the forward pass does not read."""
    unread = {name: tensor.numel() for name, tensor in module.named_parameters() if id(twins[id(tensor)][1]) not in owners}
    if not unread:
        return []
    parts = list(dict.fromkeys(name.split(".")[0] for name in unread))
    count = f"{len(unread)} parameter tensor{'s' if len(unread) > 1 else ''}"
    return [f"The forward pass does not read {count} ({sum(unread.values()):,} elements), in: {', '.join(parts[:MAX_PARTS])}."]
