"""ptflops, calflops and DeepSpeed on further modules and batches, and onnx-tool on ONNX graphs: what the tools print.

The figures of modules are in tests/facts/counter_probes_more.csv, where none stands the tool fails: torch 2.13.0, ptflops 0.7.5,
calflops 0.3.2, DeepSpeed 0.19.8. Those of graphs, by onnx-tool 1.0.1, stand here.
"""

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests.complete import complete
from tests.conventions.more_probes import probes
from tests.readers.network_facts import graph
from tests.readers.onnx_graphs import model, node, read
from tests.sheet_facts import ROOT

FACTS = ROOT / "tests" / "facts" / "counter_probes_more.csv"
COLUMNS = {
    "ptflops": ("ptflops", "macs"),
    "ptflops-modules": ("ptflops-modules", "macs"),
    "ptflops-aten": ("ptflops-aten", "macs"),
    "calflops": ("calflops", "flops"),
    "calflops macs": ("calflops", "macs"),
    "deepspeed": ("deepspeed", "flops"),
    "deepspeed macs": ("deepspeed", "macs"),
}
LINES = list(csv.DictReader(FACTS.read_text().splitlines()))


# Modules


@cache
def probe(name: str) -> ws.Network:
    make, shapes = probes()[name]
    return ws.read(make().eval(), input=list(shapes))


@pytest.mark.torch
@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line['probe']}, {line['batch']}")
def test_one_layer_in_a_batch(line: dict[str, str]) -> None:
    net = probe(line["probe"])
    found = {name: ws.derive(net, name, batch=int(line["batch"])).totals for name in {tool for tool, _ in COLUMNS.values()}}
    wanted = {name: int(line[name]) for name in COLUMNS if line[name]}
    assert {name: found[tool][column] for name, (tool, column) in COLUMNS.items() if name in wanted} == wanted
    if not any("does not read" in note for note in net.notes):
        assert {totals["params"] for totals in found.values()} == {int(line["params"])}


@pytest.mark.torch
def test_every_module_is_made() -> None:
    named = [line["probe"] for line in LINES]
    complete(named, probes(), add="type what the tools print into counter_probes_more.csv for", drop="no probe is called")


def test_layers_of_a_transformer_cost_what_their_parts_cost() -> None:
    """A sheet's TransformerEncoderLayer and TransformerDecoderLayer are the modules of the same name."""
    layers = {
        "TransformerEncoderLayer": ws.network("encoder", (7, 16), ws.layer("TransformerEncoderLayer", h=4, f=32)),
        "TransformerDecoderLayer": ws.network(
            "decoder",
            (7, 16),
            ws.layer("TransformerDecoderLayer", inputs=("input", "memory"), h=4, f=32),
            further={"memory": (9, 16)},
        ),
    }
    for line in LINES:
        if line["probe"] in layers:
            for column, (tool, name) in COLUMNS.items():
                totals = ws.derive(layers[line["probe"]], tool, batch=int(line["batch"])).totals
                assert totals[name] == int(line[column]), (line["probe"], line["batch"], column)


# Graphs of ONNX

ONE, HALF, ROOT_2, INVERSE, THREE, SIX, CUBE, WAVE = [1.0], [0.5], [2**0.5], [0.5**0.5], [3.0], [6.0], [0.044715], [0.7978845608]
TOKENS = {"x": (1, 7, 16)}
GELU = [("Erf", "a", "b"), ("Add", "b ONE", "c"), ("Mul", "x c", "d"), ("Mul", "d HALF", "y")]
TANH = [("Add", "x e", "f"), ("Mul", "f WAVE", "g"), ("Tanh", "g", "h"), ("Add", "h ONE", "i")]
NORM = [("ReduceMean", "x", "m"), ("Sub", "x m", "a")]
ROOTED = [("ReduceMean", "b", "c"), ("Add", "c EPS", "d"), ("Sqrt", "d", "e"), ("Div", "a e", "y")]
Given = tuple[list[tuple[Any, ...]], dict[str, Any]]


def plain(type: str, inputs: str = "x", **attributes: Any) -> tuple[Any, ...]:
    return type, inputs, "y", attributes


