"""One operator while it is converted to rows: its inputs, its attributes, and methods that add rows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from worksheet.errors import NetworkError
from worksheet.layers import Shape
from worksheet.readers.onnx.operators import Operator
from worksheet.readers.onnx.rows import OnnxRows
from worksheet.readers.onnx.values import OnnxRow, OnnxValue


@dataclass(eq=False)
class OnnxCall:
    """An operator with its inputs. A converter raises ValueError or NetworkError for what it cannot convert."""

    operator: Operator
    inputs: Sequence[OnnxValue | None]
    rows: OnnxRows
    notes: dict[str, None] = field(default_factory=dict)

    def fault(self, message: str, hint: str | None = None) -> NetworkError:
        return NetworkError(f"{self.operator.type} {message}", self.operator.where, hint)

    def attribute(self, name: str, default: Any = None) -> Any:
        return self.operator.attributes.get(name, default)

    def optional(self, place: int) -> OnnxValue | None:
        return self.inputs[place] if place < len(self.inputs) else None

    def __getitem__(self, place: int) -> OnnxValue:
        value = self.optional(place)
        if value is None:
            raise self.fault(f"has no input {place + 1}")
        return value

    @property
    def present(self) -> list[OnnxValue]:
        """The inputs that are present."""
        return [value for value in self.inputs if value is not None]

    def numbers(self, name: str, place: int, what: str = "") -> list[int] | None:
        """Whole numbers that newer opsets read from an input and older ones from an attribute; None where neither is there."""
        value = self.optional(place)
        if value is None:
            values = self.attribute(name)
            return None if values is None else [int(number) for number in values]
        if value.numbers is None:
            raise self.fault(
                f"reads its {what or name} from the network", "they must be stored, or follow from the shape of the input"
            )
        return [int(number) for number in value.numbers.ravel()]

    def stored_input(self, place: int, what: str = "weights") -> OnnxValue:
        """An input that is stored in the model. Raises NetworkError where the network computes it."""
        value = self[place]
        if not value.is_fixed:
            raise self.fault(f"computes its {what} from the network's input", f"the {what} must be stored in the file")
        return value

    def stored_names(self, *values: OnnxValue | None) -> tuple[str, ...]:
        """The names of the stored tensors that these values come from."""
        return tuple(dict.fromkeys(name for value in values if value is not None for name in value.stored))

    def take(self, value: OnnxValue, shape: Shape | None = None) -> OnnxRow:
        return self.rows.take(value, self.operator, shape)

    def take_with_axes(self, value: OnnxValue, *axes: int) -> tuple[OnnxRow, int]:
        """The row of a tensor that keeps these axes, and how many leading axes are dropped."""
        lacks = len(value.shape) > 1 and value.shape[0] == 1 and 0 not in axes
        shape = value.shape[1:] if lacks else value.shape or (1,)
        return self.take(value, shape), int(lacks)

    def add_row(self, kind: str, inputs: Sequence[OnnxRow], settings: Mapping[str, int] | None = None, **more: Any) -> OnnxRow:
        """Add a row for a layer."""
        return self.rows.add(kind, inputs, self.operator, settings, **more)

    def add_layer(
        self, value: OnnxValue, kind: str, settings: Mapping[str, int] | None = None, axes: Sequence[int] = (), **more: Any
    ) -> OnnxValue:
        """Add a layer of one input that keeps the number of axes, and return its output."""
        taken, lacks = self.take_with_axes(value, *axes)
        row = self.add_row(kind, (taken,), settings, **more)
        return self.to_value(row, (1,) * lacks + row.shape)

    def add_elementwise(self, value: OnnxValue, kind: str, settings: Mapping[str, int] | None = None, **more: Any) -> OnnxValue:
        """Add an element-wise layer, and return its output."""
        row = self.add_row(kind, (self.rows.take_loosely(value, self.operator),), settings, **more)
        return self.to_value(row, value.shape)

    def to_value(self, row: OnnxRow, shape: Shape | None = None) -> OnnxValue:
        """The tensor that a row computes, of this shape with the batch."""
        return OnnxValue((1, *row.shape) if shape is None else shape, row, where=self.operator.where)


Result = OnnxValue | Sequence[OnnxValue | None]
Converter = Callable[[OnnxCall], Result]
