"""Collects the rows of a network while its operators are read, and reshapes tensors as the layers need them."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from worksheet.errors import NetworkError
from worksheet.layers import INPUT_KIND, Kind, Shape, kinds
from worksheet.layers.ranks import LISTED
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import Node
from worksheet.readers.onnx.operators import Operator
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, squeeze_shape, without_batch
from worksheet.readers.symbols import join_sizes, list_symbols
from worksheet.sizes import size


class OnnxRows:
    """The rows so far, and how a tensor becomes the input of one."""

    def __init__(self) -> None:
        self.all: list[OnnxRow] = []
        self._views: dict[tuple[OnnxRow, Shape], OnnxRow] = {}
        self._arrays: dict[tuple[tuple[str, ...], Shape], OnnxRow] = {}
        self._outputs: dict[object, Shape] = {}  # equal layers on equal inputs give equal shapes
        self._filled: dict[object, dict[str, int]] = {}

    def add(
        self, kind: str, inputs: Sequence[OnnxRow], operator: Operator, settings: Mapping[str, int] | None = None, **more: Any
    ) -> OnnxRow:
        """Add a layer that reads these rows. Raises NetworkError where it does not fit them."""
        layer_kind = kinds()[kind]
        values = self.complete(layer_kind, settings or {}, operator)
        pattern = str(more.get("pattern", ""))
        shapes = tuple(row.shape for row in inputs)
        key = (kind, shapes, pattern, *values.items())
        if key not in self._outputs:
            sized = size(Node(kind, layer_kind, values, where=operator.where, pattern=pattern), shapes)
            assert sized is not None
            self._outputs[key] = sized.output
        row = OnnxRow(kind, values, tuple(inputs), self._outputs[key], operator, **more)
        self.all.append(row)
        return row

    def complete(self, kind: Kind, settings: Mapping[str, int], operator: Operator) -> dict[str, int]:
        """The hyperparameters with their defaults; equal layers share them."""
        key = (kind.name, *settings.items())
        if key not in self._filled:
            self._filled[key] = hyperparameters(kind, [Given(*item, operator.where) for item in settings.items()], operator.where)
        return self._filled[key]

    def input(self, name: str, shape: Shape) -> OnnxRow:
        """Add an input of the network, whose shape already excludes the batch."""
        row = OnnxRow(INPUT_KIND, {}, (), shape or (1,), None, name=name)
        self.all.append(row)
        return row

    def take(self, value: OnnxValue, operator: Operator, shape: Shape | None = None) -> OnnxRow:
        """The row of a tensor in this shape, by default its shape without the batch; reshaped where necessary."""
        shape = without_batch(value.shape) if shape is None else shape
        row = value.row or self.stored_row(value, operator)
        if row.shape == shape:
            return row
        if (row, shape) not in self._views:
            self._views[row, shape] = self._reshape(row, shape, value.via or operator)
        return self._views[row, shape]

    def take_loosely(self, value: OnnxValue, operator: Operator, trailing: int = 1) -> OnnxRow:
        """The same for a layer that ignores axes of size 1, except among the trailing axes."""
        row = value.row
        exact = without_batch(value.shape)
        if row is None or squeeze_shape(row.shape) != squeeze_shape(exact) or row.shape[-trailing:] != exact[-trailing:]:
            return self.take(value, operator)
        return row

    def stored_row(self, value: OnnxValue, operator: Operator) -> OnnxRow:
        """The row of a stored tensor, one for all its readers."""
        shape = without_batch(value.shape)
        key = (value.stored, shape)
        if not value.stored or key not in self._arrays:
            settings = {**shape_symbols(shape, operator), "f": int(not value.trained)}
            self._arrays[key] = self.add("Parameter", (), operator, settings, stored=value.stored)
        return self._arrays[key]

    def _reshape(self, row: OnnxRow, shape: Shape, operator: Operator) -> OnnxRow:
        if prod(row.shape) != prod(shape):
            texts = " to ".join(map(join_sizes, (row.shape, shape)))
            raise NetworkError(f"cannot give {texts} another shape", operator.where)
        if len(shape) == 1 and len(row.shape) > 1:
            return self.add("Flatten", (row,), operator)
        return self.add("Reshape", (row,), operator, shape_symbols(shape, operator))


def shape_symbols(shape: Shape, operator: Operator) -> dict[str, int]:
    """A shape as hyperparameters: o_1, o_2, ... Raises NetworkError for too many axes."""
    if len(shape) > LISTED:
        raise NetworkError(f"a tensor of {join_sizes(shape)} has more than {LISTED} axes", operator.where)
    return list_symbols("o", shape)
