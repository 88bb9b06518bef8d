"""Concatenation: several inputs joined along one axis."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.errors import NetworkError
from worksheet.layers.kind import Form, Kind, Shape, Size, Spelling, Word, shape_text
from worksheet.layers.ranks import AXIS, check_axis, of_input
from worksheet.layers.reshape import MOVES
from worksheet.layers.shapes import axes as axes_of
from worksheet.layers.shapes import product

MAX_INPUTS = 128  # inputs, so that the sum can be printed
OUTPUT = {"c": "C", "M": "W", "N": "H", "D": "T"}  # what the joined axis is called in the output


@cache
def concat_kind(rank: int, axis: int, number: int) -> Kind:
    """The kind for a number of inputs of one rank; ``axis`` counts from 0."""
    axes = axes_of(rank)
    joined = [of_input(i, axes[axis], "concat") for i in range(1, number + 1)]
    total = replace(axes[axis], name=OUTPUT.get(axes[axis].name, "C"))
    output = (*axes[:axis], total, *axes[axis + 1 :])
    sum_of_inputs = " + ".join(symbol.name for symbol in joined)
    count = product(output)
    inputs = tuple((*axes[:axis], symbol, *axes[axis + 1 :]) for symbol in joined)
    return Kind(
        name="Concat",
        title="Concatenation",
        source="the inputs one after another along an axis, as in torch.cat",
        forms=(Form(inputs, tuple(symbol.name for symbol in output), X=count, Y=count),),
        hyperparameters=(AXIS,),
        sizes=(Size(total.name, f"Size of axis {axis + 1} of the output", sum_of_inputs),),
        training=MOVES,
        repeats=None,
        spelling=Spelling(
            words=(Word("a", ("a",)),), example="Concat: 1a", beside=("3x64x64", "5x64x64"), also=("Cat", "Concatenate")
        ),
    )


def _specialise(shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    if not 1 <= len(shapes) <= MAX_INPUTS:
        raise NetworkError(f"Concat joins 1 to {MAX_INPUTS} inputs, not {len(shapes)}")
    first = shapes[0]
    axis = check_axis("Concat", v["a"], first)
    for number, shape in enumerate(shapes[1:], 2):
        both = f"{shape_text(first)} (input 1) and {shape_text(shape)} (input {number})"
        if len(shape) != len(first):
            raise NetworkError(f"Concat cannot join {both}", hint="the inputs must have the same number of axes")
        if _without(shape, axis) != _without(first, axis):
            raise NetworkError(f"Concat along axis {axis + 1} cannot join {both}", hint=f"only axis {axis + 1} may differ")
    return concat_kind(len(first), axis, len(shapes))


def _without(shape: Shape, axis: int) -> Shape:
    return (*shape[:axis], *shape[axis + 1 :])


KINDS = (replace(concat_kind(3, 0, 2), specialise=_specialise),)
