"""Every ONNX operator becomes the layers that it is, of the sizes that ONNX gives it: by hand, and against onnx itself."""

from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests.readers.onnx_graphs import counted, model, node, read, rows
from worksheet.errors import WorksheetError

pytestmark = pytest.mark.onnx
MS = "com.microsoft"


def one(tmp_path: Path, type: str, inputs: str = "x", *, shape: Any = (1, 4, 8, 8), opset: int = 17, **rest: Any) -> ws.Network:
    """The network of one node, whose attributes are ``rest`` but for upper case, which are initializers."""
    arrays = {name: value for name, value in rest.items() if name.isupper()}
    attributes = {name: value for name, value in rest.items() if not name.isupper()}
    domains = {attributes["domain"]: 1} if "domain" in attributes else {}
    nodes = [node(type, inputs, "y", **attributes)]
    return read(tmp_path, model(nodes, {"x": shape}, opset=opset, domains=domains, **arrays))


def layer(net: ws.Network) -> tuple[str, dict[str, int], tuple[int, ...]]:
    """The only layer: kind, the settings that differ from their defaults or matter, output."""
    (only,) = [n for n in net.nodes if n.kind.name != "Parameter"]
    ((_, output),) = rows(net)
    return only.kind.name, dict(only.hyperparameters), output


# Convolution and pooling: operator, initializers, attributes, and by hand: kind, some settings, output
WINDOWS: list[tuple[str, str, dict[str, Any], str, dict[str, int], tuple[int, ...]]] = [
    ("Conv", "x W", {"W": (6, 4, 3, 3)}, "Conv2d", {"b": 0, "k": 6, "w": 3}, (6, 6, 6)),
    ("Conv", "x W B", {"W": (6, 4, 3, 5), "B": (6,), "pads": [1, 2, 1, 2]},
     "Conv2d", {"b": 1, "h": 3, "w": 5, "p_w": 2}, (6, 8, 8)),
    ("Conv", "x W", {"W": (6, 4, 3, 3), "pads": [0, 1, 1, 1], "strides": [2, 1]},
     "Conv2d", {"q_h": 1, "q_w": 0, "s_h": 2}, (6, 4, 8)),
    ("Conv", "x W", {"W": (6, 4, 3, 3), "auto_pad": "SAME_UPPER", "strides": [3, 3]}, "Conv2d", {"z": 1}, (6, 3, 3)),
    ("Conv", "x W", {"W": (6, 4, 3, 3), "auto_pad": "VALID"}, "Conv2d", {"z": 0, "p_w": 0}, (6, 6, 6)),
    ("Conv", "x W", {"W": (8, 1, 3, 3), "group": 4, "dilations": [2, 2]}, "Conv2d", {"g": 4, "d_w": 2}, (8, 4, 4)),
    ("ConvTranspose", "x W", {"W": (4, 3, 2, 2), "strides": [2, 2]}, "ConvTranspose2d", {"k": 3, "s_w": 2}, (3, 16, 16)),
    ("ConvTranspose", "x W", {"W": (4, 3, 3, 3), "strides": [2, 2], "pads": [1] * 4, "output_padding": [1, 1]}, "ConvTranspose2d",
     {"p_w": 1, "o_w": 1}, (3, 16, 16)),
    ("ConvTranspose", "x W", {"W": (4, 3, 3, 3), "strides": [2, 2], "pads": [0, 0, 1, 1]},
     "ConvTranspose2d", {"o_w": 1}, (3, 16, 16)),
    ("ConvTranspose", "x W", {"W": (4, 3, 3, 3), "strides": [2, 2], "output_shape": [16, 17]},
     "ConvTranspose2d", {}, (3, 16, 17)),
    ("ConvTranspose", "x W", {"W": (4, 3, 3, 3), "strides": [2, 2], "auto_pad": "SAME_LOWER"},
     "ConvTranspose2d", {}, (3, 16, 16)),
    ("MaxPool", "x", {"kernel_shape": [3, 3], "strides": [2, 2]}, "MaxPool2d", {"e": 0, "s_w": 2}, (4, 3, 3)),
    ("MaxPool", "x", {"kernel_shape": [3, 3], "strides": [2, 2], "ceil_mode": 1}, "MaxPool2d", {"e": 1}, (4, 4, 4)),
    ("MaxPool", "x", {"kernel_shape": [2, 2]}, "MaxPool2d", {"s_w": 1}, (4, 7, 7)),
    ("MaxPool", "x", {"kernel_shape": [3, 3], "dilations": [2, 2], "pads": [1] * 4},
     "MaxPool2d", {"d_w": 2, "p_w": 1}, (4, 6, 6)),
    ("MaxPool", "x", {"kernel_shape": [3, 3], "strides": [3, 3], "auto_pad": "SAME_UPPER"}, "MaxPool2d", {"z": 1}, (4, 3, 3)),
    ("AveragePool", "x", {"kernel_shape": [3, 3], "pads": [1] * 4}, "AvgPool2d", {"i": 0}, (4, 8, 8)),
    ("AveragePool", "x", {"kernel_shape": [3, 3], "pads": [1] * 4, "count_include_pad": 1}, "AvgPool2d", {"i": 1}, (4, 8, 8)),
    ("AveragePool", "x", {"kernel_shape": [2, 2], "strides": [2, 2]}, "AvgPool2d", {"i": 1}, (4, 4, 4)),
    ("LpPool", "x", {"kernel_shape": [2, 2], "strides": [2, 2], "p": 3}, "LPPool2d", {"n_p": 3}, (4, 4, 4)),
    ("GlobalAveragePool", "x", {}, "GlobalAvgPool", {}, (4, 1, 1)),
    ("GlobalMaxPool", "x", {}, "GlobalMaxPool", {}, (4, 1, 1)),
    ("LRN", "x", {"size": 5}, "LRN", {"n_l": 5}, (4, 8, 8)),
]  # fmt: skip


