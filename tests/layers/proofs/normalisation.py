"""Normalisation: means, variances and roots written out."""

from collections import defaultdict
from collections.abc import Callable, Hashable

from hypothesis import strategies as st

from tests.layers.counting import Array, Case, Counted, Layer, Proof, indices, mixed, power, root, total
from tests.layers.proofs.activation import shapes

Index = tuple[int, ...]

EPS = Counted(1e-5)
ALPHA, BETA, K = 1.5, 0.75, Counted(2)  # of LRN: torch's alpha would hide the sum


def sum_of_squares(numbers: list[Counted]) -> Counted:
    return mixed(numbers, numbers)


def standardised(numbers: list[Counted]) -> list[Counted]:
    """Less the mean, divided by the standard deviation; the differences are computed once."""
    count = Counted(len(numbers))
    mean = total(numbers) / count
    differences = [x - mean for x in numbers]
    deviation = root(sum_of_squares(differences) / count + EPS)
    return [difference / deviation for difference in differences]


def by_root_mean_square(numbers: list[Counted]) -> list[Counted]:
    below = root(sum_of_squares(numbers) / Counted(len(numbers)) + EPS)
    return [x / below for x in numbers]


def by_length(numbers: list[Counted]) -> list[Counted]:
    below = root(sum_of_squares(numbers) + EPS)
    return [x / below for x in numbers]


def grouped(x: Array, key: Callable[[Index], Hashable], function: Callable[[list[Counted]], list[Counted]]) -> Array:
    """The function of the elements of each group."""
    groups: dict[Hashable, list[Index]] = defaultdict(list)
    for index in indices(x.shape):
        groups[key(index)].append(index)
    cells = {}
    for group in groups.values():
        cells.update(zip(group, function([x[index] for index in group]), strict=True))
    return Array(x.shape, cells)


def affine(x: Array, weight: Array | None, bias: Array | None, place: Callable[[Index], Index]) -> Array:
    """Each element times its scale, plus its shift, where there are such."""

    def element(*index: int) -> Counted:
        y = x[index] * weight[place(index)] if weight else x[index]
        return y + bias[place(index)] if bias else y

    return Array.of(x.shape, element)


def axis_of(v: dict[str, int]) -> int:
    """From 0."""
    return max(v["i"], 1) - 1


def by_channel(layer: Layer, normalised: Callable[[Array], Array]) -> Array:
    """The normalised input with a scale and a shift for each channel."""
    axis = axis_of(layer.v)
    c = layer.x.shape[axis]
    weight = layer.weights("weight", c) if layer.v["a"] else None
    bias = layer.biases("bias", c) if layer.v["a"] else None
    return affine(normalised(layer.x), weight, bias, lambda index: (index[axis],))


def batch_norm(layer: Layer) -> Array:
    axis = axis_of(layer.v)
    c = layer.x.shape[axis]
    mean, variance = layer.buffers("running_mean", c), layer.buffers("running_var", c)
    deviation = [root(variance[channel] + EPS) for channel in range(c)]

    def normalised(x: Array) -> Array:
        return Array.of(x.shape, lambda *index: (x[index] - mean[index[axis]]) / deviation[index[axis]])

    return by_channel(layer, normalised)