# The nodes, and what the graph stores.
GRAPHS: dict[str, Given] = {
    "Conv": ([plain("Conv", "x w b", kernel_shape=[3, 3])], {"w": (6, 4, 3, 3), "b": (6,)}),
    "Conv without bias": ([plain("Conv", "x w", kernel_shape=[3, 3], group=2)], {"w": (6, 2, 3, 3)}),
    "ConvTranspose": ([plain("ConvTranspose", "x w b", kernel_shape=[2, 2], strides=[2, 2])], {"w": (4, 6, 2, 2), "b": (6,)}),
    "MaxPool": ([plain("MaxPool", kernel_shape=[3, 3], strides=[2, 2])], {}),
    "AveragePool": ([plain("AveragePool", kernel_shape=[2, 2], strides=[2, 2])], {}),
    "GlobalAveragePool": ([plain("GlobalAveragePool")], {}),
    "ReduceMean": ([plain("ReduceMean", axes=[2, 3])], {}),
    "BatchNormalization": ([plain("BatchNormalization", "x s b m v")], dict.fromkeys("sbmv", (4,))),
    "InstanceNormalization": ([plain("InstanceNormalization", "x s b")], {"s": (4,), "b": (4,)}),
    "LRN": ([plain("LRN", size=5)], {}),
    "Softmax": ([plain("Softmax", axis=-1)], {}),
    "LogSoftmax": ([plain("LogSoftmax", axis=-1)], {}),
    **{
        name: ([plain(name)], {})
        for name in ("Relu", "Sigmoid", "Tanh", "LeakyRelu", "Elu", "Softplus", "HardSigmoid", "HardSwish", "Exp", "Sqrt", "Abs")
    },
    "Clip": ([plain("Clip", "x ZERO SIX")], {"ZERO": [0.0], "SIX": SIX}),
    "Add of two": ([("Sigmoid", "x", "a"), ("Add", "x a", "y")], {}),
    "Div by a number": ([plain("Div", "x SIX")], {"SIX": SIX}),
    "Sigmoid and product": ([("Sigmoid", "x", "a"), ("Mul", "x a", "y")], {}),
    "hard swish by bounds": (
        [("Add", "x THREE", "a"), ("Clip", "a ZERO SIX", "b"), ("Mul", "x b", "c"), ("Div", "c SIX", "y")],
        {"THREE": THREE, "ZERO": [0.0], "SIX": SIX},
    ),
    "GELU by a division": ([("Div", "x R", "a"), *GELU], {"R": ROOT_2, "ONE": ONE, "HALF": HALF}),
    "GELU by products": ([("Mul", "x R", "a"), *GELU], {"R": INVERSE, "ONE": ONE, "HALF": HALF}),
    "GELU by a tanh": (
        [
            *[("Mul", "x x", "a"), ("Mul", "a x", "b"), ("Mul", "b CUBE", "e"), *TANH],
            *[("Mul", "x i", "j"), ("Mul", "j HALF", "y")],
        ],
        {"CUBE": CUBE, "WAVE": WAVE, "ONE": ONE, "HALF": HALF},
    ),
    "GELU by a power": (
        [("Pow", "x THREE", "b"), ("Mul", "b CUBE", "e"), *TANH, ("Mul", "x i", "j"), ("Mul", "j HALF", "y")],
        {"THREE": THREE, "CUBE": CUBE, "WAVE": WAVE, "ONE": ONE, "HALF": HALF},
    ),
    "Resize linear": ([plain("Resize", "x - s", mode="linear")], {"s": [1.0, 1.0, 2.0, 2.0]}),
    "Resize nearest": ([plain("Resize", "x - s", mode="nearest")], {"s": [1.0, 1.0, 2.0, 2.0]}),
}
SEQUENCES: dict[str, Given] = {
    "MatMul and Add": ([("MatMul", "x w", "a"), ("Add", "a b", "y")], {"w": (16, 5), "b": (5,)}),
    "Gelu": ([plain("Gelu")], {}),
    "LayerNormalization": ([plain("LayerNormalization", "x s b", axis=-1)], {"s": (16,), "b": (16,)}),
    "layer norm by a power": ([*NORM, ("Pow", "a TWO", "b"), *ROOTED], {"TWO": [2.0], "EPS": [1e-5]}),
    "layer norm by a product": ([*NORM, ("Mul", "a a", "b"), *ROOTED], {"EPS": [1e-5]}),
    "attention": (
        [
            *[("Transpose", "x", "t", {"perm": [0, 2, 1]}), ("MatMul", "x t", "a")],
            *[("Softmax", "a", "b", {"axis": -1}), ("MatMul", "b x", "y")],
        ],
        {},
    ),
    "LSTM": ([plain("LSTM", "t w r b", hidden_size=5)], {"w": (1, 20, 6), "r": (1, 20, 5), "b": (1, 40)}),
    "GRU": ([("GRU", "t w r b", "y h", {"hidden_size": 5})], {"w": (1, 15, 6), "r": (1, 15, 5), "b": (1, 30)}),
}


