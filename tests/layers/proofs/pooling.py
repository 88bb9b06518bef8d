"""Pooling: largest, mean and norm of windows and of whole channels."""

from collections.abc import Callable
from math import prod
from random import Random

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, largest, mixed, power, root, total
from tests.layers.sliding import letters, padding, places, sides, window

LOWEST = -9.0  # below every input element; stands for the minus infinity of max-pooling's padding


def pooled(layer: Layer, outside: float, one: Callable[[list[Counted], list[tuple[int, ...]]], Counted]) -> Array:
    """``one`` number for every window of every channel, from the window's elements and their places."""
    c, *shape = layer.x.shape
    edge = Counted(outside)
    cells = {}
    for i in range(c):
        for place, inside in places(tuple(shape), layer.v):
            cells[(i, *place)] = one([layer.x.get((i, *where), edge) for where in inside], inside)
    return Array((c, *(max(at) + 1 for at in zip(*(key[1:] for key in cells), strict=True))), cells)


def maximum(layer: Layer) -> Array:
    return pooled(layer, LOWEST, lambda elements, _: largest(elements))


def average(layer: Layer) -> Array:
    """The sum of the window with its zeros, divided by the number of elements or of those that are not padding."""
    _, *shape = layer.x.shape
    v = layer.v
    limits = []
    for x, size in zip(letters(len(shape)), shape, strict=True):
        before, behind = sides(size, v, x) if v["i"] else (0, 0)
        limits.append(range(-before, size + behind))

    def mean(elements: list[Counted], inside: list[tuple[int, ...]]) -> Counted:
        counted = sum(all(i in limit for i, limit in zip(where, limits, strict=True)) for where in inside)
        return total(elements) / Counted(max(counted, 1))

    return pooled(layer, 0, mean)


def norm(layer: Layer) -> Array:
    """The powers, their sum, its root; a square is a product that is summed up."""
    n = layer.v["n_p"]
    way: dict[int, Callable[[list[Counted], list[tuple[int, ...]]], Counted]] = {
        1: lambda elements, _: total(elements),
        2: lambda elements, _: root(mixed(elements, elements)),
    }
    general = way.get(n, lambda elements, _: power(total([power(x, n) for x in elements]), 1 / n))
    return pooled(layer, 0, general)


def positive(case: Case, random: Random) -> list[Array]:
    """No negative numbers: an odd power of one may have no root."""
    return [Array.random(shape, random).map(lambda x: Counted(abs(x.value))) for shape in case.shapes]


def global_average(layer: Layer) -> Array:
    c, *shape = layer.x.shape
    n = prod(shape)
    rows = layer.x.reshaped((c, n))
    return Array.of((c, *(1 for _ in shape)), lambda i, *_: total(rows[i, j] for j in range(n)) / Counted(n))


def global_maximum(layer: Layer) -> Array:
    c, *shape = layer.x.shape
    n = prod(shape)
    rows = layer.x.reshaped((c, n))
    return Array.of((c, *(1 for _ in shape)), lambda i, *_: largest(rows[i, j] for j in range(n)))


# The same of torch: its own rule for sizes and padding wherever it has one, else a pooling of the padded input.


def per_axis(case: Case, letter: str) -> tuple[int, ...]:
    return tuple(case.v[f"{letter}_{x}"] for x in letters(len(case.shapes[0]) - 1))


def of_torch(case: Case, name: str, **options):
    from torch import nn

    axes = letters(len(case.shapes[0]) - 1)
    return getattr(nn, f"{name}{len(axes)}d")(tuple(case.v[x] for x in axes), per_axis(case, "s"), **options)


def is_torchs(case: Case) -> bool:
    """Whether torch can pad and round like this by itself."""
    v, axes = case.v, letters(len(case.shapes[0]) - 1)
    return not v["z"] and v["e"] < 2 and not any(per_axis(case, "q")) and all(2 * v[f"p_{x}"] <= v[x] for x in axes)


