"""Layers that an exporter wrote out are one layer again; what only looks similar stays as it is."""

from pathlib import Path
from typing import Any

import pytest

from tests.readers.onnx_graphs import counted, model, node, read, rows

pytestmark = pytest.mark.onnx
ROWS = {"x": (1, 7, 8)}
HALF, ROOT, ONE, EPS = [0.5], [1.4142135], [1.0], [1e-5]


def kinds(tmp_path: Path, nodes: list[Any], inputs: Any = None, **arrays: Any) -> list[str]:
    """The kinds of all layers, with input and output of one shape around them."""
    return [kind for kind, _ in rows(read(tmp_path, model(nodes, inputs, **arrays)))]


GELU = [
    [("Div", "x R", "a"), ("Erf", "a", "b"), ("Add", "b ONE", "c"), ("Mul", "x c", "d"), ("Mul", "d H", "y")],
    [("Mul", "x I", "a"), ("Erf", "a", "b"), ("Add", "ONE b", "c"), ("Mul", "x H", "d"), ("Mul", "c d", "y")],
    [("Div", "x R", "a"), ("Erf", "a", "b"), ("Add", "b ONE", "c"), ("Mul", "H c", "d"), ("Mul", "d x", "y")],
]


@pytest.mark.parametrize("order", range(len(GELU)))
def test_gelu(tmp_path: Path, order: int) -> None:
    nodes = [node(*each) for each in GELU[order]]
    assert kinds(tmp_path, nodes, R=ROOT, I=[0.70710678], ONE=ONE, H=HALF) == ["GELU"]
    assert len(kinds(tmp_path, nodes, R=[2.0], I=[2.0], ONE=ONE, H=HALF)) == 5  # another function
    assert len(kinds(tmp_path, nodes, R=ROOT, I=[0.70710678], ONE=ONE, H=[0.4])) == 5


def test_gelu_by_tanh(tmp_path: Path) -> None:
    nodes = [
        node("Pow", "x THREE", "a"), node("Mul", "a K", "b"), node("Add", "x b", "c"), node("Mul", "c S", "d"),
        node("Tanh", "d", "e"), node("Add", "e ONE", "f"), node("Mul", "x H", "g"), node("Mul", "g f", "y"),
    ]  # fmt: skip
    net = read(tmp_path, model(nodes, THREE=[3.0], K=[0.044715], S=[0.7978845608], ONE=ONE, H=HALF))
    assert [(n.kind.name, n.hyperparameters) for n in net.nodes] == [("GELU", {"t": 1})]


@pytest.mark.parametrize(
    ("nodes", "kind"),
    [
        ([("Sigmoid", "x", "a"), ("Mul", "x a", "y")], "SiLU"),
        ([("HardSigmoid", "x", "a"), ("Mul", "a x", "y")], "Hardswish"),
        ([("Add", "x THREE", "a"), ("Clip", "a ZERO SIX", "b"), ("Mul", "x b", "c"), ("Div", "c SIX", "y")], "Hardswish"),
        ([("Add", "x THREE", "a"), ("Clip", "a ZERO SIX", "b"), ("Div", "b SIX", "c"), ("Mul", "x c", "y")], "Hardswish"),
        ([("Add", "x THREE", "a"), ("Clip", "a ZERO SIX", "b"), ("Div", "b SIX", "y")], "Hardsigmoid"),
        ([("Softplus", "x", "a"), ("Tanh", "a", "b"), ("Mul", "x b", "y")], "Mish"),
        ([("Exp", "x", "a"), ("Add", "a ONE", "b"), ("Log", "b", "y")], "Softplus"),
    ],
)
def test_activations(tmp_path: Path, nodes: Any, kind: str) -> None:
    made = [node(*each) for each in nodes]
    assert kinds(tmp_path, made, THREE=[3.0], ZERO=[0.0], SIX=[6.0], ONE=ONE) == [kind]


def test_a_gate_that_others_read_stays(tmp_path: Path) -> None:
    nodes = [node("Sigmoid", "x", "a"), node("Mul", "x a", "b"), node("Add", "a b", "y")]
    assert kinds(tmp_path, nodes) == ["Sigmoid", "Mul", "Add"]


# Normalisation

