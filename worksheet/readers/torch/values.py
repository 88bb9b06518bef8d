"""What a tensor of the forward pass is on the sheet, and its axes there.

A tensor has a batch axis of one that the sheet leaves out; ``TorchValue.batch`` says which axis that is, because it moves when a
model permutes its axes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.readers.symbols import list_symbols

MAX_AXES = 6  # of a Reshape, Permute or Gather


class CannotFollow(Exception):
    """A call that no kind of layer describes: why, and a hint."""

    def __init__(self, why: str, hint: str | None = None) -> None:
        super().__init__(why)
        self.hint = hint


@frozen
class TorchValue:
    """What a tensor is on the sheet."""

    tensor: Any  # kept, so that its id is not reused
    name: str  # the row that gives it; empty for a parameter that no row has read
    shape: Shape  # without the batch
    batch: int | None = 0  # which axis of the tensor the sheet leaves out
    path: str = ""  # of a parameter or buffer in the module
    live: bool = True  # depends on the input or on parameters, not only on buffers
    moved: bool = False  # a parameter or buffer, perhaps with its numbers moved, but none computed
    source: TorchValue | None = None  # of a tensor with more axes than a row can have: what its numbers are picked from
    serial: int = 0
    version: int = 0

    def position(self, axis: int) -> int:
        """The position of one of the tensor's axes on the sheet, from 1; 0 for the batch."""
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
    """The module that the forward pass is in. ``home`` is torch's own file of a module without submodules, whose call it is.

    ``maker`` says whether that is a module without submodules, and its class; ``outer`` is how the call is called that is
    decomposed here. ``module`` is what runs, ``fused`` whether torch has one kernel for all of it.
    """

    path: str
    home: str = ""
    stage: str = ""
    maker: Called = NO_PROGRAM
    outer: Called = NO_PROGRAM
    module: Any = None
    fused: bool = False


def without(shape: Sequence[int], batch: int | None) -> Shape:
    """A tensor's shape without the batch axis; a single number has one axis of size 1."""
    return tuple(int(size) for axis, size in enumerate(shape) if axis != batch) or (1,)


def batches(shape: Sequence[int], prefer: int | None = 0) -> list[int | None]:
    """Which axis of a tensor may be the batch, the most likely first."""
    ones = [axis for axis, size in enumerate(shape) if size == 1] if len(shape) > 1 else []
    likely: list[int | None] = [prefer] if prefer in ones else []
    likely += [0] if 0 in ones else [None]
    return list(dict.fromkeys([*likely, None, *ones]))


def number_symbols(letter: str, sizes: Iterable[int]) -> dict[str, int]:
    """The symbols of a list: o_1, o_2, ... Raises CannotFollow for too many."""
    symbols = list_symbols(letter, sizes)
    if len(symbols) > MAX_AXES:
        raise CannotFollow(f"it has {len(symbols)} axes, but a row of the sheet has at most {MAX_AXES}")
    return symbols


def version(tensor: Any) -> int:
    """How often a tensor was changed in place."""
    return 0 if tensor.is_inference() else int(tensor._version)  # noqa: SLF001  torch has no public name for it


def storage(tensor: Any) -> int:
    return int(tensor.untyped_storage()._cdata)  # noqa: SLF001  the address of the storage itself


def reach(tensor: Any) -> tuple[int, int]:
    """The first position of a tensor in its storage, and the one after its last."""
    steps = zip(tensor.shape, tensor.stride(), strict=True)
    return tensor.storage_offset(), tensor.storage_offset() + sum((size - 1) * stride for size, stride in steps) + 1
