"""Further small modules that the counters of PyTorch programs were run on, each with its input's shapes, without the batch.

The figures that the tools printed are in tests/facts/counter_probes_more.csv, under these names.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Shape = tuple[int, ...]
MAP, TOKENS, HEADS, ROW = (6, 8, 10), (7, 16), (4, 7, 16), (16,)
Probe = tuple[Callable[[], Any], tuple[Shape, ...]]


def probes() -> dict[str, Probe]:
    """What makes each module, and the shapes of its inputs; torch is imported here."""
    modules = {name: (make, shapes or (MAP,)) for name, (make, *shapes) in _modules().items()}
    return modules | {name: (make, shapes or (MAP,)) for name, (make, *shapes) in _calls().items()} | _own()


def _modules() -> dict[str, tuple[Any, ...]]:
    """Modules of torch.nn."""
    from torch import nn

    signal, volume, steps = (6, 20), (6, 4, 6, 8), (7, 6)
    linear, conv, turned = nn.Linear, nn.Conv2d, nn.ConvTranspose2d
    recurrent = {"batch_first": True}
    return {
        **{name: (getattr(nn, name),) for name in ("Softmax2d", "CELU", "SELU", "Mish", "Hardtanh", "Softplus", "RReLU")},
        "Softmin": (lambda: nn.Softmin(-1),),
        "LogSigmoid": (nn.LogSigmoid,),
        "Threshold": (lambda: nn.Threshold(0, 0),),
        "PReLU_6": (lambda: nn.PReLU(6),),
        "GELU_tanh": (lambda: nn.GELU("tanh"),),
        "LPPool2d": (lambda: nn.LPPool2d(2, 2),),
        "LPPool1d": (lambda: nn.LPPool1d(2, 3), signal),
        "LocalResponseNorm": (lambda: nn.LocalResponseNorm(5),),
        "GLU": (lambda: nn.GLU(1),),
        "UpsamplingNearest2d": (lambda: nn.UpsamplingNearest2d(scale_factor=2),),
        "UpsamplingBilinear2d": (lambda: nn.UpsamplingBilinear2d(size=(12, 17)),),
        "Upsample_size": (lambda: nn.Upsample(size=(13, 21)),),
        "Upsample_one_size": (lambda: nn.Upsample(size=14),),
        "Upsample_two_factors": (lambda: nn.Upsample(scale_factor=(1.0, 3.0)),),
        "AdaptiveMaxPool2d": (lambda: nn.AdaptiveMaxPool2d((4, 5)),),
        "AvgPool2d_ceil": (lambda: nn.AvgPool2d(3, 2, ceil_mode=True),),
        "Conv2d_same": (lambda: conv(6, 4, 4, padding="same"),),
        "Conv2d_same_dilated": (lambda: conv(6, 4, (2, 3), dilation=3, padding="same"),),
        "Conv2d_valid": (lambda: conv(6, 4, 3, padding="valid"),),
        "Conv2d_circular": (lambda: conv(6, 4, 3, padding=1, padding_mode="circular"),),
        "Conv2d_rectangle": (lambda: conv(6, 4, (3, 5), (2, 1), (1, 0)),),
        "ConvTranspose2d_output": (lambda: turned(6, 4, 3, 2, 1, output_padding=1),),
        "ConvTranspose2d_dilated": (lambda: turned(6, 4, 3, 2, 1, dilation=2),),
        "ConvTranspose2d_groups": (lambda: turned(6, 8, 3, 2, 1, groups=2),),
        "ConvTranspose2d_depthwise": (lambda: turned(6, 6, 3, 2, 1, groups=6),),
        "ConvTranspose2d_rectangle": (lambda: turned(6, 4, (2, 4), (2, 1), (0, 1)),),
        "ConvTranspose1d": (lambda: nn.ConvTranspose1d(6, 4, 3, 2, 1), signal),
        "ConvTranspose3d": (lambda: nn.ConvTranspose3d(6, 4, 3, 2, 1), volume),
        "MaxPool3d": (lambda: nn.MaxPool3d(2), volume),
        "AdaptiveAvgPool1d": (lambda: nn.AdaptiveAvgPool1d(2), signal),
        "BatchNorm2d_untracked": (lambda: nn.BatchNorm2d(6, track_running_stats=False),),
        "InstanceNorm2d_tracked": (lambda: nn.InstanceNorm2d(6, affine=True, track_running_stats=True),),
        "GroupNorm_plain": (lambda: nn.GroupNorm(3, 6, affine=False),),
        "LayerNorm_unshifted": (lambda: nn.LayerNorm(10, bias=False),),
        "Linear_4d": (lambda: linear(10, 5),),
        "LSTM_two": (lambda: nn.LSTM(6, 5, 2, **recurrent), steps),
        "LSTM_both_ways": (lambda: nn.LSTM(6, 5, 2, bidirectional=True, **recurrent), steps),
        "LSTM_projected": (lambda: nn.LSTM(6, 5, 3, proj_size=3, bidirectional=True, **recurrent), steps),
        "GRU_both_ways": (lambda: nn.GRU(6, 5, 2, bidirectional=True, **recurrent), steps),
        "RNN_relu": (lambda: nn.RNN(6, 5, 2, nonlinearity="relu", bias=False, **recurrent), steps),
        "RNN_two": (lambda: nn.RNN(6, 5, 2, **recurrent), steps),
        "RNNCell": (lambda: nn.RNNCell(6, 5), (6,)),
        "TransformerEncoderLayer": (lambda: nn.TransformerEncoderLayer(16, 4, 32, **recurrent), TOKENS),
        "TransformerEncoderLayer_gelu": (
            lambda: nn.TransformerEncoderLayer(16, 4, 32, activation="gelu", norm_first=True, **recurrent),
            TOKENS,
        ),
        "TransformerEncoderLayer_nobias": (lambda: nn.TransformerEncoderLayer(16, 4, 32, bias=False, **recurrent), TOKENS),
        "TransformerDecoderLayer": (lambda: nn.TransformerDecoderLayer(16, 4, 32, **recurrent), TOKENS, (9, 16)),
    }


def _calls() -> dict[str, tuple[Any, ...]]:
    """Calls of functions and methods, in a module with parts, so that they are nobody's but its own."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Call(nn.Module):
        def __init__(self, body: Callable[..., Any], **parts: Any) -> None:
            super().__init__()
            self.part = nn.Identity()
            self.body = body
            for name, part in parts.items():
                setattr(self, name, part)

        def forward(self, *inputs: Any) -> Any:
            return self.body(self, *inputs)

    def call(body: Callable[..., Any], *shapes: Shape, **parts: Callable[[], Any]) -> tuple[Any, ...]:
        return (lambda: Call(body, **{name: part() for name, part in parts.items()}), *shapes)

    matrix, vector = {"w": lambda: nn.Parameter(torch.zeros(16, 5))}, {"c": lambda: nn.Parameter(torch.zeros(5))}
    same = lambda x: x.transpose(1, 2)  # noqa: E731
    to_five = {"l": lambda: nn.Linear(6, 5)}
    return {
        "F.upsample": call(lambda _, x: F.upsample(x, scale_factor=2)),
        "F.interpolate area": call(lambda _, x: F.interpolate(x, size=(4, 5), mode="area")),
        "F.interpolate two factors": call(lambda _, x: F.interpolate(x, scale_factor=(1, 3))),
        "F.interpolate 1.5": call(lambda _, x: F.interpolate(x, scale_factor=1.5, mode="bilinear")),
        "F.interpolate one size": call(lambda _, x: F.interpolate(x, size=5)),
        "F.leaky_relu": call(lambda _, x: F.leaky_relu(x)),
        "F.relu6": call(lambda _, x: F.relu6(x)),
        "F.hardtanh": call(lambda _, x: F.hardtanh(x, 0, 6)),
        "F.silu": call(lambda _, x: F.silu(x)),
        "F.softmin": call(lambda _, x: F.softmin(x, 1)),
        "torch.softmax": call(lambda _, x: torch.softmax(x, 1)),
        "torch.max_pool2d": call(lambda _, x: torch.max_pool2d(x, 2)),
        "F.max_pool2d with indices": call(lambda _, x: F.max_pool2d(x, 2, return_indices=True)[0]),
        "F.lp_pool2d": call(lambda _, x: F.lp_pool2d(x, 2, 2)),
        "F.local_response_norm": call(lambda _, x: F.local_response_norm(x, 3)),
        "F.adaptive_max_pool2d": call(lambda _, x: F.adaptive_max_pool2d(x, 2)),
        "F.instance_norm": call(lambda _, x: F.instance_norm(x)),
        "F.group_norm": call(lambda _, x: F.group_norm(x, 2)),
        "torch.layer_norm": call(lambda _, x: torch.layer_norm(x, (10,))),
        "F.prelu": call(lambda s, x: F.prelu(x, s.a), a=lambda: nn.Parameter(torch.zeros(6))),
        "x.add": call(lambda _, x: x.add(x)),
        "x.mul": call(lambda _, x: x.mul(x)),
        "x.add 2": call(lambda _, x: x.add(2)),
        "x.mul row": call(lambda _, x: x.mul(x[:, :, :1, :])),
        "torch.add alpha": call(lambda _, x: torch.add(x, x, alpha=2)),
        "torch.sub": call(lambda _, x: torch.sub(x, x)),
        "x.matmul": call(lambda _, x: x.matmul(x.transpose(2, 3))),
        "x.bmm": call(lambda _, x: x.bmm(same(x)), TOKENS),
        "x.mm": call(lambda s, x: x.mm(s.w), ROW, **matrix),
        "torch.addmm": call(lambda s, x: torch.addmm(s.c, x, s.w), ROW, **matrix, **vector),
        "torch.baddbmm": call(lambda _, x: torch.baddbmm(x @ same(x), x, same(x)), TOKENS),
        "x @ w": call(lambda s, x: x @ s.w, TOKENS, **matrix),
        "torch.matmul w": call(lambda s, x: torch.matmul(x, s.w), TOKENS, **matrix),
        "attention to others": call(lambda _, x, y: F.scaled_dot_product_attention(x, y, y), HEADS, (4, 9, 16)),
        "linear behind a permute": call(lambda s, x: s.l(x.permute(0, 2, 3, 1)), **to_five),
        "linear behind a norm": call(lambda s, x: s.l(s.n(x.permute(0, 2, 3, 1))), **to_five, n=lambda: nn.LayerNorm(6)),
        "linear on a slice": call(lambda s, x: s.l(x[:, :, :6]), TOKENS, **to_five),
    }


