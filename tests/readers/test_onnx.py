"""ONNX files: graphs of real networks without their weights, names, inputs, functions, and the arithmetic on shapes."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests import csv_facts
from tests.readers.network_facts import graph
from tests.readers.onnx_graphs import counted, model, node, read, rows, stored
from worksheet.errors import WorksheetError
from worksheet.sizes import sized

pytestmark = pytest.mark.onnx
TOTALS, LAYERS = csv_facts.by_first_column("counter_totals.csv"), csv_facts.rows("counter_rows.csv")
NETWORKS = ["alexnet", "resnet18", "mobilenet_v2", "vit_b_16"]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A network as torch exported it, as a file."""
    folder = tmp_path_factory.mktemp("onnx")

    def written(name: str) -> Path:
        path = folder / f"{name}.onnx"
        path.write_bytes(graph(name))
        return path

    return written


@pytest.mark.parametrize("name", NETWORKS)
def test_totals_are_those_of_other_counters(name: str, exported: Callable[[str], Path]) -> None:
    net, line = ws.read(exported(name)), TOTALS[name]
    assert counted(net, "weights", "biases") == int(line["params"])
    assert counted(net, "macs") == int(line["deepspeed macs"])
    assert 2 * counted(net, "macs") == int(line["torch-flop-counter"])


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "mobilenet_v2"])
def test_layers_are_those_of_other_counters(name: str, exported: Callable[[str], Path]) -> None:
    """Name by name: the MACs of every layer that has any, and its output."""
    ours = {row.node.name: row for row in sized(ws.read(exported(name)))}
    theirs = {line["layer"]: line for line in LAYERS if line["network"] == name and int(line["deepspeed macs"] or 0)}
    macs = {layer: int(row.kind.quantity("macs", row.form).at(row.values)) for layer, row in ours.items()}
    assert {layer: count for layer, count in macs.items() if count} == {k: int(v["deepspeed macs"]) for k, v in theirs.items()}
    assert theirs
    for layer, line in theirs.items():
        assert "x".join(map(str, ours[layer].output)) == line["output"], layer


def test_a_transformer_is_read_as_its_layers(exported: Callable[[str], Path]) -> None:
    net = ws.read(exported("vit_b_16"))
    block = [n.kind.name for n in net.nodes if n.name.startswith("encoder.layers.encoder_layer_3.")]
    assert block == ["LayerNorm", "MultiheadAttention", "Add", "LayerNorm", "Linear", "GELU", "Linear", "Add"]
    assert [n.kind.name for n in net.nodes[:7]] == ["Conv2d", "Reshape", "Permute", "Parameter", "Concat", "Parameter", "Add"]
    assert net.nodes[3].name == "class_token" and net.nodes[5].name == "encoder.pos_embedding"
    assert net.nodes[-1].name == "heads.head" and len(net.nodes) == 7 + 12 * 8 + 4


def test_folded_normalisation_leaves_a_bias(exported: Callable[[str], Path]) -> None:
    """The graph of torch.export has no BatchNorm: 4800 channels lose a scale each and keep the shift as a bias."""
    net = ws.read(exported("resnet18-dynamo"))
    assert "BatchNorm" not in {n.kind.name for n in net.nodes}
    assert counted(net, "weights", "biases") == int(TOTALS["resnet18"]["params"]) - 4800
    assert net.nodes[0].name == "conv1" and net.nodes[3].name == "layer1.0.conv1" and net.nodes[4].stage == "layer1"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peak memory is read from Linux's /proc")
def test_memory_and_files_stay_small(tmp_path: Path) -> None:
    """Reading and deriving takes little memory, and looks at no file beside the graph."""
    path = tmp_path / "vit.onnx"
    path.write_bytes(graph("vit_b_16"))
    # VmHWM and not ru_maxrss: a process that is started by a large one (this test's) inherits that one's ru_maxrss.
    program = (
        "import re, sys, worksheet as ws; ws.derive(ws.read(sys.argv[1])); "
        "print(re.search(r'VmHWM:\\s*(\\d+) kB', open('/proc/self/status').read())[1])"
    )
    run = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, check=True, cwd=tmp_path)
    assert int(run.stdout) // 1024 < 250


# Weights


