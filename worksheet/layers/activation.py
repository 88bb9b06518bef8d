"""Activations: a function of each element by itself.

One rule for all: a function is written down as its definition says, with sigmoid(x) = 1/(1 + e^-x) and tanh(x) =
(e^2x - 1)/(e^2x + 1). Constants (a slope, a half, the root of 2) are numbers that multiply, divide or are added like any
other; a change of sign counts nothing. Each bound or threshold that an element is compared with is one comparison, and
choosing what the element becomes is one assignment, as in ReLU. What only some elements need (the exponential of ELU) is
computed for every element, so that no count depends on the data.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.layers.kind import Check, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.shapes import CHANNEL_AXIS, CHANNELS_FIRST, CHANNELWISE, ELEMENTWISE, behind

CHOICE = {"comparisons": "X", "assignments": "X"}
CLIP = {"comparisons": "2*X", "assignments": "X"}
SIGMOID = {"exponentials": "X", "additions": "X", "divisions": "X"}
FOR_ALL = "computed for every element"

# Name, title, definition, what an element costs.
TABLE: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("ReLU6", "ReLU6", "min(max(x, 0), 6): two bounds, one assignment", CLIP),
    ("LeakyReLU", "Leaky ReLU", f"x where x > 0, else s x with a fixed slope s, {FOR_ALL}", CHOICE | {"multiplications": "X"}),
    (
        "ELU",
        "Exponential linear unit",
        f"x where x > 0, else a (e^x - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "X", "additions": "X", "exponentials": "X"},
    ),
    (
        "SELU",
        "Scaled exponential linear unit",
        f"s times: x where x > 0, else a (e^x - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "2*X", "additions": "X", "exponentials": "X"},
    ),
    (
        "CELU",
        "Continuously differentiable exponential linear unit",
        f"x where x > 0, else a (e^(x/a) - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "X", "additions": "X", "divisions": "X", "exponentials": "X"},
    ),
    ("SiLU", "Sigmoid linear unit (swish)", "x sigmoid(x)", SIGMOID | {"multiplications": "X"}),
    (
        "Mish",
        "Mish",
        "x tanh(ln(1 + e^x))",
        {"multiplications": "2*X", "additions": "3*X", "divisions": "X", "exponentials": "2*X", "logarithms": "X"},
    ),
    ("Softplus", "Softplus", "ln(1 + e^x)", {"additions": "X", "exponentials": "X", "logarithms": "X"}),
    ("Sigmoid", "Sigmoid", "1/(1 + e^-x)", SIGMOID),
    ("LogSigmoid", "Logarithm of the sigmoid", "ln(1/(1 + e^-x))", SIGMOID | {"logarithms": "X"}),
    (
        "Tanh",
        "Hyperbolic tangent",
        "(e^2x - 1)/(e^2x + 1), the exponential computed once",
        {"multiplications": "X", "additions": "2*X", "divisions": "X", "exponentials": "X"},
    ),
    (
        "Hardswish",
        "Hard swish",
        "x min(max(x + 3, 0), 6)/6: two bounds, one assignment",
        CLIP | {"multiplications": "X", "additions": "X", "divisions": "X"},
    ),
    (
        "Hardsigmoid",
        "Hard sigmoid",
        "min(max(x + 3, 0), 6)/6: two bounds, one assignment",
        CLIP | {"additions": "X", "divisions": "X"},
    ),
    ("Hardtanh", "Hard tanh", "min(max(x, -1), 1): two bounds, one assignment", CLIP),
    ("Abs", "Absolute value", "x where x > 0, else -x", CHOICE),
    ("Threshold", "Threshold", "x where it lies above the threshold, else a fixed value", CHOICE),
)

RELU = Kind(
    name="ReLU",
    title="ReLU transfer function",
    source="compare each element with zero and assign the larger; AI61002 worksheet",
    forms=ELEMENTWISE,
    counts=CHOICE,
    spelling=Spelling(example="ReLU"),
)

GELU = Kind(
    name="GELU",
    title="Gaussian error linear unit",
    source=(
        "0.5 x (1 + erf(x/r)) with r the root of 2; or 0.5 x (1 + tanh(s (x + 0.044715 x x x))) with s the root of 2/pi, "
        "as in torch.nn.GELU"
    ),
    forms=ELEMENTWISE,
    hyperparameters=(Symbol("t", "Form", least=0, default="0", words={0: "exact", 1: "approximated by a tanh"}),),
    counts={
        "multiplications": "(2 + 5*t)*X",
        "additions": "(1 + 3*t)*X",
        "divisions": "X",
        "exponentials": "t*X",
        "error_functions": "(1 - t)*X",
    },
    spelling=Spelling(flags={"tanh": ("t", 1)}, example="GELU"),
)

PRELU = Kind(
    name="PReLU",
    title="ReLU with learned slopes",
    source=f"x where x > 0, else s x with one learned slope s or one for each channel, {FOR_ALL}; as in torch.nn.PReLU",
    forms=CHANNELWISE,
    hyperparameters=(Symbol("a", "Number of slopes", default="1"), CHANNEL_AXIS),
    counts={"weights": "a", "multiplications": "X"} | CHOICE,
    checks=(Check("(1 - a)*(c - a)**2", "{a} slopes for {c} channels; there is one slope, or one for each channel"),),
    spelling=Spelling(words=(Word("a", ("a",)), Word("i", ("i",), quiet=True)), example="PReLU: 3a"),
)


@cache
def _prelu(axes_behind: int) -> Kind:
    return replace(PRELU, forms=(CHANNELS_FIRST[axes_behind],))


def _meets(shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    return _prelu(behind(PRELU.name, shapes[0], values["i"])) if values["i"] and shapes else PRELU


KINDS = (
    RELU,
    GELU,
    replace(PRELU, meets=_meets),
    *(
        Kind(name, title, f"each element x becomes {source}", ELEMENTWISE, counts=counts, spelling=Spelling(example=name))
        for name, title, source, counts in TABLE
    ),
)
