"""Layers that take part of their input, put a border around it, or pick elements by their place."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.errors import NetworkError
from worksheet.layers.kind import Form, Kind, Shape, Size, Spelling, Symbol, Word, shape_text
from worksheet.layers.quantities import Training
from worksheet.layers.ranks import AXIS, SHAPE, SHAPE_NAMES, check_axis, of_input, only_input, read_list
from worksheet.layers.reshape import MOVES
from worksheet.layers.shapes import MAP, SIGNAL, VECTOR, product
from worksheet.layers.shapes import axes as axes_of
from worksheet.layers.traits import AxisSlice, Writes

# Slice

FROM = Symbol("f", "First position that is taken (from 0)", least=0, default="0")
LENGTH = Symbol("k", "Number of positions that are taken")
STEP = Symbol("j", "Step from one position to the next", default="1", neutral=1)


@cache
def slice_kind(rank: int, axis: int) -> Kind:
    """The kind for inputs of one rank; ``axis`` counts from 0."""
    axes = axes_of(rank)
    kept = [LENGTH if i == axis else symbol for i, symbol in enumerate(axes)]
    return Kind(
        name="Slice",
        title="Slice",
        source="positions of one axis, as x[:, f : f + k] in torch",
        forms=(Form((axes,), tuple(symbol.name for symbol in kept), X=product(axes), Y=product(kept)),),
        hyperparameters=(AXIS, FROM, LENGTH, STEP),
        training=MOVES,
        repeats=None,
        writes=Writes.VIEW,
        axis_slice=AxisSlice(AXIS.name, FROM.name, LENGTH.name, STEP.name),
        spelling=Spelling(
            words=(Word("a", ("a",)), Word("f", ("f",)), Word("c", ("k",)), Word("j", ("j",), quiet=True)),
            example="Slice: 1a 0f 2c",
        ),
    )


def _slice(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    shape = only_input("Slice", shapes)
    axis = check_axis("Slice", v["a"], shape)
    last = v["f"] + (v["k"] - 1) * v["j"]
    if last >= shape[axis]:
        raise NetworkError(
            f"Slice takes the positions {v['f']} to {last}, but axis {axis + 1} of {shape_text(shape)} ends at {shape[axis] - 1}"
        )
    return slice_kind(len(shape), axis)


# Crop

FIRST_CROPPED = replace(AXIS, meaning="First axis that is cropped", default="2", neutral=2)
CROPPED_WIDTH = Symbol("W", "Width of output tensor (0: that of the second input)", 0, "output", default="0", neutral=0)
CROPPED_HEIGHT = Symbol("H", "Height of output tensor (0: that of the second input)", 0, "output", default="W", neutral=0)
CROP = Kind(
    name="Crop",
    title="Crop",
    source="a window of the input, of given size or of the size that a second input has from an axis on, as Caffe's Crop layer",
    forms=(Form((MAP,), ("c", "H", "W"), X="c*M*N", Y="c*W*H", on="a map"),),
    hyperparameters=(FIRST_CROPPED, CROPPED_WIDTH, CROPPED_HEIGHT),
    training=MOVES,
    writes=Writes.VIEW,
    spelling=Spelling(words=(Word("a", ("a",), quiet=True), Word("w", ("W", "H"), ("w", "h"), quiet=True)), example="Crop: 32w"),
)


@cache
def crop_kind(rank: int, axis: int) -> Kind:
    """The kind that reads the size of its output from a second input, from ``axis`` (from 0) on."""
    first = axes_of(rank)
    second = tuple(of_input(2, symbol) for symbol in first)
    kept = (*first[:axis], *second[axis:])
    form = Form((first, second), tuple(s.name for s in kept), X=f"{product(first)} + {product(second)}", Y=product(kept))
    return replace(CROP, forms=(form,), repeats=None)


def _crop(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    shape = shapes[0] if shapes else ()
    if len(shapes) == 2:
        return _crop_to(shape, shapes[1], v)
    if not (v["W"] and v["H"]) or len(shapes) != 1:
        raise NetworkError("Crop needs a width and a height, or a second input that has them")
    if len(shape) > 2 and (v["W"] > shape[-1] or v["H"] > shape[-2]):
        raise NetworkError(f"Crop cannot take {v['H']} x {v['W']} of the input {shape_text(shape)}")
    return SIZED_CROP


def _crop_to(shape: Shape, like: Shape, v: Mapping[str, int]) -> Kind:
    if v["W"] or v["H"]:
        raise NetworkError("Crop is given a size and a second input that has one", hint="leave one of them out")
    axis = check_axis("Crop", v["a"], shape)
    if len(like) != len(shape) or any(a < b for a, b in zip(shape[axis:], like[axis:], strict=True)):
        raise NetworkError(f"Crop cannot take {shape_text(like)} of the input {shape_text(shape)} from axis {axis + 1} on")
    return crop_kind(len(shape), axis)


SIZED_CROP = CROP  # without specialise, for layers whose size is given

# Pad

SIDES = tuple(
    Symbol(name, f"{side} of the border", 0, "border", default="0", neutral=0)
    for name, side in (("l_w", "Left part"), ("r_w", "Right part"), ("l_h", "Upper part"), ("r_h", "Lower part"))
)
CHANNELS_ADDED = Symbol("o", "Channels that are added at the end", least=0, default="0", neutral=0)
GROWN = {  # the output's sizes by the letter of the axis
    "c": Size("C", "Number of channels in output tensor", "c + o"),
    "M": Size("W", "Width of output tensor", "M + l_w + r_w"),
    "N": Size("H", "Height of output tensor", "N + l_h + r_h"),
    "n": Size("K", "Number of output elements", "n + l_w + r_w"),
}
PADDED = {1: VECTOR, 2: SIGNAL, 3: MAP}


@cache
def pad_kind(rank: int, grown: frozenset[str]) -> Kind:
    """The kind for vectors, signals or maps of which these axes grow."""
    axes = PADDED[rank]
    output = [replace(axis, name=GROWN[axis.name].name) if axis.name in grown else axis for axis in axes]
    return Kind(
        name="Pad",
        title="Padding layer",
        source="a border of stored or repeated numbers around the input, as torch.nn.functional.pad in any mode",
        forms=(Form((axes,), tuple(axis.name for axis in output), X=product(axes), Y=product(output)),),
        hyperparameters=(*SIDES, CHANNELS_ADDED),
        sizes=tuple(GROWN[axis.name] for axis in reversed(axes) if axis.name in grown),
        training=Training(source="the border is cut off; if it repeats the input, its additions are not counted"),
        spelling=Spelling(
            words=tuple(
                Word(word, (name,), quiet=True)
                for word, name in (("l", "l_w"), ("r", "r_w"), ("t", "l_h"), ("b", "r_h"), ("c", "o"))
            ),
            example="Pad: 1l 1r 2t 2b",
        ),
    )


def _pad(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    shape = only_input("Pad", shapes)
    axes = PADDED[min(max(len(shape), 1), 3)]
    names = [axis.name for axis in axes]
    borders = {"l_w": names[-1], "r_w": names[-1], "l_h": "N", "r_h": "N", "o": "c"}
    for symbol in (*SIDES, CHANNELS_ADDED):
        if v[symbol.name] and borders[symbol.name] not in names:
            raise NetworkError(f"the input {shape_text(shape)} has no axis for the {symbol.inline_meaning} ({v[symbol.name]})")
    return pad_kind(len(axes), frozenset(axis for name, axis in borders.items() if v[name]))


# Gather


@cache
def gather_kind(ranks: tuple[int, ...], to: int) -> Kind:
    """The kind for an input of one rank, with the positions as a second input or without, and an output of another."""
    first, *further = [axes_of(rank) for rank in ranks]
    inputs = (first, *(tuple(of_input(i, symbol) for symbol in axes) for i, axes in enumerate(further, 2)))
    output = SHAPE_NAMES[:to]
    return Kind(
        name="Gather",
        title="Gather",
        source="elements of the input picked or repeated by their place, without arithmetic: expand, index_select, roll, flip",
        forms=(Form(inputs, output, X=" + ".join(map(product, inputs)), Y="*".join(output)),),
        hyperparameters=SHAPE,
        training=Training(
            input={"additions": "B*Y"},
            saves=frozenset({"input_2"} if further else ()),
            source="each gradient is added where its element was picked, as an element may be picked several times",
        ),
        repeats=None,
        spelling=Spelling(listed=SHAPE_NAMES, example="Gather: 197x768"),
    )


def _gather(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    if len(shapes) not in (1, 2):
        raise NetworkError(f"Gather reads one input, and at most one of positions, not {len(shapes)}")
    return gather_kind(tuple(map(len, shapes)), len(read_list(v)))


KINDS = (
    replace(slice_kind(3, 0), specialise=_slice),
    replace(CROP, specialise=_crop),
    replace(pad_kind(3, frozenset("cMN")), specialise=_pad),
    replace(gather_kind((3,), 2), specialise=_gather),
)
