"""Normalisation: elements minus their mean, divided by their standard deviation.

Counted as written: a mean is a sum and a division; a variance is the sum of the squared differences (products of a number
with itself: no MACs) and a division; then a small number is added, the root taken, and every difference divided by it. The
differences are computed once. Parameters multiply and are added element by element: no MACs.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.errors import NetworkError
from worksheet.layers.convolution import GROUPS
from worksheet.layers.kind import REPEATS, ROWS, Check, Form, Kind, Shape, Spelling, Symbol, Word, shape_text
from worksheet.layers.normalised import BY_MEAN_SQUARE, OF_BATCH, OF_ROW, by_groups, by_length, by_windows
from worksheet.layers.shapes import CHANNEL_AXIS, CHANNELS_FIRST, CHANNELWISE, MAP, WIDTH_OF_ROW, axes, by_axis, product
from worksheet.layers.traits import Role, Writes

AFFINE_WORDS = {1: "with scale and shift", 0: "without parameters"}
AFFINE = Symbol("a", "Parameters", least=0, default="1", words=AFFINE_WORDS)
BIAS = Symbol("b", "Shift", least=0, default="1", words={1: "with a shift", 0: "without a shift"})
TRAILING = Symbol("l", "Number of trailing axes that are normalised together", default="1", neutral=1)
BEFORE = Symbol("R", "Number of places before the channels", rest=True)
NO_AFFINE = {"noaffine": ("a", 0)}
AXIS_WORD = Word("i", ("i",), quiet=True)
BATCH_NORMS = ("BN", "BatchNorm1d", "BatchNorm2d", "BatchNorm3d", "BatchNormalization")

BATCH_NORM = Kind(
    name="BatchNorm",
    title="Batch normalisation",
    source=(
        "(x - mean)/root(variance + eps) with the stored mean and variance of each channel, the root taken once for each, then "
        "times the scale and plus the shift; at inference, as in torch.nn.BatchNorm2d"
    ),
    forms=CHANNELWISE,
    hyperparameters=(AFFINE, CHANNEL_AXIS),
    counts={
        "weights": "a*c",
        "biases": "a*c",
        "buffers": "2*c",
        "multiplications": "a*X",
        "additions": "c + (1 + a)*X",
        "divisions": "X",
        "roots": "c",
    },
    training=OF_BATCH,
    repeats=None,
    writes=Writes.IN_PLACE,  # its statistics are stored; the other kinds read an element several times
    role=Role.BATCH_NORM,
    spelling=Spelling(words=(AXIS_WORD,), flags=NO_AFFINE, example="BatchNorm", also=BATCH_NORMS, call={"num_features": ""}),
)

GROUP_NORM = Kind(
    name="GroupNorm",
    title="Group normalisation",
    source="mean and variance over each group of channels, as in torch.nn.GroupNorm; the differences from the mean computed once",
    forms=CHANNELWISE,
    hyperparameters=(replace(GROUPS, default=None, neutral=None), AFFINE, CHANNEL_AXIS),
    counts={
        "weights": "a*c",
        "biases": "a*c",
        "multiplications": "(1 + a)*X",
        # of n elements: n - 1 for the mean, n differences, n - 1 for the variance, 1 below the root
        "additions": "(3 + a)*X - g",
        "divisions": "X + 2*g",
        "roots": "g",
    },
    training=by_groups("g"),
    checks=(Check("c/g", "{c} channels cannot be split into {g} groups", whole=True),),
    spelling=Spelling(
        words=(Word("g", ("g",)), AXIS_WORD),
        flags=NO_AFFINE,
        example="GroupNorm: 3g",
        call={"num_groups": "{}g", "num_channels": ""},
    ),
)

INSTANCE_NORM = Kind(
    name="InstanceNorm",
    title="Instance normalisation",
    source="mean and variance over the places of each channel, as in torch.nn.InstanceNorm2d; the differences computed once",
    forms=(CHANNELS_FIRST[2], CHANNELS_FIRST[1], CHANNELS_FIRST[3]),
    hyperparameters=(replace(AFFINE, default="0"), CHANNEL_AXIS),
    counts={
        "weights": "a*c",
        "biases": "a*c",
        "multiplications": "(1 + a)*X",
        "additions": "(3 + a)*X - c",
        "divisions": "X + 2*c",
        "roots": "c",
    },
    training=by_groups("c"),
    spelling=Spelling(words=(AXIS_WORD,), flags={"affine": ("a", 1)}, example="InstanceNorm"),
)

LAYER_NORM = Kind(
    name="LayerNorm",
    title="Layer normalisation",
    source="mean and variance over the trailing axes, as in torch.nn.LayerNorm; the differences from the mean computed once",
    forms=(Form(((WIDTH_OF_ROW,),), ("n",), X="n", Y="n"),),
    hyperparameters=(TRAILING, AFFINE, BIAS),
    counts={
        "weights": "a*X",
        "biases": "a*b*X",
        "multiplications": "(1 + a)*X",
        "additions": "(3 + a*b)*X - 1",
        "divisions": "X + 2",
        "roots": "1",
    },
    training=OF_ROW,
    repeats=ROWS,
    role=Role.LAYER_NORM,
    spelling=Spelling(
        words=(Word("l", ("l",), quiet=True),),
        flags=NO_AFFINE | {"nobias": ("b", 0)},
        example="LayerNorm",
        beside=("197x768",),
        also=("LN", "LayerNormalization"),
        call={"normalized_shape": ""},
    ),
)

RMS_NORM = replace(
    LAYER_NORM,
    name="RMSNorm",
    title="Root mean square normalisation",
    source="x/root(mean of x*x + eps) over the trailing axes, then times the scale, as in torch.nn.RMSNorm",
    hyperparameters=(TRAILING, replace(AFFINE, words={1: "with a scale", 0: "without parameters"})),
    counts={
        "weights": "a*X",
        "multiplications": "(1 + a)*X",
        "additions": "X",  # n - 1 for the mean, 1 below the root
        "divisions": "X + 1",
        "roots": "1",
    },
    training=BY_MEAN_SQUARE,
    role=None,
    spelling=Spelling(words=(Word("l", ("l",), quiet=True),), flags=NO_AFFINE, example="RMSNorm", beside=("35x512",)),
)

WITHIN = Symbol("v", "Window", least=0, default="0", words={0: "across channels", 1: "within a channel"})
LRN = Kind(
    name="LRN",
    title="Local response normalisation",
    source=(
        "x/(k + (alpha/n) sum of squares)^beta over a window of channels (Krizhevsky et al., 2012; torch.nn.LocalResponseNorm), "
        "or of n x n places within a channel (Caffe). Each window is computed by itself, zeros beyond the border included; "
        "alpha/n is one number"
    ),
    forms=(Form((MAP,), ("c", "N", "M"), X="c*M*N", Y="c*M*N"), CHANNELS_FIRST[1]),
    hyperparameters=(Symbol("n_l", "Size of the window"), WITHIN),
    counts={
        "multiplications": "(n_l + 1)*X",
        "additions": "n_l*X",  # one less for the sum, one for k
        "divisions": "X",
        "exponentials": "X",
    },
    training=by_windows("n_l"),
    spelling=Spelling(
        words=(Word("n", ("n_l",)),),
        flags={"within": ("v", 1)},
        example="LRN: 5n",
        also=("LocalResponseNorm", "Norm"),
        call={"size": "{}n"},
    ),
)
LRN_WITHIN = replace(
    LRN,
    forms=LRN.forms[:1],
    counts={**LRN.counts, "multiplications": "(n_l**2 + 1)*X", "additions": "n_l**2*X"},
    training=by_windows("n_l**2"),
)

NORMALIZE = Kind(
    name="Normalize",
    title="L2 normalisation",
    source=(
        "x/root(sum of x*x + eps) over the channels of each place, or over the whole map, then times a learned scale "
        "(Liu et al., 2016: SSD; Caffe's Normalize)"
    ),
    forms=(CHANNELS_FIRST[2],),
    hyperparameters=(
        replace(AFFINE, words={1: "with a scale", 0: "without parameters"}),
        Symbol("v", "Scale", least=0, default="0", words={0: "one for each channel", 1: "one for all channels"}),
        Symbol("s", "Norm", least=0, default="0", words={0: "of each place", 1: "of the whole map"}),
    ),
    counts={
        "weights": "a*(c*(1 - v) + v)",
        "multiplications": "(1 + a)*X",
        "additions": "X",  # one less for each sum, one below each root
        "divisions": "X",
        "roots": "M*N",
    },
    training=by_length("M*N"),
    spelling=Spelling(flags=NO_AFFINE | {"shared": ("v", 1), "whole": ("s", 1)}, example="Normalize"),
)
NORMALIZE_WHOLE = replace(NORMALIZE, counts={**NORMALIZE.counts, "roots": "1"}, training=by_length("1"))
NORMALIZE_VECTOR = replace(NORMALIZE_WHOLE, forms=CHANNELS_FIRST[:1])

MAX_TRAILING = 4


def _along(base: Kind, axes_behind: int) -> Kind:
    """The kind for channels with some axes after them; it runs once for each index of the axes before them."""
    form = CHANNELS_FIRST[axes_behind]
    if form not in base.forms:
        raise NetworkError(f"{base.name} needs places after the channels, but their axis is the last", hint="a smaller axis")
    return replace(base, forms=(form,))


def _batch_norm(axes_behind: int) -> Kind:
    """The kind for channels with some axes after them and any before: the root is taken once for all."""
    form = CHANNELS_FIRST[axes_behind]
    before = Form(((BEFORE, *form.inputs[0]),), (BEFORE.name, *form.output), X=f"R*{form.X}", Y=f"R*{form.Y}", on="rows")
    return replace(BATCH_NORM, forms=(form, before))


@cache
def _trailing(base: Kind, count: int) -> Kind:
    """The kind over some trailing axes; it runs once for each index of the axes before them."""
    taken = axes(count)
    form = Form((taken,), tuple(axis.name for axis in taken), X=product(taken), Y=product(taken))
    return replace(base, forms=(form,), repeats=REPEATS)


def _by_row(base: Kind, shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    count = values["l"]
    if count == 1 or len(shapes) != 1:
        return base
    if count > min(len(shapes[0]), MAX_TRAILING):
        message = f"{base.name} over {count} axes receives {shape_text(shapes[0])}"
        raise NetworkError(message, hint=f"1 to {min(len(shapes[0]), MAX_TRAILING)} axes")
    return _trailing(base, count)


def _normalize(shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    if [len(shape) for shape in shapes] == [1]:
        return NORMALIZE_VECTOR
    return NORMALIZE_WHOLE if values["s"] else NORMALIZE


KINDS = (
    by_axis(BATCH_NORM, _batch_norm),
    *(by_axis(base, partial(_along, base)) for base in (GROUP_NORM, INSTANCE_NORM)),
    *(replace(base, specialise=partial(_by_row, base)) for base in (LAYER_NORM, RMS_NORM)),
    replace(LRN, specialise=lambda _, values, __: LRN_WITHIN if values["v"] else LRN),
    replace(NORMALIZE, specialise=_normalize),
)