PRINTED = {  # the MACs that the tool prints for these graphs
    "Abs": 256,
    "Add of two": 8_448,
    "AveragePool": 256,
    "BatchNormalization": 7_936,
    "Clip": 512,
    "Conv without bias": 3_888,
    "Conv": 7_992,
    "ConvTranspose": 38_400,
    "Div by a number": 1_024,
    "Elu": 8_960,
    "Exp": 8_192,
    "GELU by a division": 1_792,
    "GELU by a power": 29_184,
    "GELU by a tanh": 21_504,
    "GELU by products": 1_024,
    "GRU": 5_215,
    "Gelu": 3_808,
    "GlobalAveragePool": 272,
    "HardSigmoid": 1_024,
    "HardSwish": 1_280,
    "InstanceNormalization": 1_792,
    "LRN": 10_752,
    "LSTM": 8_120,
    "LayerNormalization": 987,
    "LeakyRelu": 512,
    "LogSoftmax": 20_480,
    "MatMul and Add": 595,
    "MaxPool": 324,
    "ReduceMean": 256,
    "Relu": 256,
    "Resize linear": 4_096,
    "Resize nearest": 0,
    "Sigmoid and product": 8_448,
    "Sigmoid": 8_192,
    "Softmax": 9_216,
    "Softplus": 19_456,
    "Sqrt": 6_144,
    "Tanh": 19_456,
    "attention": 3_332,
    "hard swish by bounds": 2_048,
    "layer norm by a power": 4_543,
    "layer norm by a product": 1_071,
}


def built(name: str) -> bytes:
    """A graph's bytes."""
    nodes, arrays = (GRAPHS | SEQUENCES)[name]
    made = []
    for type, inputs, outputs, *attributes in nodes:
        means = {"axes": [-1]} if type == "ReduceMean" and not attributes else {}
        made.append(node(type, inputs, outputs, **{**means, **(attributes[0] if attributes else {})}))
    inputs: dict[str, Any] | None = TOKENS if name in SEQUENCES else None
    if name in {"LSTM", "GRU"}:
        inputs = {"t": (7, 1, 6)}
    return model(made, inputs, opset=20 if name == "Gelu" else 17, **arrays)


@pytest.mark.onnx
@pytest.mark.parametrize("name", PRINTED)
def test_graphs(name: str, tmp_path: Path) -> None:
    """A layer from an ONNX file costs what its operators cost, whatever the exporter has written."""
    assert ws.derive(read(tmp_path, built(name)), "onnx-tool").totals["macs"] == PRINTED[name]


EXPORTS = {  # params and MACs, as the tool prints them; less what is no layer
    "alexnet": (61_100_840, 715_979_944),
    "mobilenet_v2": (3_538_984, 520_292_552),
    "resnet18": (11_699_112, 1_895_963_624),
    "resnet18-dynamo": (11_684_714 - 2, 1_821_450_216),  # two stored numbers name axes
    "vit_b_16": (86_567_656, 17_866_375_115 - 954),  # operations on single numbers, for shapes and the scale of attention
}


@pytest.mark.onnx
@pytest.mark.parametrize("name", EXPORTS)
def test_exported_networks(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(graph(name))
    totals = ws.derive(ws.read(path), "onnx-tool").totals
    assert (totals["params"], totals["macs"]) == EXPORTS[name]
