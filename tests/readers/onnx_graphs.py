"""Small ONNX graphs for the tests, and what the reader makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import worksheet as ws
from worksheet.sizes import sized

FLOAT, INT64 = 1, 7
Node = tuple[str, str, str, dict[str, Any]]  # type, inputs, outputs, attributes


def node(type: str, inputs: str, outputs: str, **attributes: Any) -> Any:
    """A node; inputs and outputs are names with spaces between them, a dash for one that is left out."""
    from onnx import helper

    domain = attributes.pop("domain", "")
    name = attributes.pop("name", "")
    lists = [[name.replace("-", "") if name == "-" else name for name in text.split()] for text in (inputs, outputs)]
    return helper.make_node(type, *lists, name=name, domain=domain, **attributes)


def stored(**arrays: Any) -> list[Any]:
    """Initializers: a shape (of floats without numbers, as where the data lies elsewhere) or a list of numbers."""
    import numpy as np
    from onnx import TensorProto, numpy_helper

    tensors = []
    for name, array in arrays.items():
        if isinstance(array, tuple):
            tensor = TensorProto(name=name, data_type=FLOAT, dims=array, data_location=TensorProto.EXTERNAL)
            tensor.external_data.add(key="location", value="missing.bin")
        else:
            numbers = np.asarray(array)
            is_whole = numbers.dtype.kind == "i"
            tensor = numpy_helper.from_array(numbers.astype("int64" if is_whole else "float32"), name)
        tensors.append(tensor)
    return tensors


def model(
    nodes: Sequence[Any],
    inputs: Mapping[str, Sequence[int | str] | None] | None = None,
    outputs: str = "y",
    opset: int = 17,
    functions: Sequence[Any] = (),
    domains: Mapping[str, int] | None = None,
    **arrays: Any,
) -> bytes:
    """A model's bytes. The input is x of 1 x 4 x 8 x 8 where none is given; ``arrays`` are its initializers."""
    from onnx import helper

    input_shapes = {"x": (1, 4, 8, 8)} if inputs is None else inputs
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, FLOAT, shape) for name, shape in input_shapes.items()],
        [helper.make_tensor_value_info(name, FLOAT, None) for name in outputs.split()],
        stored(**arrays),
    )
    imports = [helper.make_opsetid("", opset), *(helper.make_opsetid(name, n) for name, n in (domains or {}).items())]
    return helper.make_model(graph, opset_imports=imports, functions=list(functions)).SerializeToString()


def read(folder: Path, data: bytes, **options: Any) -> ws.Network:
    path = folder / "graph.onnx"
    path.write_bytes(data)
    return ws.read(path, **options)


def rows(net: ws.Network) -> list[tuple[str, tuple[int, ...]]]:
    """Kind and output of every layer, stored arrays aside."""
    return [(row.node.kind.name, row.output) for row in sized(net) if row.node.kind.name != "Parameter"]


def counted(net: ws.Network, *quantities: str) -> int:
    """The sum of these over all layers; parameters that are shared count once."""
    total = 0
    for row in sized(net):
        for name in quantities:
            if not (row.node.shares and name in {"weights", "biases", "buffers"}):
                total += int(row.kind.quantity(name, row.form).at(row.values))
    return total
