"""Prints tables on a terminal, in its width."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from worksheet.errors import printable
from worksheet.writers.fitted_tables import FittedColumn, arranged, filled, records

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table


def show_table(console: Console, columns: Sequence[FittedColumn], styles: Sequence[str] = (), last: int = 0) -> None:
    """Print a table, its rows in ``styles`` if there are any; the ``last`` rows are set apart from the others."""
    columns = [_clean(column) for column in columns]
    fitted = arranged(columns, console.width)
    if fitted:
        console.print(_table(*fitted, styles, last))
        return
    for row, title, lines in records(columns):
        _wrapped(console, title, 0, "bold" if row < 0 or not styles else styles[row] or "bold")
        for line in lines:
            _wrapped(console, line, 2)


def _clean(column: FittedColumn) -> FittedColumn:
    return FittedColumn(printable(column.heading), tuple(map(printable, column.cells)), printable(column.foot), column.words)


def _table(columns: Sequence[FittedColumn], widths: Sequence[int], styles: Sequence[str], last: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    has_foot = any(column.foot for column in columns)
    table = Table(box=box.SIMPLE_HEAD, show_footer=has_foot, show_edge=False, pad_edge=False)
    for column, width in zip(columns, widths, strict=True):
        justify = "left" if column.words else "right"
        table.add_column(Text(filled(column.heading, width)), Text(column.foot), justify=justify, width=width)  # type: ignore[arg-type]
    rows = list(zip(*(column.cells for column in columns), strict=True))
    for i, cells in enumerate(rows):
        if i and i == len(rows) - last:
            table.add_section()
        texts = [Text(filled(cell, width)) for cell, width in zip(cells, widths, strict=True)]
        table.add_row(*texts, style=styles[i] if styles else None)
    return table


def _wrapped(console: Console, text: str, indent: int, style: str = "") -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))