def test_weights_inside_the_file_are_stepped_over(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    from worksheet.readers.onnx.skeleton import skeleton

    weights = helper.make_tensor("W", TensorProto.FLOAT, (512, 512, 3, 3), bytes(4 * 512 * 512 * 9), raw=True)
    graph = helper.make_graph(
        [node("Conv", "x W", "y")],
        "g",
        [helper.make_tensor_value_info("x", 1, (1, 512, 8, 8))],
        [helper.make_tensor_value_info("y", 1, None)],
        [weights],
    )
    path = tmp_path / "graph.onnx"
    path.write_bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())
    assert len(skeleton(path)) < 1000 < path.stat().st_size
    assert rows(ws.read(path)) == [("Conv2d", (512, 6, 6))]


def test_a_file_beside_the_graph_is_never_opened(tmp_path: Path) -> None:
    import onnx

    data = onnx.load_model_from_string(model([node("Conv", "x W", "y")], W=(6, 4, 3, 3)))
    data.graph.initializer[0].external_data[0].value = "../../../../etc/passwd"
    assert rows(read(tmp_path, data.SerializeToString())) == [("Conv2d", (6, 6, 6))]


# Inputs


@pytest.mark.parametrize("batch", [1, 4, "batch", None])
def test_the_batch_is_one(tmp_path: Path, batch: Any) -> None:
    net = read(tmp_path, model([node("Relu", "x", "y")], {"x": (batch, 4, 8, 8)}))
    assert net.input == (4, 8, 8) and rows(net) == [("ReLU", (4, 8, 8))]


def test_open_sizes_must_be_given(tmp_path: Path) -> None:
    data = model([node("Add", "x z", "y")], {"x": ("N", 4, "height", "width"), "z": ("N", 4, 1, "width")})
    with pytest.raises(WorksheetError) as caught:
        read(tmp_path, data)
    assert len(caught.value.faults) == 2 and "'height', 'width'" in caught.value.message
    assert "--input" in str(caught.value.hint) and "'x'" in str(caught.value.where)
    assert rows(read(tmp_path, data, input="4x8x8,4x1x8")) == [("Add", (4, 8, 8))]


def test_an_input_of_other_size_takes_the_place_of_the_files(tmp_path: Path) -> None:
    data = model([node("Relu", "x", "y")])
    assert rows(read(tmp_path, data, input="4x16x16")) == [("ReLU", (4, 16, 16))]
    for wrong in ("4x8", "4x8x8,4x8x8"):
        with pytest.raises(WorksheetError):
            read(tmp_path, data, input=wrong)


def test_a_shape_inside_the_graph_that_holds_the_batch_is_named(tmp_path: Path) -> None:
    data = model([node("Reshape", "x S", "y")], {"x": (4, 4, 8, 8)}, S=[4, 256])
    with pytest.raises(WorksheetError) as caught:
        read(tmp_path, data)
    assert "batch" in str(caught.value.hint)


def test_a_sequence_whose_steps_come_first(tmp_path: Path) -> None:
    net = read(tmp_path, model([node("MatMul", "x W", "y")], {"x": (7, 1, 8)}, W=(8, 5)))
    assert net.input == (7, 8) and rows(net) == [("Linear", (7, 5))]
    net = read(tmp_path, model([node("Conv", "x W", "y")], {"x": (64, 1, 100)}, W=(3, 1, 5)))
    assert net.input == (1, 100)


def test_several_inputs(tmp_path: Path) -> None:
    net = read(tmp_path, model([node("Add", "x z", "y")], {"x": (1, 4, 8), "z": (1, 4, 8), "unused": (1, 2)}))
    assert net.nodes[0].inputs == ("input", "z") and dict(net.further) == {"z": (4, 8)}


# Arithmetic on shapes


def test_shapes_that_an_exporter_computes_are_worked_out(tmp_path: Path) -> None:
    """x.view(x.size(0), -1) as the older exporters write it, with arithmetic for good measure."""
    nodes = [
        node("Shape", "x", "s"), node("Gather", "s ZERO", "n", axis=0), node("Unsqueeze", "n", "n1", axes=[0]),
        node("Cast", "n1", "n2", to=7), node("Mul", "n2 ONE", "n3"), node("Concat", "n3 REST", "t", axis=0),
        node("Reshape", "x t", "f"), node("Gemm", "f W", "y"),
    ]  # fmt: skip
    net = read(tmp_path, model(nodes, opset=11, ZERO=0, ONE=[1], REST=[-1], W=(256, 5)))
    assert rows(net) == [("Flatten", (256,)), ("Linear", (5,))]


