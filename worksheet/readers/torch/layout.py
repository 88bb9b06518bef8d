"""Calls that move numbers without computing any: views, parts, copies."""

from collections.abc import Callable, Sequence
from typing import Any

from worksheet.readers.torch.call import CallRule, TorchCall, per_axis, tensors
from worksheet.readers.torch.values import CannotFollow, TorchValue, batches, number_symbols, without


def pass_on(call: TorchCall, out: Any = None) -> None:
    """The same numbers: a clone, another dtype, another memory format."""
    call.alias(call.source, out, call.source.batch)


def reshape(call: TorchCall, value: TorchValue | None = None, out: Any = None) -> None:
    """The same numbers in another shape; no row if only the batch axis comes, goes or moves."""
    target = call.result if out is None else out
    x = value or call.source
    same = [batch for batch in batches(target.shape) if without(target.shape, batch) == x.shape]
    if same and not (call.trace.frames[-1].home == "flatten" and call.name == "flatten"):
        call.alias(x, target, same[0])
        return
    wanted = without(target.shape, batches(target.shape)[0])
    x = call.value(x.tensor)
    if call.name == "flatten" and len(wanted) == 1:
        call.add_row("Flatten", {}, x, out=target)
    else:
        call.add_row("Reshape", number_symbols("o", wanted), x, out=target)


def gather(call: TorchCall, out: Any = None, value: TorchValue | None = None) -> None:
    """Elements picked, repeated or masked by position."""
    target = call.result if out is None else out
    x = value or call.input
    likely = batches(target.shape, x.batch)
    same = [batch for batch in likely if without(target.shape, batch) == x.shape]
    shape = without(target.shape, (same or likely)[0])
    if 0 in target.shape:
        raise CannotFollow("it gives a tensor without elements")
    call.add_row("Gather", number_symbols("o", shape), x, out=target, prefer=(same or likely)[0])


def expand(call: TorchCall) -> None:
    """Repeat axes of size 1; no row if there are none."""
    x = call.source
    if x.tensor.numel() == call.result.numel():
        reshape(call, x)
    else:
        gather(call)


# Permutations


def permute_to(call: TorchCall, order: Sequence[int]) -> None:
    """The tensor's axes in another order; no row if only the batch axis moves."""
    x = call.source
    axes = [axis % x.tensor.dim() for axis in order]
    batch = axes.index(x.batch) if x.batch is not None else None
    places = [x.position(axis) for axis in axes if axis != x.batch]
    if places == sorted(places):
        call.alias(x, None, batch)
        return
    call.add_row("Permute", number_symbols("a", places), call.value(x.tensor), prefer=batch)


def swap(call: TorchCall, a: int, b: int) -> None:
    """Exchange two axes."""
    rank = call.args[0].dim()
    order = list(range(rank))
    if rank:
        order[a % rank], order[b % rank] = order[b % rank], order[a % rank]
    permute_to(call, order)


def transpose(call: TorchCall) -> None:
    names = ("dim0", "dim1") if "dim0" in call.arguments else ("axis0", "axis1")
    swap(call, call[names[0]], call[names[1]])


def movedim(call: TorchCall) -> None:
    """Move some axes; the others keep their order."""
    rank = call.args[0].dim()
    sources = [axis % rank for axis in per_axis(call["source"], 1)]
    targets = [axis % rank for axis in per_axis(call["destination"], 1)]
    rest = iter([axis for axis in range(rank) if axis not in sources])
    permute_to(call, [sources[targets.index(place)] if place in targets else next(rest) for place in range(rank)])


# Parts


def cut(call: TorchCall, x: TorchValue, axis: int, start: int, length: int, step: int = 1, out: Any = None) -> TorchValue:
    """A slice along one axis of the tensor."""
    place = x.position(axis)
    if not place:
        x, place = call.trace.keep_batch(x), axis % x.tensor.dim() + 1
    values = {"a": place, "f": start, "k": length, "j": step}
    return call.add_row("Slice", values, x, out=out, prefer=x.batch)


def split(call: TorchCall) -> None:
    """Consecutive slices."""
    start, axis = 0, call.get("dim", 0)
    if len(call.result) == 1:
        pass_on(call, call.result[0])
        return
    for part in call.result:
        cut(call, call.input, axis, start, part.shape[axis], out=part)
        start += part.shape[axis]


def unbind(call: TorchCall) -> None:
    """Every index of an axis, or one of them; the axis disappears."""
    has_one_index = call.source.tensor.shape[call.get("dim", 0)] == 1
    for out in tensors(call.result):
        if has_one_index:
            reshape(call, out=out)
        else:
            gather(call, out)


