"""Softmax and its logarithm, along one axis."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from worksheet.formula import Formula
from worksheet.layers.kind import REPEATS, ROWS, Form, Kind, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import MAP, VOLUME, by_axis, product

AXIS = Symbol("a", "Axis, from 1 (0: the channels of a map, the last axis otherwise)", least=0, default="0", neutral=0)
ALONG = Symbol("n", "Number of elements along the axis")
STABLE = "the largest element m is found and subtracted first, as implementations do"

SOFTMAX = Kind(
    name="Softmax",
    title="Softmax",
    source=f"e^(x - m) divided by the sum of these along the axis; {STABLE}",
    forms=(Form(((ALONG,),), ("n",), X="n", Y="n"),),
    hyperparameters=(AXIS,),
    counts={
        "comparisons": "n - 1",
        "additions": "2*n - 1",  # n differences, n - 1 for the sum
        "exponentials": "n",
        "divisions": "n",
    },
    training=Training(
        # y (g - sum of g y)
        input={"multiplications": "2*B*n", "additions": "B*(2*n - 1)", "macs": "B*n"},
        saves=frozenset({"output"}),
    ),
    repeats=ROWS,
    spelling=Spelling(words=(Word("a", ("a",), quiet=True),), example="Softmax"),
)
LOG_SOFTMAX = replace(
    SOFTMAX,
    name="LogSoftmax",
    title="Logarithm of the softmax",
    source=f"(x - m) minus the logarithm of the sum of all e^(x - m) along the axis; {STABLE}",
    counts={
        "comparisons": "n - 1",
        "additions": "3*n - 1",  # n differences, n - 1 for the sum, its logarithm subtracted n times
        "exponentials": "n",
        "logarithms": "1",
    },
    training=Training(
        # g - e^y (sum of g)
        input={"multiplications": "B*n", "additions": "B*(2*n - 1)", "exponentials": "B*n"},
        saves=frozenset({"output"}),
    ),
    spelling=replace(SOFTMAX.spelling, example="LogSoftmax"),
)


def _along(base: Kind, axes_behind: int) -> Kind:
    """The kind along an axis with some axes after it; it runs once for each index of the axes before it."""
    if not axes_behind:
        return base
    places = VOLUME[-axes_behind:]
    axes = (ALONG, *places)
    form = Form((axes,), tuple(axis.name for axis in axes), X=product(axes), Y=product(axes))

    def everywhere(counts: Mapping[str, str]) -> dict[str, str]:
        return {quantity: Formula("x*p").inlined(x=text, p=product(places)).source for quantity, text in counts.items()}

    training = base.training and replace(base.training, input=everywhere(base.training.input))
    return replace(base, forms=(form,), counts=everywhere(base.counts), training=training, repeats=REPEATS)


KINDS = tuple(
    by_axis(base, partial(_along, base), AXIS.name, lambda rank: 1 if rank == len(MAP) else rank)
    for base in (SOFTMAX, LOG_SOFTMAX)
)
