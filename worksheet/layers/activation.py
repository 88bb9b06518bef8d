"""Activations: functions of single elements.

One rule for all: a function is counted as its definition is written, with sigmoid(x) = 1/(1 + e^-x) and tanh(x) =
(e^2x - 1)/(e^2x + 1). Constants (a slope, a half, the root of 2) are numbers that multiply, divide or are added like any
other; a change of sign counts nothing. Each bound or threshold that an element is compared with is one comparison, and
the choice of what the element becomes is one assignment, as in ReLU. What only some elements need (the exponential of ELU) is
computed for every element, so that no count depends on the data.

Backwards, the gradient g of an element is multiplied by the derivative there. The derivative is counted in the same way, from
the input or from the output, whichever of the two torch keeps; where it is chosen, the choice is one assignment.
"""

from collections.abc import Mapping
from dataclasses import replace

from worksheet.layers.kind import Check, Kind, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import CHANNEL_AXIS, CHANNELS_FIRST, CHANNELWISE, ELEMENTWISE, by_axis
from worksheet.layers.traits import Role, Writes

CHOICE = {"comparisons": "X", "assignments": "X"}
CLIP = {"comparisons": "2*X", "assignments": "X"}
SIGMOID = {"exponentials": "X", "additions": "X", "divisions": "X"}
FOR_ALL = "computed for every element"
ALSO = {"SiLU": ("Swish",), "Sigmoid": ("Logistic",), "ReLU": ("Activation", "Rectifier")}  # what else people call them


def backwards(saved: str = "", /, **each: int) -> Training:
    """The training of an element-wise function: the tensor that it saves, and how often each operation is done for an element."""
    counts = {operation: f"{times}*B*X" if times > 1 else "B*X" for operation, times in each.items()}
    return Training(input=counts, saves=frozenset({saved} if saved else ()))


# Name, title, what x becomes, what an element costs, and backwards.
Row = tuple[str, str, str, Mapping[str, str], Training]


def elementwise(name: str, title: str, becomes: str, counts: Mapping[str, str], training: Training) -> Kind:
    """The kind of an element-wise function, which may be computed in place."""
    return Kind(
        name,
        title,
        source=f"each element x becomes {becomes}",
        forms=ELEMENTWISE,
        counts=counts,
        training=training,
        writes=Writes.IN_PLACE,
        spelling=Spelling(example=name, also=ALSO.get(name, ())),
    )


RECTIFIERS: tuple[Row, ...] = (
    (
        "ReLU6",
        "ReLU6",
        "min(max(x, 0), 6): two bounds, one assignment",
        CLIP,
        backwards("input", comparisons=2, assignments=1),  # g or 0
    ),
    (
        "LeakyReLU",
        "Leaky ReLU",
        f"x where x > 0, else s x with a fixed slope s, {FOR_ALL}",
        CHOICE | {"multiplications": "X"},
        backwards("input", comparisons=1, assignments=1, multiplications=1),  # g or s g
    ),
    (
        "Hardtanh",
        "Hard tanh",
        "min(max(x, -1), 1): two bounds, one assignment",
        CLIP,
        backwards("input", comparisons=2, assignments=1),  # g or 0
    ),
    (
        "Threshold",
        "Threshold",
        "x where it lies above the threshold, else a fixed value",
        CHOICE,
        backwards("input", comparisons=1, assignments=1),  # g or 0
    ),
)

