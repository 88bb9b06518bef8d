"""The kinds of layers, one family a file; ``kinds()`` is the table of all of them."""

from functools import cache

from worksheet.discover import collect
from worksheet.errors import WorksheetError, nearest, shown
from worksheet.layers.kind import INPUT_KIND, Check, Form, Kind, Shape, Size, Symbol
from worksheet.layers.quantities import OPERATIONS, PASSES, QUANTITIES, SAVED, STORED, TRAINED, Training
from worksheet.layers.traits import Drawing, KindFamily, Pooling, Role, Window, Writes


@cache
def kinds() -> dict[str, Kind]:
    """Every kind by its name, in the order of the names."""
    families = collect("worksheet.layers", "KINDS").values()
    return dict(sorted((kind.name, kind) for family in families for kind in family))


def kind_named(name: str) -> Kind:
    """A kind by its name. Raises WorksheetError with the nearest names."""
    if name not in kinds():
        raise WorksheetError(f"unknown layer {shown(name)}", hint=nearest(name, kinds()))
    return kinds()[name]


__all__ = [
    "INPUT_KIND", "OPERATIONS", "PASSES", "QUANTITIES", "SAVED", "STORED", "TRAINED", "Check", "Drawing", "Form", "Kind",
    "KindFamily", "Pooling", "Role", "Shape", "Size", "Symbol", "Training", "Window", "Writes", "kind_named", "kinds",
]  # fmt: skip
