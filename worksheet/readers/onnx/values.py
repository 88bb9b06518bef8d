"""A tensor of the graph: its shape with the batch, its numbers where they are few and stored, and the row that computes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import TYPE_CHECKING, Any

from worksheet.errors import NetworkError, Where, shown
from worksheet.layers import Kind, Shape, kinds
from worksheet.sizes import MAX_ELEMENTS

if TYPE_CHECKING:
    from worksheet.readers.onnx.operators import Operator

MAX_NUMBERS = 100_000  # of a stored tensor, or of a result of constant folding
MAX_AXES = 12
EXTERNAL = 1
FLOATS = frozenset({1, 10, 11, 16, 17, 18, 19, 20, 23})  # numbers of the floating-point types in TensorProto.DataType
DATA = ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "uint64_data")


@dataclass(eq=False, slots=True)
class OnnxRow:
    """One layer of the worked solution while it is built. Patterns rewrite rows in place."""

    kind: str
    hyperparameters: dict[str, int]
    inputs: tuple[OnnxRow, ...]
    shape: Shape  # of the output, without the batch
    operator: Operator | None  # None for an input of the network
    pattern: str = ""
    scalar: float | None = None  # the number of AddScalar, MulScalar, ...
    is_reversed: bool = False  # the number comes before the tensor: s - x, s/x
    stored: tuple[str, ...] = ()  # the stored tensors that are its parameters
    name: str = ""  # of an input of the network
    operator_types: str = ""  # of the operators that the row replaces, except those that only move numbers

    @property
    def layer(self) -> Kind:
        """The kind itself."""
        return kinds()[self.kind]

    @property
    def is_stored(self) -> bool:
        """Whether it is a stored tensor, not a layer or an input of the network."""
        return self.layer.is_source and self.operator is not None


@dataclass(eq=False, slots=True)
class OnnxValue:
    """A tensor of the graph. ``row`` computes its numbers in this order, perhaps in another shape."""

    shape: Shape
    row: OnnxRow | None = None
    array: Any = None  # its numbers, where they are known
    tensor: Any = None  # the stored tensor with its numbers, before they are read
    stored: tuple[str, ...] = ()  # the stored tensors that it comes from, where it comes from these only
    trained: bool = False
    where: Where = field(default_factory=Where)
    via: Operator | None = None  # the operator that last reshaped it

    @property
    def is_fixed(self) -> bool:
        """Whether it is independent of the network's input."""
        return self.row is None or bool(self.stored)

    @property
    def size(self) -> int:
        return prod(self.shape)

    @property
    def numbers(self) -> Any:
        """Its numbers; None where they are unknown or many. Raises NetworkError for a damaged tensor."""
        if self.tensor is not None:
            tensor, self.tensor = self.tensor, None
            self.array = _read_numbers(tensor, self.where)
        return self.array

    def reshape(self, shape: Shape, via: Operator) -> OnnxValue:
        """The same numbers in another shape."""
        numbers = self.numbers
        array = None if numbers is None else numbers.reshape(shape)
        return OnnxValue(shape, self.row, array, None, self.stored, self.trained, self.where, via)


def _read_numbers(tensor: Any, where: Where) -> Any:
    from onnx import numpy_helper

    if tensor.data_location == EXTERNAL or prod(tensor.dims) > MAX_NUMBERS:
        return None
    if prod(tensor.dims) and not any(len(getattr(tensor, name)) for name in DATA):
        return None
    try:
        return numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError, AttributeError, RuntimeError) as fault:
        raise NetworkError(f"the tensor {shown(tensor.name)} is damaged: {str(fault)[:120]}", where) from None


def dimensions(tensor: Any, where: Where) -> Shape:
    """The shape of a stored tensor. Raises NetworkError for impossible sizes."""
    return check_shape(tuple(tensor.dims), f"the tensor {shown(tensor.name)}", where)


def check_shape(shape: Shape, name: str, where: Where) -> Shape:
    """The shape itself. Raises NetworkError where it has too many axes or elements."""
    if len(shape) > MAX_AXES or min(shape, default=0) < 0 or prod(shape) > MAX_ELEMENTS:
        text = " x ".join(map(str, shape[: MAX_AXES + 1]))
        raise NetworkError(f"{name} is {text}", where, f"at most {MAX_AXES} axes and {MAX_ELEMENTS:,} elements")
    return shape


def constant_value(array: Any, where: Where) -> OnnxValue:
    """A tensor whose numbers are computed."""
    return OnnxValue(tuple(int(size) for size in array.shape), array=array, where=where)


def without_batch(shape: Shape) -> Shape:
    """The shape of a row: without the leading axis if its size is 1.

    >>> without_batch((1, 3, 224, 224)), without_batch((197, 1, 768)), without_batch((5,)), without_batch(())
    ((3, 224, 224), (197, 1, 768), (5,), (1,))
    """
    return shape[1:] if len(shape) > 1 and shape[0] == 1 else shape or (1,)


def squeeze_shape(shape: Shape) -> Shape:
    """A shape without its axes of size 1."""
    return tuple([size for size in shape if size != 1])


def slice_suffix(row: OnnxRow) -> str:
    """The part that a Slice takes, as a suffix of a stored tensor's name."""
    return f"[{row.hyperparameters['a']}: {row.hyperparameters['f']} + {row.hyperparameters['k']}]"
