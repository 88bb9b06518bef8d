"""Built-in networks, one family a file; ``models()`` is the table of all of them."""

from functools import cache

from worksheet.discover import collect
from worksheet.errors import WorksheetError, nearest, shown
from worksheet.zoo.model import Model


@cache
def models() -> dict[str, Model]:
    """Every network of the zoo by its name, in the order of the names."""
    families = collect("worksheet.zoo", "MODELS").values()
    return dict(sorted(((m.name, m) for family in families for m in family), key=lambda item: item[0].lower()))


def model(name: str) -> Model:
    """A network of the zoo by its name. Raises WorksheetError with the nearest names."""
    if name not in models():
        raise WorksheetError(f"there is no {shown(name)} in the zoo", hint=nearest(name, models()) or "worksheet zoo lists it")
    return models()[name]


__all__ = ["Model", "model", "models"]
