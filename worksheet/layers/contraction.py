"""Sums of products over indices that tensors share: products of matrices, and Einstein sums in general."""

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache, lru_cache

from worksheet.errors import NetworkError, shown
from worksheet.layers.arithmetic import MAX_PATTERNS, Pattern, count_inputs, count_shared_axes, names, pattern, stretch
from worksheet.layers.kind import REPEATS, ROWS, Form, Kind, Shape, Spelling, Symbol, shape_text
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.shapes import numbered_axes, product

# Products of matrices

HEIGHT = Symbol("a", "Number of rows of the first matrix")
SHARED = Symbol("n", "Number of columns of the first matrix, and of rows of the second")
WIDTH = Symbol("b", "Number of columns of the second matrix")
FIRST, SECOND = (HEIGHT, SHARED), (SHARED, WIDTH)
PAIRS = replace(REPEATS, meaning="Number of pairs of matrices (heads, windows)")

MATRICES = Form((FIRST, SECOND), ("a", "b"), X="a*n + n*b", Y="a*b", on="two matrices")
MATMUL = Kind(
    name="MatMul",
    title="Product of matrices",
    source=(
        "every output is the dot product of a row and a column, as in torch.matmul: axes before the last two number the "
        "matrices, and are stretched to fit; a vector is a row on the left, a column on the right"
    ),
    forms=(MATRICES,),
    counts=dot_products("Y*n", "Y*(n - 1)"),
    # backwards, every product has two factors, and each gradient is a sum of products
    training=Training(input=dot_products("2*B*Y*n", "B*(2*Y*n - X)"), saves=frozenset({"input"})),
    repeats=PAIRS,
    spelling=Spelling(example="MatMul", beside=("12x197x64", "12x64x197")),
)
ROW_BY_ROW = {  # whether the first is more than a vector, whether the second is a matrix
    (True, True): Form(((ROWS, SHARED), SECOND), ("L", "b"), X="L*n + n*b", Y="L*b", on="rows and a matrix"),
    (True, False): Form(((ROWS, SHARED), (SHARED,)), ("L",), X="L*n + n", Y="L", on="rows and a vector"),
    (False, True): Form(((SHARED,), SECOND), ("b",), X="n + n*b", Y="b", on="a vector and a matrix"),
    (False, False): Form(((SHARED,), (SHARED,)), ("1",), X="n + n", Y="1", on="two vectors"),
}


@cache
def _row_by_row(first_has_rows: bool, second_is_matrix: bool) -> Kind:
    return replace(MATMUL, forms=(ROW_BY_ROW[first_has_rows, second_is_matrix],), repeats=None)


@lru_cache(maxsize=MAX_PATTERNS)
def _stretching(first_has_rows: bool, leading: Pattern) -> Kind:
    """The kind for two stacks of matrices; the left operand may be a vector."""
    rank = len(leading[0])
    together, apart = ((PAIRS,), ()) if count_shared_axes(leading) == rank else ((), numbered_axes(rank))
    (of_first, of_second), of_output = stretch(leading, together, apart)
    height = (HEIGHT,) if first_has_rows else ()
    inputs = ((*of_first, *height, SHARED), (*of_second, *SECOND))
    output = (*of_output, *height, WIDTH)
    form = Form(inputs, names(output), X=count_inputs(inputs), Y=product(output))
    return replace(MATMUL, forms=(form,), repeats=None)


def _matmul(shapes: tuple[Shape, ...], _: Mapping[str, int], __: str) -> Kind:
    if len(shapes) != 2:
        return MATMUL
    first, second = shapes
    width, height = first[-1], second[-2:][0]
    if width != height:
        texts = " by ".join(map(shape_text, shapes))
        raise NetworkError(f"MatMul cannot multiply {texts}: rows of {width} by columns of {height}")
    if len(first) > 1 and len(second) > 1 and first[:-2] == second[:-2]:
        return MATMUL
    if len(second) <= 2:
        return _row_by_row(len(first) > 1, len(second) > 1)
    return _stretching(len(first) > 1, pattern(MATMUL.name, (first[:-2], second[:-2])))


# Einstein sums

LONGEST = 200  # characters of an equation
EQUATION = re.compile(r"(?P<operands>[A-Za-z]+(?:,[A-Za-z]+)*)->(?P<output>[A-Za-z]*)", re.ASCII)
USUAL = "ij,jk->ik"
HINT = f"indices are letters, without the batch: {USUAL}"
RESERVED = {"B", "X", "Y"}  # the batch, the numbers of elements


