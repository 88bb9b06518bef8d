"""Axes that are given by number, and shapes that are given as lists of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from worksheet.errors import NetworkError
from worksheet.layers.kind import Shape, Symbol, shape_text
from worksheet.layers.shapes import MAX_AXES

LISTED = 6  # axes that a list of numbers can give
# Which axis a layer works on. It occurs in no formula, so it is not among a layer's values.
AXIS = Symbol("a", "Axis", default="1", words={i: f"axis {i}" for i in range(1, MAX_AXES + 1)})
# o_1, o_2, ...: the sizes of an output that is given as a list such as 256x6x6.
SHAPE = (
    Symbol("o_1", "Size of axis 1 of the output", 1, "shape"),
    *(Symbol(f"o_{i}", f"Size of axis {i} of the output", 0, "shape", "0", neutral=0) for i in range(2, LISTED + 1)),
)
SHAPE_NAMES = tuple(symbol.name for symbol in SHAPE)


def of_input(place: int, axis: Symbol, group: str = "") -> Symbol:
    """The symbol of an axis of one of several inputs, numbered from 1: c_2."""
    base, _, index = axis.name.partition("_")
    letter = chr(ord("A") + int(index) - 1) if index else base  # A, B, C, ... for axes with numbers
    return replace(axis, name=f"{letter}_{place}", place=place, group=group)


def read_list(v: Mapping[str, int], letter: str = "o") -> Shape:
    """The numbers of a list, without the places that it leaves empty. Raises NetworkError for a hole in it."""
    numbers = [v[f"{letter}_{i}"] for i in range(1, LISTED + 1)]
    while numbers and not numbers[-1]:
        numbers.pop()
    if 0 in numbers:
        raise NetworkError(f"number {numbers.index(0) + 1} of the list is missing: {shape_text(numbers)}")
    return tuple(numbers)


def only_input(name: str, shapes: tuple[Shape, ...]) -> Shape:
    """The shape of the one input. Raises NetworkError where there is not one."""
    if len(shapes) != 1:
        raise NetworkError(f"{name} reads one input, not {len(shapes)}")
    return shapes[0]


def check_axis(name: str, axis: int, shape: Shape) -> int:
    """The axis (from 1) as an index (from 0). Raises NetworkError where the shape has no such axis."""
    if not 1 <= axis <= len(shape):
        raise NetworkError(f"{name} works on axis {axis}, but the input {shape_text(shape)} has {len(shape)}")
    return axis - 1
