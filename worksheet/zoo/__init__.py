"""Built-in networks, one family a file; ``models()`` is the table of all of them."""

from functools import cache

from worksheet.discover import collect
from worksheet.errors import WorksheetError, shown
from worksheet.zoo.model import Model
from worksheet.zoo.published import SUFFIX, Published, read_table
from worksheet.zoo.spelling import canonical, suggestion


@cache
def models() -> dict[str, Model]:
    """Every network of the zoo by its name, in the order of the names."""
    families = collect("worksheet.zoo", "MODELS").values()
    return dict(sorted(((m.name, m) for family in families for m in family), key=lambda item: item[0].lower()))


def model(name: str) -> Model:
    """A network of the zoo by its name, in any spelling. Raises WorksheetError with the nearest names."""
    now = canonical(name, models())
    if now is None:
        raise WorksheetError(f"there is no {shown(name)} in the zoo", hint=suggestion(name, models()))
    return models()[now]


@cache
def table() -> dict[str, Published]:
    """The published table of convnet-burden by the names of its rows, in its order."""
    return read_table(models())


@cache
def _published_models() -> dict[str, Published]:
    return {row.model.name.removesuffix(SUFFIX): row for row in table().values()}


def published(name: str) -> Published | None:
    """What was published about a network of the zoo, by its name or that of the variant that was counted."""
    return _published_models().get((canonical(name, models()) or name).removesuffix(SUFFIX))


__all__ = ["Model", "Published", "model", "models", "published", "table"]
