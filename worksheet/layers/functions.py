"""Element-wise functions other than activations: exponential, root, bounds, addition of a number or multiplication by one.

Counted as activations are: a bound is one comparison, and the choice of what the element becomes one assignment.
"""

from dataclasses import replace

from worksheet.layers.activation import Row, backwards, elementwise
from worksheet.layers.kind import Kind, Spelling, Symbol, Word
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import ELEMENTWISE
from worksheet.layers.traits import Writes

# Name, title, definition, what an element costs, and backwards from the gradient g of the output.
TABLE: tuple[Row, ...] = (
    ("Exp", "Exponential", "e^x", {"exponentials": "X"}, backwards("output", multiplications=1)),  # g y
    ("Log", "Logarithm", "ln(x)", {"logarithms": "X"}, backwards("input", divisions=1)),  # g/x
    (
        "Sqrt",
        "Square root",
        "the square root of x",
        {"roots": "X"},
        backwards("output", multiplications=1, divisions=1),
    ),  # g/(2 y)
    ("Negative", "Change of sign", "-x, which counts nothing", {}, Training()),  # -g
    (
        "Erf",
        "Error function",
        "erf(x)",
        {"error_functions": "X"},
        backwards("input", multiplications=3, exponentials=1),  # g q e^(-x x) with q = 2 over the root of pi
    ),
    ("AddScalar", "Number added", "x + s or s - x with a fixed number s", {"additions": "X"}, Training()),  # g or -g
    (
        "MulScalar",
        "Number multiplied",
        "s x with a fixed number s",
        {"multiplications": "X"},
        backwards(multiplications=1),  # s g
    ),
    (
        "DivScalar",
        "Division by a number, or of one",
        "x/s or s/x with a fixed number s",
        {"divisions": "X"},
        replace(backwards(divisions=1), source="x/s, the usual one; s/x takes two multiplications and keeps its output"),
    ),
)
IDENTITY = replace(elementwise("Identity", "Identity", "x: it passes through", {}, Training()), writes=Writes.NOTHING)

CLIP = Kind(
    name="Clip",
    title="Bounds",
    source="each element x is compared with each bound and becomes x or a bound: one comparison a bound, one assignment",
    forms=ELEMENTWISE,
    hyperparameters=(Symbol("b", "Number of bounds", default="2", neutral=2),),
    counts={"comparisons": "b*X", "assignments": "X"},
    training=Training(input={"comparisons": "b*B*X", "assignments": "B*X"}, saves=frozenset({"input"})),  # g or 0
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(Word("b", ("b",), quiet=True),), example="Clip"),
)

POWER = Kind(
    name="Power",
    title="Power",
    source=(
        "each element to the power of a fixed number. A whole exponent e from 1 on is e - 1 multiplications; any other (0.75) "
        "is one exponential"
    ),
    forms=ELEMENTWISE,
    hyperparameters=(Symbol("e", "Exponent (0: one that is not a whole number)", least=0, default="0", neutral=0),),
    counts={"exponentials": "X"},
    training=backwards("input", multiplications=2, exponentials=1),  # g e x^(e - 1)
    writes=Writes.IN_PLACE,
    spelling=Spelling(words=(Word("e", ("e",), quiet=True),), example="Power: 2e"),
)
WHOLE_POWER = replace(
    POWER,
    counts={"multiplications": "(e - 1)*X"},
    training=Training(input={"multiplications": "e*B*X"}, saves=frozenset({"input"})),  # e - 2 for the power, then e and g
)
POWERS = {0: POWER, 1: replace(WHOLE_POWER, training=Training())}

KINDS = (
    CLIP,
    replace(POWER, specialise=lambda _, values, __: POWERS.get(values["e"], WHOLE_POWER)),
    *(elementwise(*row) for row in TABLE),
    IDENTITY,
)
