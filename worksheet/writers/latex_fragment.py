"""A table for an article in LaTeX: a float whose columns are as wide as the page allows, in parts where it is long."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from worksheet.document import Document
from worksheet.errors import OutputError
from worksheet.writers.fragment import fragment_names
from worksheet.writers.latex import SETTING, escape
from worksheet.writers.small_print import Ready
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.views import CellView, ColumnView, HeadingView, TableView, View
from worksheet.writers.writer import Options

# Points. The narrowest columns and pages that are common are those of articles on A4.
COLUMN, PAGE = 204, 410
LETTERS = {"footnotesize": 4.7, "scriptsize": 4.1}  # the width of a letter in each size of type, the larger first
GAP = 6
MAX_LINES = 46  # that fit on a page: LaTeX loses a longer float
FILLED = 0.8  # of a line that breaks, as a rule
PIECE = re.compile(r"(?<=[./:_-])(?=[^./:_-])|(?<=[a-z])(?=[A-Z])")  # where a name may break


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FloatColumnView(View):
    """A column of a table for an article in LaTeX."""

    spec: Ready  # l, r, or p{90pt}
    wraps: bool  # breaks its lines


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FloatView(View):
    """A part of a table that fits on a page of an article: lines of cells."""

    rows: Sequence[Sequence[Ready]]
    total: Sequence[Ready]
    is_first: bool


def render(document: Document, options: Options) -> bytes:
    names = fragment_names(document, options, SETTING)
    names |= latex_names(names["block"])
    return rendered("tex/fragment.tex", names, _escape, options.templates, ANGLES).encode()


def _escape(text: str) -> str:
    """Text for any document: its fonts may have no straight quotes."""
    return escape(text).replace(r"\textquotedbl{}", "''")


def latex_names(view: TableView) -> dict[str, Any]:
    """Which float the table needs, its type and columns, and the parts that fit on a page. Raises OutputError."""
    gaps = GAP * (len(view.columns) - 1)
    size, widths = _sized(view, PAGE - gaps)
    letter = LETTERS[size]
    natural = [letter * column.width for column in view.columns]
    columns = [
        FloatColumnView(Ready(_spec(column, wide, full)), wraps=column.words and wide < full)
        for column, full, wide in zip(view.columns, natural, widths, strict=True)
    ]
    headings = [_heading(heading, wide < full) for heading, full, wide in zip(view.headings, natural, widths, strict=True)]
    return {
        "float": Ready("table" if sum(natural) + gaps <= COLUMN else "table*"),
        "size": Ready(size),
        "gap": GAP // 2,
        "columns": columns,
        "headings": headings,
        "floats": list(_floats(view, columns, [width / letter for width in widths])),
    }


def _spec(column: ColumnView, width: float, natural: float) -> str:
    if not column.words:
        return "r"
    return f"p{{{width:.0f}pt}}" if width < natural else "l"


def _heading(heading: HeadingView, is_narrow: bool) -> Ready:
    """A heading; above figures that are narrower, a word a line."""
    words = [_escape(word) for word in heading.text.split(" ")]
    if not is_narrow or heading.column.words:
        return Ready(" ".join(words))
    lines = r"\\".join(words)
    return Ready(rf"\shortstack[r]{{{lines}}}")


def _sized(view: TableView, room: float) -> tuple[str, list[float]]:
    """The largest type in which the table fits, with the widths of its columns. Raises OutputError where it fits in none."""
    for size, letter in LETTERS.items():
        widths = _fitted(view, letter, room)
        if widths:
            return size, widths
    message = f"a table of {len(view.columns)} columns is too wide for the page of an article"
    raise OutputError(message, hint="fewer columns with --columns, shorter figures with --unit")


def _fitted(view: TableView, letter: float, room: float) -> list[float]:
    """The widths of the columns; where they need it, lines of words break after dots, dashes and blanks, headings of figures
    at blanks. None where that is not enough."""
    natural = [letter * column.width for column in view.columns]
    if sum(natural) <= room:
        return natural
    least = [
        letter * max(_longest(texts[0]), *map(_longest if column.words else len, texts[1:]), 1)
        for column, texts in zip(view.columns, _texts(view), strict=True)
    ]
    wanted = sum(full - low for column, full, low in zip(view.columns, natural, least, strict=True) if column.words)
    spare = room - sum(least)
    share = min(1.0, spare / wanted) if wanted else 0.0
    grown = [share if column.words else 0.0 for column in view.columns]
    return [low + (full - low) * part for low, full, part in zip(least, natural, grown, strict=True)] if spare >= 0 else []


def _texts(view: TableView) -> Iterator[tuple[str, ...]]:
    """The texts of each column, heading and total with it."""
    lines = [[cell.plain for cell in row] for row in (*view.rows, *([view.total] if view.total else []))]
    return zip([heading.text for heading in view.headings], *lines, strict=True)


def _longest(text: str) -> int:
    return max(len(word) for piece in PIECE.split(_held(text)) for word in piece.split(" "))


def _held(text: str) -> str:
    """A text whose shapes stay on one line."""
    return text.replace(" × ", "\u00a0×\u00a0")


def _floats(view: TableView, columns: Sequence[FloatColumnView], letters: Sequence[float]) -> Iterator[FloatView]:
    parts = list(_pages(view, columns, letters))
    for number, rows in enumerate(parts, 1):
        total = _line(view.total, columns) if number == len(parts) else []
        yield FloatView([_line(row, columns) for row in rows], total, is_first=number == 1)


def _pages(view: TableView, columns: Sequence[FloatColumnView], letters: Sequence[float]) -> Iterator[list[Sequence[CellView]]]:
    """The rows by page, by the lines that they take at most."""
    page: list[Sequence[CellView]] = []
    used = 0
    for row in view.rows:
        lines = max(
            ceil(len(cell.plain) / (FILLED * width)) if column.wraps else 1
            for cell, column, width in zip(row, columns, letters, strict=True)
        )
        if page and used + lines > MAX_LINES:
            yield page
            page, used = [], 0
        page.append(row)
        used += max(1, lines)
    yield page


def _line(row: Sequence[CellView], columns: Sequence[FloatColumnView]) -> list[Ready]:
    return [_cell(cell, column) for cell, column in zip(row, columns, strict=bool(row))]


def _cell(cell: CellView, column: FloatColumnView) -> Ready:
    if cell.math:
        return Ready(f"${cell.text}$")
    if not column.wraps:
        return Ready(_escape(cell.plain))
    return Ready(r"\raggedright " + r"\allowbreak{}".join(map(_escape, PIECE.split(_held(cell.plain)))))
