"""Maps and signals read between their places."""

from fractions import Fraction
from itertools import product
from math import floor, prod

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, mixed

CUBIC = Fraction(-3, 4)  # the free number of the cubic kernel (Keys, 1981), as torch chooses it


def nearest(size: int, count: int, i: int) -> list[tuple[int, Fraction]]:
    return [(i * size // count, Fraction(1))]


def linear(size: int, count: int, i: int) -> list[tuple[int, Fraction]]:
    """The two places around the middle of element i, each with its weight."""
    return between(size, max((i + Fraction(1, 2)) * size / count - Fraction(1, 2), Fraction(0)))


def aligned(size: int, count: int, i: int) -> list[tuple[int, Fraction]]:
    """The same with the first and the last elements upon each other."""
    return between(size, Fraction(i * (size - 1), count - 1) if count > 1 else Fraction(0))


def between(size: int, at: Fraction) -> list[tuple[int, Fraction]]:
    first = floor(at)
    return [(first, 1 - (at - first)), (min(first + 1, size - 1), at - first)]


def cubic(size: int, count: int, i: int) -> list[tuple[int, Fraction]]:
    at = (i + Fraction(1, 2)) * size / count - Fraction(1, 2)
    around = [floor(at) + step for step in (-1, 0, 1, 2)]
    return [(min(max(place, 0), size - 1), cubic_weight(abs(at - place))) for place in around]


def cubic_weight(x: Fraction) -> Fraction:
    a = CUBIC
    return (a + 2) * x**3 - (a + 3) * x**2 + 1 if x <= 1 else a * x**3 - 5 * a * x**2 + 8 * a * x - 4 * a


def resampled(x: Array, output: tuple[int, ...], along) -> Array:
    """Every output element: the places that it reads, each with the product of its weights along the axes."""
    (*outer,) = x.shape[: len(x.shape) - len(output)]
    inner = x.shape[len(outer) :]
    axes = [[along(n, m, i) for i in range(m)] for n, m in zip(inner, output, strict=True)]

    def cell(*at: int) -> Counted:
        channel, place = at[: len(outer)], at[len(outer) :]
        read = list(product(*(axis[i] for axis, i in zip(axes, place, strict=True))))
        elements = [x[(*channel, *(where for where, _ in point))] for point in read]
        if len(read) == 1:
            return elements[0]
        return mixed([Counted(float(prod(weight for _, weight in point))) for point in read], elements)

    return Array.of([*outer, *output], cell)


def output_size(case_shape: tuple[int, ...], v: dict[str, int]) -> tuple[int, ...]:
    sides = case_shape[1:] if len(case_shape) == 2 else case_shape[-2:]
    factors, given = [v["s_h"], v["s_w"]][-len(sides) :], [v["H"], v["W"]][-len(sides) :]
    return tuple(given) if v["W"] else tuple(n * s for n, s in zip(sides, factors, strict=True))


def upsample(layer: Layer) -> Array:
    along = (nearest, linear, cubic)[layer.v["v"]]
    return resampled(layer.x, output_size(layer.x.shape, layer.v), along)


def torch_upsample(case: Case):
    from torch import nn
    from torch.nn import functional

    v, rank = case.v, len(case.shapes[0])
    mode = ("nearest", "linear" if rank == 2 else "bilinear", "bicubic")[v["v"]]
    options = {"align_corners": False} if v["v"] else {}
    if rank > 3:  # regions: torch takes them as the batch
        size = output_size(case.shapes[0], v)
        return lambda x: functional.interpolate(x[0], size, mode=mode, **options).unsqueeze(0)
    if v["W"]:
        return nn.Upsample(size=output_size(case.shapes[0], v), mode=mode, **options)
    return nn.Upsample(scale_factor=tuple([v["s_h"], v["s_w"]][1 - rank :]), mode=mode, **options)


@st.composite
def upsample_cases(draw):
    outer = draw(st.lists(st.integers(1, 2), min_size=1, max_size=2))
    sides = draw(st.integers(1 if len(outer) == 1 else 2, 2))
    shape = [*outer, *(draw(st.integers(1, 4)) for _ in range(sides))]
    v = {"v": draw(st.integers(0, 1 if len(shape) == 2 else 2))}
    names = ("W", "H") if draw(st.booleans()) else ("s_w", "s_h")
    return Case((tuple(shape),), v | {name: draw(st.integers(1, 5 if names[0] == "W" else 3)) for name in names})


def interp(layer: Layer) -> Array:
    """Cut, then as many places as every n_s-th with every distance in n_z parts has; or the given size."""
    v = layer.v
    c, *sides = layer.x.shape
    cut = [range(v["p_b"], n - v["p_e"]) for n in sides]
    inner = Array.of([c, *map(len, cut)], lambda i, y, x: layer.x[i, y + v["p_b"], x + v["p_b"]])
    if v["W"]:
        return resampled(inner, (v["H"], v["W"]), aligned)
    kept = [len(places[:: v["n_s"]]) for places in cut]
    return resampled(inner, tuple(len(range((n - 1) * v["n_z"] + 1)) for n in kept), aligned)


def torch_interp(case: Case):
    """The bilinear interpolation is torch's; the sizes follow the arithmetic of the Interp layer itself."""
    from torch.nn import functional

    v = case.v

    def side(n: int) -> int:
        shrunk = (n - 1) // v["n_s"] + 1
        return shrunk + (shrunk - 1) * (v["n_z"] - 1)

    def same(x):
        height, width = x.shape[-2:]
        x = x[..., v["p_b"] : height - v["p_e"], v["p_b"] : width - v["p_e"]]
        size = (v["H"], v["W"]) if v["W"] else (side(x.shape[-2]), side(x.shape[-1]))
        return functional.interpolate(x, size, mode="bilinear", align_corners=True)

    return same


@st.composite
def interp_cases(draw):
    v = {"p_b": draw(st.integers(0, 1)), "p_e": draw(st.integers(0, 1))}
    names = ("W", "H") if draw(st.booleans()) else ("n_z", "n_s")
    v |= {name: draw(st.integers(1, 5 if names[0] == "W" else 3)) for name in names}
    height, width = (draw(st.integers(1, 5)) + v["p_b"] + v["p_e"] for _ in range(2))
    return Case(((draw(st.integers(1, 2)), height, width),), v)


PROOFS = {"Upsample": Proof(upsample, upsample_cases(), torch_upsample), "Interp": Proof(interp, interp_cases(), torch_interp)}
