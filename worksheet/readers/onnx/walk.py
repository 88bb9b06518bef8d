"""Walks the operators of a graph in order, tracks every tensor, and adds the rows of each operator."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from worksheet.errors import Collector, NetworkError, Where, WorksheetError, nearest, shown
from worksheet.readers.onnx import elementwise, layout, normalisation, products, sequences, windows
from worksheet.readers.onnx.call import Converter, OnnxCall
from worksheet.readers.onnx.constant_folding import fold, fold_shape, table
from worksheet.readers.onnx.operators import FunctionInliner, Operator, sort_operators
from worksheet.readers.onnx.rows import OnnxRows
from worksheet.readers.onnx.values import FLOATS, OnnxValue, constant_value, dimensions

MAX_BRANCHES = 16  # branches inside branches
MAX_FOLDED = 4_000_000  # numbers that constant folding may compute
ODD = (ValueError, TypeError, AttributeError, IndexError, KeyError, OverflowError, ZeroDivisionError)
REFUSED = {
    "If": "its condition depends on the network's input",
    "Loop": "the number of its iterations is unknown",
    "Scan": "the number of its iterations is unknown",
    "NonMaxSuppression": "how many boxes remain depends on the data",
    "NonZero": "how many positions it finds depends on the data",
}


@cache
def converters() -> dict[str, Converter]:
    """The converter of each operator, by type."""
    families = (windows, elementwise, products, layout, normalisation, sequences)
    return {name: converter for family in families for name, converter in family.OPERATORS.items()}


class GraphWalk:
    """The tensors so far, by name; None for a tensor after a fault, which is reported already."""

    def __init__(self, expansion: FunctionInliner, faults: Collector, *, skip_unknown: bool) -> None:
        self.expansion = expansion
        self.faults = faults
        self.skip_unknown = skip_unknown
        self.rows = OnnxRows()
        self.values: dict[str, OnnxValue | None] = {}
        self.notes: dict[str, None] = {}
        self.skipped: list[str] = []
        self.unknown: dict[str, list[Operator]] = {}
        self.unfollowed: dict[str, str] = {}  # outputs that no layer computes, such as the positions of maxima of a pooling
        self.numbers_left = MAX_FOLDED

    def store(self, tensors: Iterable[Any], file: str) -> None:
        """Enter the initializers; their numbers are read when they are needed."""
        for tensor in tensors:
            where = Where(f"{file}: initializer {shown(tensor.name)}")
            with self.faults.catching():
                shape = dimensions(tensor, where)
                trained = tensor.data_type in FLOATS
                self.values[tensor.name] = OnnxValue(shape, None, None, tensor, (tensor.name,), trained, where)
            self.values.setdefault(tensor.name, None)

    def run(self, operators: Sequence[Operator], depth: int = 0) -> None:
        """Run every operator in order, and collect the faults."""
        for operator in operators:
            results: Sequence[OnnxValue | None] = ()
            try:
                inputs = self._inputs(operator)
                results = self._skip_after_fault(operator) if inputs is None else self._results(operator, inputs, depth)
            except WorksheetError as fault:
                self.faults.add(fault)
            except ODD as fault:  # attributes of the wrong type or length
                reason = str(fault)[:200] or "attributes that do not fit"
                self.faults.add(NetworkError(f"{operator.type}: {reason}", operator.where))
            for i, name in enumerate(operator.outputs):
                self.values[name] = results[i] if i < len(results) else None
                if results and self.values[name] is None:
                    self.unfollowed[name] = f"output {i + 1} of {operator.type}"

    def _inputs(self, operator: Operator) -> list[OnnxValue | None] | None:
        """The inputs of an operator; None where one comes after a fault."""
        inputs = [self.values.get(name) if name else None for name in operator.inputs]
        lost = [name for name, value in zip(operator.inputs, inputs, strict=True) if name and value is None]
        for name in lost:
            if name in self.unfollowed:
                raise NetworkError(f"{operator.type} reads {self.unfollowed[name]}, which is not followed here", operator.where)
        return None if lost else inputs

    def _results(self, operator: Operator, inputs: Sequence[OnnxValue | None], depth: int) -> Sequence[OnnxValue | None]:
        if operator.type in WITHOUT_ROWS:
            return (WITHOUT_ROWS[operator.type](operator, inputs),)
        if operator.type == "If":
            return self._branch(operator, inputs, depth)
        folded = self._fold(operator, inputs)
        if folded is not None:
            return folded
        call = OnnxCall(operator, inputs, self.rows, self.notes)
        if operator.type not in converters():
            return self._handle_unknown(call)
        result = converters()[operator.type](call)
        values = [result] if isinstance(result, OnnxValue) else list(result)
        self._inherit(inputs, values)
        return values

    def _fold(self, operator: Operator, inputs: Sequence[OnnxValue | None]) -> Sequence[OnnxValue] | None:
        """The outputs of an operator whose inputs are all known numbers; trained tensors stay as stored."""
        present = [value for value in inputs if value is not None]
        if not present or any(value.row is not None or (value.trained and value.size > 1) for value in present):
            return None
        if self.numbers_left > 0 and all(value.numbers is not None for value in present):
            arrays = [None if value is None else value.numbers for value in inputs]
            results = fold(operator.type, arrays, operator.attributes, len(operator.outputs))
            if results is not None:
                self.numbers_left -= sum(array.size for array in results)
                return [constant_value(array, operator.where) for array in results]
        shape = fold_shape(operator.type, [value.shape for value in present])
        return None if shape is None else [OnnxValue(shape, where=operator.where)]

    def _inherit(self, inputs: Sequence[OnnxValue | None], results: Sequence[OnnxValue | None]) -> None:
        """A tensor computed only from stored tensors can serve as weights, as a stored tensor can."""
        present = [value for value in inputs if value is not None]
        if not present or not all(value.is_fixed for value in present):
            return
        stored = tuple(dict.fromkeys(name for value in present for name in value.stored))
        for value in results:
            if value is not None and value.row is not None:
                value.stored, value.trained = value.stored or stored, any(part.trained for part in present)

    def _branch(self, operator: Operator, inputs: Sequence[OnnxValue | None], depth: int) -> Sequence[OnnxValue | None]:
        """Run the branch of an If whose condition is known, in the scope around it."""
        condition = inputs[0].numbers if inputs and inputs[0] is not None else None
        if condition is None or condition.size != 1 or depth >= MAX_BRANCHES:
            return self._handle_unknown(OnnxCall(operator, inputs, self.rows, self.notes))
        graph = operator.attributes.get("then_branch" if bool(condition.ravel()[0]) else "else_branch")
        if graph is None:
            raise NetworkError("If has no such branch", operator.where)
        self.store(graph.initializer, str(operator.where))
        inner, outputs = self.expansion.branch(graph, operator.scope)
        self.run(sort_operators(inner, self.values, self.faults), depth + 1)
        return [self.values.get(name) for name in outputs]

    def _handle_unknown(self, call: OnnxCall) -> Sequence[OnnxValue | None]:
        operator = call.operator
        data = next((value for value in call.present if value.row is not None), None)
        if self.skip_unknown and data is not None:
            self.skipped.append(f"{operator.name or operator.type} ({operator.type})")
            return [data] * len(operator.outputs)
        if operator.type in REFUSED:
            raise call.fault(f"cannot be counted: {REFUSED[operator.type]}", "cut the graph before it (onnx.utils.extract_model)")
        self.unknown.setdefault(operator.type, []).append(operator)
        return ()

    def _skip_after_fault(self, operator: Operator) -> Sequence[OnnxValue]:
        """An operator whose inputs are unknown: only its type can be checked."""
        if not any(operator.type in types for types in (converters(), WITHOUT_ROWS, table(), REFUSED)):
            self.unknown.setdefault(operator.type, []).append(operator)
        return ()

    def report_unknown(self) -> None:
        """Report one fault for each unknown type of operator, however often it occurs."""
        for kind, operators in self.unknown.items():
            more = f", and {len(operators) - 1:,} more of this type" if len(operators) > 1 else ""
            hint = nearest(kind, converters()) or ""
            if hint.startswith("known"):
                hint = f"{hint}; or skip it with --skip-unknown (skip_unknown=True)"
            self.faults.add(NetworkError(f"unknown operator {shown(kind)}{more}", operators[0].where, hint))


def _shape_of(operator: Operator, inputs: Sequence[OnnxValue | None]) -> OnnxValue:
    import numpy as np

    shape = _only(operator, inputs).shape
    first, last = operator.attributes.get("start", 0), operator.attributes.get("end")
    return constant_value(np.asarray(shape[slice(first, last)], "int64"), operator.where)


def _size_of(operator: Operator, inputs: Sequence[OnnxValue | None]) -> OnnxValue:
    import numpy as np

    return constant_value(np.asarray(_only(operator, inputs).size, "int64"), operator.where)


def _only(operator: Operator, inputs: Sequence[OnnxValue | None]) -> OnnxValue:
    if not inputs or inputs[0] is None:
        raise NetworkError(f"{operator.type} has no input", operator.where)
    return inputs[0]


def _constant(operator: Operator, _: Sequence[OnnxValue | None]) -> OnnxValue:
    import numpy as np

    attributes: Mapping[str, Any] = operator.attributes
    if "value" in attributes:
        tensor = attributes["value"]
        stored = operator.outputs[:1]
        return OnnxValue(dimensions(tensor, operator.where), tensor=tensor, stored=stored, where=operator.where)
    for name, kind in (("value_float", "f4"), ("value_floats", "f4"), ("value_int", "i8"), ("value_ints", "i8")):
        if name in attributes:
            return constant_value(np.asarray(attributes[name], kind), operator.where)
    raise NetworkError("Constant has no value that can be read", operator.where)


WITHOUT_ROWS = {"Shape": _shape_of, "Size": _size_of, "Constant": _constant}
