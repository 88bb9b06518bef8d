"""Turns an ONNX file into a network: its inputs, the rows that its outputs need, their names and shared parameters."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from worksheet.conventions.convention import Called
from worksheet.errors import Collector, NetworkError, Where, shown
from worksheet.layers import INPUT_KIND, Shape
from worksheet.network import INPUT, Heading, Network, Node
from worksheet.readers.names import join_names
from worksheet.readers.onnx.layer_names import assign_stages, clean_path, name_rows
from worksheet.readers.onnx.operators import FunctionInliner, Operator, names_of, sort_operators
from worksheet.readers.onnx.patterns import recognise_layers
from worksheet.readers.onnx.sequences import CELLS, REGIONS
from worksheet.readers.onnx.skeleton import skeleton
from worksheet.readers.onnx.values import OnnxRow, OnnxValue, check_shape
from worksheet.readers.onnx.walk import GraphWalk
from worksheet.readers.onnx.windows import OPERATORS as SLIDING
from worksheet.readers.reader import ReadOptions
from worksheet.readers.symbols import join_sizes
from worksheet.sizes import sized

MIN_OPSET = 9
BY_CHANNEL = frozenset({*SLIDING, "BatchNormalization", "InstanceNormalization", "PRelu", "Pad", "Resize"})
MAX_NOTED = 10  # layers in a note


def network(path: Path, options: ReadOptions) -> Network:
    """The network in a file. Raises WorksheetError with every fault of the file."""
    file = str(path)
    model = _parse_model(skeleton(path), file)
    faults = Collector()
    expansion = FunctionInliner(model, file)
    if expansion.opset < MIN_OPSET:
        raise NetworkError(f"is written in opset {expansion.opset}", Where(file), f"opset {MIN_OPSET} and later are read")
    walk = GraphWalk(expansion, faults, skip_unknown=options.skip_unknown)
    walk.store(model.graph.initializer, file)
    if model.graph.sparse_initializer:
        faults.add(NetworkError("holds sparse tensors", Where(file), "store them as dense ones"))
    operators = list(expansion.operators(model.graph.node))
    names = [value for value in model.graph.input if value.name not in walk.values]
    sources = _inputs(names, operators, options, walk, file)
    ordered = sort_operators(operators, walk.values, faults)
    walk.run(ordered)
    walk.report_unknown()
    ends = _outputs(model.graph.output, walk, operators, file)
    faults.raise_any()
    rows = recognise_layers(walk.rows.all, ends)
    return _assemble(path, sources, rows, walk)


def _parse_model(data: bytes, file: str) -> Any:
    """The model in the bytes of a file. Raises NetworkError for other bytes, and for a model without a graph."""
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as fault:
        raise NetworkError(f"is not an ONNX file: {str(fault)[:120]}", Where(file), "is the download complete?") from None
    parts: list[Iterable[str | bytes]] = [names_of(model.graph.node, model.graph), *(names_of(f.node) for f in model.functions)]
    parts += [(f.name, f.domain, *f.input, *f.output, *f.attribute) for f in model.functions]
    parts.append([entry.domain for entry in model.opset_import])
    for name in chain(*parts):
        if isinstance(name, bytes):
            raise NetworkError(f"holds a name that is not UTF-8: {name[:60]!r}", Where(file), "is the file damaged?")
    if not model.graph.node:
        raise NetworkError("has no graph, or a graph without nodes", Where(file))
    if not model.opset_import:
        raise NetworkError("does not give its opset", Where(file), "is it an ONNX file?")
    return model


# Inputs


def _inputs(
    inputs: Sequence[Any], operators: Sequence[Operator], options: ReadOptions, walk: GraphWalk, file: str
) -> dict[str, OnnxRow]:
    """A row for every input of the graph, of known and bounded size."""
    rows: dict[str, OnnxRow] = {}
    if len(options.inputs) > len(inputs):
        message = f"has {len(inputs)} inputs, but {len(options.inputs)} input shapes are given"
        walk.faults.add(NetworkError(message, Where(file), ", ".join(shown(value.name) for value in inputs[:20])))
    readers: dict[str, list[tuple[Operator, int]]] = {}
    for operator in operators:
        for place, name in enumerate(operator.inputs):
            readers.setdefault(name, []).append((operator, place))
    for i, value in enumerate(inputs):
        where = Where(f"{file}: input {shown(value.name)}")
        shape_of_caller = options.inputs[i] if i < len(options.inputs) else None
        walk.values[value.name] = None
        with walk.faults.catching():
            batch = _batch_axis(value, readers.get(value.name, ()))
            shape = check_shape(_input_shape(value, shape_of_caller, where, batch), "the input", where)
            one = shape if batch is None else (*shape[:batch], *shape[batch + 1 :])
            rows[value.name] = walk.rows.input(value.name, one)
            walk.values[value.name] = OnnxValue(shape, rows[value.name], where=where)
    if not inputs:
        walk.faults.add(NetworkError("has no input", Where(file), "every tensor of the graph is stored, or the output of a node"))
    return rows


def _batch_axis(value: Any, readers: Sequence[tuple[Operator, int]]) -> int | None:
    """The batch axis of an input: the first, or the second of a sequence whose steps come first.

    None where there is no batch: for a single axis, or for the regions that a detector reads.
    """
    sizes = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    if (value.type.tensor_type.HasField("shape") and len(sizes) < 2) or any(o.type in REGIONS and i for o, i in readers):
        return None
    if any(o.type in CELLS and i == 0 and not o.attributes.get("layout", 0) for o, i in readers):
        return 1
    is_sequence = len(sizes) == 3 and sizes[1] == 1 and sizes[0] > 1
    return int(is_sequence and not any(o.type in BY_CHANNEL for o, _ in readers))


def _input_shape(value: Any, shape_of_caller: Shape | None, where: Where, batch: int | None) -> Shape:
    """The shape of an input, with a batch of 1. Raises NetworkError for sizes that the file leaves open."""
    if value.type.WhichOneof("value") not in {"tensor_type", None}:
        raise NetworkError("is not a tensor", where, "only tensors can be inputs, not sequences, maps or optionals")
    tensor = value.type.tensor_type
    if not tensor.HasField("shape"):
        if shape_of_caller is None:
            raise NetworkError("has no shape", where, "give it without the batch: --input 3x224x224")
        return (1, *shape_of_caller)
    names = [dim.dim_param or "?" for dim in tensor.shape.dim]
    dims = [dim.dim_value if dim.HasField("dim_value") else None for dim in tensor.shape.dim]
    if batch is not None:
        dims[batch] = 1
    if shape_of_caller is not None:
        return _insert_batch(dims, shape_of_caller, where, batch)
    free = [name for name, size in zip(names, dims, strict=True) if size is None]
    text = " x ".join(name if size is None else str(size) for name, size in zip(names, dims, strict=True))
    if free:
        message = f"is {text}: the file leaves {', '.join(map(shown, free))} open"
        raise NetworkError(message, where, "give the shape without the batch: --input 3x224x224")
    sizes = tuple(size for size in dims if size is not None)
    if min(sizes, default=1) < 1:
        raise NetworkError(f"is {text}", where, "sizes must be at least 1")
    return sizes


def _insert_batch(dims: Sequence[int | None], shape: Shape, where: Where, batch: int | None) -> Shape:
    """The caller's shape, with the batch where the graph has it."""
    wanted = len(dims) - (batch is not None)
    if len(shape) != wanted:
        raise NetworkError(f"cannot be {join_sizes(shape)}: it has {wanted} axes", where, "leave the batch out")
    return shape if batch is None else (*shape[:batch], 1, *shape[batch:])


