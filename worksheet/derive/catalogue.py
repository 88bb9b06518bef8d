"""The list of the zoo: the size and the costs of each built-in network."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from worksheet.conventions import STANDARD
from worksheet.derive.worked_solution import derive
from worksheet.errors import WorksheetError, shown
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.zoo import Model, models
from worksheet.zoo.spelling import RENAMED, fold, suggestion


@frozen
class ZooEntry:
    """A line of the list. ``errors`` are published ones, in percent."""

    name: str
    title: str
    input: Shape
    layers: int
    parameters: int
    macs: int
    source: str
    errors: Mapping[str, float]
    errors_source: str
    twist: str

    def __repr__(self) -> str:
        return f"<ZooEntry {self.name!r}: {self.layers:,} layers, {self.parameters:,} parameters, {self.macs:,} MACs>"


def zoo_list(parts: Iterable[str] = (), progress: Callable[[Sequence[Model]], Iterable[Model]] = iter) -> list[ZooEntry]:
    """The built-in networks whose names contain one of these texts; all if there are none. Raises WorksheetError.

    ``progress`` gets the networks and yields them one by one, as ``tqdm`` does.
    """
    return [_entry(model) for model in progress(list(choose_models(models(), parts, "zoo").values()))]


def choose_models(zoo: Mapping[str, Model], parts: Iterable[str], place: str) -> dict[str, Model]:
    """The networks whose names contain one of these texts; all if there are none. Raises WorksheetError that names the place."""
    wanted = list(parts)
    chosen = {name: model for name, model in zoo.items() if not wanted or any(_has(part, name, model) for part in wanted)}
    if not chosen:
        raise WorksheetError(f"no network of the {place} is called {shown(' or '.join(wanted))}", hint=suggestion(wanted[0], zoo))
    return chosen


def _has(part: str, name: str, model: Model) -> bool:
    """Whether a name has this part, in any spelling, or the network had the name before."""
    return fold(part) in fold(name) or RENAMED.get(part) == model.name


def _entry(model: Model) -> ZooEntry:
    solution = derive(model.network(), STANDARD)
    return ZooEntry(
        model.name, model.title, model.input, len(solution.rows), solution.totals["params"] or 0, solution.totals["macs"] or 0,
        model.source, dict(model.errors), model.errors_source, model.twist,
    )  # fmt: skip
