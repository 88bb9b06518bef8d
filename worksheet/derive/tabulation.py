"""A solution as one table: chosen columns, its rows by layer, stage or kind, figures in larger units, rows of zeros left out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from worksheet.derivation import OUTPUT, ColumnHeading, Derivation, Row
from worksheet.derive.arranging import group_by, totals
from worksheet.derive.convention_page import introduce
from worksheet.derive.larger_units import BYTE, Counted, Units, heading, in_units, notes, read_units
from worksheet.document import Block, Bullets, Cell, Document, Table, Text
from worksheet.document.tables import LABELS, PARTIAL, TOTAL, figure, label_cells, shape_text
from worksheet.errors import WorksheetError, nearest, shown
from worksheet.language import N_, _
from worksheet.totals import is_partial

BYTES = "bytes"  # the unit of a convention whose columns without a scale count bytes
INPUT = "input"
LAYER_LABELS = {**LABELS, INPUT: N_("Input")}
GROUPED = {"stage": N_("Stage"), "kind": N_("Layer")}
LAYERS = "layers"
Line = dict[str, Cell]


def tabulate(
    solution: Derivation, columns: Iterable[str] = (), *, by: str = "", unit: str = "", zeros: bool = True
) -> Document:  # fmt: skip
    """A solution's table alone, as a document.

    ``columns`` are the figures in this order, or any columns of the table; what names a row stays in front of figures.
    ``by`` adds the rows up by ``stage`` or ``kind``. ``unit`` is a unit of all figures, or of some: ``G``, ``G,MiB``,
    ``params=M,macs=G``. Without ``zeros``, rows whose figures are all 0 are left out. Raises WorksheetError.
    """
    if by and by not in GROUPED:
        raise WorksheetError(f"rows cannot be added up by {shown(by)}", hint="stage or kind")
    chosen = (columns,) if isinstance(columns, str) else tuple(columns)
    return _Tabulation(solution, chosen, by, unit, zeros=zeros).document()


def choose_columns(
    columns: Sequence[str], known: Sequence[str], *, named: Sequence[str], figures: Iterable[str] | None = None
) -> list[str]:
    """The columns that were asked for, in that order; in front of figures alone, those that name a row.

    ``figures`` are all that do not name a row, by default. Raises WorksheetError for an unknown column, or one named twice.
    """
    for name in columns:
        if name not in known:
            raise WorksheetError(f"there is no column {shown(name)} in this table", hint=nearest(name, known) or ", ".join(known))
    if len(set(columns)) < len(columns):
        raise WorksheetError("a column is named twice", hint="name each once")
    of_figures = set(known) - set(named) if figures is None else set(figures)
    return [*([] if not columns or set(columns) - of_figures else named), *columns]


def counts_bytes(column: ColumnHeading, unit: str) -> bool:
    """Whether a column counts bytes, in a solution of this unit."""
    return column.scale.unit == BYTE if column.scale else unit == BYTES


class _Tabulation:
    """One table."""

    def __init__(self, solution: Derivation, columns: Sequence[str], by: str, unit: str, *, zeros: bool) -> None:
        self.solution = solution
        self.by = by
        self.zeros = zeros
        self.asked = {each.name: each for each in solution.headings}
        self.labels = self.label_names()
        self.columns = self.chosen(columns)
        self.figures = [name for name in self.columns if name in self.asked]
        counted = {
            name: Counted(counts_bytes(self.asked[name], solution.unit), solution.totals.get(name)) for name in self.figures
        }
        self.units: Units = read_units(unit, counted)

    # Columns

    def label_names(self) -> dict[str, str]:
        """The columns that say what a row is, with their headings."""
        if self.by:
            return {self.by: _(GROUPED[self.by]), LAYERS: _("Layers")}
        staged = any(row.stage for row in self.solution.rows)
        left_out = {*self.asked, *([] if staged else ["stage"])}
        return {name: _(label) for name, label in LAYER_LABELS.items() if name not in left_out}

    def chosen(self, columns: Sequence[str]) -> list[str]:
        """The columns in order. Raises WorksheetError for an unknown one, or one that is named twice."""
        layer = [name for name in ("no", "name" if self.solution.named else "kind") if name in self.labels]
        chosen = choose_columns(columns, [*self.labels, *self.asked], named=[self.by] if self.by else layer, figures=self.asked)
        return chosen or [*(name for name in self.labels if name not in (INPUT, LAYERS)), *self.asked]

    # Rows

    def lines(self) -> list[Line]:
        rows = self.solution.rows
        if not self.by:
            return [self.layer_line(row) for row in rows]
        groups = group_by(rows, lambda row: row.stage if self.by == "stage" else row.kind)
        if list(groups) == [""]:
            raise WorksheetError(f"the layers of {self.solution.network} are in no stages", hint="--by kind adds up by kind")
        return [
            {self.by: name or _("outside of stages"), LAYERS: len(each), **totals(each, self.solution.headings)}
            for name, each in groups.items()
        ]

    def layer_line(self, row: Row) -> Line:
        inputs = ", ".join(filter(None, map(shape_text, row.inputs or ())))
        counted = dict(zip(self.asked, map(figure, row.columns), strict=True))
        return {**label_cells(row), INPUT: inputs, **counted}

    def is_shown(self, line: Line) -> bool:
        return self.zeros or not self.figures or any(line[name] or is_partial(line[name]) for name in self.figures)

    # The document

    def document(self) -> Document:
        solution = self.solution
        lines = [line for line in self.lines() if self.is_shown(line)]
        blocks: list[Block] = [Text(introduce(solution.convention_title, solution.unit, solution.cite)), self.table(lines)]
        below = (*notes(self.units), *solution.notes)
        return Document(
            title=solution.title,
            blocks=(*blocks, *([Bullets(below)] if below else [])),
            data=self.data(lines),
            course=solution.course,
            digits=solution.digits,
            language=solution.language,
            citations=solution.citations,
        )

    def table(self, lines: Sequence[Line]) -> Table:
        words = [name for name in self.columns if name not in (*self.asked, LAYERS)]
        return Table(
            headings=tuple(self.label(name) for name in self.columns),
            rows=tuple(tuple(in_units(line[name], self.units.get(name)) for name in self.columns) for line in lines),
            total=self.total(),
            words=_leading(self.columns, words),
            keys=tuple(self.columns),
        )

    def label(self, name: str) -> str:
        return heading(self.asked[name].label, self.units.get(name)) if name in self.asked else self.labels[name]

    def total(self) -> tuple[Cell, ...]:
        """The sums of the columns of figures; the word before them where a column is free for it."""
        sums = self.sums()
        if not sums:
            return ()
        cells: list[Cell] = [in_units(sums.get(name), self.units.get(name)) for name in self.columns]
        return (_(TOTAL), *cells[1:]) if self.columns[0] not in sums else tuple(cells)

    def sums(self) -> Mapping[str, int | None]:
        known = self.solution.totals if self.solution.chosen is None else self.solution.chosen
        return {name: known.get(name) for name in self.figures if self.asked[name].summed and name != OUTPUT}

    def data(self, lines: Sequence[Line]) -> dict[str, Any]:
        """The figures as whole numbers, whatever the unit."""
        return {
            "network": self.solution.network,
            "convention": self.solution.convention,
            "by": self.by or "layer",
            "columns": [
                {"name": name, "label": self.label(name), "unit": self.units.get(name, ("",))[0]} for name in self.columns
            ],
            "rows": [{**{name: line[name] for name in self.columns}, PARTIAL: _partial(line)} for line in lines],
            "totals": dict(self.sums()),
            PARTIAL: _partial(self.sums()),
        }


def _partial(figures: Mapping[str, Cell]) -> list[str]:
    """The columns whose figures leave layers out."""
    return [name for name, value in figures.items() if is_partial(value)]


def _leading(columns: Sequence[str], words: Sequence[str]) -> int:
    """How many columns at the start are set as text."""
    return next((i for i, name in enumerate(columns) if name not in words), len(columns))
