"""The same numbers in another shape or order."""

from itertools import count
from math import prod

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=5).map(tuple)


def numbered(letter: str, numbers) -> dict[str, int]:
    """o_1, o_2, ..."""
    return {f"{letter}_{i}": n for i, n in zip(count(1), numbers, strict=False)}


def listed(v: dict[str, int], letter: str) -> list[int]:
    return [v[f"{letter}_{i}"] for i in range(1, 7) if v[f"{letter}_{i}"]]


def flatten(layer: Layer) -> Array:
    return layer.x.reshaped([prod(layer.x.shape)])


def reshape(layer: Layer) -> Array:
    return layer.x.reshaped(listed(layer.v, "o"))


def permute(layer: Layer) -> Array:
    order = [a - 1 for a in listed(layer.v, "a")]
    cells = {tuple(index[a] for a in order): x for index, x in layer.x.cells.items()}
    return Array([layer.x.shape[a] for a in order], cells)


def pixel_shuffle(layer: Layer) -> Array:
    """Channel o*r*r + i*r + j lies at row i and column j of the squares of output channel o."""
    (c, height, width), r = layer.x.shape, layer.v["r"]

    def cell(o: int, y: int, x: int) -> Counted:
        return layer.x[o * r * r + y % r * r + x % r, y // r, x // r]

    return Array.of((c // r**2, height * r, width * r), cell)


def pixel_unshuffle(layer: Layer) -> Array:
    (c, height, width), r = layer.x.shape, layer.v["r"]

    def cell(o: int, y: int, x: int) -> Counted:
        return layer.x[o // (r * r), y * r + o % (r * r) // r, x * r + o % r]

    return Array.of((c * r**2, height // r, width // r), cell)


def channel_shuffle(layer: Layer) -> Array:
    """The channels as a table with a row for each group, read by columns."""
    (c, *_), g = layer.x.shape, layer.v["g"]
    return Array.of(layer.x.shape, lambda i, *place: layer.x[(i % g * (c // g) + i // g, *place)])


def torch_reshape(case: Case):
    return lambda x: x.reshape(1, *listed(case.v, "o"))


def torch_permute(case: Case):
    return lambda x: x.permute(0, *listed(case.v, "a"))


def torch_module(name: str, letter: str):
    def same(case: Case):
        from torch import nn

        return getattr(nn, name)(case.v[letter]) if letter else getattr(nn, name)()

    return same


@st.composite
def reshape_cases(draw):
    factors = draw(st.lists(st.integers(1, 3), min_size=1, max_size=5))
    other = draw(st.permutations(factors))
    cut = draw(st.integers(0, len(other) - 1))
    to = [prod(other[: cut + 1]), *other[cut + 1 :]]
    return Case((tuple(factors),), numbered("o", to))


@st.composite
def permute_cases(draw):
    shape = draw(shapes)
    return Case((shape,), numbered("a", draw(st.permutations(range(1, len(shape) + 1)))))


@st.composite
def pixel_cases(draw, up: bool):
    c, height, width, r = (draw(st.integers(1, 3)) for _ in range(4))
    return Case(((c * r * r, height, width) if up else (c, height * r, width * r),), {"r": r})


@st.composite
def channel_cases(draw):
    g = draw(st.integers(1, 3))
    sides = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    return Case(((g * draw(st.integers(1, 3)), *sides),), {"g": g})


PROOFS = {
    "Flatten": Proof(flatten, shapes.map(lambda shape: Case((shape,), {})), torch_module("Flatten", "")),
    "Reshape": Proof(reshape, reshape_cases(), torch_reshape),
    "Permute": Proof(permute, permute_cases(), torch_permute),
    "PixelShuffle": Proof(pixel_shuffle, pixel_cases(up=True), torch_module("PixelShuffle", "r")),
    "PixelUnshuffle": Proof(pixel_unshuffle, pixel_cases(up=False), torch_module("PixelUnshuffle", "r")),
    "ChannelShuffle": Proof(channel_shuffle, channel_cases(), torch_module("ChannelShuffle", "g")),
}
