"""A small GPT-like program in torch, with and without a cache of keys and values, for torch's own counter."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="torch is not installed")
from torch import nn  # noqa: E402  only where it is installed
from torch.nn import functional  # noqa: E402


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.before, self.behind = nn.LayerNorm(width), nn.LayerNorm(width)
        self.asked, self.joined = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x: torch.Tensor, cache: list[torch.Tensor] | None) -> torch.Tensor:
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(-2, -3) for part in self.asked(self.before(x)).chunk(3, -1))
        if cache is not None:
            if cache:
                k, v = torch.cat([cache[0], k], -2), torch.cat([cache[1], v], -2)
            cache[:] = [k, v]
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        hidden = torch.ones(scores.shape[-2:], dtype=torch.bool).triu(1 + scores.shape[-1] - scores.shape[-2])
        mixed = scores.masked_fill(hidden, float("-inf")).softmax(-1) @ v
        x = x + self.joined(mixed.transpose(-2, -3).flatten(-2))
        return x + self.down(functional.gelu(self.up(self.behind(x))))


class Small(nn.Module):
    def __init__(self, blocks: int, width: int, heads: int, vocabulary: int, positions: int) -> None:
        super().__init__()
        self.words, self.places = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.blocks = nn.ModuleList(Block(width, heads) for _ in range(blocks))
        self.last = nn.LayerNorm(width)

    def forward(self, tokens: torch.Tensor, caches: list[list[torch.Tensor]] | None = None, past: int = 0) -> torch.Tensor:
        x = self.words(tokens) + self.places(torch.arange(past, past + tokens.shape[-1]))
        for i, block in enumerate(self.blocks):
            x = block(x, caches[i] if caches is not None else None)
        return functional.linear(self.last(x), self.words.weight)
