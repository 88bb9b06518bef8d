"""Mean, sum and maximum over some axes, or over all."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial

from worksheet.errors import NetworkError
from worksheet.formula import Formula
from worksheet.layers.arithmetic import MAX_PATTERNS
from worksheet.layers.kind import Form, Kind, Shape, Spelling, Symbol, shape_text
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import MAP, axes, product

MAX_REDUCED = 4
LISTED = tuple(f"a_{i}" for i in range(1, MAX_REDUCED + 1))
POSITIONS = tuple(
    Symbol(name, "Axis that is reduced, from 1 (0: no further one; without any, all)", least=0, default="0", neutral=0)
    for name in LISTED
)
KEEP = Symbol("f", "Reduced axes", least=0, default="0", words={0: "left out", 1: "kept with size 1"})

# Name, title, definition, the costs of reducing n numbers to one, and backwards from the gradient g of that one.
TABLE: tuple[tuple[str, str, str, Mapping[str, str], Training], ...] = (
    (
        "Mean",
        "Mean",
        "their sum, divided by how many they are",
        {"additions": "n - 1", "divisions": "1"},
        Training(input={"divisions": "B*Y"}),  # g/n, for each of them
    ),
    ("Sum", "Sum", "one addition less than there are numbers", {"additions": "n - 1"}, Training()),  # g, for each of them
    (
        "Max",
        "Maximum",
        "a running maximum: one comparison less than there are numbers",
        {"comparisons": "n - 1"},
        Training(extra="B*Y", source="g, for the largest, whose position is kept"),
    ),
)
BASES = [
    Kind(
        name=name,
        title=title,
        source=f"over the numbers along the axes: {source}",
        forms=(),
        hyperparameters=(*POSITIONS, KEEP),
        counts=costs,
        training=training,
        repeats=None,
        spelling=Spelling(flags={"keep": ("f", 1)}, listed=LISTED, separator=",", example=f"{name}: 2,3"),
    )
    for name, title, source, costs, training in TABLE
]


@lru_cache(maxsize=MAX_PATTERNS)
def _over(base: Kind, rank: int, reduced: tuple[int, ...], keep: int) -> Kind:
    """The kind over these axes, counted from 0; ``base`` has the costs of reducing n numbers to one."""
    symbols = axes(rank)
    left = [None if i in reduced else symbol for i, symbol in enumerate(symbols)]
    output = tuple(symbol.name if symbol else "1" for symbol in left if symbol or keep) or ("1",)
    results = product([symbol for symbol in left if symbol])
    numbers = product([symbols[i] for i in reduced])  # of which each result is made
    counts = {quantity: Formula(f"p*({cost})").inlined(p=results, n=numbers).source for quantity, cost in base.counts.items()}
    return replace(base, forms=(Form((symbols,), output, X=product(symbols), Y=results),), counts=counts)


def _specialise(base: Kind, shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    if len(shapes) != 1:
        return _over(base, *USUAL)
    (shape,) = shapes
    positions = [values[position] for position in LISTED if values[position]]
    if len(set(positions)) < len(positions):
        raise NetworkError(f"{base.name} names an axis twice: {', '.join(map(str, positions))}")
    if max(positions, default=0) > len(shape):
        message = f"{base.name} over axis {max(positions)} receives {shape_text(shape)}"
        raise NetworkError(message, hint=f"axes are counted from 1 to {len(shape)}")
    reduced = tuple(sorted(axis - 1 for axis in positions)) or tuple(range(len(shape)))
    return _over(base, len(shape), reduced, values["f"])


USUAL = (len(MAP), (1, 2), 0)  # over the places of a feature map
KINDS = tuple(replace(_over(base, *USUAL), specialise=partial(_specialise, base)) for base in BASES)