@pytest.mark.parametrize("case", WINDOWS, ids=lambda case: f"{case[0]}-{case[2]}"[:60])
def test_windows(tmp_path: Path, case: Any) -> None:
    type, inputs, given, kind, settings, output = case
    kind_read, values, shape = layer(one(tmp_path, type, inputs, **given))
    assert (kind_read, shape) == (kind, output)
    assert {name: values[name] for name in settings} == settings


@pytest.mark.parametrize("dimensions", [1, 3])
def test_windows_in_other_dimensions(tmp_path: Path, dimensions: int) -> None:
    shape = (1, 4, *(8,) * dimensions)
    net = one(tmp_path, "Conv", "x W", W=(6, 4, *(3,) * dimensions), pads=[1] * dimensions * 2, shape=shape)
    assert layer(net)[::2] == (f"Conv{dimensions}d", (6, *(8,) * dimensions))
    net = one(tmp_path, "MaxPool", kernel_shape=[2] * dimensions, strides=[2] * dimensions, shape=shape)
    assert layer(net)[::2] == (f"MaxPool{dimensions}d", (4, *(4,) * dimensions))


ACTIVATIONS = {
    "Relu": "ReLU", "LeakyRelu": "LeakyReLU", "Elu": "ELU", "Selu": "SELU", "Celu": "CELU", "Sigmoid": "Sigmoid", "Tanh": "Tanh",
    "Softplus": "Softplus", "HardSigmoid": "Hardsigmoid", "HardSwish": "Hardswish", "Mish": "Mish", "Gelu": "GELU", "Erf": "Erf",
    "ThresholdedRelu": "Threshold", "Exp": "Exp", "Log": "Log", "Sqrt": "Sqrt", "Neg": "Negative", "Abs": "Abs",
    "Reciprocal": "DivScalar", "Dropout": "Dropout", "Softmax": "Softmax", "LogSoftmax": "LogSoftmax", "Swish": "SiLU",
}  # fmt: skip


@pytest.mark.parametrize("type", ACTIVATIONS)
def test_activations(tmp_path: Path, type: str) -> None:
    assert layer(one(tmp_path, type, opset=24))[::2] == (ACTIVATIONS[type], (4, 8, 8))