def group_norm(layer: Layer) -> Array:
    axis = axis_of(layer.v)
    channels = layer.x.shape[axis] // layer.v["g"]
    return by_channel(layer, lambda x: grouped(x, lambda index: (*index[:axis], index[axis] // channels), standardised))


def instance_norm(layer: Layer) -> Array:
    axis = axis_of(layer.v)
    return by_channel(layer, lambda x: grouped(x, lambda index: index[: axis + 1], standardised))


def by_row(function: Callable[[list[Counted]], list[Counted]]) -> Callable[[Layer], Array]:
    """The function over the trailing axes, and a learned number for each of their places."""

    def loop(layer: Layer) -> Array:
        start = len(layer.x.shape) - layer.v["l"]
        size = layer.x.shape[start:]
        weight = layer.weights("weight", *size) if layer.v["a"] else None
        bias = layer.biases("bias", *size) if layer.v["a"] and layer.v.get("b") else None
        normalised = grouped(layer.x, lambda index: index[:start], function)
        return affine(normalised, weight, bias, lambda index: index[start:])

    return loop


def lrn(layer: Layer) -> Array:
    """Every element by the squares around it, zeros beyond the border."""
    x, n, within = layer.x, layer.v["n_l"], layer.v["v"]
    channel = len(x.shape) - (3 if len(x.shape) > 2 else 2)
    axes = (channel + 1, channel + 2) if within else (channel,)
    scale = Counted(ALPHA / n ** len(axes))

    def element(*index: int) -> Counted:
        window = []
        for offset in indices([n] * len(axes)):
            place = list(index)
            for axis, step in zip(axes, offset, strict=True):
                place[axis] += step - n // 2
            window.append(x.get(tuple(place), Counted(0)))
        return x[index] / power(scale * sum_of_squares(window) + K, BETA)

    return Array.of(x.shape, element)


def normalize(layer: Layer) -> Array:
    """By the length over the channels of each place, or over the whole map; then the scale."""
    v, c = layer.v, layer.x.shape[0]
    weight = layer.weights("weight", 1 if v["v"] else c) if v["a"] else None
    normalised = grouped(layer.x, lambda index: () if v["s"] else index[1:], by_length)
    return affine(normalised, weight, None, lambda index: (0,) if v["v"] else index[:1])


# The same in torch


def torch_batch_norm(case: Case):
    from torch import nn

    shape, v = case.shapes[0], case.v
    axis = axis_of(v)
    if axis == 0:
        module = (nn.BatchNorm1d, nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)[len(shape) - 1]
        return module(shape[0], affine=bool(v["a"]))

    def same(x, running_mean, running_var, weight=None, bias=None):
        y = nn.functional.batch_norm(x.flatten(0, axis), running_mean, running_var, weight, bias)
        return y.reshape(x.shape)

    return same


def torch_group_norm(case: Case):
    from torch import nn

    shape, v = case.shapes[0], case.v
    axis = axis_of(v)
    if axis == 0:
        return nn.GroupNorm(v["g"], shape[0], affine=bool(v["a"]))
    return lambda x, weight=None, bias=None: nn.functional.group_norm(x.flatten(0, axis), v["g"], weight, bias).reshape(x.shape)


def torch_instance_norm(case: Case):
    from torch import nn

    shape, v = case.shapes[0], case.v
    axis = axis_of(v)
    if axis == 0:
        module = (nn.InstanceNorm1d, nn.InstanceNorm2d, nn.InstanceNorm3d)[len(shape) - 2]
        return module(shape[0], affine=bool(v["a"]))

    def same(x, weight=None, bias=None):
        return nn.functional.instance_norm(x.flatten(0, axis), weight=weight, bias=bias).reshape(x.shape)

    return same


def torch_layer_norm(case: Case):
    from torch import nn

    v = case.v
    return nn.LayerNorm(case.shapes[0][-v["l"] :], elementwise_affine=bool(v["a"]), bias=bool(v["b"]))


def torch_rms_norm(case: Case):
    from torch import nn

    return nn.RMSNorm(case.shapes[0][-case.v["l"] :], eps=EPS.value, elementwise_affine=bool(case.v["a"]))


def torch_lrn(case: Case):
    from torch.nn import functional as f

    n = case.v["n_l"]

    def across(x):
        samples = x.flatten(0, -4) if x.dim() > 3 else x
        return f.local_response_norm(samples, n, ALPHA, BETA, K.value).reshape(x.shape)

    def within(x):
        squares = f.pad(x * x, (n // 2, (n - 1) // 2) * 2)
        means = f.avg_pool2d(squares.flatten(0, -4), n, 1)
        return x / (K.value + ALPHA * means.reshape(x.shape)) ** BETA

    return within if case.v["v"] else across


def torch_normalize(case: Case):
    behind = len(case.shapes[0]) - 1

    def same(x, weight=None):
        y = x / ((x * x).sum(dim=[1, 2, 3] if case.v["s"] else 1, keepdim=True) + EPS.value).sqrt()
        return y if weight is None else y * weight.reshape(-1, *[1] * behind)

    return same


# Cases


@st.composite
def by_channel_cases(draw, behind: int = 0, groups: bool = False):
    """Channels with at least so many axes behind them. Torch refuses to take a variance of one number."""
    places = draw(shapes(behind, 3))
    if behind:
        places = (*places[:-1], places[-1] + 1)
    g = draw(st.integers(1, 3)) if groups else 1
    channels = g * draw(st.integers(2 if groups else 1, 3))
    before = draw(shapes(0, 2))
    v = {"a": draw(st.integers(0, 1)), "i": len(before) + 1 if before else draw(st.integers(0, 1))}
    return Case(((*before, channels, *places),), v | ({"g": g} if groups else {}))


@st.composite
def by_row_cases(draw, flags: str):
    count = draw(st.integers(1, 4))
    trailing = draw(shapes(count, count))
    before = draw(shapes(0, 2))
    v = {name: draw(st.integers(0, 1)) for name in flags}
    return Case(((*before, *trailing),), {"l": count, **v})


@st.composite
def lrn_cases(draw):
    within = draw(st.integers(0, 1))
    return Case((draw(shapes(3 if within else 2, 4)),), {"n_l": draw(st.integers(1, 4 - within)), "v": within})


@st.composite
def normalize_cases(draw):
    shape = draw(st.one_of(shapes(1, 1), shapes(3, 4)))
    flags = {name: draw(st.integers(0, 1)) for name in "avs"}
    return Case((shape[-3:],), flags if len(shape) > 1 else flags | {"s": 0})


COMPOSED = "no such module: torch's operations, given the loop's parameters"

PROOFS = {
    "BatchNorm": Proof(batch_norm, by_channel_cases(), torch_batch_norm),
    "GroupNorm": Proof(group_norm, by_channel_cases(groups=True), torch_group_norm),
    "InstanceNorm": Proof(instance_norm, by_channel_cases(1), torch_instance_norm),
    "LayerNorm": Proof(by_row(standardised), by_row_cases("ab"), torch_layer_norm),
    "RMSNorm": Proof(by_row(by_root_mean_square), by_row_cases("a"), torch_rms_norm),
    "LRN": Proof(lrn, lrn_cases(), torch_lrn),
    "Normalize": Proof(normalize, normalize_cases(), torch_normalize, no_parameters=COMPOSED),
}
