"""Calls that move numbers without working any out: other axes, parts, copies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from worksheet.readers.torch.call import CallRule, TorchCall, numbers, tensors
from worksheet.readers.torch.values import CannotFollow, TorchValue, batches, listed, without


def passed(call: TorchCall) -> None:
    """The same numbers: a clone, another type of number, another place in memory."""
    call.alias(call.known(call.args[0]) or call.x, None, (call.known(call.args[0]) or call.x).batch)


def reshaped(call: TorchCall, value: TorchValue | None = None, out: Any = None) -> None:
    """The same numbers in other axes; no row where only the batch axis comes, goes or moves."""
    target = call.result if out is None else out
    x = value or call.known(call.args[0]) or call.x
    same = [batch for batch in batches(target.shape) if without(target.shape, batch) == x.shape]
    if same and not (call.trace.frames[-1].home == "flatten" and call.name == "flatten"):
        call.alias(x, target, same[0])
        return
    wanted = without(target.shape, batches(target.shape)[0])
    x = call.value(x.tensor)
    if call.name == "flatten" and len(wanted) == 1:
        call.row("Flatten", {}, x, out=target)
    else:
        call.row("Reshape", listed("o", wanted), x, out=target)


def gathered(call: TorchCall, out: Any = None, value: TorchValue | None = None) -> None:
    """Elements picked, repeated or blanked by their places."""
    target = call.result if out is None else out
    x = value or call.x
    likely = batches(target.shape, x.batch)
    same = [batch for batch in likely if without(target.shape, batch) == x.shape]
    shape = without(target.shape, (same or likely)[0])
    if 0 in target.shape:
        raise CannotFollow("it gives an array without elements")
    call.row("Gather", listed("o", shape), x, out=target, prefer=(same or likely)[0])


def expanded(call: TorchCall) -> None:
    """Axes of one repeated; no row where none is."""
    x = call.known(call.args[0]) or call.x
    if x.tensor.numel() == call.result.numel():
        reshaped(call, x)
    else:
        gathered(call)


# Axes turned round


def permuted(call: TorchCall, order: Sequence[int]) -> None:
    """The tensor's axes in another order; no row where only the batch axis moves."""
    x = call.known(call.args[0]) or call.x
    axes = [axis % x.tensor.dim() for axis in order]
    batch = axes.index(x.batch) if x.batch is not None else None
    places = [x.position(axis) for axis in axes if axis != x.batch]
    if places == sorted(places):
        call.alias(x, None, batch)
        return
    call.row("Permute", listed("a", places), call.value(x.tensor), prefer=batch)


def permute(call: TorchCall) -> None:
    permuted(call, numbers(call["dims"], 1))


def swap(call: TorchCall, a: int, b: int) -> None:
    """Two axes exchanged."""
    rank = call.args[0].dim()
    order = list(range(rank))
    if rank:
        order[a % rank], order[b % rank] = order[b % rank], order[a % rank]
    permuted(call, order)


def transpose(call: TorchCall) -> None:
    names = ("dim0", "dim1") if "dim0" in call.given else ("axis0", "axis1")
    swap(call, call[names[0]], call[names[1]])


def turned(call: TorchCall) -> None:
    """The last two axes exchanged."""
    swap(call, -2, -1)


def reversed_axes(call: TorchCall) -> None:
    """All axes from the last to the first."""
    permuted(call, range(call.args[0].dim())[::-1])


def movedim(call: TorchCall) -> None:
    """Some axes to other places, the others in their order."""
    rank = call.args[0].dim()
    sources = [axis % rank for axis in numbers(call["source"], 1)]
    targets = [axis % rank for axis in numbers(call["destination"], 1)]
    rest = iter([axis for axis in range(rank) if axis not in sources])
    permuted(call, [sources[targets.index(place)] if place in targets else next(rest) for place in range(rank)])


# Parts


def cut(call: TorchCall, x: TorchValue, axis: int, start: int, length: int, step: int = 1, out: Any = None) -> TorchValue:
    """A part along one axis of the tensor."""
    place = x.position(axis)
    if not place:
        x, place = call.trace.full(x), axis % x.tensor.dim() + 1
    values = {"a": place, "f": start, "k": length, "j": step}
    return call.row("Slice", values, x, out=out, prefer=x.batch)


def parts(call: TorchCall) -> None:
    """Slices that lie one behind the other."""
    start, axis = 0, call.get("dim", 0)
    if len(call.result) == 1:
        passed_to(call, call.result[0])
        return
    for part in call.result:
        x = call.x
        cut(call, x, axis, start, part.shape[axis], out=part)
        start += part.shape[axis]


