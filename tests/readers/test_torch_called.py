"""How a PyTorch program calls each layer: as a module of torch, inside another module without parts, by itself; by which word.

What is expected is what the program says: each case is written beside the words that stand in it.
"""

# ruff: noqa: PLW0108  a call must be written out to be named as it is written

from __future__ import annotations

import functools
import operator
from collections.abc import Callable
from typing import Any

import pytest

import worksheet as ws
from tests.readers.vision import vision

torch = pytest.importorskip("torch", reason="torch is not installed")
from torch import nn  # noqa: E402  only where it is installed
from torch.nn import functional as F  # noqa: E402

pytestmark = pytest.mark.torch


class Written(nn.Module):
    """A forward pass in a module with submodules, so that its calls belong to no module of torch."""

    def __init__(self, body: Callable[..., Any], **parts: nn.Module) -> None:
        super().__init__()
        self.body = body
        self.part = nn.Identity()
        for name, part in parts.items():
            self.add_module(name, part)

    def forward(self, x: Any) -> Any:
        return self.body(x)


def called(module: nn.Module, *inputs: tuple[int, ...], **options: Any) -> list[tuple[str, tuple[str, ...]]]:
    """Each row's kind, and how it is called."""
    return [(node.kind.name, tuple(filter(None, node.called))) for node in ws.read(module, input=list(inputs), **options).nodes]


def words(body: Callable[..., Any], *inputs: tuple[int, ...]) -> list[str]:
    """The words of the calls in a forward pass."""
    calls = [how for _, how in called(Written(body), *inputs or [(4, 5)])]
    assert all(len(how) == 1 for how in calls)
    return [how[0] for how in calls]


# Operators and methods


