"""The tables of a document: each as a Table, the answer table of a solution too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from worksheet.derivation import OUTPUT, Row, Step
from worksheet.document import AnswerTable, Block, Cell, Chapter, Document, Judged, Table
from worksheet.errors import OutputError
from worksheet.formula import Exact, Formula
from worksheet.language import N_, _
from worksheet.totals import AtLeast, is_partial, is_uncounted

LABELS = {
    "no": N_("No."),
    "name": N_("Name"),
    "stage": N_("Stage"),
    "kind": N_("Layer"),
    "spec": N_("Numbers"),
    OUTPUT: N_("Output"),
}
TOTAL = N_("Total")
PARTIAL = "partial"  # the column of data that names the columns whose figures leave layers out
Record = dict[str, Any]


def tables(document: Document) -> tuple[Table, ...]:
    """Every table, in the order of the document; first the main one, where it is none of the blocks."""
    found = tuple(_tables(document.blocks))
    return (document.main, *found) if document.main and not any(table is document.main for table in found) else found


def main_table(document: Document) -> Table:
    """The document's own main table, or the longest of its blocks, the first of equal ones: the answers of a solution.

    Raises OutputError where there is none.
    """
    found = document.main or max(_tables(document.blocks), key=lambda table: len(table.rows), default=None)
    if found is None:
        hint = "give the document in another format, such as -f md"
        raise OutputError(f"{document.title or 'this document'} has no table", hint=hint)
    return found


def data_table(table: Table) -> Table:
    """A table as data: plain numbers, nothing where nothing is counted.

    A last column names the columns whose figures leave layers out, where there are any.
    """
    keys = table.keys or table.headings
    lines = [*table.rows, table.total]
    left_out = [", ".join(key for key, cell in zip(keys, line, strict=False) if _is_bound(cell)) for line in lines]
    extra = [(names,) if any(left_out) else () for names in left_out]
    rows = [(*map(_counted, line), *names) for line, names in zip(lines, extra, strict=True)]
    heading = (PARTIAL,) if any(left_out) else ()
    total = rows.pop() if table.total else ()
    return replace(
        table, headings=(*table.headings, *heading), rows=tuple(rows[: len(table.rows)]), total=total, keys=(*keys, *heading)
    )


def _is_bound(cell: Cell) -> bool:
    return is_partial(cell) and not is_uncounted(cell)


def _counted(cell: Cell) -> Cell:
    return None if is_uncounted(cell) else cell


def records(table: Table) -> list[Record]:
    """The rows by the columns' names, without the total; a formula as text, a rounded number as a float."""
    data = data_table(replace(table, total=()))
    return [dict(zip(data.keys, map(_plain, row), strict=True)) for row in data.rows]


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
    """The value of a step as a cell; nothing where it is asked."""
    if not step.is_counted:
        return AtLeast(0, is_empty=True)
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
    if isinstance(cell, Decimal):
        return float(cell)
    return int(cell) if isinstance(cell, int) else cell
