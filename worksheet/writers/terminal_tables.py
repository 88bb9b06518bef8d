"""Tables as wide as a terminal: lines break between words; what is still too wide is stacked, and at last a list of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from worksheet.errors import printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MAX_LINES = 3  # that a line of a stack may take
GAP = 3  # between two columns
INDENT = "  "  # of the lines of a stack
COMFORTABLE = 14  # characters that a column of words gets at least, if it has as many


@dataclass(frozen=True)
class TerminalColumn:
    """A column: its heading, its cells, what is below them; lines of words may break."""

    heading: str
    cells: tuple[str, ...]
    foot: str = ""
    words: bool = False
    indent: int = 0  # of the lines of a stack

    @property
    def natural(self) -> int:
        """The width at which no line breaks."""
        lines = (line for text in (self.heading, self.foot, *self.cells) for line in text.split("\n"))
        return self.indent + max(map(_width, lines))

    @property
    def least(self) -> int:
        """The width at which no word breaks; the lines of figures never do."""
        whole = max(map(_width, self.cells), default=0) if not self.words else 0
        words = max((_width(word) for text in (self.heading, self.foot, *self.cells) for word in text.split()), default=0)
        comfortable = min(self.natural, max(COMFORTABLE, self.natural // MAX_LINES if self.indent else 0)) if self.words else 0
        return max(whole, self.indent + words, comfortable)


def show_table(console: Console, columns: Sequence[TerminalColumn], styles: Sequence[str] = (), last: int = 0) -> None:
    """Print a table, its rows in ``styles`` if there are any; the ``last`` rows are set apart from the others."""
    columns = [_clean(column) for column in columns]
    for arranged in filter(None, (columns, stacked(columns))):
        room = console.width - GAP * (len(arranged) - 1)
        if sum(column.least for column in arranged) <= room:
            console.print(_table(arranged, shared_out(arranged, room), styles, last))
            return
    _records(console, columns, styles)


def _clean(column: TerminalColumn) -> TerminalColumn:
    return TerminalColumn(printable(column.heading), tuple(map(printable, column.cells)), printable(column.foot), column.words)


def stacked(columns: Sequence[TerminalColumn]) -> list[TerminalColumn]:
    """The columns of words as one, in which each has its own lines; none where there are no figures beside them."""
    words = [column for column in columns if column.words]
    if len(words) in (0, len(columns)):
        return []
    cells = tuple("\n".join(filter(None, parts)) for parts in zip(*(column.cells for column in words), strict=True))
    heading, foot = ("\n".join(filter(None, texts)) for texts in zip(*((c.heading, c.foot) for c in words), strict=True))
    merged = TerminalColumn(heading, cells, foot, words=True, indent=len(INDENT))
    return [merged if column is words[0] else column for column in columns if not column.words or column is words[0]]


def shared_out(columns: Sequence[TerminalColumn], room: int) -> list[int]:
    """The widths of columns: as they would be if there is room, else what is left is shared among those that can break."""
    widths = [column.least for column in columns]
    left = room - sum(widths)
    growing = [i for i, column in enumerate(columns) if column.natural > column.least]
    while left > 0 and growing:
        narrowest = min(growing, key=lambda i: widths[i])
        widths[narrowest] += 1
        left -= 1
        growing = [i for i in growing if widths[i] < columns[i].natural]
    return widths


def _table(columns: Sequence[TerminalColumn], widths: Sequence[int], styles: Sequence[str], last: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    has_foot = any(column.foot for column in columns)
    table = Table(box=box.SIMPLE_HEAD, show_footer=has_foot, show_edge=False, pad_edge=False)
    for column, width in zip(columns, widths, strict=True):
        justify = "left" if column.words else "right"
        table.add_column(Text(_filled(column.heading, width)), Text(column.foot), justify=justify, width=width)  # type: ignore[arg-type]
    rows = list(zip(*(column.cells for column in columns), strict=True))
    for i, cells in enumerate(rows):
        if i and i == len(rows) - last:
            table.add_section()
        texts = [Text(_filled(cell, width)) for cell, width in zip(cells, widths, strict=True)]
        table.add_row(*texts, style=styles[i] if styles else None)
    return table


def _filled(cell: str, width: int) -> str:
    """A cell with its lines broken between words, all but the first of them indented where it is a stack."""
    if "\n" not in cell:
        return cell
    first, *others = cell.split("\n")
    return "\n".join([*broken(first, width), *(line for other in others for line in broken(other, width, INDENT))])


def broken(text: str, width: int, indent: str = "", hanging: str = INDENT) -> list[str]:
    """A text in lines of whole words, the first after ``indent``, all others after ``hanging``."""
    import textwrap

    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def _records(console: Console, columns: Sequence[TerminalColumn], styles: Sequence[str]) -> None:
    """Each row as a list of its headings and cells; the first cell of words is its title."""
    head = next((i for i, column in enumerate(columns) if column.words), 0)
    others = [column for i, column in enumerate(columns) if i != head]
    rows = [*range(len(columns[head].cells)), *([-1] if any(column.foot for column in columns) else [])]
    for row in rows:
        style = "bold" if row < 0 or not styles else styles[row] or "bold"
        _wrapped(console, _cell(columns[head], row), 0, style)
        for column in others:
            if text := _cell(column, row):
                _wrapped(console, f"{column.heading}: {text}" if column.heading else text, 2)


def _cell(column: TerminalColumn, row: int) -> str:
    return column.foot if row < 0 else column.cells[row]


def _wrapped(console: Console, text: str, indent: int, style: str = "") -> None:
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(text, style=style), (0, 0, 0, indent)))


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)
