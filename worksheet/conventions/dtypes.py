"""How many bits a number takes, by the name of its data type."""

from __future__ import annotations

from fractions import Fraction

from worksheet.errors import ConventionError, nearest, shown
from worksheet.formula import Exact
from worksheet.language import _, ngettext
from worksheet.schema import KnownName

BITS = {
    "fp64": 64, "fp32": 32, "tf32": 32, "fp16": 16, "bf16": 16, "fp8": 8, "fp4": 4,
    "int64": 64, "int32": 32, "int16": 16, "int8": 8, "int4": 4,
}  # fmt: skip
# tf32 is how fp32 is multiplied on some processors: it is stored in 32 bits.
STANDARD_TYPE = "fp32"
HALF = Fraction(1, 2)
STORES = ("weights", "activations")
HINT = f"one of {', '.join(BITS)}, or one for each: weights=int8,activations=fp16"


def stored(text: str) -> dict[str, str]:
    """The types of weights and of activations: ``fp16`` for both, or ``weights=int8,activations=fp16``. Raises ConventionError.

    >>> stored("weights=int8")
    {'weights': 'int8', 'activations': 'fp32'}
    """
    if "=" not in text:
        return dict.fromkeys(STORES, _known(text.strip()))
    types = dict.fromkeys(STORES, STANDARD_TYPE)
    for part in text.split(","):
        what, _, name = (word.strip() for word in part.partition("="))
        if what not in STORES:
            raise ConventionError(f"cannot read {shown(part.strip())} as a data type", hint=nearest(what, STORES) or HINT)
        types[what] = _known(name)
    return types


def _known(name: str) -> str:
    if name not in BITS:
        raise ConventionError(f"unknown data type {shown(name)}", hint=HINT)
    return name


def data_type(*others: str) -> KnownName:
    """The type of a key or value that names a data type, or one of some other words."""
    return KnownName("dtype", "unknown data type {}", known=lambda: (*others, *BITS))


def size(name: str) -> Exact:
    """The bytes of one number: a whole number, or a fraction of a byte."""
    whole, left = divmod(BITS[name], 8)
    return Fraction(BITS[name], 8) if left else whole


def said(name: str) -> str:
    """The bytes of one number in words."""
    count = size(name)
    return _("half a byte") if count == HALF else ngettext("{count} byte", "{count} bytes", int(count)).format(count=count)
