"""Several tensors combined element by element; a size of 1, or a missing leading axis, is stretched to fit, as in torch."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache, partial
from itertools import zip_longest

from worksheet.errors import NetworkError
from worksheet.layers.kind import REPEATS, ROWS, Axes, Form, Kind, Shape, Spelling, Symbol, shape_text
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import CHANNELS, ELEMENTWISE, MAP, axes, product
from worksheet.layers.traits import Writes

STRETCHED = "smaller tensors are stretched as in torch, which counts nothing"
MAX_INPUTS = 1000
MAX_TERMS = 20  # shapes of different size that are stretched together
MAX_PATTERNS = 1024  # of shapes that are kept
BESIDE = ("64x56x56", "64x56x56")
ALSO = {"Add": ("Eltwise", "Residual", "Shortcut", "Skip"), "Mul": ("Multiply",)}  # what else people call them

# The axes of an input, the outermost first, compared with the output's: of equal size, of size 1 and stretched, or missing.
FULL, ONE, MISSING = "full", "one", "missing"
Pattern = tuple[tuple[str, ...], ...]


def _whole(m: int) -> tuple[Form, ...]:
    """The forms for m inputs of one shape."""
    return tuple(
        replace(form, inputs=form.inputs * m, X=f"{m}*{form.X}" if m > 1 else form.X, on=f"{form.on} each")
        for form in ELEMENTWISE
    )


# Name, title, definition, what an output element costs for each input beyond the first, whether there are just two inputs.
TABLE = (
    ("Add", "Sum of tensors", "elements added up", "additions", False),
    ("Sub", "Difference of tensors", "an element minus another", "additions", True),
    ("Mul", "Product of tensors", "elements multiplied; not MACs, since the products are not added up", "multiplications", False),
    ("Div", "Quotient of tensors", "an element divided by another", "divisions", True),
    ("Maximum", "Maximum of tensors", "the largest element, found by comparisons as in max-pooling", "comparisons", False),
    ("Minimum", "Minimum of tensors", "the smallest element, found by comparisons as in max-pooling", "comparisons", False),
)
BASES = {
    name: Kind(
        name=name,
        title=title,
        source=f"{source}; {STRETCHED}",
        forms=_whole(2),
        counts={quantity: "Y"},
        repeats=None,
        writes=Writes.IN_PLACE,
        spelling=Spelling(example=name, beside=BESIDE, also=ALSO.get(name, ())),
    )
    for name, title, source, quantity, _ in TABLE
}
# Backwards, the same from the gradient g of the output: of a product each partial product and each factor times what has come
# so far; of x/y the gradients g/y and -(g/y) (x/y); a largest element is found again by comparing.
BACKWARDS = {
    "Mul": {"multiplications": 2},
    "Div": {"divisions": 2, "multiplications": 1},
    "Maximum": {"comparisons": 1},
    "Minimum": {"comparisons": 1},
}
PRODUCTS = {"Mul": 0, "Div": 1}  # from which input on the gradients are products
QUANTITY = {name: quantity for name, _, _, quantity, _ in TABLE}
OF_TWO = {name for name, *_, of_two in TABLE if of_two}


def pattern(kind: str, shapes: tuple[Shape, ...]) -> Pattern:
    """How each shape is stretched to the common one. Raises NetworkError for shapes that cannot be broadcast."""
    columns = list(zip_longest(*[shape[::-1] for shape in shapes]))[::-1]
    common = [max([size for size in column if size is not None]) for column in columns]
    for column, most in zip(columns, common, strict=True):
        if other := [size for size in column if size not in (None, 1, most)]:
            texts = " and ".join(map(shape_text, shapes[:4])) + (" ..." if len(shapes) > 4 else "")
            hint = "counted from the last axis, sizes are equal, or 1, or missing"
            raise NetworkError(f"{kind} cannot combine {texts}: sizes {other[0]} and {most}", hint=hint)
    return tuple(tuple(map(_compare, row, common)) for row in zip(*columns, strict=True))


def _compare(size: int | None, common: int) -> str:
    if size is None:
        return MISSING
    return FULL if size == common else ONE  # not looked up: sizes of a traced run have no hash to rely on


def count_shared_axes(pattern: Pattern) -> int:
    """The number of leading axes that each input has in full or not at all: one symbol may stand for all of them."""
    rank = len(pattern[0])
    return next((i for i in range(rank) if any(set(row[: i + 1]) not in ({FULL}, {MISSING}) for row in pattern)), rank)


def stretch(pattern: Pattern, together: Axes, apart: Axes) -> tuple[tuple[Axes, ...], Axes]:
    """The axes of every input and of the output: 1 where an input is stretched. One symbol may stand for the first ones."""
    taken = len(pattern[0]) - len(apart)
    inputs = tuple(
        (together if row[0] == FULL else ())
        + tuple(1 if kind == ONE else symbol for kind, symbol in zip(row[taken:], apart, strict=True) if kind != MISSING)
        for row in pattern
    )
    return inputs, (*together, *apart)


def symbols(pattern: Pattern) -> tuple[Axes, Axes]:
    """The symbol for the axes that share one, and the symbols of the others.

    Rows beside a vector are rows, a map with leading axes is a map for each of them; otherwise each axis has its symbol.
    """
    rank = len(pattern[0])
    most = min(count_shared_axes(pattern), rank - 1)
    if most and most == rank - 1 and {row[-1] for row in pattern} == {FULL}:
        return (ROWS,), axes(1)
    if 0 < rank - len(MAP) <= most and {row[-len(MAP)] for row in pattern} == {FULL}:
        return (REPEATS,), MAP
    return (), axes(rank)


def names(axes: Axes) -> tuple[str, ...]:
    """The output's formulas: each axis is a symbol."""
    return tuple([axis.name for axis in axes if isinstance(axis, Symbol)])


