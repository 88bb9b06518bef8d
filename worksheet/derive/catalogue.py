"""The list of the zoo: what each built-in network has, worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from worksheet.derive.solution import derive
from worksheet.errors import WorksheetError, nearest, shown
from worksheet.layers import Shape
from worksheet.zoo import Model, models
from worksheet.zoo.model import COUNTING


@dataclass(frozen=True)
class ZooEntry:
    """A line of the list. ``errors`` are published ones, in per cent."""

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


def zoo_list(parts: Iterable[str] = (), progress: Callable[[Sequence[Model]], Iterable[Model]] = iter) -> list[ZooEntry]:
    """The built-in networks whose names hold one of these texts; all of them where there is none. Raises WorksheetError.

    ``progress`` gets the networks and gives them back one by one: a bar can count them.
    """
    wanted = list(parts)
    found = [model for name, model in models().items() if not wanted or any(part in name for part in wanted)]
    if not found:
        raise WorksheetError(f"no network of the zoo is called {shown(' or '.join(wanted))}", hint=nearest(wanted[0], models()))
    return [_entry(model) for model in progress(found)]


def _entry(model: Model) -> ZooEntry:
    solution = derive(model.network(), COUNTING)
    return ZooEntry(
        model.name, model.title, model.input, len(solution.rows), solution.totals["params"] or 0, solution.totals["macs"] or 0,
        model.source, dict(model.errors), model.errors_source, model.twist,
    )  # fmt: skip
