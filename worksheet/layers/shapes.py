"""The symbols of common shapes: vectors, rows of vectors, signals, feature maps and volumes."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cache

from worksheet.errors import NetworkError
from worksheet.formula import Formula
from worksheet.layers.kind import ROWS, Form, Kind, Shape, Symbol, shape_text

WIDTH = Symbol("M", "Width of input tensor", group="input")
HEIGHT = Symbol("N", "Height of input tensor", group="input")
DEPTH = Symbol("D", "Depth of input tensor", group="input")
CHANNELS = Symbol("c", "Number of channels in input tensor")
FEATURES = Symbol("n", "Number of input elements")
WIDTH_OF_ROW = Symbol("n", "Width of a row (elements of a token)")
LENGTH = Symbol("L", ROWS.meaning)

VECTOR = (FEATURES,)
SIGNAL = (CHANNELS, WIDTH)
MAP = (CHANNELS, HEIGHT, WIDTH)
VOLUME = (CHANNELS, DEPTH, HEIGHT, WIDTH)
TOKENS = (ROWS, WIDTH_OF_ROW)  # any number of leading axes, each index a row of n

# The forms of an element-wise layer, which takes any shape.
ELEMENTWISE = (
    Form((MAP,), ("c", "N", "M"), X="c*M*N", Y="c*M*N", on="a map"),
    Form((VECTOR,), ("n",), X="n", Y="n", on="a vector"),
    Form((TOKENS,), ("L", "n"), X="L*n", Y="L*n", on="rows of vectors"),
)

# What a shape of each rank flattens to, and the axes' symbols from the outermost inwards.
FLATTENED = {
    len(axes): (Formula("*".join(axes)), outermost)
    for axes, outermost in (
        (("c", "M"), ("c", "M")),
        (("c", "M", "N"), ("c", "N", "M")),
        (("c", "M", "N", "D"), ("c", "D", "N", "M")),
    )
}
MAX_AXES = 12  # of a tensor whose axes need a symbol each


def axes(rank: int) -> tuple[Symbol, ...]:
    """A symbol for each axis of a shape of this rank. Raises NetworkError for too many."""
    return {0: (), 1: VECTOR, 2: (LENGTH, WIDTH_OF_ROW), 3: MAP, 4: VOLUME}.get(rank) or numbered_axes(rank)


def numbered_axes(rank: int) -> tuple[Symbol, ...]:
    """Numbered symbols x_1, x_2, ... for the axes of a shape of this rank. Raises NetworkError for too many."""
    if rank > MAX_AXES:
        raise NetworkError(f"a tensor with {rank} axes", hint=f"at most {MAX_AXES} axes are supported here")
    return tuple([Symbol(f"x_{i}", f"Size of axis {i} of the input") for i in range(1, rank + 1)])


def product(factors: Iterable[Symbol | int]) -> str:
    """The number of elements as the course writes it: c*M*N, width before height.

    >>> product(MAP), product(()), product((CHANNELS, 1, 1))
    ('c*M*N', '1', 'c')
    """
    symbols = [factor for factor in factors if isinstance(factor, Symbol)]
    places = [symbol.name for symbol in symbols if symbol.group == WIDTH.group]
    return "*".join([symbol.name for symbol in symbols if symbol.group != WIDTH.group] + places[::-1]) or "1"


# The forms of a layer that works channel by channel, by the number of axes after the channels.
CHANNELS_FIRST = tuple(
    Form((axes,), tuple(axis.name for axis in axes), X=product(axes), Y=product(axes), on=on)
    for axes, on in (((CHANNELS,), "a vector"), (SIGNAL, "a signal"), (MAP, "a map"), (VOLUME, "a volume"))
)
CHANNELWISE = tuple([CHANNELS_FIRST[i] for i in (2, 0, 1, 3)])  # the map, which is usual, first
CHANNEL_AXIS = Symbol("i", "Axis of the channels, from 1 (0: the first)", least=0, default="0", neutral=0)


def axes_after(kind: str, shape: Shape, axis: int) -> int:
    """The number of axes after one, counted from 1. Raises NetworkError for an axis that a kind cannot work along."""
    if axis > len(shape):
        message = f"{kind} works along axis {axis}, but receives {shape_text(shape)}"
        raise NetworkError(message, hint=f"axes are counted from 1 to {len(shape)}")
    if len(shape) - axis >= len(CHANNELS_FIRST):
        most = len(CHANNELS_FIRST) - 1
        raise NetworkError(f"{kind} works along axis {axis} of {len(shape)}", hint=f"at most {most} axes may follow it")
    return len(shape) - axis


def by_axis(base: Kind, along: Callable[[int], Kind], symbol: str = "i", usual: Callable[[int], int] = lambda _: 0) -> Kind:
    """A kind that works along the axis that a hyperparameter numbers; ``along`` gives the kind by the number of axes after it.

    ``usual`` gives the axis by the input's rank where the hyperparameter is 0; if that is 0 too, the kind stays as it is.
    """
    along = cache(along)

    def specialise(shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
        axis = (values[symbol] or usual(len(shapes[0]))) if len(shapes) == 1 else 0
        return along(axes_after(base.name, shapes[0], axis)) if axis else base

    return replace(base, specialise=specialise)