LAST: dict[str, Any] = {"axes": [-1]}
LAYER_NORM: list[tuple[str, str, str, dict[str, Any]]] = [
    ("ReduceMean", "x", "m", LAST), ("Sub", "x m", "d", {}), ("Pow", "d TWO", "s", {}), ("ReduceMean", "s", "v", LAST),
    ("Add", "v EPS", "e", {}), ("Sqrt", "e", "r", {}), ("Div", "d r", "n", {}), ("Mul", "n G", "g", {}), ("Add", "g B", "y", {}),
]  # fmt: skip


@pytest.mark.parametrize(("steps", "parameters"), [(9, 16), (8, 8), (7, 0)])
def test_layer_norm(tmp_path: Path, steps: int, parameters: int) -> None:
    nodes = [node(type, inputs, outputs, **given) for type, inputs, outputs, given in LAYER_NORM[:steps]]
    nodes[-1].output[0] = "y"
    net = read(tmp_path, model(nodes, ROWS, opset=13, TWO=[2.0], EPS=EPS, G=(8,), B=(8,)))
    assert rows(net) == [("LayerNorm", (7, 8))] and counted(net, "weights", "biases") == parameters


@pytest.mark.parametrize("inverse", [True, False])
def test_rms_norm(tmp_path: Path, inverse: bool) -> None:
    nodes = [node("Mul", "x x", "s"), node("ReduceMean", "s", "m", axes=[-1]), node("Add", "m EPS", "e"), node("Sqrt", "e", "r")]
    nodes += [node("Reciprocal", "r", "i"), node("Mul", "x i", "n")] if inverse else [node("Div", "x r", "n")]
    net = read(tmp_path, model([*nodes, node("Mul", "G n", "y")], ROWS, opset=13, EPS=EPS, G=(8,)))
    assert rows(net) == [("RMSNorm", (7, 8))] and counted(net, "weights") == 8


def test_group_norm(tmp_path: Path) -> None:
    nodes = [
        node("Reshape", "x S", "a"), node("InstanceNormalization", "a ONES ZEROS", "b"), node("Shape", "x", "s"),
        node("Reshape", "b s", "c"), node("Mul", "c G", "d"), node("Add", "d B", "y"),
    ]  # fmt: skip
    net = read(tmp_path, model(nodes, S=[0, 2, -1], ONES=[1.0, 1.0], ZEROS=[0.0, 0.0], G=(4, 1, 1), B=(4, 1, 1)))
    assert rows(net) == [("GroupNorm", (4, 8, 8))] and counted(net, "weights", "biases") == 8
    assert net.nodes[0].hyperparameters["g"] == 2


# Attention


def heads(name: str, into: str, order: list[int]) -> list[Any]:
    return [node("Reshape", f"{name} HEADS", f"{into}_h"), node("Transpose", f"{into}_h", into, perm=order)]


def attention(mask: bool = False, scaled: str = "Div") -> list[Any]:
    """softmax(q k) v from q, k and v, each of 1 x 7 x 8, with four heads."""
    nodes = [*heads("q", "q4", [0, 2, 1, 3]), *heads("k", "k4", [0, 2, 3, 1]), *heads("v", "v4", [0, 2, 1, 3])]
    nodes += [node("MatMul", "q4 k4", "s"), node(scaled, "s ROOT", "t")]
    nodes += [node("Add", "t MASK", "u")] if mask else [node("Identity", "t", "u")]
    nodes += [node("Softmax", "u", "w", axis=-1), node("MatMul", "w v4", "o")]
    return [*nodes, node("Transpose", "o", "p", perm=[0, 2, 1, 3]), node("Reshape", "p ROWS", "r")]


NUMBERS: dict[str, Any] = {"HEADS": [0, 0, 4, 2], "ROWS": [0, 0, 8], "ROOT": [1.4142], "MASK": [[0] * 7] * 7}
SEPARATE = [node_ for name in "qkv" for node_ in (("MatMul", f"x W{name}", f"{name}0"), ("Add", f"{name}0 B{name}", name))]
WEIGHTS: dict[str, Any] = {f"W{name}": (8, 8) for name in "qkvo"} | {f"B{name}": (8,) for name in "qkvo"}
MIXED = [("MatMul", "r Wo", "z"), ("Add", "Bo z", "y")]


