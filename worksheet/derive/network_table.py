"""Networks side by side, as a paper compares them: parameters, MACs, FLOPs, memory, published errors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from worksheet.conventions import Convention, Conventions, several
from worksheet.conventions import convention as convention_named
from worksheet.derivation import Derivation
from worksheet.derive.citations import citations
from worksheet.derive.convention_page import introduce
from worksheet.derive.larger_units import Counted, Units, heading, in_units, notes, read_units
from worksheet.derive.tabulation import choose_columns, counts_bytes
from worksheet.derive.worked_solution import derive
from worksheet.document import Bullets, Cell, Document, Table, Text
from worksheet.document.tables import PARTIAL, shape_text
from worksheet.errors import Collector, WorksheetError
from worksheet.formula import Digits
from worksheet.frozen import frozen
from worksheet.network import Network
from worksheet.totals import add_up, is_partial
from worksheet.zoo import models

ERRORS = {"top-1": "Top-1 error (%)", "top-5": "Top-5 error (%)"}  # of a model of the zoo
NAMES = {"network": "Network", "input": "Input"}
Progress = Callable[[Sequence[Network]], Iterable[Network]]


@frozen
class NetworkFigure:
    """A column of figures: what its convention counts, of one column or of several that are added up."""

    key: str
    label: str
    convention: str
    columns: tuple[str, ...]


COUNTED = (
    NetworkFigure("params", "# Params", "textbook", ("params",)),
    NetworkFigure("macs", "# MACs", "textbook", ("macs",)),
    NetworkFigure("flops", "# FLOPs", "operations", ("multiplications", "additions")),
    NetworkFigure("weights", "Weights (B)", "memory", ("weights",)),
    NetworkFigure("activations", "Activations (B)", "memory", ("activations",)),
)
STANDARD = (
    "Parameters and MACs are those of the textbook's loops; a MAC is a multiplication with an addition.",
    "FLOPs are all multiplications and additions of these loops, so about two for a MAC.",
    "Weights and activations are bytes of 32-bit numbers: all that is stored, and the outputs of all layers.",
)


def table(
    networks: Network | Sequence[Network], conventions: Conventions = (), *, columns: Iterable[str] = (),
    unit: str = "", batch: int = 1, digits: str = "en_US", progress: Progress = iter,
) -> Document:  # fmt: skip
    """Networks in one table, a line each.

    Without ``conventions``: parameters and MACs of the textbook, FLOPs, bytes of weights and activations; with them, their
    columns. Errors are those published for networks of the zoo. ``columns`` chooses and orders; ``unit`` is as for
    ``tabulate``. ``progress`` gets the networks and yields them one by one, as ``tqdm`` does. Raises WorksheetError.
    """
    chosen = [networks] if isinstance(networks, Network) else list(networks)
    if not chosen:
        raise WorksheetError("a table needs a network", hint="such as zoo:resnet18")
    conventions = several(conventions)
    ways = list(map(convention_named, conventions or dict.fromkeys(each.convention for each in COUNTED)))
    figures = _of(ways) if conventions else COUNTED
    faults = Collector()
    lines: list[_Line] = []
    for network in progress(chosen):
        with faults.catching():
            lines.append(_Line(network, {way.name: derive(network, way, batch=batch, fold=False) for way in ways}))
    faults.raise_any()
    made = _NetworkTable(lines, ways, figures, (columns,) if isinstance(columns, str) else tuple(columns), unit, Digits(digits))
    return made.document(() if conventions else STANDARD, batch)


def _of(conventions: Sequence[Convention]) -> tuple[NetworkFigure, ...]:
    """Every column of these conventions; names that several use have the convention in front, except for the first."""
    figures: dict[str, NetworkFigure] = {}
    for way in conventions:
        for column in way.columns:
            is_taken = column.name in figures
            key = f"{way.name} {column.name}" if is_taken else column.name
            label = f"{column.heading}, {way.title}" if is_taken else column.heading
            figures[key] = NetworkFigure(key, label, way.name, (column.name,))
    return tuple(figures.values())


@frozen
class _Line:
    """A network with its solutions by the convention's name."""

    network: Network
    solutions: Mapping[str, Derivation]

    def value(self, figure: NetworkFigure) -> int:
        totals = self.solutions[figure.convention].totals
        return add_up(totals[name] for name in figure.columns)

    def errors(self) -> Mapping[str, float]:
        """The errors published for a network of the zoo at its own size."""
        model = models().get(self.network.name)
        is_own = model and (model.source, model.input) == (self.network.cite, self.network.input)
        return model.errors if model and is_own else {}

    def uncounted(self) -> Iterable[str]:
        """A sentence for each solution that leaves layers out."""
        for solution in self.solutions.values():
            kinds = dict.fromkeys(row.kind for row in solution.rows if not all(step.is_counted for step in row.columns))
            if kinds:
                network, title = self.network.title, solution.convention_title
                yield f"{network}: {title} has no rule for {', '.join(kinds)}; not in its figures."