def narrow(call: TorchCall) -> None:
    cut(call, call.input, call["dim"], int(call["start"]), call.result.shape[call["dim"]])


def getitem(call: TorchCall) -> None:
    """Slices and single indices; a list or tensor of indices picks elements."""
    x = call.source
    shape = x.tensor.shape
    index = _full_index(call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],), x.tensor.dim())
    if not all(isinstance(part, (slice, int)) and not isinstance(part, bool) for part in index):
        gather(call)
        return
    cuts = _cuts(index, shape)
    picks = any(isinstance(part, int) and size != 1 for part, size in zip(index, shape, strict=True))
    if picks or len(cuts) > 1:
        gather(call)
        return
    for axis, places in cuts:  # one, or none
        sliced = call.meta([*shape[:axis], len(places), *shape[axis + 1 :]])
        x = cut(call, call.value(x.tensor), axis, places.start, len(places), places.step, sliced)
    reshape(call, x)


def _full_index(index: tuple[Any, ...], rank: int) -> list[Any]:
    """An index with a part for each axis: the ellipsis expanded, new axes (None) left out.

    >>> _full_index((0, ..., None, slice(2)), 4)
    [0, slice(None, None, None), slice(None, None, None), slice(None, 2, None)]
    """
    taken = sum(1 for part in index if part is not None and part is not Ellipsis)
    at = next((i for i, part in enumerate(index) if part is Ellipsis), len(index))
    rest = (slice(None),) * (rank - taken)
    return [part for part in (*index[:at], *rest, *index[at + 1 :]) if part is not None]


def _cuts(index: Sequence[Any], shape: Sequence[int]) -> list[tuple[int, range]]:
    """The axes that slices shorten or step through, with the positions that are left."""
    slices = [(axis, part) for axis, part in enumerate(index) if isinstance(part, slice)]
    places = [(axis, range(*part.indices(shape[axis]))) for axis, part in slices]
    return [(axis, left) for axis, left in places if len(left) != shape[axis]]


def moving_rules(handler: Callable[[TorchCall], None], names: str, *calls: str) -> dict[str, CallRule]:
    return dict.fromkeys(calls, CallRule(handler, names, moves=True))


PASSED = (
    *("clone", "detach", "contiguous", "float", "half", "double", "bfloat16", "int", "long", "bool", "short", "char", "byte"),
    *("type", "type_as", "requires_grad_", "alias", "_to_copy", "data", "real", "positive", "__pos__", "fill_diagonal_"),
    *("to_dense", "pin_memory", "detach_", "lift_fresh", "to", "cpu", "cuda"),
)
RESHAPED = (
    *("view", "reshape", "view_as", "reshape_as", "flatten", "unflatten", "squeeze", "unsqueeze", "ravel", "atleast_1d"),
    *("atleast_2d", "atleast_3d", "_unsafe_view"),
)
SPLITS = ["chunk", "split", "tensor_split", "split_with_sizes", "unsafe_chunk", "unsafe_split"]
GATHERED = (
    *("repeat", "tile", "repeat_interleave", "roll", "flip", "fliplr", "flipud", "rot90", "gather", "take", "take_along_dim"),
    *("index_select", "index", "tril", "triu", "unfold", "im2col", "one_hot", "diagonal", "diag", "diag_embed", "as_strided"),
    *("masked_fill", "index_fill", "max_unpool1d", "max_unpool2d", "max_unpool3d"),
)

LAYOUT: dict[str, CallRule] = {
    **moving_rules(pass_on, "input", *PASSED),
    **moving_rules(reshape, "input", *RESHAPED),
    **moving_rules(gather, "input", *GATHERED),
    **moving_rules(expand, "input", "expand", "expand_as", "broadcast_to"),
    **moving_rules(lambda call: permute_to(call, per_axis(call["dims"], 1)), "input *dims", "permute"),
    **moving_rules(transpose, "input dim0 dim1", "transpose", "swapaxes", "swapdims"),
    **moving_rules(lambda call: swap(call, -2, -1), "input", "mT", "mH", "adjoint"),
    **moving_rules(lambda call: permute_to(call, range(call.args[0].dim())[::-1]), "input", "t", "T", "H"),
    **moving_rules(movedim, "input source destination", "movedim", "moveaxis"),
    **moving_rules(split, "input sections dim", *SPLITS),
    **moving_rules(unbind, "input dim", "unbind"),
    **moving_rules(unbind, "input dim index", "select"),
    **moving_rules(narrow, "input dim start length", "narrow"),
    **moving_rules(getitem, "input index", "__getitem__"),
}
