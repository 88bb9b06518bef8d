"""Functions of each element by itself that are no activations: exponential, root, bounds, a number added or multiplied.

Counted as the activations are: a bound is one comparison, and choosing what the element becomes one assignment.
"""

from collections.abc import Mapping
from dataclasses import replace

from worksheet.layers.kind import Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.shapes import ELEMENTWISE

# Name, title, definition, what an element costs.
TABLE: tuple[tuple[str, str, str, Mapping[str, str]], ...] = (
    ("Exp", "Exponential", "e^x", {"exponentials": "X"}),
    ("Log", "Logarithm", "ln(x)", {"logarithms": "X"}),
    ("Sqrt", "Square root", "the square root of x", {"roots": "X"}),
    ("Negative", "Change of sign", "-x, which counts nothing", {}),
    ("Erf", "Error function", "erf(x)", {"error_functions": "X"}),
    ("AddScalar", "Number added", "x + s or s - x with a fixed number s", {"additions": "X"}),
    ("MulScalar", "Number multiplied", "s x with a fixed number s", {"multiplications": "X"}),
    ("DivScalar", "Division by a number, or of one", "x/s or s/x with a fixed number s", {"divisions": "X"}),
    ("Identity", "Identity", "x: it passes through", {}),
)

CLIP = Kind(
    name="Clip",
    title="Bounds",
    source="each element x is compared with each bound and becomes x or a bound: one comparison a bound, one assignment",
    forms=ELEMENTWISE,
    hyperparameters=(Symbol("b", "Number of bounds", default="2", neutral=2),),
    counts={"comparisons": "b*X", "assignments": "X"},
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
    spelling=Spelling(words=(Word("e", ("e",), quiet=True),), example="Power: 2e"),
)
WHOLE_POWER = replace(POWER, counts={"multiplications": "(e - 1)*X"})


def _power(_: tuple[Shape, ...], values: Mapping[str, int], __: str) -> Kind:
    return WHOLE_POWER if values["e"] else POWER


KINDS = (
    CLIP,
    replace(POWER, meets=_power),
    *(
        Kind(name, title, f"each element x becomes {source}", ELEMENTWISE, counts=counts, spelling=Spelling(example=name))
        for name, title, source, counts in TABLE
    ),
)
