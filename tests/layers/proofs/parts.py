"""Parts of an input, borders around it, elements picked by their place."""

from math import prod

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof
from tests.layers.proofs.reshape import listed, numbered, shapes

# Slice


def sliced(layer: Layer) -> Array:
    v, axis = layer.v, layer.v["a"] - 1
    shape = [v["k"] if i == axis else n for i, n in enumerate(layer.x.shape)]
    return Array.of(shape, lambda *at: layer.x[tuple(v["f"] + v["j"] * n if i == axis else n for i, n in enumerate(at))])


def torch_slice(case: Case):
    v = case.v
    positions = slice(v["f"], v["f"] + (v["k"] - 1) * v["j"] + 1, v["j"])
    return lambda x: x[(*(slice(None) for _ in range(v["a"])), positions)]


@st.composite
def slice_cases(draw):
    shape = list(draw(shapes))
    axis = draw(st.integers(0, len(shape) - 1))
    v = {"a": axis + 1, "f": draw(st.integers(0, 2)), "k": draw(st.integers(1, 3)), "j": draw(st.integers(1, 2))}
    shape[axis] = v["f"] + (v["k"] - 1) * v["j"] + 1 + draw(st.integers(0, 2))
    return Case((tuple(shape),), v)


# Crop: the middle where a size is given, the beginning where a second input gives it


def crop(layer: Layer) -> Array:
    if len(layer.inputs) == 2:
        first = layer.v["a"] - 1
        return Array.of([*layer.x.shape[:first], *layer.inputs[1].shape[first:]], lambda *at: layer.x[at])
    *outer, height, width = layer.x.shape
    y, x = (height - layer.v["H"]) // 2, (width - layer.v["W"]) // 2
    return Array.of([*outer, layer.v["H"], layer.v["W"]], lambda *at: layer.x[(*at[:-2], at[-2] + y, at[-1] + x)])


def torch_crop(case: Case):
    v = case.v

    def same(x, like=None):
        if like is None:
            y0, x0 = (x.shape[-2] - v["H"]) // 2, (x.shape[-1] - v["W"]) // 2
            return x.narrow(-2, y0, v["H"]).narrow(-1, x0, v["W"])
        for axis in range(v["a"], like.dim()):
            x = x.narrow(axis, 0, like.shape[axis])
        return x

    return same


@st.composite
def crop_cases(draw):
    if draw(st.booleans()):
        shape = draw(st.lists(st.integers(1, 5), min_size=3, max_size=4))
        return Case((tuple(shape),), {"W": draw(st.integers(1, shape[-1])), "H": draw(st.integers(1, shape[-2]))})
    shape = draw(shapes)
    axis = draw(st.integers(1, len(shape)))
    like = tuple(draw(st.integers(1, 5 if i < axis else n)) for i, n in enumerate(shape, 1))
    return Case((shape, like), {"a": axis})


# Pad


def pad(layer: Layer) -> Array:
    v, rank = layer.v, len(layer.x.shape)
    before = ([0] * (rank - 2) + [v["l_h"], v["l_w"]])[-rank:] if rank > 2 else [0] * (rank - 1) + [v["l_w"]]
    behind = [0] * (rank - 3) + [v["o"], v["r_h"], v["r_w"]] if rank > 2 else [v["o"], v["r_w"]][-rank:]
    shape = [a + n + b for a, n, b in zip(before, layer.x.shape, behind, strict=True)]
    zero = Counted(0)
    return Array.of(shape, lambda *at: layer.x.get(tuple(i - a for i, a in zip(at, before, strict=True)), zero))


def torch_pad(case: Case):
    from torch.nn import functional

    v, rank = case.v, len(case.shapes[0])
    sides = {1: (), 2: (0, v["o"])}.get(rank, (v["l_h"], v["r_h"], 0, v["o"]))
    return lambda x: functional.pad(x, (v["l_w"], v["r_w"], *sides))


@st.composite
def pad_cases(draw):
    shape = draw(st.lists(st.integers(1, 3), min_size=1, max_size=4))
    names = {1: ("l_w", "r_w"), 2: ("l_w", "r_w", "o")}.get(len(shape), ("l_w", "r_w", "l_h", "r_h", "o"))
    return Case((tuple(shape),), {name: draw(st.integers(0, 2)) for name in names})


# Gather: some element for every place of the output; which one costs nothing


def gather(layer: Layer) -> Array:
    to = listed(layer.v, "o")
    elements = list(layer.x.cells.values())
    return Array([prod(to)], {(i,): elements[7 * i % len(elements)] for i in range(prod(to))}).reshaped(to)


def torch_gather(case: Case):
    import torch

    to = listed(case.v, "o")
    size = prod(case.shapes[0])
    return lambda x, *_: x.take(torch.tensor([7 * i % size for i in range(prod(to))])).reshape(1, *to)


@st.composite
def gather_cases(draw):
    positions = [draw(shapes)] if draw(st.booleans()) else []
    return Case((draw(shapes), *positions), numbered("o", draw(shapes)))


PROOFS = {
    "Slice": Proof(sliced, slice_cases(), torch_slice),
    "Crop": Proof(crop, crop_cases(), torch_crop),
    "Pad": Proof(pad, pad_cases(), torch_pad),
    "Gather": Proof(gather, gather_cases(), torch_gather),
}