def torch_maximum(case: Case):
    from torch.nn import functional

    shape = case.shapes[0][1:]
    if is_torchs(case):
        ceil = bool(case.v["e"])
        own = of_torch(case, "MaxPool", padding=per_axis(case, "p"), dilation=per_axis(case, "d"), ceil_mode=ceil)
        return lambda x: own(x).clamp(min=LOWEST)  # a dilated window may skip the whole input
    pool = of_torch(case, "MaxPool", dilation=per_axis(case, "d"))
    return lambda x: pool(functional.pad(x, padding(shape, case.v), value=LOWEST))


def torch_average(case: Case):
    import torch
    from torch.nn import functional

    shape, v = case.shapes[0][1:], case.v
    # AvgPool3d alone wants an input as large as the kernel even where the padding makes up for it.
    if is_torchs(case) and (len(shape) < 3 or all(n >= v[x] for x, n in zip(letters(3), shape, strict=True))):
        options = {"ceil_mode": bool(v["e"]), "count_include_pad": bool(v["i"])}
        return of_torch(case, "AvgPool", padding=per_axis(case, "p"), **options)
    pool = of_torch(case, "AvgPool")
    window = prod(v[x] for x in letters(len(shape)))
    around = padding(shape, v)
    counted = torch.ones(1, 1, *shape, dtype=torch.float64)
    if v["i"]:  # the padding counts, but what lies behind it does not
        limits = [side for x, size in zip("wht", reversed(shape), strict=False) for side in sides(size, v, x)]
        counted = functional.pad(counted, limits, value=1)
        around_mask = [a - b for a, b in zip(around, limits, strict=True)]
    else:
        around_mask = around
    divisor = (pool(functional.pad(counted, around_mask)) * window).round().clamp(min=1)
    return lambda x: pool(functional.pad(x, around)) * window / divisor


def torch_norm(case: Case):
    from torch import nn
    from torch.nn import functional

    shape, v = case.shapes[0][1:], case.v
    axes = letters(len(shape))
    # torch divides a window that ends behind the input by its smaller size, so zeros are put there by hand.
    pool = getattr(nn, f"LPPool{len(axes)}d")
    kernel, stride = tuple(v[x] for x in axes), per_axis(case, "s")
    pool = pool(v["n_p"], kernel, stride) if len(axes) > 1 else pool(v["n_p"], kernel[0], stride[0])
    return (lambda x: pool(functional.pad(x, padding(shape, v)))) if v["e"] else pool


def torch_global(name: str):
    def same(case: Case):
        from torch import nn

        return getattr(nn, f"Adaptive{name}Pool{len(case.shapes[0]) - 1}d")(1)

    return same


@st.composite
def cases(draw, dimensions: int, *, dilated: bool = True, mean: bool = False):
    shape, v = draw(window(dimensions, dilated=dilated, inside=True, rounding=True))
    v |= {"i": draw(st.integers(0, 1))} if mean else {}
    return Case(((draw(st.integers(1, 2)), *shape),), v)


@st.composite
def norm_cases(draw, dimensions: int):
    shape, v = draw(window(dimensions, dilated=False, padded=False, rounding=True))
    return Case(((draw(st.integers(1, 2)), *shape),), v | {"n_p": draw(st.integers(1, 4))})


channels = st.lists(st.integers(1, 4), min_size=2, max_size=4).map(lambda shape: Case((tuple(shape),), {}))

PROOFS = {
    **{f"MaxPool{n}d": Proof(maximum, cases(n), torch_maximum) for n in (1, 2, 3)},
    **{f"AvgPool{n}d": Proof(average, cases(n, dilated=False, mean=True), torch_average) for n in (1, 2, 3)},
    **{f"LPPool{n}d": Proof(norm, norm_cases(n), torch_norm, inputs=positive) for n in (1, 2)},
    "GlobalAvgPool": Proof(global_average, channels, torch_global("Avg")),
    "GlobalMaxPool": Proof(global_maximum, channels, torch_global("Max")),
}
