"""Layers of detectors: regions cut from a feature map, and boxes that are proposed, laid out and kept."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.errors import NetworkError
from worksheet.layers.kind import Check, Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import MAP

REGIONS = Symbol("r", "Number of regions")
OUTPUT = (
    Symbol("W", "Width of a region's output", group="output"),
    Symbol("H", "Height of a region's output", group="output", default="W"),
)
BINS = Word("w", ("W", "H"), split=("w", "h"))


def _on_regions(output: tuple[str, ...], elements: str) -> tuple[Form, ...]:
    """The forms for a feature map and its regions: four coordinates each, in some formats after the number of an image."""
    columns = {5: "regions with the number of their image", 4: "regions of four coordinates"}
    return tuple(
        Form((MAP, (REGIONS, size)), output, X=f"c*M*N + {size}*r", Y=elements, on=f"a map and {regions}")
        for size, regions in columns.items()
    )


WHOLE_MAP = (
    "How large a region is depends on the image: each is taken to cover the whole map, which is the most that it can cost, cut "
    "as in adaptive pooling: bin i of W reaches from floor(i*M/W) to ceil((i + 1)*M/W), so the bins hold M + W - gcd(M, W) "
    "columns in all. Coordinates are not counted"
)

BY_REGIONS = frozenset({"input_2"})  # the regions themselves get no gradient that is used
OVERLAP = "regions may overlap, so that each gradient is added to a sum"

ROI_POOL = Kind(
    name="RoIPool",
    title="Region-of-interest pooling layer",
    source=f"a running maximum over each bin of each region (Girshick, Fast R-CNN, 2015). {WHOLE_MAP}",
    forms=_on_regions(("r", "c", "H", "W"), "r*c*W*H"),
    hyperparameters=OUTPUT,
    counts={"comparisons": "r*c*((M + W - gcd(M, W))*(N + H - gcd(N, H)) - W*H)"},
    training=Training(
        input={"additions": "B*r*c*W*H"},
        saves=BY_REGIONS,
        extra="B*r*c*W*H",  # the place of each maximum
        source=f"the gradient goes to the place of the maximum; {OVERLAP}",
    ),
    repeats=None,
    spelling=Spelling(words=(BINS,), example="RoIPool: 7w", beside=("512x38x50", "300x5")),
)

ROI_ALIGN = Kind(
    name="RoIAlign",
    title="Region-of-interest align layer",
    source=(
        "the mean of a x a samples in each bin of each region, each sample a sum of four neighbours by their weights (He et al., "
        "Mask R-CNN, 2017). Coordinates and the weights, which all channels share, are not counted"
    ),
    forms=_on_regions(("r", "c", "H", "W"), "r*c*W*H"),
    hyperparameters=(*OUTPUT, Symbol("a", "Samples along each side of a bin", default="2")),
    counts={"multiplications": "r*c*(4*a**2)*W*H", "additions": "r*c*(4*a**2 - 1)*W*H", "divisions": "r*c*W*H"},
    training=Training(
        input={"multiplications": "B*r*c*(4*a**2)*W*H", "additions": "B*r*c*(4*a**2)*W*H", "divisions": "B*r*c*W*H"},
        saves=BY_REGIONS,
        source=f"a share of the gradient for each sample, by the weights of its four neighbours; {OVERLAP}",
    ),
    repeats=None,
    spelling=Spelling(words=(BINS, Word("a", ("a",))), example="RoIAlign: 7w 2a", beside=("256x50x68", "1000x5")),
)

WRONG_CHANNELS = "{k} output channels with {W} x {W} bins need {k} x {W} x {W} channels, not {c}"
PS_ROI_POOL = Kind(
    name="PSRoIPool",
    title="Position-sensitive region-of-interest pooling layer",
    source=(
        "the mean of each bin of each region, every bin of every output channel from a channel of its own (Dai et al., R-FCN, "
        f"2016). {WHOLE_MAP}"
    ),
    forms=_on_regions(("r", "k", "W", "W"), "r*k*W**2"),
    hyperparameters=(Symbol("k", "Number of output channels"), Symbol("W", "Bins along each side of a region")),
    counts={"additions": "r*k*((M + W - gcd(M, W))*(N + W - gcd(N, W)) - W**2)", "divisions": "r*k*W**2"},
    training=Training(
        input={"additions": "B*r*k*(M + W - gcd(M, W))*(N + W - gcd(N, W))", "divisions": "B*r*k*W**2"},
        saves=BY_REGIONS,
        source=f"a share of the gradient for each element of the bin; {OVERLAP}",
    ),
    checks=(Check("c - k*W**2", WRONG_CHANNELS), Check("k*W**2 - c", WRONG_CHANNELS)),
    repeats=None,
    spelling=Spelling(words=(Word("c", ("k",)), Word("w", ("W",))), example="PSRoIPool: 21c 7w", beside=("1029x38x50", "300x5")),
)

# Boxes: the operations depend on the values, so only the shapes are certain

BOX_AXES = {1: ("n",), 2: ("N", "M"), 3: ("c", "N", "M"), 4: ("c", "D", "N", "M")}
AXIS_NAMES = {"n": "Number of elements", "c": "Number of channels", "D": "Depth", "N": "Height", "M": "Width"}


def _reading(ranks: tuple[int, ...], output: tuple[str, ...], elements: str) -> Form:
    """The form for inputs of these ranks, each with its own symbols."""
    inputs = [[f"{axis}_{i}" for axis in BOX_AXES[rank]] for i, rank in enumerate(ranks, 1)]
    symbols = [tuple(Symbol(name, f"{AXIS_NAMES[name[0]]} of input {name[2:]}") for name in axes) for axes in inputs]
    return Form(tuple(symbols), output, X=" + ".join("*".join(axes) for axes in inputs), Y=elements)


PROPOSAL = Kind(
    name="Proposal",
    title="Proposal layer",
    source=(
        "the best boxes of a region proposal network, each after the number of its image (Ren et al., Faster R-CNN, 2015). "
        "Decoding, sorting and suppression depend on the data; not counted. So does the number of boxes: the most that is kept"
    ),
    forms=(_reading((3, 3, 1), ("r", "5"), "5*r"),),
    training=Training(
        source="no gradient goes back through the coordinates of proposals (Ren et al., 2015: approximate training)"
    ),
    differentiable=False,
    hyperparameters=(Symbol("r", "Number of regions that are kept", default="300"),),
    repeats=None,
    spelling=Spelling(words=(Word("r", ("r",)),), example="Proposal: 300r", beside=("18x38x50", "36x38x50", "3")),
)

DETECTION_OUTPUT = Kind(
    name="DetectionOutput",
    title="Detection output layer",
    source=(
        "image, class, score and box of each detection that is kept (Liu et al., SSD, 2016). Decoding, sorting and suppression "
        "depend on the data; not counted. So does the number of detections: the most that is kept"
    ),
    forms=(_reading((1, 1, 2), ("k", "7"), "7*k"),),
    training=Training(source="the loss is taken of what this layer reads: no gradient goes back through it"),
    differentiable=False,
    hyperparameters=(Symbol("k", "Number of detections that are kept"),),
    repeats=None,
    spelling=Spelling(words=(Word("k", ("k",)),), example="DetectionOutput: 200k", beside=("34928", "183372", "2x34928")),
)


@cache
def _reading_ranks(kind: Kind, ranks: tuple[int, ...]) -> Kind:
    form = kind.forms[0]
    return replace(kind, forms=(_reading(ranks, form.output, form.Y),))


def _specialise(kind: Kind, least: int, most: int, shapes: tuple[Shape, ...], _: Mapping[str, int], __: str) -> Kind:
    if not least <= len(shapes) <= most:
        raise NetworkError(f"{kind.name} takes {least} to {most} inputs, not {len(shapes)}")
    ranks = tuple(map(len, shapes))
    if not set(ranks) <= set(BOX_AXES):
        raise NetworkError(f"{kind.name} takes inputs with 1 to {max(BOX_AXES)} axes, but one has {max(ranks)}")
    return _reading_ranks(kind, ranks)


IMAGE = (
    Symbol("c_0", "Number of channels in the image"),
    Symbol("N_0", "Height of the image"),
    Symbol("M_0", "Width of the image"),
)
PRIORS = (("2", "4*a*N*M"), "2*(4*a*N*M)")  # four coordinates of every box, and as many variances

PRIOR_BOX = Kind(
    name="PriorBox",
    title="Prior box layer",
    source=(
        "boxes of fixed shapes at every place of a map, and the variances of their coordinates (Liu et al., SSD, 2016): they "
        "depend on sizes alone, are computed beforehand, and cost nothing at inference"
    ),
    forms=(
        Form((MAP, IMAGE), PRIORS[0], X="c*M*N + c_0*M_0*N_0", Y=PRIORS[1], on="a map and the image"),
        Form((MAP,), PRIORS[0], X="c*M*N", Y=PRIORS[1], on="a map"),
    ),
    hyperparameters=(Symbol("a", "Number of boxes at each place"),),
    training=Training(source="the boxes depend on sizes alone: there is no gradient"),
    differentiable=False,
    repeats=None,
    spelling=Spelling(words=(Word("a", ("a",)),), example="PriorBox: 6a", beside=("512x38x38", "3x300x300")),
)

KINDS = (
    ROI_POOL,
    ROI_ALIGN,
    PS_ROI_POOL,
    PRIOR_BOX,
    replace(PROPOSAL, specialise=partial(_specialise, PROPOSAL, 1, 3)),
    replace(DETECTION_OUTPUT, specialise=partial(_specialise, DETECTION_OUTPUT, 3, 5)),
)
