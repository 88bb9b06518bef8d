"""Layers of detectors. Regions cover the whole map, as the counts take them to."""

from collections.abc import Callable, Iterator
from itertools import product
from random import Random

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, indices, largest, mixed, total

NONE_ALIKE = "torch itself has no such layer, and what it computes depends on the data"


def windows(size: int, count: int) -> list[range]:
    """The bins along an axis of a region that covers it, as in adaptive pooling."""
    return [range(i * size // count, -(-(i + 1) * size // count)) for i in range(count)]


def pooled(outputs: Callable[[Layer], int], pool: Callable[..., Counted]) -> Callable[[Layer], Array]:
    """The loop over regions, output channels and bins; ``pool`` gets the layer, the indices and the places of the bin."""

    def loop(layer: Layer) -> Array:
        height, width = layer.x.shape[1:]
        H, W = layer.v.get("H", layer.v["W"]), layer.v["W"]
        bins = list(product(windows(height, H), windows(width, W)))
        cells = {}
        for r in range(layer.inputs[1].shape[0]):
            for k in range(outputs(layer)):
                for (i, j), (ys, xs) in zip(indices((H, W)), bins, strict=True):
                    cells[r, k, i, j] = pool(layer, k, i, j, product(ys, xs))
        return Array((layer.inputs[1].shape[0], outputs(layer), H, W), cells)

    return loop


def channels(layer: Layer) -> int:
    return layer.x.shape[0]


def most(layer: Layer, c: int, _i: int, _j: int, places: Iterator[tuple[int, int]]) -> Counted:
    return largest(layer.x[c, y, x] for y, x in places)


def mean_of_own_channel(layer: Layer, k: int, i: int, j: int, places: Iterator[tuple[int, int]]) -> Counted:
    """Bin (i, j) of output channel k has a channel of its own."""
    W = layer.v["W"]
    found = [layer.x[(k * W + i) * W + j, y, x] for y, x in places]
    return total(found) / Counted(len(found))


def align(layer: Layer) -> Array:
    """Every bin: the mean of its samples, each of four neighbours by their weights."""
    c, height, width = layer.x.shape
    H, W, a = layer.v["H"], layer.v["W"], layer.v["a"]
    cells = {}
    for r in range(layer.inputs[1].shape[0]):
        for k, i, j in indices((c, H, W)):
            samples = [
                sample(layer.x, k, (i + (p + 0.5) / a) * height / H - 0.5, (j + (q + 0.5) / a) * width / W - 0.5)
                for p, q in indices((a, a))
            ]
            cells[r, k, i, j] = total(samples) / Counted(a * a)
    return Array((layer.inputs[1].shape[0], c, H, W), cells)


def sample(x: Array, channel: int, y: float, z: float) -> Counted:
    """The value between four neighbours; at the border the nearest there are."""
    (y, top), (z, left) = (neighbours(place, size) for place, size in zip((y, z), x.shape[1:], strict=True))
    corners = [(p, q) for p in top for q in left]
    weights = [Counted(abs(1 - p - y) * abs(1 - q - z)) for p, q in indices((2, 2))]
    return mixed(weights, [x[channel, p, q] for p, q in corners])


def neighbours(place: float, size: int) -> tuple[float, tuple[int, int]]:
    """How far a place lies from the first of its two neighbours, and both."""
    place = min(max(place, 0.0), size - 1.0)
    first = int(place)
    return place - first, (first, min(first + 1, size - 1))


def regions(case: Case, random: Random) -> list[Array]:
    """A random map, and regions that cover it: the number of the image in front, where there is room for it."""
    c, height, width = case.shapes[0]
    number, size = case.shapes[1]
    whole = [0, 0, 0, width, height][5 - size :]
    return [Array.random((c, height, width), random), Array.of((number, size), lambda _, i: Counted(whole[i]))]


def torch_pooled(pool: Callable):
    """The pooling of the whole map once for each region."""

    def made(case: Case):
        def run(x, boxes):
            return pool(case.v, x).unsqueeze(1).expand(-1, boxes.shape[1], -1, -1, -1)

        return run

    return made


def torch_most(v, x):
    from torch.nn import functional

    return functional.adaptive_max_pool2d(x, (v["H"], v["W"]))


def torch_own_channel(v, x):
    """The diagonal of all bins of all channels."""
    from torch.nn import functional

    W = v["W"]
    every = functional.adaptive_avg_pool2d(x, (W, W)).unflatten(1, (v["k"], W * W)).flatten(-2)
    return every.diagonal(dim1=-2, dim2=-1).unflatten(-1, (W, W))


def torch_align(v, x):
    """The samples of all bins lie evenly on the map, so that they are its bilinear resampling."""
    from torch.nn import functional

    size = (v["H"] * v["a"], v["W"] * v["a"])
    return functional.avg_pool2d(functional.interpolate(x, size, mode="bilinear", align_corners=False), v["a"])


@st.composite
def region_cases(draw, further=()):
    v = {"W": draw(st.integers(1, 4)), "H": draw(st.integers(1, 4))} | {name: draw(st.integers(1, 3)) for name in further}
    shape = tuple(draw(st.integers(1, 6)) for _ in range(3))
    return Case((shape, (draw(st.integers(1, 2)), draw(st.sampled_from([4, 5])))), v)


@st.composite
def position_cases(draw):
    k, W = draw(st.integers(1, 2)), draw(st.integers(1, 3))
    shape = (k * W * W, draw(st.integers(1, 6)), draw(st.integers(1, 6)))
    return Case((shape, (draw(st.integers(1, 2)), draw(st.sampled_from([4, 5])))), {"k": k, "W": W})


def box_shapes(least: int, most: int):
    shape = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)
    return st.lists(shape, min_size=least, max_size=most).map(tuple)


@st.composite
def box_cases(draw, name: str, least: int, most: int):
    return Case(draw(box_shapes(least, most)), {name: draw(st.integers(1, 5))})


def boxes(name: str, columns: int) -> Callable[[Layer], Array]:
    """Nothing that is certain to be computed: the shape alone."""
    return lambda layer: Array.of((layer.v[name], columns), lambda *_: Counted())


def priors(layer: Layer) -> Array:
    """Numbers that follow from sizes: coordinates in the first row, variances in the second."""
    _, height, width = layer.x.shape
    return Array.of((2, sum(4 for _ in indices((height, width, layer.v["a"])))), lambda *_: Counted())


@st.composite
def prior_cases(draw):
    maps = st.tuples(*[st.integers(1, 4)] * 3)
    return Case(draw(st.lists(maps, min_size=1, max_size=2).map(tuple)), {"a": draw(st.integers(1, 4))})


PROOFS = {
    "RoIPool": Proof(pooled(channels, most), region_cases(), torch_pooled(torch_most), inputs=regions),
    "RoIAlign": Proof(align, region_cases(("a",)), torch_pooled(torch_align), inputs=regions),
    "PSRoIPool": Proof(
        pooled(lambda layer: layer.v["k"], mean_of_own_channel), position_cases(), torch_pooled(torch_own_channel), inputs=regions
    ),
    "Proposal": Proof(boxes("r", 5), box_cases("r", 1, 3), no_torch=NONE_ALIKE),
    "DetectionOutput": Proof(boxes("k", 7), box_cases("k", 3, 5), no_torch=NONE_ALIKE),
    "PriorBox": Proof(priors, prior_cases(), no_torch="torch itself has no such layer"),
}
