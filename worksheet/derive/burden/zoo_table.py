"""The zoo as one table: the published rows of convnet-burden, or all networks by another convention."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from worksheet.conventions import Convention
from worksheet.conventions import convention as convention_named
from worksheet.derivation import Derivation
from worksheet.derive.burden.memory_report import STANDARD
from worksheet.derive.catalogue import choose_models
from worksheet.derive.convention_page import introduce
from worksheet.derive.larger_units import BYTE
from worksheet.derive.worked_solution import derive
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Scale
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.totals import is_partial
from worksheet.zoo import Model, models, table

ERRORS = {"top1": "top-1", "top5": "top-5"}  # in data, and of a model
FIGURES = {"param_bytes": "param_mem", "feature_bytes": "feat_mem", "flops": "flops"}  # in data, and the columns
Named = tuple[str, Model]


@frozen
class ZooLine:
    """A row of the table: its name, its network, what it costs, the kinds of layers that are not counted."""

    name: str
    model: Model
    solution: Derivation

    def said(self) -> dict[str, str]:
        """The totals in larger units, of the columns that have them."""
        return {h.name: _in_units(h.scale, self.solution.totals[h.name] or 0) for h in self.solution.headings if h.scale}

    def uncounted(self) -> str:
        left = dict.fromkeys(row.kind for row in self.solution.rows if not all(step.is_counted for step in row.columns))
        return ", ".join(left)

    def errors(self) -> dict[str, float | None]:
        return {key: self.model.errors.get(name) for key, name in ERRORS.items()}


def _in_units(scale: Scale, total: int) -> str:
    return f"at least {scale.said(total)}" if is_partial(total) else scale.said(total)


def zoo_table(
    parts: Iterable[str] = (), convention: Convention | str = STANDARD, *, digits: str = "en_US",
    progress: Callable[[Sequence[Named]], Iterable[Named]] = iter,
) -> Document:  # fmt: skip
    """The networks whose names contain one of these texts (all if there are none), with the total costs of each.

    By convnet-burden: the 48 networks of its published table, in its order, each in the variant that was counted; by another
    convention: every network of the zoo. ``progress`` gets the networks and yields them one by one, as ``tqdm``
    does. Raises WorksheetError.
    """
    convention = convention_named(convention)
    as_published = convention.name == STANDARD
    networks = {name: row.model for name, row in table().items()} if as_published else models()
    lines: list[ZooLine] = []
    refused: list[str] = []
    for name, model in progress(list(choose_models(networks, parts, "table").items())):
        try:
            lines.append(ZooLine(name, model, derive(model.network(), convention)))
        except WorksheetError as fault:
            refused.append(f"{name} is left out: {fault.message}.")
    if not lines:
        raise WorksheetError(refused[0].rstrip("."))
    made = _published_table(lines, convention) if as_published else _convention_table(lines, convention)
    title = "The table of convnet-burden" if as_published else f"The networks of the zoo: {convention.title}"
    blocks: list[Block] = [*made[0], *([Bullets(tuple(refused))] if refused else [])]
    cited = tuple(dict.fromkeys(citation for line in lines for citation in line.solution.citations))
    return Document(title, tuple(blocks), made[1], digits=Digits(digits).locale, citations=cited, main=_main_table(lines))


def _main_table(lines: Sequence[ZooLine]) -> Table:
    """The totals exactly, a line a network; errors that none of them has are left out."""
    heads = lines[0].solution.headings
    published = [name for name in ERRORS.values() if any(name in line.model.errors for line in lines)]
    rows = [
        (
            *(line.name, _size(line)),
            *(line.solution.totals[head.name] for head in heads),
            *(_percent(line.model.errors.get(name)) for name in published),
        )
        for line in lines
    ]
    in_bytes = (f"{head.label} (B)" if head.scale and head.scale.unit == BYTE else head.label for head in heads)
    headings = ("Network", "Input", *in_bytes, *published)
    return Table(headings, tuple(rows), words=2, keys=("network", "input", *(head.name for head in heads), *published))


def _percent(error: float | None) -> Decimal | None:
    return None if error is None else Decimal(f"{error:.2f}")


Made = tuple[list[Block], Mapping[str, Any]]


def _published_table(lines: Sequence[ZooLine], convention: Convention) -> Made:
    """The published rows: figures as printed and exactly, and how many of them are the published ones."""
    pairs = [(text, table()[line.name].printed[name]) for line in lines for name, text in line.said().items()]
    alike = sum(ours == theirs for ours, theirs in pairs)
    headings = ("Network", "Input", *(h.label for h in lines[0].solution.headings), *ERRORS.values())
    rows = [(line.name, _size(line), *line.said().values(), *_errors(line)) for line in lines]
    exact = [(line.name, *(line.solution.totals[h.name] for h in line.solution.headings)) for line in lines]
    d = lines[0].solution
    intro = introduce(convention.title, convention.unit, convention.cite)
    blocks: list[Block] = [
        Text(f"{intro} One image; top-1 and top-5 are errors in percent, as published there."),
        Text(f"{alike} of the {len(pairs)} figures are those of the published table, digit for digit."),
        Table(headings, tuple(rows), words=2),
        Title("Exactly, in bytes and flops"),
        Table(("Network", *(h.label for h in d.headings)), tuple(exact)),
    ]
    entries = [
        _entry(line, line.solution.input[1:], {key: line.solution.totals[column] for key, column in FIGURES.items()})
        for line in lines
    ]
    return blocks, {"rows": entries}


def _convention_table(lines: Sequence[ZooLine], convention: Convention) -> Made:
    """Every network by another convention."""
    heads = lines[0].solution.headings
    headings = [text for h in heads for text in ((h.label, "") if h.scale else (h.label,))]
    is_partial = any(line.uncounted() for line in lines)
    rows: list[tuple[Cell, ...]] = [
        (line.name, _size(line), *_figures(line), *_errors(line), *([line.uncounted()] if is_partial else [])) for line in lines
    ]
    intro = introduce(convention.title, convention.unit, convention.cite)
    blocks: list[Block] = [
        Text(f"{intro} One sample; top-1 and top-5 are errors in percent, as published for each network."),
        Table(("Network", "Input", *headings, *ERRORS.values(), *(["Not counted"] if is_partial else [])), tuple(rows), words=2),
    ]
    entries = [_entry(line, line.solution.input, {"totals": dict(line.solution.totals)}) for line in lines]
    return blocks, {"convention": convention.name, "rows": entries}


def _figures(line: ZooLine) -> Iterator[Cell]:
    """The totals, those that have larger units in them too."""
    larger = line.said()
    for heading in line.solution.headings:
        yield line.solution.totals[heading.name]
        if heading.scale:
            yield larger[heading.name]


def _size(line: ZooLine) -> str:
    shape = line.solution.input
    return " × ".join(map(str, shape[1:] if len(shape) == 3 else shape))


def _errors(line: ZooLine) -> Iterator[str]:
    return ("" if error is None else f"{error:.2f}" for error in line.errors().values())


def _entry(line: ZooLine, sizes: Shape, figures: Mapping[str, Any]) -> dict[str, Any]:
    """A network as data: its name, the sizes of its input, its figures, and what is printed of them."""
    return {"name": line.name, "input": list(sizes), **figures, "printed": line.said(), **line.errors()}