OPERATORS: list[tuple[str, Callable[..., Any]]] = [
    ("+", lambda x: x + x),
    ("+", lambda x: x + 1),
    ("+", lambda x: 1 + x),
    ("+", lambda x: x.__add__(x)),
    ("+", lambda x: x.__radd__(x)),
    ("+", lambda x: operator.add(x, x)),
    ("+", lambda x: functools.reduce(operator.add, [x, x])),
    ("+", lambda x: next(map(operator.add, [x], [x]))),
    ("-", lambda x: x - x),
    ("-", lambda x: 1 - x),
    ("-", lambda x: -x),
    ("*", lambda x: x * x),
    ("*", lambda x: 2 * x),
    ("/", lambda x: x / x),
    ("/", lambda x: x / 2),
    ("/", lambda x: 1 / x),
    ("//", lambda x: x // 2),
    ("**", lambda x: x**2),
    (">", lambda x: x > 0),
    ("==", lambda x: x == 0),
]
METHODS: list[tuple[str, Callable[..., Any]]] = [
    ("Tensor.add", lambda x: x.add(x)),
    ("Tensor.add", lambda x: next(map(torch.Tensor.add, [x], [x]))),
    ("Tensor.sub", lambda x: x.sub(x)),
    ("Tensor.mul", lambda x: x.mul(2)),
    ("Tensor.div", lambda x: x.div(x)),
    ("Tensor.true_divide", lambda x: x.true_divide(x)),
    ("Tensor.neg", lambda x: x.neg()),
    ("Tensor.pow", lambda x: x.pow(2)),
    ("Tensor.gt", lambda x: x.gt(0)),
    ("Tensor.add_", lambda x: x.add_(1)),
    ("Tensor.mul_", lambda x: x.mul_(x)),
    ("torch.add", lambda x: torch.add(x, x)),
    ("torch.sub", lambda x: torch.sub(x, 1)),
    ("torch.mul", lambda x: torch.mul(x, x)),
    ("torch.div", lambda x: torch.div(x, x)),
    ("torch.neg", lambda x: torch.neg(x)),
    ("torch.pow", lambda x: torch.pow(x, 2)),
    ("torch.add", lambda x: next(map(torch.add, [x], [x]))),
]
FUNCTIONS: list[tuple[str, Callable[..., Any]]] = [
    ("F.relu", lambda x: F.relu(x)),
    ("F.relu", lambda x: F.relu(x, inplace=True)),
    ("F.relu_", lambda x: F.relu_(x)),
    ("torch.relu", lambda x: torch.relu(x)),
    ("torch.relu_", lambda x: torch.relu_(x)),
    ("Tensor.relu", lambda x: x.relu()),
    ("Tensor.relu_", lambda x: x.relu_()),
    ("F.softmax", lambda x: F.softmax(x, 1)),
    ("torch.softmax", lambda x: torch.softmax(x, 1)),
    ("Tensor.softmax", lambda x: x.softmax(1)),
    ("F.sigmoid", lambda x: F.sigmoid(x)),
    ("torch.sigmoid", lambda x: torch.sigmoid(x)),
    ("Tensor.sigmoid", lambda x: x.sigmoid()),
    ("torch.special.expit", lambda x: torch.special.expit(x)),
    ("F.tanh", lambda x: F.tanh(x)),
    ("F.gelu", lambda x: F.gelu(x)),
    ("F.silu", lambda x: F.silu(x)),
    ("F.leaky_relu", lambda x: F.leaky_relu(x)),
    ("F.logsigmoid", lambda x: F.logsigmoid(x)),
    ("F.threshold", lambda x: F.threshold(x, 0.5, 0)),
    ("F.dropout", lambda x: F.dropout(x, training=False)),
    ("F.layer_norm", lambda x: F.layer_norm(x, (5,))),
    ("torch.layer_norm", lambda x: torch.layer_norm(x, (5,))),
    ("F.adaptive_avg_pool1d", lambda x: F.adaptive_avg_pool1d(x, 1)),
    ("torch.adaptive_avg_pool1d", lambda x: torch.adaptive_avg_pool1d(x, 1)),
    ("F.max_pool1d", lambda x: F.max_pool1d(x, 2)),
    ("F.max_pool1d", lambda x: F.max_pool1d(x, 2, return_indices=True)[0]),
    ("torch.max_pool1d", lambda x: torch.max_pool1d(x, 2)),
    ("F.interpolate", lambda x: F.interpolate(x, scale_factor=2)),
    ("F.upsample", lambda x: F.upsample(x, scale_factor=2)),
    ("F.scaled_dot_product_attention", lambda x: F.scaled_dot_product_attention(x, x, x)),
    ("torch.flatten", lambda x: torch.flatten(x, 1)),
    ("Tensor.flatten", lambda x: x.flatten(1)),
    ("Tensor.mean", lambda x: x.mean(1)),
    ("torch.mean", lambda x: torch.mean(x, 1)),
    ("Tensor.mT", lambda x: x.mT),
    ("Tensor.__getitem__", lambda x: x[:, 1:3]),
    ("torch.cat", lambda x: torch.cat([x, x], 1)),
    ("torch.einsum", lambda x: torch.einsum("bij,bik->bjk", x, x)),
    ("torch.ops.aten.relu", lambda x: torch.ops.aten.relu(x)),
]


@pytest.mark.parametrize(
    ("word", "body"), [*OPERATORS, *METHODS, *FUNCTIONS], ids=lambda value: value if isinstance(value, str) else "written"
)
def test_a_call_is_named_as_it_is_written(word, body):
    assert words(body) == [word]


def test_an_operator_and_its_method_in_one_line_are_told_apart():
    assert words(lambda x: (x + x).add(x * x.mul(x))) == ["+", "Tensor.mul", "*", "Tensor.add"]
    assert words(lambda x: sum([x, x.relu()])) == ["Tensor.relu", "+", "+"]  # 0 + x, and the next


def test_operators_in_place_say_so():
    def body(x):
        y = x.relu()
        y += x
        y -= x
        y *= x
        y /= x
        y //= 2
        y **= 2
        return y

    assert words(body) == ["Tensor.relu", "+=", "-=", "*=", "/=", "//=", "**="]


def test_a_branch_that_is_added_in_place_bears_the_sign_and_the_write_its_own_word():
    def body(x):
        y = x.relu()
        y[:, 0] += x[:, 1]
        return y

    calls = words(body)
    assert "+=" in calls
    assert calls[-1] == "Tensor.__setitem__"


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("@", lambda x: x @ x),
        ("@", lambda x: x.__matmul__(x)),
        ("@", lambda x: x.__rmatmul__(x)),
        ("Tensor.matmul", lambda x: x.matmul(x)),
        ("torch.matmul", lambda x: torch.matmul(x, x)),
        ("torch.bmm", lambda x: torch.bmm(x, x)),
        ("Tensor.bmm", lambda x: x.bmm(x)),
        ("torch.mm", lambda x: torch.mm(x[0], x[0])),
        ("Tensor.mm", lambda x: x[0].mm(x[0])),
    ],
)
def test_products_of_matrices(word, body):
    assert called(Written(body), (4, 4)) == [("MatMul", (word,))]


