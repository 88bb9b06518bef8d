"""The table of all calls that can be followed, by torch's own names of functions, methods, operators and in-place forms."""

from worksheet.readers.torch.call import CallRule
from worksheet.readers.torch.decompositions import DECOMPOSITIONS
from worksheet.readers.torch.elementwise import ELEMENTWISE
from worksheet.readers.torch.joining import JOINING
from worksheet.readers.torch.layout import LAYOUT
from worksheet.readers.torch.normalisation import NORMALISATION
from worksheet.readers.torch.sequences import SEQUENCES
from worksheet.readers.torch.weights import WEIGHTS
from worksheet.readers.torch.windows import WINDOWS

CALLS = ELEMENTWISE | NORMALISATION | DECOMPOSITIONS | WINDOWS | WEIGHTS | SEQUENCES | LAYOUT | JOINING


def rule_of(name: str) -> CallRule | None:
    """The rule of a call; relu_ works in place as relu does."""
    return CALLS.get(name) or (None if name.startswith("_") else CALLS.get(name.rstrip("_")))