def test_expand_as_torch_writes_it(tmp_path: Path) -> None:
    """A class token that is expanded to the batch: one parameter tensor and nothing else."""
    nodes = [
        node("ConstantOfShape", "THREE", "o", value=stored(ones=[1])[0]), node("Mul", "o MINUS", "m"),
        node("Equal", "WANTED m", "e"), node("Where", "e ONES WANTED", "w"), node("Expand", "T w", "t"),
        node("Concat", "t x", "c", axis=1), node("Add", "c P", "y"),
    ]  # fmt: skip
    arrays: dict[str, Any] = {"THREE": [3], "MINUS": [-1], "WANTED": [1, -1, -1], "ONES": [1, 1, 1]}
    arrays |= {"T": (1, 1, 8), "P": (1, 7, 8)}
    net = read(tmp_path, model(nodes, {"x": (1, 6, 8)}, **arrays))
    assert [n.kind.name for n in net.nodes] == ["Parameter", "Concat", "Parameter", "Add"]
    assert rows(net) == [("Concat", (7, 8)), ("Add", (7, 8))] and counted(net, "weights") == 8 + 56


@pytest.mark.parametrize(
    ("nodes", "shape"),
    [
        ([("Range", "ZERO FOUR ONE", "a"), ("Slice", "a S1 S3 S0", "b"), ("ReduceProd", "b", "c")], (2, 32)),
        ([("Mod", "SEVEN FOUR", "a"), ("Sub", "a ONE", "b"), ("Div", "SEVEN THREE", "b2"), ("Max", "b b2", "c")], (2, 32)),
        ([("Tile", "S1 S3", "a"), ("ReduceSum", "a", "c0"), ("Sub", "c0 ONE", "c")], (2, 32)),
        ([("Where", "TRUE TWO ONE", "a"), ("Squeeze", "S2", "b"), ("Min", "a b", "c")], (2, 32)),
    ],
)
def test_arithmetic_on_shapes(tmp_path: Path, nodes: Any, shape: tuple[int, ...]) -> None:
    """A number c is computed, and the input of 64 numbers reshaped to c rows."""
    stored: dict[str, Any] = {"ZERO": 0, "ONE": 1, "TWO": 2, "THREE": 3, "FOUR": 4, "SEVEN": 7, "TRUE": 1}
    stored |= {"S0": [0], "S1": [1], "S2": [2], "S3": [3], "REST": [-1], "FLAT": [1]}
    made = [node("Cast", "TRUE", "t", to=9), *(node(type, inputs.replace("TRUE", "t"), out) for type, inputs, out in nodes)]
    made += [node("Reshape", "c FLAT", "d"), node("Concat", "FLAT d REST", "e", axis=0), node("Relu", "x", "r")]
    net = read(tmp_path, model([*made, node("Reshape", "r e", "y")], {"x": (1, 64)}, opset=13, **stored))
    assert rows(net)[-1] == ("Reshape", shape)