def test_gelu_by_tanh(tmp_path: Path) -> None:
    assert layer(one(tmp_path, "Gelu", approximate="tanh", opset=20))[1] == {"t": 1}
    assert layer(one(tmp_path, "FastGelu", domain=MS))[1] == {"t": 1}


@pytest.mark.parametrize(
    ("bounds", "kind", "opset"),
    [
        ({"min": 0.0, "max": 6.0}, "ReLU6", 9), ({"min": -1.0, "max": 1.0}, "Hardtanh", 9), ({"min": 0.0}, "ReLU", 9),
        ({"min": 0.5}, "Clip", 9), ({"LOW": [0.0], "HIGH": [6.0]}, "ReLU6", 11), ({"LOW": [2.0], "HIGH": [6.0]}, "Clip", 13),
        ({"LOW": (), "HIGH": ()}, "Clip", 17),
    ],
)  # fmt: skip
def test_clip_is_what_its_bounds_say(tmp_path: Path, bounds: dict[str, Any], kind: str, opset: int) -> None:
    inputs = "x LOW HIGH" if "LOW" in bounds else "x"
    assert layer(one(tmp_path, "Clip", inputs, opset=opset, **bounds))[0] == kind


@pytest.mark.parametrize(
    ("type", "inputs", "given", "kind"),
    [
        ("Add", "x C", {"C": [2.0]}, "AddScalar"), ("Sub", "x C", {"C": [2.0]}, "AddScalar"),
        ("Sub", "C x", {"C": [2.0]}, "AddScalar"),
        ("Mul", "C x", {"C": [2.0]}, "MulScalar"), ("Div", "x C", {"C": [2.0]}, "DivScalar"),
        ("Div", "C x", {"C": [2.0]}, "DivScalar"),
        ("Pow", "x C", {"C": [2.0]}, "Power"), ("Pow", "x C", {"C": [0.5]}, "Sqrt"), ("Pow", "x C", {"C": [-1.0]}, "DivScalar"),
        ("Pow", "x C", {"C": [0.75]}, "Power"), ("Max", "x C", {"C": [0.0]}, "ReLU"), ("Min", "x C", {"C": [3.0]}, "Clip"),
        ("Add", "x C", {"C": (4, 1, 1)}, "Add"), ("Mul", "x x", {}, "Mul"), ("Max", "x x", {}, "Maximum"),
        ("Sum", "x x x", {}, "Add"),
        ("PRelu", "x C", {"C": (4, 1, 1)}, "PReLU"), ("Mul", "x C", {"C": ()}, "MulScalar"),
    ],
)  # fmt: skip
def test_numbers_and_tensors(tmp_path: Path, type: str, inputs: str, given: dict[str, Any], kind: str) -> None:
    assert layer(one(tmp_path, type, inputs, **given))[::2] == (kind, (4, 8, 8))


def test_what_changes_nothing_is_no_layer(tmp_path: Path) -> None:
    nodes = [node("Identity", "x", "a"), node("Mul", "a ONE", "b"), node("Cast", "b", "c", to=1), node("Relu", "c", "y")]
    assert rows(read(tmp_path, model(nodes, ONE=[1.0]))) == [("ReLU", (4, 8, 8))]


def test_a_mean_of_tensors_is_a_sum_and_a_division(tmp_path: Path) -> None:
    assert rows(one(tmp_path, "Mean", "x x x")) == [("Add", (4, 8, 8)), ("DivScalar", (4, 8, 8))]


# Products

LINEAR = [
    ("MatMul", "x W", {"W": (8, 5)}, (1, 8), (5,), 0), ("MatMul", "x W", {"W": (8, 5)}, (1, 3, 8), (3, 5), 0),
    ("MatMul", "x W", {"W": (8, 5)}, (1, 2, 3, 8), (2, 3, 5), 0), ("Gemm", "x W B", {"W": (8, 5), "B": (5,)}, (1, 8), (5,), 1),
    ("Gemm", "x W B", {"W": (5, 8), "B": (5,), "transB": 1}, (1, 8), (5,), 1), ("Gemm", "x W", {"W": (8, 5)}, (1, 8), (5,), 0),
]  # fmt: skip


