"""Adaptive pooling: windows placed such that the output has a given size."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

from worksheet.language import N_
from worksheet.layers.kind import Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.pooling import ROUTED
from worksheet.layers.quantities import Training
from worksheet.layers.traits import Pooling, Window
from worksheet.layers.windows import WindowAxis, Windows

INPUTS: dict[int, tuple[str, ...]] = {1: ("3x64",), 2: (), 3: ("3x16x64x64",)}  # beside the examples
AVERAGE, MAXIMUM = "Avg", "Max"
SOURCE = (
    "as in torch.nn.Adaptive{which}Pool{n}d: along each axis window i reaches from floor(i*M/W) to ceil((i + 1)*M/W), so "
    "the W windows hold M + W - gcd(M, W) elements in all, M where W divides M; {what}"
)
WHAT = {AVERAGE: "the sum of each window is divided by its size", MAXIMUM: "a running maximum over each window"}
SAYS = {1: N_("output {n} wide"), 2: N_("output {n} wide and high"), 3: N_("output {n} wide, high and deep")}
APART = (N_("output {n} wide"), N_("output {n} high"), N_("output {n} deep"))
TITLES = {AVERAGE: "average", MAXIMUM: "max"}


def window_elements(axis: WindowAxis, exact: bool) -> str:
    """The number of elements in all windows along an axis together, as a formula."""
    size, count = axis.input.name, axis.output
    return size if exact else f"({size} + {count} - gcd({size}, {count}))"


@cache
def adaptive(which: str, dimensions: int, exact: tuple[bool, ...], *, single: bool = False) -> Kind:
    """The kind for layers whose windows are ``exact`` along these axes, all of one size without overlap.

    A ``single`` window is a mean of everything, which torch takes without keeping its input.
    """
    windows = Windows(dimensions)
    outputs = windows.on_output
    elements = "*".join(window_elements(axis, whole) for axis, whole in zip(windows.axes, exact, strict=True))
    beyond_first = f"c*({elements} - {outputs})"
    shared = {} if all(exact) else {"additions": f"B*c*({elements} - {windows.on_input})"}
    spread = Training(
        input={"divisions": f"B*c*{outputs}"} | shared,
        saves=frozenset() if single else frozenset({"input"}),
        source="where windows share an element, what they give it is added up; the input is kept because torch keeps it",
    )
    names = tuple(axis.output for axis in windows.axes)
    name = f"Adaptive{which}Pool{dimensions}d"
    return Kind(
        name=name,
        title=f"{dimensions}D adaptive {TITLES[which]}-pooling layer",
        source=SOURCE.format(which=which, n=dimensions, what=WHAT[which]),
        forms=(Form((windows.input,), ("c", *windows.output), X=f"c*{windows.on_input}", Y=f"c*{outputs}"),),
        hyperparameters=tuple(
            Symbol(axis.output, f"{axis.side.capitalize()} of output tensor", group="output", default=None if i == 0 else "W")
            for i, axis in enumerate(windows.axes)
        ),
        counts={AVERAGE: {"additions": beyond_first, "divisions": f"c*{outputs}"}, MAXIMUM: {"comparisons": beyond_first}}[which],
        training={AVERAGE: spread, MAXIMUM: ROUTED}[which],
        window=Window.ADAPTIVE,
        pooling={AVERAGE: Pooling.MEAN, MAXIMUM: Pooling.MAXIMUM}[which],
        spelling=Spelling(
            words=(
                Word("w", names, tuple(axis.letter for axis in windows.axes), says=SAYS[dimensions], apart=APART[:dimensions]),
            ),
            example=f"{name}: 7w",
            beside=INPUTS[dimensions],
        ),
    )


def _specialise(which: str, dimensions: int, shapes: tuple[Shape, ...], v: Mapping[str, int], _: str) -> Kind:
    axes = Windows(dimensions).axes
    sizes = tuple(reversed(shapes[0])) if shapes else ()
    exact = [i < len(sizes) and sizes[i] % v[axis.output] == 0 for i, axis in enumerate(axes)]
    return adaptive(which, dimensions, tuple(exact), single=all(v[axis.output] == 1 for axis in axes))


KINDS = tuple(
    replace(adaptive(which, n, (False,) * n), specialise=partial(_specialise, which, n))
    for which in (AVERAGE, MAXIMUM)
    for n in INPUTS
)