def _own() -> dict[str, Probe]:
    """Modules of a program's own."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Attends(nn.Module):
        def __init__(self, scores: bool = False, **more: Any) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 4, batch_first=True, **more)
            self.scores = scores

        def forward(self, x: Any, other: Any = None) -> Any:
            other = x if other is None else other
            return self.attention(x, other, other, need_weights=self.scores)[0]

    class Gate(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.unread = nn.Parameter(torch.zeros(6))

        def forward(self, x: Any) -> Any:
            return F.silu(x)

    class Norm(nn.LayerNorm):
        def forward(self, x: Any) -> Any:
            x = x.permute(0, 2, 3, 1)
            return F.layer_norm(x, self.normalized_shape, self.weight, self.bias).permute(0, 3, 1, 2)

    class Ramp(nn.ReLU):
        pass

    class Shared(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = nn.Conv2d(6, 6, 3, 1, 1), nn.Conv2d(6, 6, 3, 1, 1)
            self.b.weight = self.a.weight

        def forward(self, x: Any) -> Any:
            return self.b(self.a(x))

    parametrized = nn.utils.parametrizations
    return {
        "attention without bias": (partial(Attends, bias=False), (TOKENS,)),
        "attention of three": (Attends, (TOKENS, (9, 16))),
        "attention of three with scores": (partial(Attends, True), (TOKENS, (9, 16))),
        "attention of other widths": (partial(Attends, kdim=12, vdim=12), (TOKENS, (9, 12))),
        "a gate": (Gate, (MAP,)),
        "a norm": (partial(Norm, 6), (MAP,)),
        "a ramp": (Ramp, (MAP,)),
        "shared weights": (Shared, (MAP,)),
        "weight_norm of a linear layer": (lambda: parametrized.weight_norm(nn.Linear(16, 5)), (TOKENS,)),
        "weight_norm of a convolution": (lambda: parametrized.weight_norm(nn.Conv2d(6, 5, 3)), (MAP,)),
        "spectral_norm": (lambda: parametrized.spectral_norm(nn.Linear(16, 5)), (TOKENS,)),
    }