def count_inputs(inputs: tuple[Axes, ...]) -> str:
    """The number of all inputs' elements: 2*c*M*N + c."""
    texts = [product(axes) for axes in inputs]
    counted = {text: texts.count(text) for text in dict.fromkeys(texts)}
    if len(counted) > MAX_TERMS:
        raise NetworkError(f"tensors of {len(counted)} different shapes", hint=f"at most {MAX_TERMS} are combined at once")
    return " + ".join([text if times == 1 else f"{times}*{text}" for text, times in counted.items()])


def _times(count: int, text: str) -> str:
    return f"{count}*{text}" if count > 1 else text


def _training(name: str, inputs: tuple[Axes, ...], output: Axes) -> Training:
    """The training of inputs with these axes. A stretched input sums up the gradients of all places that it was stretched to."""
    m = len(inputs)
    counts = {operation: _times((m - 1) * times, "B*Y") for operation, times in BACKWARDS.get(name, {}).items()}
    fewer = [product(axes) for axes in inputs if axes != output]
    if fewer:
        counts["additions"] = " + ".join([_times(fewer.count(text), f"B*(Y - {text})") for text in dict.fromkeys(fewer)])
    if summed := sum(axes != output for axes in inputs[PRODUCTS.get(name, m) :]):
        counts["macs"] = _times(summed, "B*Y")
    partial_products = m - 2 if name == "Mul" else 0
    return Training(
        input=counts,
        saves=frozenset({"input"} if name in BACKWARDS else ()),
        extra=_times(partial_products, "B*Y") if partial_products else "0",
    )


@lru_cache(maxsize=MAX_PATTERNS)
def _alike(name: str, m: int) -> Kind:
    """The kind for m inputs of one shape."""
    base, forms = BASES[name], _whole(m)
    training = _training(name, forms[0].inputs, forms[0].inputs[0])
    return replace(base, forms=forms, counts={QUANTITY[name]: _times(m - 1, "Y")}, training=training)


@lru_cache(maxsize=MAX_PATTERNS)
def _stretching(name: str, pattern: Pattern) -> Kind:
    """The kind for inputs that are stretched."""
    inputs, output = stretch(pattern, *symbols(pattern))
    form = Form(inputs, names(output), X=count_inputs(inputs), Y=product(output))
    return replace(_alike(name, len(pattern)), forms=(form,), training=_training(name, inputs, output))


def _specialise(name: str, shapes: tuple[Shape, ...], _: Mapping[str, int], __: str) -> Kind:
    if len(shapes) < 2 or (name in OF_TWO and len(shapes) > 2):
        wanted = "two tensors" if name in OF_TWO else "two tensors or more"
        raise NetworkError(f"{name} combines {wanted}, but receives {len(shapes)}", hint=f"an example: {name} <- conv1, relu_2")
    if len(shapes) > MAX_INPUTS:
        raise NetworkError(f"{name} of {len(shapes):,} tensors", hint=f"at most {MAX_INPUTS:,}")
    if len(set(shapes)) == 1:
        return _alike(name, len(shapes))
    return _stretching(name, pattern(name, shapes))


SCALES = ((CHANNELS, 1, 1), MAP, MAP)
AXPY = Kind(
    name="Axpy",
    title="Scaled sum",
    source="a*x + y with a number a for each channel (squeeze and excitation); element by element, so no MACs",
    forms=(
        Form(SCALES, ("c", "N", "M"), X="c + 2*c*M*N", Y="c*M*N", on="a scale of c x 1 x 1"),
        Form(((CHANNELS,), MAP, MAP), ("c", "N", "M"), X="c + 2*c*M*N", Y="c*M*N", on="a scale of c"),
        Form(((CHANNELS,),) * 3, ("c",), X="3*c", Y="c", on="vectors"),
    ),
    counts={"multiplications": "Y", "additions": "Y"},
    training=Training(  # of a the sum of g x over the places, of x a g, of y g
        input={"multiplications": "2*B*Y", "additions": "B*(Y - c)", "macs": "B*Y"}, saves=frozenset({"input_1", "input_2"})
    ),
    writes=Writes.IN_PLACE,
    spelling=Spelling(example="Axpy", beside=("64x1x1", "64x56x56", "64x56x56")),
)

KINDS = (*(replace(_alike(name, 2), specialise=partial(_specialise, name)) for name in BASES), AXPY)
