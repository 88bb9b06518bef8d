"""Parameters that multiply the channels, or are added to them."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.layers.convolution import BIAS as SHIFT
from worksheet.layers.kind import ROWS, Form, Kind, Shape, Spelling, Symbol, Training, Word
from worksheet.layers.shapes import CHANNELS_FIRST, MAP, axes_after
from worksheet.layers.traits import Writes

AXIS = Symbol(
    "a", "Axis of the channels, from 1 (0: the first of maps and volumes, the last of rows)", least=0, default="0", neutral=0
)
AXIS_WORD = Word("a", ("a",), quiet=True)
SINGLE = Symbol("v", "Learned numbers", least=0, default="0", words={0: "one for each channel", 1: "one for all channels"})
WHERE = "each channel has its own, or all share one; element by element, so no MACs"

SCALE = Kind(
    name="Scale",
    title="Learned scale",
    source=f"x times a learned number, then plus another where there is a bias (Caffe's Scale, a layer scale): {WHERE}",
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
    source=f"x plus a learned number (Caffe's Bias): {WHERE}",
    forms=SCALE.forms,
    hyperparameters=(SINGLE, AXIS),
    counts={"biases": "c*(1 - v) + v", "additions": "X"},
    training=Training(weights={"additions": "B*X - (c*(1 - v) + v)"}),
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(AXIS_WORD,), flags={"single": ("v", 1)}, example="Bias"),
)
BASES = {kind.name: kind for kind in (SCALE, BIAS)}


@cache
def _along(name: str, axes_behind: int) -> Kind:
    """The kind for channels with so many axes after them; it runs once for each index of the axes before them."""
    form: Form = CHANNELS_FIRST[axes_behind]
    base = BASES[name]
    return replace(base, forms=(form,), repeats=base.repeats if axes_behind else ROWS)


def _specialise(name: str, shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    if len(shapes) != 1:
        return BASES[name]
    (shape,) = shapes
    usual = 1 if len(shape) >= len(MAP) else len(shape)
    return _along(name, axes_after(name, shape, values["a"] or usual))


KINDS = tuple(replace(kind, specialise=partial(_specialise, name)) for name, kind in BASES.items())
