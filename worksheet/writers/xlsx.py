"""Writes the tables of a document as a workbook, one a sheet: numbers are numbers, texts are never run, same input same bytes."""

from __future__ import annotations

import io
import re
from decimal import Decimal
from typing import Any

from worksheet.document import Cell, Document, Table
from worksheet.document.tables import data_table, main_table, tables
from worksheet.spreadsheet import MAX_EXACT, MAX_LETTERS, guarded, without_dates
from worksheet.writers.csv import plain
from worksheet.writers.writer import Options, Writer

NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
MAX_NAME = 31  # letters of a sheet's name
MAX_WIDTH = 48  # of a column, in letters
ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # signs that XML cannot hold


def render(document: Document, _: Options) -> bytes:
    from openpyxl import Workbook

    main_table(document)  # a document without one is refused
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for number, table in enumerate(tables(document), 1):
        sheet = book.create_sheet(_name(table.title or f"Table {number}", taken))
        _fill(sheet, data_table(table))
    raw = io.BytesIO()
    book.save(raw)
    return without_dates(raw.getvalue())


def _name(title: str, taken: set[str]) -> str:
    """A sheet's name that no other has, whatever the case of its letters."""
    start = NOT_IN_NAMES.sub(" ", ILLEGAL.sub(" ", title)).strip()[:MAX_NAME] or "Table"
    name, number = start, 1
    while name.lower() in taken:
        number += 1
        name = f"{start[: MAX_NAME - len(str(number)) - 1]} {number}"
    taken.add(name.lower())
    return name


def _fill(sheet: Any, table: Table) -> None:
    from openpyxl.utils import get_column_letter

    lines = [table.headings, *table.rows, *([table.total] if table.total else [])]
    for place, column in enumerate(zip(*lines, strict=True), 1):
        sheet.column_dimensions[get_column_letter(place)].width = float(min(MAX_WIDTH, max(map(_length, column)) + 2))
    sheet.freeze_panes = "A2"
    for number, line in enumerate(lines):
        is_bold = number == 0 or number > len(table.rows)
        sheet.append([_cell(sheet, cell, bold=is_bold) for cell in line])


def _length(cell: Cell) -> int:
    return len(plain(cell))


def _cell(sheet: Any, cell: Cell, *, bold: bool) -> Any:
    """A number that a spreadsheet holds exactly as a number; everything else as a text that is never run."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    if isinstance(cell, Decimal) or (isinstance(cell, int) and abs(cell) <= MAX_EXACT):
        made = WriteOnlyCell(sheet, float(cell) if isinstance(cell, Decimal) else cell)
        made.number_format = _format(cell)
    else:
        text = ILLEGAL.sub("\ufffd", plain(cell))[:MAX_LETTERS]
        made = WriteOnlyCell(sheet, text or None)
        made.data_type = "s" if text else made.data_type
        made.quotePrefix = guarded(text) != text
    if bold:
        made.font = Font(bold=True)
    return made


def _format(number: Decimal | int) -> str:
    """All decimals of a rounded number, also those that are 0."""
    decimals = f"{number:f}".partition(".")[2]
    return f"0.{'0' * len(decimals)}" if decimals else "#,##0"


WRITER = Writer("xlsx", (".xlsx",), render, binary=True)