def test_a_branch_whose_condition_is_known_is_taken(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("b", TensorProto.FLOAT, None)
    branches = {f"{name}_branch": helper.make_graph([node(type, "x", "b")], name, [], [value]) for name, type in
                (("then", "Relu"), ("else", "Tanh"))}  # fmt: skip
    nodes = [node("Shape", "x", "s"), node("Size", "s", "n"), node("Equal", "n FOUR", "c"), node("If", "c", "y", **branches)]
    assert rows(read(tmp_path, model(nodes, FOUR=4))) == [("ReLU", (4, 8, 8))]
    assert rows(read(tmp_path, model(nodes, FOUR=3))) == [("Tanh", (4, 8, 8))]


def test_local_functions_are_written_out(tmp_path: Path) -> None:
    from onnx import helper

    inner = [node("Conv", "a w", "c"), node("LeakyRelu", "c", "d")]
    reference = inner[1].attribute.add()
    reference.name, reference.ref_attr_name, reference.type = "alpha", "slope", 1
    function = helper.make_function("mine", "Block", ["a", "w"], ["d"], inner, [helper.make_opsetid("", 17)], ["slope"])
    nodes = [node("Block", "x W", "b", domain="mine", slope=0.1), node("Block", "b W", "y", domain="mine", slope=0.2)]
    net = read(tmp_path, model(nodes, functions=[function], domains={"mine": 1}, W=(4, 4, 1, 1)))
    assert [kind for kind, _ in rows(net)] == ["Conv2d", "LeakyReLU"] * 2
    assert net.nodes[2].shares == net.nodes[0].name and counted(net, "weights") == 16


def test_a_branch_inside_a_function_reads_the_tensors_of_its_call(tmp_path: Path) -> None:
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("b", TensorProto.FLOAT, None)
    graph = helper.make_graph([node("Tanh", "inner", "b")], "branch", [], [value])
    body = [
        node("Relu", "a", "inner"), node("Size", "inner", "n"), node("Cast", "n", "c", to=9),
        node("If", "c", "d", then_branch=graph, else_branch=graph),
    ]  # fmt: skip
    function = helper.make_function("mine", "Block", ["a"], ["d"], body, [helper.make_opsetid("", 17)])
    nodes = [node("Block", "x", "z", domain="mine"), node("Block", "z", "y", domain="mine")]
    net = read(tmp_path, model(nodes, functions=[function], domains={"mine": 1}))
    assert [kind for kind, _ in rows(net)] == ["ReLU", "Tanh"] * 2


def test_a_graph_out_of_order_is_sorted(tmp_path: Path) -> None:
    net = read(tmp_path, model([node("Tanh", "a", "y"), node("Relu", "x", "a")]))
    assert [kind for kind, _ in rows(net)] == ["ReLU", "Tanh"]


def test_what_no_output_needs_is_left_out(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "y"), node("Conv", "x W", "z"), node("Tanh", "z", "t")]
    assert rows(read(tmp_path, model(nodes, W=(6, 4, 3, 3)))) == [("ReLU", (4, 8, 8))]


# Names


@pytest.mark.parametrize(
    ("name", "weights", "expected", "stage"),
    [
        ("/features/features.0/features.0.0/Conv", "features.0.0.weight", "features.0.0", "features"),
        ("/layer1/layer1.0/conv1/Conv", "onnx::Conv_193", "layer1.0.conv1", "layer1"),
        ("node_Conv_291", "layer1.0.conv1.weight", "layer1.0.conv1", "layer1"),
        ("Conv_0", "W", "conv_0", ""),
        ("", "W", "conv2d", ""),
        ("a b/<c>/Conv", "W", "a_b._c", "a_b"),
    ],
)
def test_names(tmp_path: Path, name: str, weights: str, expected: str, stage: str) -> None:
    net = read(tmp_path, model([node("Conv", f"x {weights}", "y", name=name)], **{weights: (6, 4, 3, 3)}))
    assert (net.nodes[0].name, net.nodes[0].stage) == (expected, stage)


def test_names_are_used_once(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "a", name="r"), node("Relu", "a", "b", name="r"), node("Relu", "b", "input", name="r_1")]
    names = [n.name for n in read(tmp_path, model([*nodes, node("Relu", "input", "y", name="input")])).nodes]
    assert len(set(names)) == 4 and "input" not in names


def test_scopes_that_the_exporter_notes_are_read(tmp_path: Path) -> None:
    made = node("Relu", "x", "y", name="node_relu_3")
    made.metadata_props.add(key="pkg.torch.onnx.name_scopes", value="['', 'layer1', 'layer1.0', 'layer1.0.relu', 'relu_3']")
    assert read(tmp_path, model([made])).nodes[0].name == "layer1.0.relu"


def test_equal_vectors_that_an_exporter_stored_once_are_counted_for_each(tmp_path: Path) -> None:
    """bn2's parameters are given as an Identity of bn1's; a matrix given so is one that is used twice."""
    nodes = [node("Identity", name, f"{name}2") for name in "SBMV"]
    nodes += [node("BatchNormalization", "x S B M V", "a"), node("BatchNormalization", "a S2 B2 M2 V2", "y")]
    assert counted(read(tmp_path, model(nodes, S=(4,), B=(4,), M=(4,), V=(4,))), "weights", "biases") == 16
    nodes = [node("Identity", "W", "W2"), node("MatMul", "x W", "a"), node("MatMul", "a W2", "y")]
    assert counted(read(tmp_path, model(nodes, {"x": (1, 8)}, W=(8, 8))), "weights") == 64
