"""Tables that fit a width: lines break between words; what is still too wide is stacked, and at last a list of records."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from worksheet.frozen import frozen
from worksheet.writers.text_width import left, right
from worksheet.writers.text_width import width as width_of
from worksheet.writers.views import TableView

MAX_LINES = 3  # that a line of a stack may take
GAP = 3  # between two columns
INDENT = "  "  # of the lines of a stack
COMFORTABLE = 14  # characters that a column of words gets at least, if it has as many


@frozen
class FittedColumn:
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
        return self.indent + max(map(width_of, lines))

    @property
    def least(self) -> int:
        """The width at which no word breaks; the lines of figures never do."""
        whole = max(map(width_of, self.cells), default=0) if not self.words else 0
        words = max((width_of(word) for text in (self.heading, self.foot, *self.cells) for word in text.split()), default=0)
        comfortable = min(self.natural, max(COMFORTABLE, self.natural // MAX_LINES if self.indent else 0)) if self.words else 0
        return max(whole, self.indent + words, comfortable)


def columns_of(view: TableView) -> list[FittedColumn]:
    """The columns of a document's table."""
    totals = [cell.plain for cell in view.total] or [""] * len(view.headings)
    cells = list(zip(*([cell.plain for cell in row] for row in view.rows), strict=True)) or [()] * len(view.headings)
    return [
        FittedColumn(heading.text, tuple(texts), total, heading.column.words)
        for heading, texts, total in zip(view.headings, cells, totals, strict=True)
    ]


def arranged(columns: Sequence[FittedColumn], width: int) -> tuple[Sequence[FittedColumn], list[int]] | None:
    """The columns side by side or stacked, with their widths; None where they do not fit."""
    for each in filter(None, (columns, stacked(columns))):
        room = width - GAP * (len(each) - 1)
        if sum(column.least for column in each) <= room:
            return each, shared_out(each, room)
    return None


def stacked(columns: Sequence[FittedColumn]) -> list[FittedColumn]:
    """The columns of words as one, in which each has its own lines; none where there are no figures beside them."""
    words = [column for column in columns if column.words]
    if len(words) in (0, len(columns)):
        return []
    cells = tuple("\n".join(filter(None, parts)) for parts in zip(*(column.cells for column in words), strict=True))
    heading, foot = ("\n".join(filter(None, texts)) for texts in zip(*((c.heading, c.foot) for c in words), strict=True))
    merged = FittedColumn(heading, cells, foot, words=True, indent=len(INDENT))
    return [merged if column is words[0] else column for column in columns if not column.words or column is words[0]]


def shared_out(columns: Sequence[FittedColumn], room: int) -> list[int]:
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


def filled(cell: str, width: int, hanging: str = INDENT) -> str:
    """A cell with its lines broken between words; in a stack, all but the first are indented."""
    first, *others = cell.split("\n")
    lines = [
        *broken(first, width, hanging=hanging if others else ""),
        *(line for other in others for line in broken(other, width, INDENT)),
    ]
    return "\n".join(lines)


def broken(text: str, width: int, indent: str = "", hanging: str = INDENT) -> list[str]:
    """A text in lines of whole words, the first after ``indent``, all others after ``hanging``."""
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def records(columns: Sequence[FittedColumn]) -> Iterator[tuple[int, str, list[str]]]:
    """Each row as a title, its first cell of words, and a line for each other cell; the last one, -1, is what is below them."""
    head = next((i for i, column in enumerate(columns) if column.words), 0)
    others = [column for i, column in enumerate(columns) if i != head]
    rows = [*range(len(columns[head].cells)), *([-1] if any(column.foot for column in columns) else [])]
    for row in rows:
        lines = [f"{column.heading}: {text}" if column.heading else text for column in others if (text := _cell(column, row))]
        yield row, _cell(columns[head], row), lines


def _cell(column: FittedColumn, row: int) -> str:
    return column.foot if row < 0 else column.cells[row]


def plain_lines(columns: Sequence[FittedColumn], width: int) -> list[str]:
    """A table as lines of plain text of this width."""
    fitted = arranged(columns, width)
    if fitted is None:
        texts = [(0, title, lines) for _, title, lines in records(columns)]
        return [line for _, title, lines in texts for line in _record(title, lines, width)]
    chosen, widths = fitted
    rows = [[column.heading for column in chosen], *zip(*(column.cells for column in chosen), strict=True)]
    feet = [column.foot for column in chosen]
    head, *body = [_row(chosen, widths, cells) for cells in rows]
    rule = "-" * (sum(widths) + GAP * (len(widths) - 1))
    total = [rule, *_row(chosen, widths, feet)] if any(feet) else []
    apart = [""] if any(len(lines) > 1 for lines in body) else []  # between rows of several lines
    return [*head, rule, *[line for lines in body for line in (*lines, *apart)], *total]


def _record(title: str, lines: Sequence[str], width: int) -> list[str]:
    return [*broken(title, width), *[part for line in lines for part in broken(line, width, INDENT, INDENT * 2)], ""]


def _row(columns: Sequence[FittedColumn], widths: Sequence[int], cells: Sequence[str]) -> list[str]:
    parts = [filled(cell, width, "").split("\n") for cell, width in zip(cells, widths, strict=True)]
    lines = zip_longest(*parts, fillvalue="")
    return [(" " * GAP).join(map(_set, columns, widths, texts)).rstrip() for texts in lines]


def _set(column: FittedColumn, width: int, text: str) -> str:
    return left(text, width) if column.words else right(text, width)
