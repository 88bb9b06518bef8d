"""Small modules, each of one layer or call, that the counters were run on; by the names in tests/facts/counter_probes.csv."""

# ruff: noqa: PLW0108  a function is named where it is called, as programs do

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any


def probes() -> dict[str, Callable[[], Any]]:
    """What makes each module; torch is imported here."""
    import torch
    import torch.nn.functional as F
    from torch import nn

    class Call(nn.Module):
        """A call of the input, in a module whose one parameter no call reads."""

        def __init__(self, call: Callable[[Any], Any]) -> None:
            super().__init__()
            self.part = nn.Module()  # with a part, so that the call is the forward pass's own
            self.call = call

        def forward(self, x: Any) -> Any:
            return self.call(x)

    class Weighted(Call):
        """The same with weights that a function is given."""

        def __init__(self, call: Callable[..., Any], *shapes: tuple[int, ...]) -> None:
            super().__init__(lambda x: call(x, *self.weights))
            self.weights = nn.ParameterList([nn.Parameter(torch.zeros(shape)) for shape in shapes])

    class Attends(nn.Module):
        def __init__(self, need_weights: bool) -> None:
            super().__init__()
            self.attention = nn.MultiheadAttention(16, 4, batch_first=True)
            self.need_weights = need_weights

        def forward(self, x: Any) -> Any:
            return self.attention(x, x, x, need_weights=self.need_weights)[0]

    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(4, 4, 3, padding=1)

        def forward(self, x: Any) -> Any:
            return self.conv(self.conv(x))

    call = lambda body: partial(Call, body)  # noqa: E731
    heads = lambda x: (x, x, x)  # noqa: E731
    return {
        "conv2d_bias": lambda: nn.Conv2d(6, 12, 3, 2, 1),
        "conv2d_nobias": lambda: nn.Conv2d(6, 12, 3, 2, 1, bias=False),
        "conv2d_groups3": lambda: nn.Conv2d(6, 12, 3, 1, 1, groups=3, bias=False),
        "conv2d_depthwise": lambda: nn.Conv2d(6, 6, 3, 1, 1, groups=6, bias=False),
        "conv2d_dilated": lambda: nn.Conv2d(6, 12, 3, dilation=2, bias=False),
        "conv1d_bias": lambda: nn.Conv1d(6, 12, 3, padding=1),
        "conv3d_bias": lambda: nn.Conv3d(3, 4, 3, padding=1),
        "convT2d_bias_s2": lambda: nn.ConvTranspose2d(6, 12, 2, 2),
        "convT2d_nobias_s2": lambda: nn.ConvTranspose2d(6, 12, 2, 2, bias=False),
        "convT2d_groups3_s2": lambda: nn.ConvTranspose2d(6, 12, 2, 2, groups=3, bias=False),
        "conv_called_twice": Twice,
        "F.conv2d_bias": partial(Weighted, lambda x, w, b: F.conv2d(x, w, b, padding=1), (8, 4, 3, 3), (8,)),
        "linear_2d": lambda: nn.Linear(16, 20),
        "linear_2d_nobias": lambda: nn.Linear(16, 20, bias=False),
        "linear_3d": lambda: nn.Linear(16, 20),
        "F.linear_2d": partial(Weighted, lambda x, w, b: F.linear(x, w, b), (20, 16), (20,)),
        "F.linear_3d": partial(Weighted, lambda x, w, b: F.linear(x, w, b), (20, 16), (20,)),
        "bn2d": lambda: nn.BatchNorm2d(6),
        "bn2d_noaffine": lambda: nn.BatchNorm2d(6, affine=False),
        "ln": lambda: nn.LayerNorm(16),
        "ln_noaffine": lambda: nn.LayerNorm(16, elementwise_affine=False),
        "gn": lambda: nn.GroupNorm(3, 6),
        "in2d_affine": lambda: nn.InstanceNorm2d(6, affine=True),
        "in2d": lambda: nn.InstanceNorm2d(6),
        "rmsnorm": lambda: nn.RMSNorm(16),
        "relu": nn.ReLU,
        "relu6": nn.ReLU6,
        "leaky_relu": nn.LeakyReLU,
        "prelu": nn.PReLU,
        "elu": nn.ELU,
        "gelu": nn.GELU,
        "silu": nn.SiLU,
        "sigmoid": nn.Sigmoid,
        "tanh": nn.Tanh,
        "hardswish": nn.Hardswish,
        "hardsigmoid": nn.Hardsigmoid,
        "softmax": lambda: nn.Softmax(1),
        "log_softmax": lambda: nn.LogSoftmax(1),
        "dropout": nn.Dropout,
        "maxpool_3_2": lambda: nn.MaxPool2d(3, 2, 1),
        "avgpool_2_2": lambda: nn.AvgPool2d(2, 2),
        "avgpool_3_2": lambda: nn.AvgPool2d(3, 2, 1),
        "adaptive_avg_1": lambda: nn.AdaptiveAvgPool2d(1),
        "adaptive_avg_4x5": lambda: nn.AdaptiveAvgPool2d((4, 5)),
        "adaptive_max_1": lambda: nn.AdaptiveMaxPool2d(1),
        "upsample_nearest": lambda: nn.Upsample(scale_factor=2),
        "upsample_bilinear": lambda: nn.Upsample(scale_factor=2, mode="bilinear"),
        "upsample_bicubic": lambda: nn.Upsample(scale_factor=2, mode="bicubic"),
        "pixelshuffle": lambda: nn.PixelShuffle(2),
        "zeropad": lambda: nn.ZeroPad2d(1),
        "flatten": nn.Flatten,
        "embedding": lambda: nn.Embedding(100, 16),
        "mha": partial(Attends, need_weights=False),
        "mha_need_weights": partial(Attends, need_weights=True),
        "lstm1": lambda: nn.LSTM(6, 5, batch_first=True),
        "lstm1_nobias": lambda: nn.LSTM(6, 5, batch_first=True, bias=False),
        "gru1": lambda: nn.GRU(6, 5, batch_first=True),
        "rnn1": lambda: nn.RNN(6, 5, batch_first=True),
        "lstmcell": lambda: nn.LSTMCell(6, 5),
        "grucell": lambda: nn.GRUCell(6, 5),
        "x+x": call(lambda x: x + x),
        "torch.add": call(lambda x: torch.add(x, x)),
        "x.add_": call(lambda x: x.add_(x)),
        "x*x": call(lambda x: x * x),
        "torch.mul": call(lambda x: torch.mul(x, x)),
        "x*scale[C,1,1]": partial(Weighted, lambda x, scale: x * scale, (6, 1, 1)),
        "x/2": call(lambda x: x / 2),
        "cat": call(lambda x: torch.cat([x, x], 1)),
        "mean": call(lambda x: x.mean((2, 3))),
        "exp": call(lambda x: x.exp()),
        "x@y": call(lambda x: x @ x.transpose(-1, -2)),
        "torch.matmul": call(lambda x: torch.matmul(x, x.transpose(-1, -2))),
        "torch.bmm": call(lambda x: torch.bmm(x, x.transpose(-1, -2))),
        "einsum": call(lambda x: torch.einsum("bij,bkj->bik", x, x)),
        "sdpa": call(lambda x: F.scaled_dot_product_attention(*heads(x))),
        "sdpa_causal": call(lambda x: F.scaled_dot_product_attention(*heads(x), is_causal=True)),
        "F.relu": call(lambda x: F.relu(x)),
        "torch.relu": call(lambda x: torch.relu(x)),
        "x.relu()": call(lambda x: x.relu()),
        "F.gelu": call(lambda x: F.gelu(x)),
        "torch.sigmoid": call(lambda x: torch.sigmoid(x)),
        "F.softmax": call(lambda x: F.softmax(x, 1)),
        "x.softmax": call(lambda x: x.softmax(1)),
        "F.max_pool2d": call(lambda x: F.max_pool2d(x, 2)),
        "F.avg_pool2d": call(lambda x: F.avg_pool2d(x, 2)),
        "F.adaptive_avg_pool2d": call(lambda x: F.adaptive_avg_pool2d(x, 1)),
        "F.interpolate_nearest": call(lambda x: F.interpolate(x, scale_factor=2)),
        "F.interpolate_bilinear_size": call(lambda x: F.interpolate(x, size=(16, 20), mode="bilinear")),
        "F.layer_norm": call(lambda x: F.layer_norm(x, (8, 10))),
    }  # fmt: skip
