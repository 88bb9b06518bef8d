"""Layers that give the same elements another shape or order."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import prod

from worksheet.errors import NetworkError
from worksheet.layers.kind import Check, Form, Kind, Shape, Size, Spelling, Symbol, Word, shape_text
from worksheet.layers.quantities import Training
from worksheet.layers.ranks import LISTED, SHAPE, SHAPE_NAMES, only_input, read_list
from worksheet.layers.shapes import MAP, SIGNAL, TOKENS, VECTOR, VOLUME, product
from worksheet.layers.shapes import axes as axes_of
from worksheet.layers.traits import Role, Writes

MOVES = Training()  # each element has the gradient of the place that it moves to, or none

POSITIONS = tuple(
    Symbol(
        f"a_{i}",
        f"Axis of the input that becomes axis {i} of the output",
        least=1 if i == 1 else 0,
        default=None if i == 1 else "0",
        neutral=0,
        words={n: f"axis {n}" if n else "none" for n in range(LISTED + 1)},
    )
    for i in range(1, LISTED + 1)
)
UPSCALE = Symbol("r", "Factor of width and height")
SHUFFLED = Symbol("g", "Number of groups")


def _sizes(channels: str, width: str, height: str) -> tuple[Size, ...]:
    return (
        Size("C", "Number of channels in output tensor", channels),
        Size("W", "Width of output tensor", width),
        Size("H", "Height of output tensor", height),
    )


FLATTEN = Kind(
    name="Flatten",
    title="Flatten",
    source="the same numbers as one vector, as in torch.nn.Flatten",
    forms=(
        Form((MAP,), ("c*M*N",), X="c*M*N", Y="c*M*N", on="a map"),
        Form((VECTOR,), ("n",), X="n", Y="n", on="a vector"),
        Form((VOLUME,), ("c*M*N*D",), X="c*M*N*D", Y="c*M*N*D", on="a volume"),
        Form(((),), ("1",), X="1", Y="1", on="a single number"),
        Form((TOKENS,), ("L*n",), X="L*n", Y="L*n", on="rows of vectors"),
    ),
    training=MOVES,
    repeats=None,
    writes=Writes.VIEW_OR_COPY,
    role=Role.FLATTENING,
    spelling=Spelling(example="Flatten", also=("View", "Squeeze")),
)


@cache
def reshape_kind(rank: int, to: int) -> Kind:
    """The kind for inputs of one rank and outputs of another."""
    axes, output = axes_of(rank), SHAPE_NAMES[:to]
    return Kind(
        name="Reshape",
        title="Reshape",
        source="the same numbers in the same order in another shape, as torch.reshape",
        forms=(Form((axes,), output, X=product(axes), Y="*".join(output)),),
        hyperparameters=SHAPE,
        training=MOVES,
        repeats=None,
        writes=Writes.VIEW_OR_COPY,
        spelling=Spelling(listed=SHAPE_NAMES, example="Reshape: 12x32x32"),
    )


def _reshape(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    shape, to = only_input("Reshape", shapes), read_list(v)
    if prod(shape) != prod(to):
        raise NetworkError(f"{shape_text(to)} has {prod(to):,} elements, but the input {shape_text(shape)} has {prod(shape):,}")
    return reshape_kind(len(shape), len(to))


@cache
def permute_kind(positions: tuple[int, ...]) -> Kind:
    """The kind for one order of the axes; ``positions`` are those of the input, from 1."""
    axes = axes_of(len(positions))
    return Kind(
        name="Permute",
        title="Permute",
        source="the same numbers with the axes in another order, as torch.permute",
        forms=(Form((axes,), tuple(axes[i - 1].name for i in positions), X=product(axes), Y=product(axes)),),
        hyperparameters=POSITIONS,
        training=MOVES,
        repeats=None,
        writes=Writes.VIEW,
        spelling=Spelling(listed=tuple(symbol.name for symbol in POSITIONS), separator=",", example="Permute: 2,3,1"),
    )


def _permute(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    shape, positions = only_input("Permute", shapes), read_list(v, "a")
    if sorted(positions) != list(range(1, len(shape) + 1)):
        order = ",".join(map(str, positions))
        each = f"an order names each of the axes 1 to {len(shape)} once"
        raise NetworkError(f"{order} is not an order of the axes of the input {shape_text(shape)}", hint=each)
    return permute_kind(positions)


PIXEL_SHUFFLE = Kind(
    name="PixelShuffle",
    title="Pixel shuffle",
    source="r x r channels become r x r places, as in torch.nn.PixelShuffle",
    forms=(Form((MAP,), ("C", "H", "W"), X="c*M*N", Y="c*M*N"),),
    hyperparameters=(UPSCALE,),
    training=MOVES,
    sizes=_sizes("c/r**2", "M*r", "N*r"),
    checks=(Check("c/r**2", "{c} channels cannot be laid out in squares of {r} x {r}", whole=True),),
    spelling=Spelling(words=(Word("r", ("r",)),), example="PixelShuffle: 4r", beside=("48x16x16",)),
)
SHUFFLES = (
    PIXEL_SHUFFLE,
    replace(
        PIXEL_SHUFFLE,
        name="PixelUnshuffle",
        title="Pixel unshuffle",
        source="r x r places become r x r channels, as in torch.nn.PixelUnshuffle",
        sizes=_sizes("c*r**2", "M/r", "N/r"),
        checks=(
            Check("M/r", "the width ({M}) cannot be divided by {r}", whole=True),
            Check("N/r", "the height ({N}) cannot be divided by {r}", whole=True),
        ),
        spelling=Spelling(words=(Word("r", ("r",)),), example="PixelUnshuffle: 4r"),
    ),
    Kind(
        name="ChannelShuffle",
        title="Channel shuffle",
        source="the channels of the groups are dealt out in turn, as in torch.nn.ChannelShuffle",
        forms=(
            Form((MAP,), ("c", "N", "M"), X="c*M*N", Y="c*M*N", on="a map"),
            Form((SIGNAL,), ("c", "M"), X="c*M", Y="c*M", on="a signal"),
        ),
        hyperparameters=(SHUFFLED,),
        training=MOVES,
        checks=(Check("c/g", "{c} channels cannot be split into {g} groups", whole=True),),
        spelling=Spelling(words=(Word("g", ("g",)),), example="ChannelShuffle: 3g"),
    ),
)

KINDS = (
    FLATTEN,
    replace(reshape_kind(3, 3), specialise=_reshape),
    replace(permute_kind((2, 3, 1)), specialise=_permute),
    *SHUFFLES,
)