def passed_to(call: TorchCall, out: Any, batch: int | None = None) -> None:
    x = call.known(call.args[0]) or call.x
    call.alias(x, out, x.batch if batch is None else batch)


def chosen(call: TorchCall) -> None:
    """Each index of an axis by itself, or one of them; the axis goes."""
    axis = call.get("dim", 0)
    for out in tensors(call.result):
        picked(call, axis, out)


def picked(call: TorchCall, axis: int, out: Any) -> None:
    x = call.known(call.args[0]) or call.x
    if x.tensor.shape[axis] == 1:
        reshaped(call, x, out)
    else:
        gathered(call, out)


def narrow(call: TorchCall) -> None:
    cut(call, call.x, call["dim"], int(call["start"]), call.result.shape[call["dim"]])


def getitem(call: TorchCall) -> None:
    """Slices and single indices; a list or tensor of indices picks elements."""
    x = call.known(call.args[0]) or call.x
    index = call.args[1] if isinstance(call.args[1], tuple) else (call.args[1],)
    taken = sum(1 for part in index if part is not None and part is not Ellipsis)
    at = index.index(Ellipsis) if any(part is Ellipsis for part in index) else len(index)
    fill = (slice(None),) * (x.tensor.dim() - taken)
    axes = [part for part in (*index[:at], *fill, *index[at + 1 :]) if part is not None]
    shape = x.tensor.shape
    if not all(isinstance(part, (slice, int)) and not isinstance(part, bool) for part in axes):
        gathered(call)
        return
    single = [axis for axis, part in enumerate(axes) if isinstance(part, int)]
    cuts = [(axis, range(*part.indices(shape[axis]))) for axis, part in enumerate(axes) if isinstance(part, slice)]
    cuts = [(axis, part) for axis, part in cuts if len(part) != shape[axis]]
    if any(shape[axis] != 1 for axis in single) or len(cuts) > 1:
        gathered(call)
    elif not cuts:
        reshaped(call, x)
    else:
        ((axis, part),) = cuts
        sliced = [len(part) if i == axis else size for i, size in enumerate(shape)]
        between = call.meta(sliced)
        made = cut(call, call.value(x.tensor), axis, part.start, len(part), part.step, between)
        reshaped(call, made)


def moving(handler: Callable[[TorchCall], None], names: str, *calls: str) -> dict[str, CallRule]:
    return dict.fromkeys(calls, CallRule(handler, names, moves=True))


PASSED = [
    "clone",
    "detach",
    "contiguous",
    "float",
    "half",
    "double",
    "bfloat16",
    "int",
    "long",
    "bool",
    "short",
    "char",
    "byte",
    "type",
    "type_as",
    "requires_grad_",
    "alias",
    "_to_copy",
    "data",
    "real",
    "positive",
    "__pos__",
    "fill_diagonal_",
    "to_dense",
    "pin_memory",
    "detach_",
    "lift_fresh",
    "to",
    "cpu",
    "cuda",
]
RESHAPED = [
    "view",
    "reshape",
    "view_as",
    "reshape_as",
    "flatten",
    "unflatten",
    "squeeze",
    "unsqueeze",
    "ravel",
    "atleast_1d",
    "atleast_2d",
    "atleast_3d",
    "_unsafe_view",
]
GATHERED = [
    "repeat",
    "tile",
    "repeat_interleave",
    "roll",
    "flip",
    "fliplr",
    "flipud",
    "rot90",
    "gather",
    "take",
    "take_along_dim",
    "index_select",
    "index",
    "tril",
    "triu",
    "unfold",
    "im2col",
    "one_hot",
    "diagonal",
    "diag",
    "diag_embed",
    "as_strided",
    "masked_fill",
    "index_fill",
    "max_unpool1d",
    "max_unpool2d",
    "max_unpool3d",
]

LAYOUT: dict[str, CallRule] = {
    **moving(passed, "input", *PASSED),
    **moving(reshaped, "input", *RESHAPED),
    **moving(gathered, "input", *GATHERED),
    **moving(expanded, "input", "expand", "expand_as", "broadcast_to"),
    **moving(permute, "input *dims", "permute"),
    **moving(transpose, "input dim0 dim1", "transpose", "swapaxes", "swapdims"),
    **moving(turned, "input", "mT", "mH", "adjoint"),
    **moving(reversed_axes, "input", "t", "T", "H"),
    **moving(movedim, "input source destination", "movedim", "moveaxis"),
    **moving(parts, "input sections dim", "chunk", "split", "tensor_split", "split_with_sizes", "unsafe_chunk", "unsafe_split"),
    **moving(chosen, "input dim", "unbind"),
    **moving(chosen, "input dim index", "select"),
    **moving(narrow, "input dim start length", "narrow"),
    **moving(getitem, "input index", "__getitem__"),
}