TABLE: tuple[Row, ...] = (
    (
        "ELU",
        "Exponential linear unit",
        f"x where x > 0, else a (e^x - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "X", "additions": "X", "exponentials": "X"},
        backwards("input", comparisons=1, assignments=1, multiplications=2, exponentials=1),  # g times 1 or a e^x
    ),
    (
        "SELU",
        "Scaled exponential linear unit",
        f"s times: x where x > 0, else a (e^x - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "2*X", "additions": "X", "exponentials": "X"},
        backwards("input", comparisons=1, assignments=1, multiplications=2, exponentials=1),  # g times s or (s a) e^x
    ),
    (
        "CELU",
        "Continuously differentiable exponential linear unit",
        f"x where x > 0, else a (e^(x/a) - 1), {FOR_ALL}",
        CHOICE | {"multiplications": "X", "additions": "X", "divisions": "X", "exponentials": "X"},
        backwards("input", comparisons=1, assignments=1, multiplications=1, divisions=1, exponentials=1),  # g times 1 or e^(x/a)
    ),
    (
        "SiLU",
        "Sigmoid linear unit (swish)",
        "x sigmoid(x)",
        SIGMOID | {"multiplications": "X"},
        # g q (1 + x (1 - q)) with q = sigmoid(x)
        backwards("input", multiplications=3, additions=3, divisions=1, exponentials=1),
    ),
    (
        "Mish",
        "Mish",
        "x tanh(ln(1 + e^x))",
        {"multiplications": "2*X", "additions": "3*X", "divisions": "X", "exponentials": "2*X", "logarithms": "X"},
        # g (t + x sigmoid(x) (1 - t t)) with t = tanh(ln(1 + e^x))
        backwards("input", multiplications=5, additions=6, divisions=2, exponentials=3, logarithms=1),
    ),
    (
        "Softplus",
        "Softplus",
        "ln(1 + e^x)",
        {"additions": "X", "exponentials": "X", "logarithms": "X"},
        backwards("input", multiplications=1, additions=1, divisions=1, exponentials=1),  # g sigmoid(x)
    ),
    (
        "Sigmoid",
        "Sigmoid",
        "1/(1 + e^-x)",
        SIGMOID,
        backwards("output", multiplications=2, additions=1),  # g y (1 - y)
    ),
    (
        "LogSigmoid",
        "Logarithm of the sigmoid",
        "ln(1/(1 + e^-x))",
        SIGMOID | {"logarithms": "X"},
        backwards("input", multiplications=1, additions=1, divisions=1, exponentials=1),  # g sigmoid(-x)
    ),
    (
        "Tanh",
        "Hyperbolic tangent",
        "(e^2x - 1)/(e^2x + 1), the exponential computed once",
        {"multiplications": "X", "additions": "2*X", "divisions": "X", "exponentials": "X"},
        backwards("output", multiplications=2, additions=1),  # g (1 - y y)
    ),
    (
        "Hardswish",
        "Hard swish",
        "x min(max(x + 3, 0), 6)/6: two bounds, one assignment",
        CLIP | {"multiplications": "X", "additions": "X", "divisions": "X"},
        # g times 0, 1 or, between the bounds, x/3 + 1/2
        backwards("input", comparisons=2, assignments=1, multiplications=1, additions=1, divisions=1),
    ),
    (
        "Hardsigmoid",
        "Hard sigmoid",
        "min(max(x + 3, 0), 6)/6: two bounds, one assignment",
        CLIP | {"additions": "X", "divisions": "X"},
        backwards("input", comparisons=2, assignments=1, divisions=1),  # g/6 or 0
    ),
    (
        "Abs",
        "Absolute value",
        "x where x > 0, else -x",
        CHOICE,
        backwards("input", comparisons=1, assignments=1),  # g or -g
    ),
)

RELU = Kind(
    name="ReLU",
    title="ReLU transfer function",
    source="compare each element with zero and assign the larger; AI61002 worksheet",
    forms=ELEMENTWISE,
    counts=CHOICE,
    training=backwards("output", comparisons=1, assignments=1),  # g where y > 0, else 0
    writes=Writes.IN_PLACE,
    role=Role.RECTIFIER,
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
    training=Training(
        # g (f + x d) with f = 0.5 (1 + erf(x/r)) and d = q e^(-0.5 x x), q = 1 over the root of 2 pi; or with the tanh called
        # h, f = 0.5 (1 + h) and d = 0.5 s (1 - h h) (1 + 3 0.044715 x x), x x computed once
        input={
            "multiplications": "(6 + 6*t)*B*X",
            "additions": "(2 + 5*t)*B*X",
            "divisions": "B*X",
            "exponentials": "B*X",
            "error_functions": "(1 - t)*B*X",
        },
        saves=frozenset({"input"}),
    ),
    writes=Writes.IN_PLACE,
    spelling=Spelling(flags={"tanh": ("t", 1)}, example="GELU"),
)

PRELU = Kind(
    name="PReLU",
    title="ReLU with learned slopes",
    source=f"x where x > 0, else s x with one learned slope s or one for each channel, {FOR_ALL}; as in torch.nn.PReLU",
    forms=CHANNELWISE,
    hyperparameters=(Symbol("a", "Number of slopes", default="1"), CHANNEL_AXIS),
    counts={"weights": "a", "multiplications": "X"} | CHOICE,
    training=Training(
        input={"comparisons": "B*X", "assignments": "B*X", "multiplications": "B*X"},  # g or s g
        # every element times the gradient, or 0 where the slope was not used, summed
        weights={"comparisons": "B*X", "assignments": "B*X", "multiplications": "B*X", "macs": "B*X", "additions": "B*X - a"},
        saves=frozenset({"input"}),
    ),
    checks=(Check("(1 - a)*(c - a)**2", "{a} slopes for {c} channels; there is one slope, or one for each channel"),),
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(Word("a", ("a",)), Word("i", ("i",), quiet=True)), example="PReLU: 3a"),
)

KINDS = (
    RELU,
    GELU,
    by_axis(PRELU, lambda after: replace(PRELU, forms=(CHANNELS_FIRST[after],))),
    *(replace(elementwise(*row), role=Role.RECTIFIER) for row in RECTIFIERS),
    *(elementwise(*row) for row in TABLE),
)
