"""Small modules for the tests of the PyTorch reader: every layer of torch.nn that there is a kind for, and forward passes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

MAP, SIGNAL, VOLUME, ROWS = (3, 16, 16), (3, 20), (3, 8, 8, 8), (7, 16)
PLAIN = [
    "ReLU",
    "ReLU6",
    "LeakyReLU",
    "PReLU",
    "ELU",
    "SELU",
    "CELU",
    "GELU",
    "SiLU",
    "Mish",
    "Softplus",
    "Sigmoid",
    "LogSigmoid",
    "Tanh",
    "Hardswish",
    "Hardsigmoid",
    "Hardtanh",
    "Dropout",
    "Identity",
    "Flatten",
]
ENCODER = "MultiheadAttention Dropout Add LayerNorm Linear ReLU Dropout Linear Dropout Add LayerNorm"
TABLE: list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[int, ...], str]] = [
    ("Conv1d", (3, 6, 3), {"padding": "same", "bias": False}, SIGNAL, "Conv1d"),
    ("Conv2d", (4, 8, (3, 5), (2, 1), (1, 2)), {"groups": 2}, (4, 16, 18), "Conv2d"),
    ("Conv2d", (3, 8, 3), {"padding": 1, "padding_mode": "reflect"}, MAP, "Pad Conv2d"),
    ("Conv3d", (3, 4, 3), {}, VOLUME, "Conv3d"),
    ("ConvTranspose1d", (3, 6, 4, 2, 1), {}, SIGNAL, "ConvTranspose1d"),
    ("ConvTranspose2d", (4, 8, 3, 2, 1), {"output_padding": 1, "groups": 2}, (4, 16, 18), "ConvTranspose2d"),
    ("ConvTranspose3d", (3, 4, 3), {}, VOLUME, "ConvTranspose3d"),
    ("MaxPool1d", (2,), {}, SIGNAL, "MaxPool1d"),
    ("MaxPool2d", (3, 2, 1), {"ceil_mode": True}, MAP, "MaxPool2d"),
    ("MaxPool2d", (2,), {"return_indices": True}, MAP, "MaxPool2d"),
    ("MaxPool3d", (2,), {}, VOLUME, "MaxPool3d"),
    ("AvgPool1d", (2,), {}, SIGNAL, "AvgPool1d"),
    ("AvgPool2d", (3, 2, 1), {"count_include_pad": False, "ceil_mode": True}, MAP, "AvgPool2d"),
    ("AvgPool3d", (2,), {}, VOLUME, "AvgPool3d"),
    ("LPPool1d", (2, 2), {}, SIGNAL, "LPPool1d"),
    ("LPPool2d", (2, 3), {}, MAP, "LPPool2d"),
    ("AdaptiveAvgPool1d", (5,), {}, SIGNAL, "AdaptiveAvgPool1d"),
    ("AdaptiveAvgPool2d", ((5, None),), {}, MAP, "AdaptiveAvgPool2d"),
    ("AdaptiveAvgPool3d", (2,), {}, VOLUME, "AdaptiveAvgPool3d"),
    ("AdaptiveMaxPool2d", (5,), {}, MAP, "AdaptiveMaxPool2d"),
    ("Linear", (10, 4), {}, (10,), "Linear"),
    ("Linear", (16, 4), {}, ROWS, "Linear"),
    ("Linear", (16, 4), {"bias": False}, (2, 3, 5, 16), "Linear"),
    ("PReLU", (3,), {}, MAP, "PReLU"),
    ("GELU", ("tanh",), {}, MAP, "GELU"),
    ("Softmax", (-1,), {}, (10,), "Softmax"),
    ("LogSoftmax", (1,), {}, MAP, "LogSoftmax"),
    ("Softmin", (1,), {}, MAP, "Negative Softmax"),
    ("GLU", (1,), {}, (4, 8), "Slice Slice Sigmoid Mul"),
    ("BatchNorm1d", (5,), {}, (5,), "BatchNorm"),
    ("BatchNorm1d", (5,), {}, (5, 9), "BatchNorm"),
    ("BatchNorm2d", (3,), {"affine": False}, MAP, "BatchNorm"),
    ("BatchNorm2d", (3,), {"track_running_stats": False}, MAP, "InstanceNorm"),
    ("BatchNorm3d", (3,), {}, VOLUME, "BatchNorm"),
    ("InstanceNorm2d", (3,), {"affine": True}, MAP, "InstanceNorm"),
    ("GroupNorm", (3, 3), {}, MAP, "GroupNorm"),
    ("LayerNorm", ([3, 16, 16],), {}, MAP, "LayerNorm"),
    ("LayerNorm", (16,), {"bias": False}, ROWS, "LayerNorm"),
    ("RMSNorm", (16,), {}, ROWS, "RMSNorm"),
    ("LocalResponseNorm", (5,), {}, MAP, "LRN"),
    ("Flatten", (2,), {}, MAP, "Reshape"),
    ("Unflatten", (1, (3, 1)), {}, MAP, "Reshape"),
    ("Upsample", (), {"scale_factor": 2}, MAP, "Upsample"),
    ("Upsample", (), {"size": (20, 24), "mode": "bilinear"}, MAP, "Upsample"),
    ("ZeroPad2d", (1,), {}, MAP, "Pad"),
    ("ConstantPad2d", (-1, 0.0), {}, MAP, "Gather"),
    ("PixelShuffle", (2,), {}, (8, 4, 4), "PixelShuffle"),
    ("PixelUnshuffle", (2,), {}, MAP, "PixelUnshuffle"),
    ("ChannelShuffle", (2,), {}, (8, 4, 4), "ChannelShuffle"),
    ("Embedding", (100, 16), {}, (7,), "Embedding"),
    ("RNN", (16, 5, 2), {"nonlinearity": "relu", "batch_first": True}, ROWS, "RNN"),
    ("LSTM", (16, 5), {"batch_first": True, "bidirectional": True}, ROWS, "LSTM"),
    ("LSTM", (16, 5), {"batch_first": True, "proj_size": 3}, ROWS, "LSTM"),
    ("GRU", (16, 5), {"batch_first": True, "bias": False}, ROWS, "GRU"),
    ("LSTMCell", (6, 5), {}, (6,), "Reshape LSTM"),
    ("TransformerEncoderLayer", (16, 4, 32), {"batch_first": True}, ROWS, ENCODER),
]


def layers() -> list[tuple[str, tuple[Any, ...], dict[str, Any], tuple[int, ...], str]]:
    """Class, arguments, options, input and the kinds of its rows."""
    return [*((name, (), {}, MAP, name) for name in PLAIN), *TABLE]


def module(name: str, *arguments: Any, **options: Any) -> Any:
    """A module of torch.nn."""
    import torch

    return getattr(torch.nn, name)(*arguments, **options)


@dataclass(frozen=True)
class Written:
    """A forward pass written out, with parameters, buffers and parts by name."""

    name: str
    forward: Callable[..., Any]
    input: tuple[int, ...]
    kinds: str
    parameters: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    buffers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    parts: Mapping[str, Callable[[], Any]] = field(default_factory=dict)

    def module(self) -> Any:
        import torch

        class Made(torch.nn.Module):
            def forward(inner, *inputs: Any) -> Any:
                return self.forward(inner, *inputs)

        made = Made()
        for name, shape in self.parameters.items():
            made.register_parameter(name, torch.nn.Parameter(torch.zeros(shape)))
        for name, shape in self.buffers.items():
            made.register_buffer(name, torch.zeros(shape))
        for name, part in self.parts.items():
            setattr(made, name, part())
        return made


def _f() -> Any:
    import torch.nn.functional

    return torch.nn.functional


def _torch() -> Any:
    import torch

    return torch


def _added_into(self: Any, x: Any) -> Any:
    x += 1
    x.relu_()
    x[:, :1] += x[:, 1:2]
    return x


def _attention(self: Any, x: Any) -> Any:
    q, k, v = self.qkv(x).reshape(1, 7, 3, 4, 6).permute(2, 0, 3, 1, 4).unbind(0)
    weights = (q @ k.transpose(-2, -1) * 6**-0.5).softmax(-1)
    return (weights @ v).transpose(1, 2).flatten(2)


def _standardised(self: Any, x: Any) -> Any:
    weight = self.w - self.w.mean((1, 2, 3), keepdim=True)
    return _f().conv2d(x, weight, padding=1)


HEADS = "Linear Reshape Permute Gather Gather Gather"
FUNCTIONS = [
    Written("arithmetic", lambda self, x: (x + 1 - x * 2) / 3 + (2 - x) + 1 / x, MAP,
            "AddScalar MulScalar Sub DivScalar AddScalar Add DivScalar Add"),
    Written("powers", lambda self, x: x**2 + x**0.5 + x.pow(0.75) + 2**x + x.rsqrt(), MAP,
            "Power Sqrt Add Power Add Power Add Sqrt DivScalar Add"),
    Written("in place", _added_into, MAP, "AddScalar ReLU Slice Slice Add Reshape Reshape Concat Gather"),
    Written("activations", lambda self, x: _f().gelu(_f().silu(_torch().sigmoid(x.tanh()))), MAP, "Tanh Sigmoid SiLU GELU"),
    Written("chunks", lambda self, x: _torch().cat([part.relu() for part in x.chunk(3, 1)], 1), MAP,
            "Slice Slice Slice ReLU ReLU ReLU Concat"),
    Written("parts", lambda self, x: x[:, 0] + x[..., 1:2, :][:, 1, 0], MAP, "Gather Slice Gather Add"),
    Written("reductions", lambda self, x: x.mean((2, 3)) + x.sum(-1).amax(-1) + x.max(2).values.max(dim=2)[0], MAP,
            "Mean Sum Max Add Max Max Add"),
    Written("axes", lambda self, x: x.view(1, 3, 256).permute(0, 2, 1).relu().transpose(1, 2), MAP,
            "Reshape Permute ReLU Permute"),
    Written("only the batch moves", lambda self, x: x.transpose(0, 1).contiguous().relu().transpose(0, 1), ROWS, "ReLU"),
    Written("stacked", lambda self, x: _torch().stack([x, x * 2], 1).sum(1), ROWS, "MulScalar Reshape Reshape Concat Sum"),
    Written("chosen", lambda self, x: _torch().where(x > 0, x, -1.0), MAP, "Threshold Gather"),
    Written("resized", lambda self, x: _f().interpolate(_f().pad(x, (1, 1, 1, 1)), scale_factor=2), MAP, "Pad Upsample"),
    Written("pooled", lambda self, x: _f().adaptive_avg_pool2d(_f().max_pool2d(x, 2), 1).flatten(1), MAP,
            "MaxPool2d AdaptiveAvgPool2d Flatten"),
    Written("attention", _attention, (7, 24), f"{HEADS} Permute MatMul MulScalar Softmax MatMul Permute Reshape",
            parts={"qkv": lambda: module("Linear", 24, 72)}),
    Written("fused attention", lambda self, x: _f().scaled_dot_product_attention(x, x, x), (4, 7, 6),
            "ScaledDotProductAttention"),
    Written("einsum", lambda self, x: _torch().einsum("bld,md->blm", x, self.w), ROWS, "Parameter Einsum", {"w": (5, 16)}),
    Written("a parameter added", lambda self, x: x + self.p, MAP, "Parameter Add", {"p": (1, 3, 16, 16)}),
    Written("a class token", lambda self, x: _torch().cat([self.p.expand(1, -1, -1), x], 1), ROWS, "Parameter Concat",
            {"p": (1, 1, 16)}),
    Written("a parameter worked on", lambda self, x: x * self.p.softmax(0)[:, None, None], MAP,
            "Parameter Softmax Reshape Mul", {"p": (3,)}),
    Written("a matrix read twice", lambda self, x: x @ self.w + x @ self.w.T, ROWS, "Parameter MatMul Permute MatMul Add",
            {"w": (16, 16)}),
    Written("linear calls", lambda self, x: _f().linear(x, self.w, self.b) + _f().linear(x, self.w), ROWS,
            "Linear Linear Add", {"w": (16, 16), "b": (16,)}),
    Written("a part of a matrix", lambda self, x: _f().linear(x, self.w[:4]), ROWS, "Parameter Slice Permute MatMul",
            {"w": (16, 16)}),
    Written("weights worked out", _standardised, MAP, "Parameter Mean Sub Conv2d", {"w": (4, 3, 3, 3)}),
    Written("a buffer added", lambda self, x: x + self.table[:, :7], ROWS, "Parameter Slice Add", buffers={"table": (1, 9, 16)}),
    Written("a mask", lambda self, x: x.masked_fill(self.mask[:7] == 0, -1e9).softmax(-1), ROWS, "Gather Softmax",
            buffers={"mask": (9, 16)}),
    Written("an array made on the way", lambda self, x: _torch().cat([x + _torch().ones(16), x.new_zeros(1, 1, 16)], 1), ROWS,
            "AddScalar Concat"),
    Written("another device", lambda self, x: x.to("cuda").half().float().cpu() + _torch().zeros(16, device=x.device), ROWS,
            "AddScalar"),
    Written("windows as samples", lambda self, x: self.norm(x.view(4, 8, 16)), (32, 16), "Reshape Permute BatchNorm Permute",
            parts={"norm": lambda: module("BatchNorm1d", 8)}),
    Written("steps first", lambda self, x: self.lstm(x.transpose(0, 1))[0].transpose(0, 1), ROWS, "LSTM",
            parts={"lstm": lambda: module("LSTM", 16, 5)}),
    Written("the last state", lambda self, x: self.lstm(x)[1][0][-1], ROWS, "LSTM Gather Gather",
            parts={"lstm": lambda: module("LSTM", 16, 5, 2, batch_first=True)}),
    Written("axes beyond six", lambda self, x: x.view(1, 2, 2, 2, 2, 2, 2, 4).permute(0, 2, 1, 3, 4, 5, 6, 7).reshape(1, 16, 16),
            (16, 16), "Gather"),
]  # fmt: skip
