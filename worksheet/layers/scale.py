"""Parameters that multiply the channels, or are added to them."""

from dataclasses import replace
from functools import partial

from worksheet.layers.convolution import BIAS as SHIFT
from worksheet.layers.kind import ROWS, Kind, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import CHANNELS_FIRST, MAP, by_axis
from worksheet.layers.traits import Writes

AXIS = Symbol(
    "a", "Axis of the channels, from 1 (0: the first of maps and volumes, the last of rows)", least=0, default="0", neutral=0
)
AXIS_WORD = Word("a", ("a",), quiet=True)
SINGLE = Symbol("v", "Parameters", least=0, default="0", words={0: "one for each channel", 1: "one for all channels"})
WHERE = "each channel has its own, or all share one; element by element, so no MACs"

SCALE = Kind(
    name="Scale",
    title="Learned scale",
    source=f"x times a parameter, then plus another where there is a bias (Caffe's Scale, a layer scale): {WHERE}",
    forms=(CHANNELS_FIRST[2], CHANNELS_FIRST[3], CHANNELS_FIRST[0]),
    hyperparameters=(SHIFT, SINGLE, AXIS),
    counts={"weights": "c*(1 - v) + v", "biases": "b*(c*(1 - v) + v)", "multiplications": "X", "additions": "b*X"},
    training=Training(
        input={"multiplications": "B*X"},
        weights={"multiplications": "B*X", "additions": "(1 + b)*(B*X - (c*(1 - v) + v))", "macs": "B*X"},
        saves=frozenset({"input"}),
    ),
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(AXIS_WORD,), flags={"nobias": ("b", 0), "single": ("v", 1)}, example="Scale"),
)
BIAS = Kind(
    name="Bias",
    title="Learned shift",
    source=f"x plus a parameter (Caffe's Bias): {WHERE}",
    forms=SCALE.forms,
    hyperparameters=(SINGLE, AXIS),
    counts={"biases": "c*(1 - v) + v", "additions": "X"},
    training=Training(weights={"additions": "B*X - (c*(1 - v) + v)"}),
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(AXIS_WORD,), flags={"single": ("v", 1)}, example="Bias"),
)


def _along(base: Kind, axes_behind: int) -> Kind:
    """The kind for channels with some axes after them; it runs once for each index of the axes before them."""
    return replace(base, forms=(CHANNELS_FIRST[axes_behind],), repeats=base.repeats if axes_behind else ROWS)


KINDS = tuple(
    by_axis(base, partial(_along, base), AXIS.name, lambda rank: 1 if rank >= len(MAP) else rank) for base in (SCALE, BIAS)
)