def _symbol(letter: str) -> Symbol:
    return Symbol(f"{letter}_1" if letter in RESERVED else letter, f"Size of index {letter}")


@lru_cache(maxsize=MAX_PATTERNS)
def _einsum(equation: str) -> Kind:
    """The kind of an equation. Raises NetworkError for a text that is not an equation, and for diagonals."""
    match = EQUATION.fullmatch(equation) if len(equation) <= LONGEST else None
    if not match:
        raise NetworkError(f"{shown(equation)} is not an equation for Einsum", hint=HINT)
    operands, left = match["operands"].split(","), match["output"]
    for term in (*operands, left):
        if len(set(term)) < len(term):
            raise NetworkError(f"an index occurs twice in {shown(term)}", hint="diagonals are not counted here")
    if unknown := sorted(set(left) - set("".join(operands))):
        raise NetworkError(f"index {unknown[0]} of the output does not occur in an input", hint=HINT)
    symbols = {letter: _symbol(letter) for letter in dict.fromkeys("".join(operands))}
    inputs = tuple(tuple(symbols[letter] for letter in operand) for operand in operands)
    output = tuple(symbols[letter] for letter in left)
    gone = product([symbols[letter] for letter in symbols if letter not in left])
    form = Form(inputs, names(output) or ("1",), X=count_inputs(inputs), Y=product(output))
    lacking = sum(len(operand) < len(symbols) for operand in operands)
    return replace(
        EINSUM, forms=(form,), counts=_costs(len(operands), gone), training=_costs_of_training(len(operands), lacking, gone)
    )


def _costs(operands: int, gone: str) -> dict[str, str]:
    """Counts of products with a factor from each operand at every combination of indices, summed over the indices in ``gone``."""
    every = "Y" if gone == "1" else f"Y*{gone}"
    times = "" if operands == 2 else f"{operands - 1}*"
    products = {"multiplications": f"{times}{every}"} if operands > 1 else {}
    if gone == "1":
        return products
    return products | {"additions": f"Y*({gone} - 1)"} | ({"macs": every} if operands > 1 else {})


def _costs_of_training(operands: int, lacking: int, gone: str) -> Training:
    """For each operand, at every combination of indices: the output's gradient times all other operands.

    It is summed over the indices that the operand does not have; ``lacking`` operands have not all. A single operand gets copies.
    """
    if operands == 1:
        return Training()
    every = "Y" if gone == "1" else f"Y*{gone}"
    products = {"multiplications": f"{operands * (operands - 1)}*B*{every}"}
    sums = {"additions": f"B*({operands}*{every} - X)"}
    macs = {"macs": f"{lacking}*B*{every}" if lacking > 1 else f"B*{every}"}
    return Training(input=products | (sums | macs if lacking else {}), saves=frozenset({"input"}))


EINSUM = Kind(
    name="Einsum",
    title="Einstein sum",
    source=(
        "at every combination of all indices the product of the inputs' elements, summed over the indices that are not in "
        "the output, as torch.einsum defines it; of several factors the last product is the one that is added up (MAC)"
    ),
    forms=(Form(((_symbol("i"), _symbol("j")), (_symbol("j"), _symbol("k"))), ("i", "k"), X="i*j + j*k", Y="i*k"),),
    counts=_costs(2, "j"),
    training=_costs_of_training(2, 2, "j"),
    repeats=None,
    spelling=Spelling(pattern=f"an equation such as {USUAL}", example=f"Einsum: {USUAL}", beside=("197x64", "64x197")),
)


def _specialise_einsum(shapes: tuple[Shape, ...], _: Mapping[str, int], equation: str) -> Kind:
    kind = _einsum(equation.replace(" ", ""))
    (form,) = kind.forms
    if len(shapes) != len(form.inputs):
        raise NetworkError(f"the equation has {len(form.inputs)} inputs, not {len(shapes)}", hint=shown(equation))
    sizes: dict[str, int] = {}
    for axes, shape in zip(form.inputs, shapes, strict=True):
        indices = names(axes)
        if len(indices) != len(shape):
            message = f"the input of indices {', '.join(indices)} is {shape_text(shape)}"
            raise NetworkError(message, hint="an index for each axis, no batch")
        for index, size in zip(indices, shape, strict=True):
            if sizes.setdefault(index, size) != size:
                raise NetworkError(f"index {index} is {sizes[index]} in one input, {size} in another", hint=shown(equation))
    return kind


KINDS = (replace(MATMUL, specialise=_matmul), replace(EINSUM, specialise=_specialise_einsum))
