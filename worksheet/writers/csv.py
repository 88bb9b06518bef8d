"""Writes a document's main table as CSV: a line of names, then plain numbers; no total, which would be added up again."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from decimal import Decimal

from worksheet.document import Cell, Document, Judged
from worksheet.document.tables import data_table, main_table
from worksheet.errors import printable
from worksheet.formula import Formula
from worksheet.spreadsheet import guarded
from worksheet.writers.writer import Options, Writer

SHAPE = re.compile(r"\d+(?: × \d+)+", re.ASCII)


def plain(cell: Cell) -> str:
    """A cell as plain text: digits without grouping, a shape as the option --input takes it: 3x224x224."""
    if cell is None:
        return ""
    if isinstance(cell, Formula):
        return cell.source
    if isinstance(cell, tuple):
        return " x ".join(part.source for part in cell)
    if isinstance(cell, Judged):
        return printable(cell.signed)
    text = f"{cell:f}" if isinstance(cell, Decimal) else printable(str(cell))
    return text.replace(" × ", "x") if SHAPE.fullmatch(text) else text


def in_cell(cell: Cell) -> str:
    """A cell of the file: a number as it is; a text that no spreadsheet runs."""
    text = plain(cell)
    return guarded(text) if isinstance(cell, (str, Formula, tuple, Judged)) else text


def render(document: Document, _: Options) -> bytes:
    table = data_table(replace(main_table(document), total=()))
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(map(in_cell, table.keys))
    lines.writerows(map(in_cell, row) for row in table.rows)
    return text.getvalue().encode("utf-8", "replace")


WRITER = Writer("csv", (".csv",), render)