# Outputs


def _outputs(outputs: Sequence[Any], walk: GraphWalk, operators: Sequence[Operator], file: str) -> list[OnnxRow]:
    """The rows that compute the graph's outputs."""
    if not outputs:
        walk.faults.add(NetworkError("has no output", Where(file)))
    by_output = {name: operator for operator in operators for name in operator.outputs}
    ends: list[OnnxRow] = []
    for output in outputs:
        where = Where(f"{file}: output {shown(output.name)}")
        if output.name not in walk.values and output.name not in by_output:
            walk.faults.add(NetworkError("is not the output of any node", where))
        value = walk.values.get(output.name)
        if output.name in walk.unfollowed:
            walk.faults.add(NetworkError(f"is {walk.unfollowed[output.name]}, which no layer computes", where))
        if value is not None and value.row is not None and output.name in by_output:
            with walk.faults.catching():
                end = walk.rows.take_loosely if value.shape[:1] != (1,) else walk.rows.take
                ends.append(end(value, by_output[output.name]))
    if not ends and not walk.faults.found:
        walk.faults.add(NetworkError("computes nothing from its input", Where(file)))
    return ends


# The network


def _assemble(path: Path, sources: Mapping[str, OnnxRow], rows: Sequence[OnnxRow], walk: GraphWalk) -> Network:
    main, *others = sources.values()
    used = {part for row in rows for part in row.inputs}
    further = [row for row in others if row in used]
    if main not in used and further:
        main, *further = further
    layers = [row for row in rows if row.kind != INPUT_KIND]
    names = name_rows([*further, *layers]) | {main: INPUT}
    sharing, stages = _find_shared(layers, names), assign_stages(layers, names)
    file = str(path)
    nodes = []
    for row in layers:
        inputs, where = tuple(names[part] for part in row.inputs), row.operator.where if row.operator else Where(file)
        called = Called("module", row.operator_types)
        settings, shares = row.hyperparameters, sharing.get(row, "")
        nodes.append(Node(names[row], row.layer, settings, inputs, where, row.pattern, stages[row], shares, called))
    if not nodes:
        raise NetworkError("computes nothing", Where(file))
    shapes = {names[row]: row.shape for row in further}
    network = Network(clean_path(path.stem) or "network", main.shape, tuple(nodes), Heading(), file, shapes, _notes(walk))
    sized(network)  # refuses layers that do not fit together
    return network


def _find_shared(rows: Sequence[OnnxRow], names: Mapping[OnnxRow, str]) -> dict[OnnxRow, str]:
    """Rows whose parameters an earlier row has already, with that row's name."""
    holders: dict[str, OnnxRow] = {}
    shared: dict[OnnxRow, str] = {}
    for row in rows:
        holder = holders.get(row.stored[0]) if row.stored else None
        if holder is not None and set(row.stored) <= set(holder.stored):
            shared[row] = names[holder]
        for name in row.stored:
            holders.setdefault(name, row)
    return shared


def _notes(walk: GraphWalk) -> tuple[str, ...]:
    notes = list(walk.notes)
    if walk.skipped:
        notes.append(f"skipped because they are unknown: {join_names(walk.skipped, MAX_NOTED)}")
    return tuple(f"{note}." for note in notes)