class _NetworkTable:
    """One table."""

    def __init__(
        self, lines: Sequence[_Line], ways: Sequence[Convention], figures: Sequence[NetworkFigure], columns: Sequence[str],
        unit: str, digits: Digits,
    ) -> None:  # fmt: skip
        self.lines = lines
        self.ways = ways
        self.digits = digits
        self.figures = {figure.key: figure for figure in figures}
        published = [name for name in ERRORS if any(name in line.errors() for line in lines)]
        known = [*NAMES, *self.figures, *ERRORS]
        self.columns = choose_columns(columns, known, named=["network"]) or ["network", *self.figures, *published]
        counted = {key: self.counted(figure) for key, figure in self.figures.items() if key in self.columns}
        self.units: Units = read_units(unit, counted)

    def counted(self, figure: NetworkFigure) -> Counted:
        """Whether a column counts bytes, and its largest figure."""
        solution = self.lines[0].solutions[figure.convention]
        column = next(each for each in solution.headings if each.name == figure.columns[0])
        return Counted(counts_bytes(column, solution.unit), max(line.value(figure) for line in self.lines))

    def document(self, standard: Sequence[str], batch: int) -> Document:
        counting = [] if standard else [Text(introduce(way.title, way.unit, way.cite)) for way in self.ways]
        samples = [f"{batch:,} samples at a time."] if batch > 1 else []
        source = ["Errors are those published for the networks, in percent."] if set(self.columns) & set(ERRORS) else []
        below = (*standard, *samples, *source, *notes(self.units), *(each for line in self.lines for each in line.uncounted()))
        return Document(
            title=", ".join(self.names()),
            blocks=(*counting, self.table(), *([Bullets(below)] if below else [])),
            data=self.data(),
            digits=self.digits.locale,
            citations=citations([line.network for line in self.lines], self.ways),
        )

    def names(self) -> list[str]:
        """The titles of the networks; where two have the same, their names."""
        titles = Counter(line.network.title for line in self.lines)
        return [line.network.title if titles[line.network.title] == 1 else line.network.name for line in self.lines]

    def table(self) -> Table:
        labels = {**NAMES, **{key: figure.label for key, figure in self.figures.items()}, **ERRORS}
        plain = {key: labels[key].removesuffix(" (B)") if key in self.units else labels[key] for key in self.columns}
        rows = [
            tuple(in_units(self.cell(line, name, key), self.units.get(key)) for key in self.columns)
            for line, name in zip(self.lines, self.names(), strict=True)
        ]
        words = next((i for i, key in enumerate(self.columns) if key not in NAMES), len(self.columns))
        return Table(
            headings=tuple(heading(plain[key], self.units.get(key)) for key in self.columns),
            rows=tuple(rows),
            words=words,
            keys=tuple(self.columns),
        )

    def cell(self, line: _Line, name: str, key: str) -> Cell:
        if key in self.figures:
            return line.value(self.figures[key])
        if key in ERRORS:
            error = line.errors().get(key)
            return None if error is None else Decimal(f"{error:.2f}")
        return {"network": name, "input": shape_text(line.network.input)}[key]

    def data(self) -> dict[str, Any]:
        """The figures as whole numbers, whatever the unit and the columns shown."""
        return {
            "conventions": [way.name for way in self.ways],
            "rows": [
                {
                    "network": line.network.name,
                    "title": line.network.title,
                    "input": list(line.network.input),
                    **{key: line.value(figure) for key, figure in self.figures.items()},
                    **{key: line.errors().get(key) for key in ERRORS},
                    PARTIAL: [key for key, figure in self.figures.items() if is_partial(line.value(figure))],
                }
                for line in self.lines
            ],
        }
