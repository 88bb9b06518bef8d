"""The tables of a document: each as a Table, the answer table of a solution too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from worksheet.derivation import OUTPUT, Row, Step
from worksheet.document import AnswerTable, Block, Cell, Chapter, Document, Judged, Table
from worksheet.errors import OutputError
from worksheet.formula import Exact, Formula
from worksheet.language import N_, _

LABELS = {
    "no": N_("No."),
    "name": N_("Name"),
    "stage": N_("Stage"),
    "kind": N_("Layer"),
    "spec": N_("Numbers"),
    OUTPUT: N_("Output"),
}
TOTAL = N_("Total")
Record = dict[str, Any]


def tables(document: Document) -> tuple[Table, ...]:
    """Every table, in the order of the document."""
    return tuple(_tables(document.blocks))


def main_table(document: Document) -> Table:
    """The longest table, the first of equal ones: the answers of a solution. Raises OutputError where there is none."""
    found = max(_tables(document.blocks), key=lambda table: len(table.rows), default=None)
    if found is None:
        hint = "give the document in another format, such as -f md"
        raise OutputError(f"{document.title or 'this document'} has no table", hint=hint)
    return found


def records(table: Table) -> list[Record]:
    """The rows by the columns' names, without the total; a formula as text, a rounded number as a float."""
    keys = table.keys or table.headings
    return [dict(zip(keys, map(_plain, row), strict=True)) for row in table.rows]


def shape_text(shape: Sequence[int] | None) -> str | None:
    """A shape in a cell: 64 × 56 × 56."""
    return " × ".join(map(str, shape)) if shape else None


def label_cells(row: Row) -> dict[str, Cell]:
    """What identifies a layer, by the names of LABELS."""
    return {
        "no": row.no,
        "name": row.name,
        "stage": row.stage,
        "kind": row.kind,
        "spec": row.spec,
        OUTPUT: shape_text(row.output),
    }


def _tables(blocks: Sequence[Block]) -> Iterator[Table]:
    for block in blocks:
        if isinstance(block, Table):
            yield block
        elif isinstance(block, AnswerTable):
            yield answer_table(block)
        elif isinstance(block, Chapter):
            yield from _tables(block.blocks)


def answer_table(block: AnswerTable) -> Table:
    """A line for each layer: what identifies it, then its figures; stages as a column where there are any."""
    asked = [heading.name for heading in block.headings]
    is_staged = any(part.title for part in block.parts)
    keys = [key for key in LABELS if key not in asked and (is_staged or key != "stage")]
    rows = [(*(label_cells(row)[key] for key in keys), *map(figure, row.columns)) for row in block.rows]
    sums = block.totals if block.chosen is None else block.chosen
    total = [sums.get(heading.name) if heading.summed else None for heading in block.headings]
    return Table(
        headings=(*(_(LABELS[key]) for key in keys), *(heading.label for heading in block.headings)),
        rows=tuple(rows),
        total=(_(TOTAL), *[None] * (len(keys) - 1), *total),
        words=len(keys),
        keys=(*keys, *asked),
    )


def figure(step: Step) -> Cell:
    """The value of a step as a cell; nothing where it is not counted or asked."""
    return step.closed if step.value is None else whole(step.value)


def whole(value: Exact) -> Cell:
    """An exact number as a cell: one that is not whole is written as a quotient."""
    return value if isinstance(value, int) else str(value)


def _plain(cell: Cell) -> Any:
    if isinstance(cell, Formula):
        return cell.source
    if isinstance(cell, tuple):
        return " x ".join(part.source for part in cell)
    if isinstance(cell, Judged):
        return cell.text or cell.tone
    return float(cell) if isinstance(cell, Decimal) else cell