def test_functions_that_torch_has_twice():
    """torch.conv2d and F.conv2d are one object: the name by which the program reads it decides."""

    def kernel(x):
        return x.new_ones(4, 3, 1, 1)

    image = (3, 4, 4)
    assert words(lambda x: F.conv2d(x, kernel(x)), image)[-1] == "F.conv2d"
    assert words(lambda x: nn.functional.conv2d(x, kernel(x)), image)[-1] == "F.conv2d"
    assert words(lambda x: torch.conv2d(x, kernel(x)), image)[-1] == "torch.conv2d"
    assert words(lambda x: torch.pixel_shuffle(x, 2), (4, 3, 3)) == ["torch.pixel_shuffle"]
    assert words(lambda x: F.pixel_shuffle(x, 2), (4, 3, 3)) == ["F.pixel_shuffle"]

    def at_home(x):
        import torch as own

        return own.pixel_shuffle(x, 2)

    assert words(at_home, (4, 3, 3)) == ["torch.pixel_shuffle"]


# Modules


class Block(nn.Module):
    """A convolution of torch's, then a call."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, bias=False)
        self.bn = nn.BatchNorm2d(4)

    def forward(self, x):
        return F.relu(self.bn(self.conv(x)), inplace=True)


def test_modules_of_torch_and_a_call_behind_them():
    assert called(Block(), (3, 8, 8)) == [
        ("Conv2d", ("module", "Conv2d", "F.conv2d")),
        ("BatchNorm", ("module", "BatchNorm2d", "F.batch_norm")),
        ("ReLU", ("F.relu",)),
    ]


@pytest.mark.parametrize(
    ("module", "word"),
    [
        (nn.ReLU(), "F.relu"),
        (nn.ReLU6(), "F.hardtanh"),  # it is a Hardtanh whose bounds are set
        (nn.Sigmoid(), "torch.sigmoid"),
        (nn.Tanh(), "torch.tanh"),
        (nn.Softmax(1), "F.softmax"),
        (nn.Flatten(), "Tensor.flatten"),
        (nn.Linear(5, 2), "F.linear"),
        (nn.LSTM(5, 3, batch_first=True), "torch.lstm"),
        (nn.GRU(5, 3, batch_first=True), "torch.gru"),
        (nn.MaxPool1d(2), "F.max_pool1d"),
        (nn.MaxPool1d(2, return_indices=True), "F.max_pool1d"),
        (nn.AdaptiveAvgPool1d(1), "F.adaptive_avg_pool1d"),
        (nn.Upsample(scale_factor=2), "F.interpolate"),
        (nn.Conv1d(4, 4, 3), "F.conv1d"),
        (nn.Conv1d(4, 4, 3, padding=1, padding_mode="reflect"), "F.conv1d"),
    ],
    ids=lambda value: str(value)[:30],
)
@pytest.mark.parametrize("inside", [False, True])
def test_a_module_of_torch_says_its_class_and_its_call(module, word, inside):
    *_, (_, how) = called(nn.Sequential(module) if inside else module, (4, 5))
    assert how == ("module", type(module).__name__, word)


def test_identity_calls_nothing():
    assert called(nn.Sequential(nn.Identity(), nn.ReLU()), (5,))[0] == ("Identity", ("module", "Identity"))


class Gain(nn.Module):
    """A module without submodules, with a parameter."""

    def __init__(self) -> None:
        super().__init__()
        self.gain = nn.Parameter(torch.ones(5))

    def forward(self, x):
        return F.relu(x) * self.gain


class Twice(nn.ReLU):
    """A subclass is not a module of torch."""

    def forward(self, x):
        return super().forward(super().forward(x))


def test_modules_without_parts_that_are_not_torchs():
    assert called(nn.Sequential(Gain(), Twice()), (4, 5)) == [
        ("ReLU", ("leaf", "Gain", "F.relu")),
        ("Parameter", ("leaf", "Gain")),
        ("Mul", ("leaf", "Gain", "*")),
        ("ReLU", ("leaf", "Twice", "F.relu")),
        ("ReLU", ("leaf", "Twice", "F.relu")),
    ]


def test_an_array_of_a_module_with_parts_is_nobodys():
    made = Written(lambda x: x + made.shift)
    made.shift = nn.Parameter(torch.ones(5))
    assert called(made, (4, 5)) == [("Parameter", ()), ("Add", ("+",))]


def test_an_array_that_another_module_reads_belongs_to_its_keeper():
    table = nn.Embedding(7, 4)
    made = Written(lambda x: table(x) @ table.weight.T, table=table)
    assert called(made, (5,)) == [
        ("Embedding", ("module", "Embedding", "F.embedding")),
        ("Parameter", ("leaf", "Embedding")),
        ("Permute", ("Tensor.T",)),
        ("MatMul", ("@",)),
    ]


def test_attention_is_one_module():
    attention = nn.MultiheadAttention(8, 2, batch_first=True)
    made = Written(lambda x: attention(x, x, x)[0], attention=attention)
    assert called(made, (5, 8)) == [("MultiheadAttention", ("module", "MultiheadAttention", "F.multi_head_attention_forward"))]


def test_an_encoder_layer_has_parts():
    calls = called(nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (5, 8))
    assert [how for kind, how in calls if kind in {"Add", "ReLU"}] == [("+",), ("kept F.relu",), ("+",)]
    assert {how[:2] for kind, how in calls if kind not in {"Add", "ReLU"}} == {
        ("module", "MultiheadAttention"),
        ("module", "LayerNorm"),
        ("module", "Dropout"),
        ("module", "Linear"),
    }


def test_the_last_state_of_a_recurrent_layer_is_its_own():
    layer = nn.LSTM(5, 3, batch_first=True)
    made = Written(lambda x: layer(x)[1][0][-1] * 2, layer=layer)
    assert called(made, (4, 5)) == [
        ("LSTM", ("module", "LSTM", "torch.lstm")),
        ("Gather", ("module", "LSTM", "torch.lstm")),
        ("MulScalar", ("*",)),
    ]


# Calls that are written out in others, and rows that only turn axes


@pytest.mark.parametrize(
    ("word", "body"),
    [
        ("F.normalize", lambda x: F.normalize(x)),
        ("Tensor.norm", lambda x: x.norm()),
        ("Tensor.var", lambda x: x.var(1)),
        ("torch.addmm", lambda x: torch.addmm(x[0], x[0], x[0], beta=2)),
        ("torch.baddbmm", lambda x: torch.baddbmm(x, x, x)),
        ("torch.stack", lambda x: torch.stack([x, x], 1)),
        ("F.glu", lambda x: F.glu(x, 1)),
        ("torch.cosine_similarity", lambda x: torch.cosine_similarity(x, x)),
        ("F.cosine_similarity", lambda x: F.cosine_similarity(x, x)),
        ("torch.where", lambda x: torch.where(torch.ones(4, 4, dtype=torch.bool), x, x)),
    ],
)
def test_what_is_written_out_bears_the_word_of_the_whole(word, body):
    calls = words(body, (4, 4))
    assert len(calls) > 1
    assert set(calls) == {word}


def test_what_a_module_writes_out_bears_the_words_of_the_module():
    assert set(called(nn.GLU(1), (4, 5))) == {
        (kind, ("module", "GLU", "F.glu")) for kind in ("Slice", "Sigmoid", "Mul")
    }  # fmt: skip


def test_a_skipped_call_is_named_too():
    calls = called(Written(lambda x: torch.sort(x.relu())[0] + 1), (4, 5), skip_unknown=True)
    assert [how for kind, how in calls if kind == "Gather"] == [("torch.sort",)] * 2


# Models


def rows(name: str, **options: Any) -> set[tuple[str, tuple[str, ...]]]:
    models = vision()
    with torch.device("meta"):
        model = getattr(models, name)(**options)
    return set(called(model, (3, 224, 224)))


def test_convnext():
    calls = rows("convnext_tiny")
    assert ("LayerNorm", ("leaf", "LayerNorm2d", "F.layer_norm")) in calls
    assert ("Permute", ("leaf", "LayerNorm2d", "Tensor.permute")) in calls
    assert ("Permute", ("leaf", "Permute", "torch.permute")) in calls
    assert {how for kind, how in calls if kind == "Add"} == {("+=",)}  # result += input
    assert {how for kind, how in calls if kind in {"Mul", "Parameter"}} == {("*",), ()}  # self.layer_scale * ...


def test_swin():
    calls = rows("swin_t")
    assert {how for kind, how in calls if kind == "MatMul"} == {("Tensor.matmul",)}  # q.matmul, attn.matmul
    assert {how for kind, how in calls if kind == "Linear"} == {("F.linear",), ("module", "Linear", "F.linear")}
    assert {how for kind, how in calls if kind == "Softmax"} == {("F.softmax",)}


def test_googlenet():
    calls = rows("googlenet", init_weights=False)
    assert {how for kind, how in calls if kind == "ReLU"} == {("F.relu",)}
    assert {how for kind, how in calls if kind == "Flatten"} == {("torch.flatten",)}
    assert {how for kind, how in calls if kind == "MaxPool2d"} == {("module", "MaxPool2d", "F.max_pool2d")}


def test_the_word_of_a_function() -> None:
    from worksheet.readers.torch.call_syntax import describe_call

    assert [describe_call(torch.add), describe_call(F.relu), describe_call(torch.Tensor.__rsub__)] == ["torch.add", "F.relu", "-"]