@pytest.mark.parametrize("mask", [True, False])
@pytest.mark.parametrize("scaled", ["Div", "Mul"])
def test_multihead_attention_from_three_linear_layers(tmp_path: Path, mask: bool, scaled: str) -> None:
    nodes = [*(node(*each) for each in SEPARATE), *attention(mask, scaled), *(node(*each) for each in MIXED)]
    net = read(tmp_path, model(nodes, ROWS, **NUMBERS, **WEIGHTS))
    assert rows(net) == [("MultiheadAttention", (7, 8))]
    assert net.nodes[0].hyperparameters == {"h": 4, "g": 4, "b": 1}
    assert counted(net, "weights", "biases") == 4 * (64 + 8)
    assert counted(net, "macs") == 4 * 7 * 64 + 2 * 7 * 7 * 8


def test_multihead_attention_from_one_linear_layer(tmp_path: Path) -> None:
    nodes = [node("MatMul", "x W", "a0"), node("Add", "a0 B", "a"), node("Split", "a", "q k v", axis=-1)]
    nodes += [*attention(), *(node(*each) for each in MIXED)]
    net = read(tmp_path, model(nodes, ROWS, W=(8, 24), B=(24,), **NUMBERS, Wo=(8, 8), Bo=(8,)))
    assert rows(net) == [("MultiheadAttention", (7, 8))] and counted(net, "weights", "biases") == 4 * (64 + 8)


def test_attention_over_another_sequence(tmp_path: Path) -> None:
    nodes = [node(*each) for each in SEPARATE]
    for made in nodes[2:]:
        made.input[:] = ["m" if name == "x" else name for name in made.input]
    net = read(
        tmp_path, model([*nodes, *attention(), *(node(*each) for each in MIXED)], {**ROWS, "m": (1, 5, 8)}, **NUMBERS, **WEIGHTS)
    )
    assert rows(net) == [("MultiheadAttention", (7, 8))] and net.nodes[0].inputs == ("input", "m", "m")
    assert counted(net, "macs") == 2 * 7 * 64 + 2 * 5 * 64 + 2 * 7 * 5 * 8


def test_attention_without_a_bias_in_some_places_keeps_its_linear_layers(tmp_path: Path) -> None:
    nodes = [node("MatMul", f"x W{name}", name) for name in "qkv"]
    net = read(tmp_path, model([*nodes, *attention(), *(node(*each) for each in MIXED)], ROWS, **NUMBERS, **WEIGHTS))
    shapes = dict(rows(net))
    assert shapes["ScaledDotProductAttention"] == (4, 7, 2) and "Linear" in shapes
    assert counted(net, "weights", "biases") == 4 * 64 + 8


def test_a_trained_bias_of_the_scores_is_not_taken_for_a_mask(tmp_path: Path) -> None:
    nodes = [*(node(*each) for each in SEPARATE), *attention(mask=True), *(node(*each) for each in MIXED)]
    net = read(tmp_path, model(nodes, ROWS, **NUMBERS | {"MASK": (4, 7, 7)}, **WEIGHTS))
    assert {"Softmax", "MatMul", "Add"} <= set(dict(rows(net)))
    assert counted(net, "weights", "biases") == 4 * (64 + 8) + 4 * 49


def test_local_response_normalisation_as_torch_writes_it(tmp_path: Path) -> None:
    nodes = [
        node("Mul", "x x", "a"), node("Unsqueeze", "a", "b", axes=[1]),
        node("Pad", "b", "c", pads=[0, 0, 2, 0, 0, 0, 0, 2, 0, 0]),
        node("AveragePool", "c", "d", kernel_shape=[5, 1, 1]), node("Squeeze", "d", "e", axes=[1]), node("Mul", "e A", "f"),
        node("Add", "f ONE", "g"), node("Pow", "g P", "h"), node("Div", "x h", "y"),
    ]  # fmt: skip
    net = read(tmp_path, model(nodes, opset=9, A=[1e-4], ONE=ONE, P=[0.75]))
    assert [(n.kind.name, n.hyperparameters["n_l"]) for n in net.nodes] == [("LRN", 5)]
