"""ONNX's shape rules: negative axes, broadcasting, the target of a reshape, the positions of a slice (as in Operators.md)."""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from math import prod

from worksheet.layers import Shape

Range = tuple[int, int, int]  # the first position, the count, and the step


def axis_of(axis: int, rank: int) -> int:
    """An axis counted from 0; a negative one counts from the end. Raises ValueError."""
    if not -rank <= axis < max(rank, 1):
        raise ValueError(f"axis {axis} of a tensor with {rank} axes")
    return axis % rank if rank else 0


def axes_of(axes: Iterable[int], rank: int) -> tuple[int, ...]:
    """Several axes counted from 0, in order. Raises ValueError."""
    positive = tuple(sorted(axis_of(int(axis), rank) for axis in axes))
    if len(set(positive)) < len(positive):
        raise ValueError(f"an axis is named twice: {', '.join(map(str, positive))}")
    return positive


def broadcast(*shapes: Shape) -> Shape:
    """The common shape, aligned at the last axis. Raises ValueError where there is none.

    >>> broadcast((1, 197, 768), (768,)), broadcast((5, 1), (3,))
    ((1, 197, 768), (5, 3))
    """
    sizes = []
    for column in zip_longest(*(reversed(shape) for shape in shapes), fillvalue=1):
        wide = {size for size in column if size != 1}
        if len(wide) > 1:
            raise ValueError(f"{' and '.join(' x '.join(map(str, shape)) for shape in shapes)} cannot be broadcast together")
        sizes.append(wide.pop() if wide else 1)
    return tuple(reversed(sizes))


def reshape(shape: Shape, target: Sequence[int], *, allow_zero: bool = False) -> Shape:
    """The output shape of Reshape: 0 keeps an axis, one -1 is inferred. Raises ValueError.

    >>> reshape((1, 256, 6, 6), (0, -1))
    (1, 9216)
    """
    if not allow_zero and any(size == 0 and i >= len(shape) for i, size in enumerate(target)):
        raise ValueError(f"cannot keep axis {len(shape)} of {' x '.join(map(str, shape))}, which it does not have")
    sizes = [shape[i] if size == 0 and not allow_zero else int(size) for i, size in enumerate(target)]
    product = prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and product and prod(shape) % product == 0:
        sizes[sizes.index(-1)] = prod(shape) // product
    if prod(sizes) != prod(shape) or min(sizes, default=1) < 0:
        old, new = (" x ".join(map(str, part)) for part in (shape, target))
        raise ValueError(f"cannot reshape {old} to {new}")
    return tuple(sizes)


def drop_axes(shape: Shape, axes: Sequence[int] | None) -> Shape:
    """The shape without these axes of size 1, or without all axes of size 1. Raises ValueError."""
    if axes is None:
        return tuple([size for size in shape if size != 1])
    gone = set(axes_of(axes, len(shape)))
    if any(shape[axis] != 1 for axis in gone):
        raise ValueError(f"cannot squeeze axes {', '.join(map(str, sorted(gone)))} of {' x '.join(map(str, shape))}")
    return tuple([size for i, size in enumerate(shape) if i not in gone])


def add_axes(shape: Shape, axes: Sequence[int]) -> Shape:
    """The shape with further axes of size 1 at these positions of the output. Raises ValueError."""
    rank = len(shape) + len(axes)
    added = set(axes_of(axes, rank))
    rest = iter(shape)
    return tuple([1 if i in added else next(rest) for i in range(rank)])


def slice_ranges(
    shape: Shape, starts: Sequence[int], ends: Sequence[int], axes: Sequence[int] | None, steps: Sequence[int] | None
) -> dict[int, Range]:
    """The positions that a Slice takes along each axis. Raises ValueError."""
    axes = tuple(range(len(starts))) if axes is None else tuple(axis_of(int(axis), len(shape)) for axis in axes)
    steps = steps or (1,) * len(starts)
    if not len(starts) == len(ends) == len(axes) == len(steps):
        raise ValueError("starts, ends, axes and steps have different lengths")
    ranges = {}
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        if not step:
            raise ValueError("a step of 0")
        places = range(*slice(int(start), int(end) if abs(end) < 1 << 62 else _far(end, step), int(step)).indices(shape[axis]))
        ranges[axis] = (places.start, len(places), int(step))
    return ranges


def _far(end: int, step: int) -> int | None:
    """The end of a slice that reaches beyond the tensor in the direction of its steps."""
    return None if (end > 0) == (step > 0) else int(end)


def split(size: int, parts: Sequence[int] | None, outputs: int) -> tuple[int, ...]:
    """The sizes of the parts; equal except for the last where none are given. Raises ValueError."""
    if parts is None:
        each = -(-size // outputs)
        parts = [min(each, size - each * i) for i in range(outputs)]
    if sum(parts) != size or len(parts) != outputs or min(parts, default=1) < 1:
        raise ValueError(f"cannot split {size} into {', '.join(map(str, parts)) or 'nothing'}")
    return tuple(map(int, parts))


def axis_order(shape: Shape, order: Sequence[int] | None) -> tuple[int, ...]:
    """The order of the axes, reversed where none is given. Raises ValueError."""
    order = tuple(order) if order else tuple(range(len(shape)))[::-1]
    if sorted(order) != list(range(len(shape))):
        raise ValueError(f"{', '.join(map(str, order))} is not a permutation of {len(shape)} axes")
    return order
