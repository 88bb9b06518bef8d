"""Embedding: a look-up, and the rotation of pairs."""

import math
from random import Random

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, indices


def embedding(layer: Layer) -> Array:
    """Every token: its row of the table."""
    k = layer.v["k"]
    weight = layer.weights("weight", layer.v["v"], k)
    cells = {(*at, i): weight[int(layer.x[at].value), i] for at in indices(layer.x.shape) for i in range(k)}
    return Array((*layer.x.shape, k), cells)


def tokens(case: Case, random: Random) -> list[Array]:
    return [Array.of(case.shapes[0], lambda *_: Counted(random.randrange(case.v["v"])))]


def torch_embedding(case: Case):
    from torch import nn

    class Lookup(nn.Embedding):
        def forward(self, x):
            return super().forward(x.long())

    return Lookup(case.v["v"], case.v["k"])


@st.composite
def embedding_cases(draw):
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)))
    return Case((shape,), {"v": draw(st.integers(1, 6)), "k": draw(st.integers(1, 5))})


def angle(place: int, pair: int, d: int) -> float:
    return place * 10_000 ** (-2 * pair / d)


def rotary(layer: Layer) -> Array:
    """Every pair of a row turned by the angle of its place, whose sine and cosine stand in a table."""
    *leading, d = layer.x.shape
    cells = {}
    for row in indices(leading):
        for pair in range(d // 2):
            turn = angle(row[-1] if row else 0, pair, d)
            cos, sin = Counted(math.cos(turn)), Counted(math.sin(turn))
            x, y = layer.x[(*row, 2 * pair)], layer.x[(*row, 2 * pair + 1)]
            cells[(*row, 2 * pair)] = x * cos - y * sin
            cells[(*row, 2 * pair + 1)] = x * sin + y * cos
    return Array(layer.x.shape, cells)


def torch_rotary(case: Case):
    """The same by torch's complex numbers: a pair is one of them, and the turn a product."""
    import torch

    *leading, d = case.shapes[0]
    places = range(leading[-1]) if leading else [0]
    turns = torch.tensor([[angle(place, pair, d) for pair in range(d // 2)] for place in places], dtype=torch.float64)
    turns = torch.polar(torch.ones_like(turns), turns)

    def rotated(x):
        pairs = torch.view_as_complex(x.unflatten(-1, (d // 2, 2)))
        return torch.view_as_real(pairs * (turns if leading else turns[0])).flatten(-2)

    return rotated


@st.composite
def rotary_cases(draw):
    leading = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    return Case(((*leading, 2 * draw(st.integers(1, 4))),), {})


PROOFS = {
    "Embedding": Proof(embedding, embedding_cases(), torch_embedding, inputs=tokens),
    "RotaryEmbedding": Proof(rotary, rotary_cases(), torch_rotary),
}
