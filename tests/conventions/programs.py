"""Small programs on which counters of operations go astray, or differ by how a layer is called; by the names in the facts.

Each is made for the input shape in tests/facts/counter_programs.csv; a second shape stands behind a plus sign.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

Makers = dict[str, Callable[[], Any]]


def programs() -> Makers:
    """What makes each module; torch is imported here."""
    return {**single(), **calls(), **attentions(), **programs_with_tokens(), **programs_with_maps()}


def written() -> Any:
    """A class of modules that have parts and a forward pass given as a function of the module and the inputs."""
    from torch import nn

    class Written(nn.Module):
        def __init__(self, body: Callable[..., Any], **parts: Any) -> None:
            super().__init__()
            self.body = body
            for name, part in parts.items():
                setattr(self, name, part)

        def forward(self, *inputs: Any) -> Any:
            return self.body(self, *inputs)

    return Written


def single() -> Makers:
    """One module of torch.nn, with an option that changes what some counter does with it."""
    from torch import nn

    return {
        "padding in a word": lambda: nn.Sequential(nn.Conv2d(6, 4, 3, padding="same"), nn.Conv2d(4, 4, 3, padding="valid")),
        "statistics kept": lambda: nn.Sequential(nn.InstanceNorm2d(6, affine=True, track_running_stats=True)),
        "no statistics": lambda: nn.Sequential(nn.BatchNorm2d(6, track_running_stats=False)),
        "resized signal": lambda: nn.Sequential(nn.Upsample(scale_factor=2), nn.Upsample(scale_factor=2, mode="linear")),
        "nearest by exact places": lambda: nn.Sequential(nn.Upsample(scale_factor=2, mode="nearest-exact")),
        "softmax of maps": lambda: nn.Sequential(nn.Softmax2d(), nn.Softmin(1), nn.Softmax(1)),
        "projected state": lambda: nn.Sequential(nn.LSTM(6, 8, 2, proj_size=3, bidirectional=True, batch_first=True)),
    }


def calls() -> Makers:
    """Products of matrices, by the call that asks for them."""
    import torch
    from torch import nn

    made = written()
    linear = partial(nn.Linear, 16, 16)

    def product(body: Callable[[Any, Any], Any], *shape: int) -> Callable[[], Any]:
        return lambda: made(lambda self, x: body(self.part(x), self.other), part=linear(), other=nn.Parameter(torch.zeros(shape)))

    return {
        "matmul with a vector": product(lambda x, v: torch.matmul(x, v), 16),  # noqa: PLW0108
        "tensordot": product(lambda x, w: torch.tensordot(x, w, 1), 16, 5),
        "inner": product(lambda x, w: torch.inner(x, w), 5, 16),  # noqa: PLW0108
        "einsum of rows": product(lambda x, w: torch.einsum("...d,dk->...k", x, w), 16, 5),
        "baddbmm": lambda: made(lambda self, x: torch.baddbmm(self.part(x), x, x.mT), part=nn.Linear(16, 7)),
    }


def attentions() -> Makers:
    """Attention in a form for which torch has one kernel on a CPU, and in forms for which it has none."""
    import torch
    from torch import nn
    from torch.nn import functional as F

    made = written()

    def heads(change: Callable[[Any], tuple[Any, Any, Any]], **options: Any) -> Callable[[], Any]:
        def body(self: Any, x: Any) -> Any:
            return F.scaled_dot_product_attention(*change(self.part(x)), **options)

        return lambda: made(body, part=nn.Linear(16, 16))

    def own(*sizes: int, masked: bool = False, **options: Any) -> Callable[[], Any]:
        def body(self: Any, x: Any) -> Any:
            mask = torch.zeros(x.shape[1], x.shape[1], device=x.device) if masked else None
            return self.part(x, x, x, need_weights=False, attn_mask=mask)[0]

        return lambda: made(body, part=nn.MultiheadAttention(*sizes, **options))

    def others(**options: Any) -> Any:
        part = nn.MultiheadAttention(16, 4, batch_first=True, **options)
        return made(lambda self, x, y: self.part(x, y, y)[0], part=part)

    return {
        "heads": heads(lambda x: (x, x, x)),
        "heads, values of another width": heads(lambda x: (x, x, x[..., :8])),
        "heads, keys shared": heads(lambda x: (x, x[:, :2], x[:, :2]), enable_gqa=True),
        "heads, turned": heads(lambda x: (x.mT, x.mT, x.mT)),
        "heads, some left out": heads(lambda x: (x, x, x), dropout_p=0.1),
        "own tokens": own(16, 4, batch_first=True),
        "own tokens, odd heads": own(15, 3, batch_first=True),
        "own tokens, no bias": own(16, 4, bias=False, batch_first=True),
        "own tokens, masked": own(16, 4, masked=True, batch_first=True),
        "others' tokens": others,
        "others' tokens of another width": lambda: others(kdim=12, vdim=12),
    }


def programs_with_tokens() -> Makers:
    """Encoders, a small language model, recurrent networks."""
    import torch
    from torch import nn

    made = written()
    encoder = partial(nn.TransformerEncoderLayer, 16, 4, 32, batch_first=True)

    class RootMeanSquare(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.weight = nn.Parameter(torch.ones(16))

        def forward(self, x: Any) -> Any:
            return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)

    class Factor(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.gamma = nn.Parameter(torch.ones(16))

        def forward(self, x: Any) -> Any:
            return self.gamma * x

    def language(*, tied: bool) -> Any:
        def body(self: Any, x: Any) -> Any:
            return self.head(self.block(self.words(x) + self.places(torch.arange(x.shape[1], device=x.device))))

        model = made(
            body, words=nn.Embedding(60, 16), places=nn.Embedding(7, 16), block=encoder(), head=nn.Linear(16, 60, bias=False)
        )
        if tied:
            model.head.weight = model.words.weight
        return model

    def steps_first(self: Any, x: Any) -> Any:
        x = self.norm(self.part(x.permute(1, 0, 2)))
        return (x + self.heads(x, x, x, need_weights=False)[0]).permute(1, 0, 2)

    def one_step_after_another(self: Any, x: Any) -> Any:
        state = self.first(x[:, 0])
        return self.second(self.first(x[:, 1], state)[0])

    return {
        "encoder layer": lambda: made(lambda self, x: self.part(x), part=encoder()),
        "encoder layer, no bias": lambda: made(lambda self, x: self.part(x), part=encoder(bias=False)),
        "encoder layer, another activation": lambda: made(lambda self, x: self.part(x), part=encoder(activation=torch.tanh)),
        "encoder and decoder": lambda: made(
            lambda self, x, y: self.part(x, y), part=nn.Transformer(16, 4, 2, 2, 32, batch_first=True)
        ),
        "modules of one's own": lambda: made(
            lambda self, x: x + self.factor(self.part(self.norm(x))),
            norm=RootMeanSquare(),
            part=nn.Linear(16, 16),
            factor=Factor(),
        ),
        "language model": lambda: language(tied=False),
        "language model, tied": lambda: language(tied=True),
        "steps first": lambda: made(
            steps_first, part=nn.Linear(16, 20), norm=nn.LayerNorm(20), heads=nn.MultiheadAttention(20, 4)
        ),
        "cells": lambda: made(one_step_after_another, first=nn.LSTMCell(16, 5), second=nn.GRUCell(5, 4)),
        "last step": lambda: made(
            lambda self, x: self.part(self.steps(x)[0][:, -1]),
            steps=nn.LSTM(16, 9, 2, batch_first=True, bidirectional=True),
            part=nn.Linear(18, 5),
        ),
    }  # fmt: skip


def programs_with_maps() -> Makers:
    """Windows, shared layers, an encoder of maps."""
    import torch
    from torch import nn

    made = written()

    def windows(self: Any, x: Any) -> Any:
        samples, channels, height, width = x.shape
        parts = x.view(samples, channels, height // 2, 2, width // 2, 2).permute(0, 2, 4, 3, 5, 1)
        return self.channels(self.norm(self.part(parts.reshape(-1, 4, channels))))

    def two_scales(self: Any, x: Any) -> Any:
        small, large = (self.act(self.norm(self.part(y))) for y in (self.pool(x), x))
        return torch.cat([small.flatten(1), large.flatten(1)], 1)

    def one_kernel() -> Any:
        model = nn.Sequential(nn.Conv2d(6, 6, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1))
        model[1].weight = model[0].weight
        return model

    def up_and_down(self: Any, x: Any) -> Any:
        outer = self.down(x)
        return self.larger(self.last(torch.cat([outer, self.up(self.inner(outer))], 1)))

    return {
        "windows": lambda: made(windows, part=nn.Linear(6, 12), norm=nn.LayerNorm(12), channels=nn.BatchNorm1d(4)),
        "one module on two scales": lambda: made(
            two_scales, part=nn.Conv2d(6, 6, 3, padding=1), norm=nn.BatchNorm2d(6), act=nn.PReLU(), pool=nn.MaxPool2d(2)
        ),
        "one kernel in two modules": one_kernel,
        "up and down": lambda: made(
            up_and_down,
            down=nn.Sequential(nn.Conv2d(6, 8, 3, padding=1), nn.BatchNorm2d(8), nn.ReLU()),
            inner=nn.Sequential(nn.MaxPool2d(2), nn.Conv2d(8, 16, 3, padding="same"), nn.LeakyReLU(0.1)),
            up=nn.ConvTranspose2d(16, 8, 2, 2),
            last=nn.Conv2d(16, 2, 1),
            larger=nn.Upsample(scale_factor=2, mode="bilinear"),
        ),
    }
