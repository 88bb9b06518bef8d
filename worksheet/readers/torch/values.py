"""What a tensor of the forward pass is on the sheet, and the axes in which the sheet has it.

A tensor has a batch axis of one that the sheet leaves out; ``Value.batch`` says which axis that is, because it moves when a
model turns its axes round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from worksheet.layers import Shape

MAX_AXES = 6  # of a Reshape, Permute or Gather


class CannotFollow(Exception):
    """A call for which no kind of layer can stand: why, and what may help."""

    def __init__(self, why: str, hint: str | None = None) -> None:
        super().__init__(why)
        self.hint = hint


@dataclass(frozen=True)
class TorchValue:
    """What a tensor is on the sheet."""

    tensor: Any  # kept, so that its id stays its own
    name: str  # the row that gives it; empty for a parameter that no row has read
    shape: Shape  # without the batch
    batch: int | None = 0  # which axis of the tensor the sheet leaves out
    path: str = ""  # of a parameter or buffer as it is stored
    live: bool = True  # depends on the input or on parameters, not on buffers alone
    moved: bool = False  # a stored array, or one of which numbers were moved and none worked out
    source: TorchValue | None = None  # where the tensor has more axes than a row can: what its numbers are picked from
    serial: int = 0
    version: int = 0

    def position(self, axis: int) -> int:
        """The place of one of the tensor's axes on the sheet, from 1; 0 for the batch."""
        axis %= max(1, self.tensor.dim())
        if self.batch is None or axis < self.batch:
            return axis + 1
        return axis if axis > self.batch else 0


class DeferredTensor(NamedTuple):
    """A tensor that gets a row when something reads it."""

    tensor: Any
    make: Callable[[], None]
    live: bool = True
    moved: bool = False


@dataclass
class ModuleFrame:
    """Where the forward pass is: in which module. ``home`` is torch's own file of a module without parts, whose call it is.

    ``maker`` says whether that is a module without parts, and of which class; ``outer`` is how the call is called that is
    written out in others here. ``module`` is what runs, ``fused`` whether torch has one kernel for it and all its parts.
    """

    path: str
    home: str = ""
    stage: str = ""
    maker: tuple[str, ...] = ()
    outer: tuple[str, ...] = ()
    module: Any = None
    fused: bool = False


def without(shape: Sequence[int], batch: int | None) -> Shape:
    """A tensor's shape without the batch axis; a single number has one axis of one."""
    return tuple(int(size) for axis, size in enumerate(shape) if axis != batch) or (1,)


def batches(shape: Sequence[int], prefer: int | None = 0) -> list[int | None]:
    """Which axis of a tensor may be the batch, the likeliest first."""
    ones = [axis for axis, size in enumerate(shape) if size == 1] if len(shape) > 1 else []
    likely: list[int | None] = [prefer] if prefer in ones else []
    likely += [0] if 0 in ones else [None]
    return list(dict.fromkeys([*likely, None, *ones]))


def number_symbols(letter: str, sizes: Iterable[int]) -> dict[str, int]:
    """The symbols of a list: o_1, o_2, ..."""
    symbols = {f"{letter}_{i}": int(size) for i, size in enumerate(sizes, 1)}
    if len(symbols) > MAX_AXES:
        raise CannotFollow(f"it has {len(symbols)} axes, and a row of the sheet at most {MAX_AXES}")
    return symbols


def version(tensor: Any) -> int:
    """How often the numbers of a tensor have been changed in place."""
    return 0 if tensor.is_inference() else int(tensor._version)  # noqa: SLF001  torch has no public name for it


def storage(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)  # noqa: SLF001  the address of the storage itself


def reach(tensor: Any) -> tuple[int, int]:
    """The first place of a tensor in its storage, and the one behind its last."""
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return tensor.storage_offset(), tensor.storage_offset() + sum((size - 1) * stride for size, stride in steps) + 1


def join_sizes(shape: Shape) -> str:
    return " x ".join(map(str, shape))