@pytest.mark.parametrize("case", LINEAR, ids=lambda case: f"{case[0]}-{case[3]}")
def test_products_with_weights_are_linear(tmp_path: Path, case: Any) -> None:
    type, inputs, given, shape, output, bias = case
    net = one(tmp_path, type, inputs, shape=shape, **given)
    kind, values, found = layer(net)
    assert (kind, found, values["b"]) == ("Linear", output, bias)
    assert counted(net, "weights", "biases") == 40 + 5 * bias


def test_a_vector_added_behind_is_the_bias(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x W", "a"), node("Add", "B a", "y")]
    net = read(tmp_path, model(nodes, {"x": (1, 3, 8)}, W=(8, 5), B=(5,)))
    assert layer(net) == ("Linear", {"k": 5, "b": 1, "r": 0}, (3, 5))
    nodes = [node("Conv", "x W", "a"), node("Add", "a B", "y")]
    net = read(tmp_path, model(nodes, W=(5, 4, 1, 1), B=(1, 5, 1, 1)))
    assert layer(net)[1]["b"] == 1 and counted(net, "biases") == 5


@pytest.mark.parametrize(
    ("first", "second", "output"),
    [
        ((1, 3, 4, 5), (1, 3, 5, 2), (3, 4, 2)),
        ((1, 3, 4, 5), (1, 1, 5, 2), (3, 4, 2)),
        ((1, 4, 5), (5,), (4,)),
        ((1, 4, 5), (1, 5, 2), (4, 2)),
    ],
)
def test_products_of_tensors(tmp_path: Path, first: Any, second: Any, output: Any) -> None:
    net = read(tmp_path, model([node("MatMul", "a b", "y")], {"a": first, "b": second}))
    assert rows(net)[-1] == ("MatMul", output)


def test_einsum_leaves_the_batch_out(tmp_path: Path) -> None:
    net = one(tmp_path, "Einsum", "x x", equation="bhid, bhjd -> bhij", shape=(1, 3, 4, 5))
    assert net.nodes[-1].pattern == "hid,hjd->hij" and rows(net) == [("Einsum", (3, 4, 4))]
    assert counted(net, "macs") == 3 * 4 * 4 * 5


# Layout: the operator, its initializers and attributes, and by hand the output, for x of 1 x 4 x 8 x 8

LAYOUT: list[tuple[str, str, dict[str, Any], int, list[str], tuple[int, ...]]] = [
    ("Flatten", "x", {}, 13, ["Flatten"], (256,)),
    ("Reshape", "x S", {"S": [0, 2, -1]}, 13, ["Reshape"], (2, 128)),
    ("Transpose", "x", {"perm": [0, 2, 3, 1]}, 13, ["Permute"], (8, 8, 4)),
    ("Unsqueeze", "x", {"axes": [1]}, 11, ["Reshape"], (1, 4, 8, 8)),
    ("Unsqueeze", "x A", {"A": [2]}, 13, ["Reshape"], (4, 1, 8, 8)),
    ("Concat", "x x", {"axis": 1}, 13, ["Concat"], (8, 8, 8)),
    ("Concat", "x x", {"axis": -1}, 13, ["Concat"], (4, 8, 16)),
    ("Slice", "x", {"starts": [1], "ends": [3], "axes": [1]}, 9, ["Slice"], (2, 8, 8)),
    ("Slice", "x S E A", {"S": [1, 0], "E": [2**62, -1], "A": [1, 3]}, 13, ["Slice", "Slice"], (3, 8, 7)),
    ("Slice", "x S E A T", {"S": [0], "E": [8], "A": [2], "T": [2]}, 13, ["Slice"], (4, 4, 8)),
    ("Slice", "x S E A T", {"S": [-1], "E": [-(2**63)], "A": [2], "T": [-1]}, 13, ["Gather"], (4, 8, 8)),
    ("Gather", "x I", {"I": [1], "axis": 1}, 13, ["Slice"], (1, 8, 8)),
    ("Gather", "x I", {"I": [0, 2, 2], "axis": 1}, 13, ["Gather"], (3, 8, 8)),
    ("Pad", "x", {"pads": [0, 0, 1, 2, 0, 0, 3, 4]}, 9, ["Pad"], (4, 12, 14)),
    ("Pad", "x P", {"P": [0, 0, 0, 0, 0, 3, 0, 0]}, 13, ["Pad"], (7, 8, 8)),
    ("Pad", "x P", {"P": [0, 0, 0, -1, 0, 0, 0, -2]}, 13, ["Slice"], (4, 8, 5)),
    ("Expand", "x S", {"S": [1, 4, 8, 8]}, 13, [], ()),
    ("Tile", "x R", {"R": [1, 2, 1, 1]}, 13, ["Gather"], (8, 8, 8)),
    ("DepthToSpace", "x", {"blocksize": 2}, 13, ["PixelShuffle"], (1, 16, 16)),
    ("SpaceToDepth", "x", {"blocksize": 2}, 13, ["PixelUnshuffle"], (16, 4, 4)),
    ("Upsample", "x S", {"S": [1.0, 1.0, 2.0, 2.0], "mode": "nearest"}, 9, ["Upsample"], (4, 16, 16)),
    ("Resize", "x S", {"S": [1.0, 1.0, 2.0, 3.0]}, 10, ["Upsample"], (4, 16, 24)),
    ("Resize", "x - - S", {"S": [1, 4, 5, 7], "mode": "linear"}, 13, ["Upsample"], (4, 5, 7)),
    ("ReduceMean", "x", {"axes": [2, 3]}, 13, ["GlobalAvgPool"], (4, 1, 1)),
    ("ReduceMean", "x A", {"A": [-1], "keepdims": 0}, 18, ["Mean"], (4, 8)),
    ("ReduceSum", "x A", {"A": [1]}, 13, ["Sum"], (1, 8, 8)),
    ("ReduceMax", "x", {"axes": [1]}, 13, ["Max"], (1, 8, 8)),
    ("ReduceL2", "x", {"axes": [1]}, 13, ["Power", "Sum", "Sqrt"], (1, 8, 8)),
    ("LpNormalization", "x", {"axis": 1}, 13, ["Power", "Sum", "Sqrt", "Div"], (4, 8, 8)),
]  # fmt: skip


@pytest.mark.parametrize("case", LAYOUT, ids=lambda case: f"{case[0]}-{case[3]}-{case[2]}"[:60])
def test_layout(tmp_path: Path, case: Any) -> None:
    type, inputs, given, opset, kinds, output = case
    arrays = {name: value for name, value in given.items() if name.isupper()}
    attributes = {name: value for name, value in given.items() if not name.isupper()}
    nodes = [node("Relu", "x", "r"), node(type, inputs.replace("x", "r"), "y", **attributes)]
    layers_read = rows(read(tmp_path, model(nodes, opset=opset, **arrays)))[1:]
    assert [kind for kind, _ in layers_read] == kinds
    assert not kinds or layers_read[-1][1] == output


@pytest.mark.parametrize(("given", "opset"), [({"split": [1, 3]}, 11), ({"S": [1, 3]}, 13), ({"num_outputs": 2}, 18)])
def test_split(tmp_path: Path, given: dict[str, Any], opset: int) -> None:
    arrays = {name: value for name, value in given.items() if name == "S"}
    attributes = {name: value for name, value in given.items() if name != "S"}
    nodes = [node("Split", "x S" if arrays else "x", "a b", axis=1, **attributes), node("Relu", "b", "y"), node("Relu", "a", "z")]
    sizes = [shape for kind, shape in rows(read(tmp_path, model(nodes, outputs="y z", opset=opset, **arrays))) if kind == "Slice"]
    assert sizes == ([(2, 8, 8)] * 2 if "num_outputs" in given else [(1, 8, 8), (3, 8, 8)])


# Normalisation

NORMS: list[tuple[str, str, dict[str, Any], Any, str, int]] = [
    ("BatchNormalization", "x S B M V", {"S": (4,), "B": (4,), "M": (4,), "V": (4,)}, (1, 4, 8, 8), "BatchNorm", 8),
    ("InstanceNormalization", "x S B", {"S": (4,), "B": (4,)}, (1, 4, 8, 8), "InstanceNorm", 8),
    ("GroupNormalization", "x S B", {"S": (4,), "B": (4,), "num_groups": 2, "opset": 21}, (1, 4, 8, 8), "GroupNorm", 8),
    ("LayerNormalization", "x S B", {"S": (8,), "B": (8,)}, (1, 3, 8), "LayerNorm", 16),
    ("LayerNormalization", "x S", {"S": (3, 8), "axis": 1}, (1, 3, 8), "LayerNorm", 24),
    ("RMSNormalization", "x S", {"S": (8,), "opset": 23}, (1, 3, 8), "RMSNorm", 8),
    ("SimplifiedLayerNormalization", "x S", {"S": (8,)}, (1, 3, 8), "RMSNorm", 8),
]


@pytest.mark.parametrize("case", NORMS, ids=lambda case: f"{case[0]}-{len(case[1])}")
def test_normalisation(tmp_path: Path, case: Any) -> None:
    type, inputs, given, shape, kind, parameters = case
    net = one(tmp_path, type, inputs, shape=shape, **given)
    assert layer(net)[::2] == (kind, shape[1:])
    assert counted(net, "weights", "biases") == parameters


@pytest.mark.parametrize(
    ("shape", "axis", "opset", "output"),
    [
        ((1, 10), None, 9, [("Softmax", (10,))]), ((1, 4, 8, 8), 1, 13, [("Softmax", (4, 8, 8))]),
        ((1, 4, 8, 8), None, 13, [("Softmax", (4, 8, 8))]),
        ((1, 4, 8, 8), 1, 11, [("Flatten", (256,)), ("Softmax", (256,)), ("Reshape", (4, 8, 8))]),  # later axes flattened
        ((1, 4, 8, 8), -1, 11, [("Softmax", (4, 8, 8))]),
    ],
)  # fmt: skip
def test_softmax_flattened_all_later_axes_before_opset_13(
    tmp_path: Path, shape: Any, axis: int | None, opset: int, output: Any
) -> None:
    given = {} if axis is None else {"axis": axis}
    assert rows(one(tmp_path, "Softmax", shape=shape, opset=opset, **given)) == output


# Sequences


@pytest.mark.parametrize(("type", "gates"), [("LSTM", 4), ("GRU", 3), ("RNN", 1)])
@pytest.mark.parametrize("directions", [1, 2])
def test_recurrent(tmp_path: Path, type: str, gates: int, directions: int) -> None:
    arrays: dict[str, Any] = {"W": (directions, gates * 6, 5), "R": (directions, gates * 6, 6), "B": (directions, 2 * gates * 6)}
    direction = {1: "forward", 2: "bidirectional"}[directions]
    nodes = [
        node(type, "x W R B", "o h", hidden_size=6, direction=direction),
        node("Transpose", "o", "t", perm=[0, 2, 1, 3]),
        node("Reshape", "t S", "y"),
        node("Relu", "h", "z"),
    ]
    net = read(tmp_path, model(nodes, {"x": (7, 1, 5)}, "y z", S=[7, 1, 6 * directions], **arrays))
    assert net.input == (7, 5)
    assert rows(net)[0] == (type, (7, 6 * directions)) and rows(net)[-1] == (
        "ReLU",
        (directions, 6) if directions == 2 else (1, 6),
    )
    assert counted(net, "weights", "biases") == directions * gates * (6 * 5 + 6 * 6 + 12)
    assert "Permute" not in dict(rows(net))  # only the batch moves


def test_embedding_that_is_used_again_as_weights(tmp_path: Path) -> None:
    nodes = [node("Gather", "E x", "a"), node("Transpose", "E", "T", perm=[1, 0]), node("MatMul", "a T", "y")]
    net = read(tmp_path, model(nodes, {"x": (1, 6)}, E=(50, 16)))
    assert rows(net) == [("Embedding", (6, 16)), ("Linear", (6, 50))]
    assert net.nodes[1].shares == net.nodes[0].name and counted(net, "weights") == 800


def test_regions(tmp_path: Path) -> None:
    nodes = [node("RoiAlign", "x r b", "y", output_height=3, output_width=2, sampling_ratio=2)]
    data = model(nodes, {"x": (1, 4, 8, 8), "r": (10, 4)}, b=[0] * 10)
    assert rows(read(tmp_path, data)) == [("RoIAlign", (10, 4, 3, 2))]


# Fused operators


def test_fused_operators(tmp_path: Path) -> None:
    assert rows(one(tmp_path, "FusedConv", "x W B", W=(5, 4, 1, 1), B=(5,), activation="Relu", domain=MS)) == [
        ("Conv2d", (5, 8, 8)),
        ("ReLU", (5, 8, 8)),
    ]
    assert rows(one(tmp_path, "FusedMatMul", "x x", transB=1, domain=MS)) == [("Permute", (4, 8, 8)), ("MatMul", (4, 8, 8))]
    skip = one(tmp_path, "SkipLayerNormalization", "x x S B", S=(8,), B=(8,), domain=MS, shape=(1, 3, 8))
    assert rows(skip) == [("Add", (3, 8)), ("LayerNorm", (3, 8))]
    fused = one(tmp_path, "Attention", "x W B", W=(16, 48), B=(48,), num_heads=4, domain=MS, shape=(1, 7, 16))
    assert ("ScaledDotProductAttention", (4, 7, 4)) in rows(fused)
    plain = one(tmp_path, "Attention", "x x x", q_num_heads=4, kv_num_heads=4, opset=23, shape=(1, 7, 16))
    assert counted(plain, "macs") == 2 * 7 * 7 * 16


def test_quantised_operators_count_as_what_they_compute(tmp_path: Path) -> None:
    scales: dict[str, Any] = {"S": [0.5], "Z": [0], "W": (5, 4, 1, 1)}
    nodes = [
        node("QuantizeLinear", "x S Z", "q"),
        node("QLinearConv", "q S Z W S Z S Z", "c"),
        node("DequantizeLinear", "c S Z", "y"),
    ]
    net = read(tmp_path, model(nodes, **scales))
    assert rows(net) == [("Conv2d", (5, 8, 8))] and net.notes


@pytest.mark.parametrize("type", ["NonMaxSuppression", "Loop", "Det"])
def test_what_is_not_read_is_refused_by_name(tmp_path: Path, type: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        read(tmp_path, model([node("Relu", "x", "a"), node(type, "a", "y", name="odd")]))
    assert type in caught.value.message and "odd" in str(caught.value.where) and caught.value.hint


def test_unknown_operators_can_be_passed_over(tmp_path: Path) -> None:
    nodes = [node("Relu", "x", "a"), node("Rellu", "a", "b", name="odd"), node("Rellu", "b", "c"), node("Relu", "c", "y")]
    with pytest.raises(WorksheetError) as caught:
        read(tmp_path, model(nodes))
    assert len(caught.value.faults) == 1 and "1 more" in caught.value.message
    assert str(caught.value.hint).startswith("did you mean Relu")
    net = read(tmp_path, model(nodes), skip_unknown=True)
    assert [kind for kind, _ in rows(net)] == ["ReLU", "ReLU"] and "odd (Rellu)" in net.notes[0]


def test_sizes_are_those_of_onnx(tmp_path: Path) -> None:
    """Every operator above that onnx itself can infer gives the shape that it infers."""
    import onnx

    compared = 0
    for type, inputs, given, *_ in WINDOWS:
        arrays = {name: value for name, value in given.items() if name.isupper()}
        attributes = {name: value for name, value in given.items() if not name.isupper()}
        data = model([node(type, inputs, "y", **attributes)], opset=22, **arrays)
        inferred = onnx.shape_inference.infer_shapes(onnx.load_model_from_string(data))
        (output,) = inferred.graph.output
        shape = tuple(dim.dim_value for dim in output.type.tensor_type.shape.dim)
        assert rows(read(tmp_path, data))[-1][1] == shape[1:], (type, given)
        compared += 1
    assert compared == len(WINDOWS)
