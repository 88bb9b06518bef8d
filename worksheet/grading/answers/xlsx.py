"""Answers in a workbook. Nothing is executed: the value of a cell with a formula is the one that was stored with it."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.answer_table import HINT, NoTable, read_table
from worksheet.grading.answers.archive import Archive, ArchiveBounds, is_folder
from worksheet.grading.answers.bounds import (
    MAX_CELL,
    MAX_CELLS,
    XLSX_BYTES,
    XLSX_CELLS,
    XLSX_PARTS,
    XLSX_ROWS,
    XLSX_SHEETS,
    XLSX_UNPACKED,
)
from worksheet.grading.answers.dates import Dates
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.records import NumberedRows
from worksheet.grading.answers.safe_xml import Checker
from worksheet.grading.answers.text import AnswerSource, clean

BOUNDS = ArchiveBounds(XLSX_BYTES, XLSX_PARTS, XLSX_UNPACKED, XLSX_UNPACKED)
EXACT = 10**15  # up to here spreadsheets store whole numbers exactly
COMPUTED = "holds formulas: the values that were stored with them count"
PROTECTED = "a workbook that is protected by a password must be saved without it; an old .xls as .xlsx or CSV"


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    _check(source, gatherer)
    tables = 0
    for title, rows in _sheets(source, gatherer):
        name = f"{source.name}[{clean(title)}]"
        gatherer.begin(name)
        try:
            read_table(NumberedRows(rows), gatherer, gatherer.of_file(source))
        except NoTable:
            continue
        tables += 1
    if not tables:
        raise NoTable("no table of answers is found", Where(source.name), HINT)


def first_sheet(source: AnswerSource) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet that has any, with their numbers."""
    gatherer = Gatherer.of_nothing()
    _check(source, gatherer)
    for _title, rows in _sheets(source, gatherer):
        lines = list(rows)
        if lines:
            yield from lines
            return


def _check(source: AnswerSource, gatherer: Gatherer) -> None:
    """Check every part of the file before openpyxl reads it."""
    try:
        archive = Archive(source, BOUNDS)
    except WorksheetError as fault:
        raise WorksheetError(fault.message.replace("zip", "workbook"), fault.where, PROTECTED) from None
    with archive:
        checker = Checker(source.name)
        for member in archive.members:
            if not is_folder(member):
                checker.check(member.filename, archive.data(member))
    if checker.formulas:
        gatherer.note(COMPUTED)
    for place in checker.without_value:
        gatherer.leave("a formula without a stored value: nothing is computed here", column=place)


@contextmanager
def _reporting(source: AnswerSource) -> Iterator[None]:
    """Report any error that openpyxl raises as a fault of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (WorksheetError, GeneratorExit):
        raise
    except Exception as fault:  # a hostile file raises whatever it likes inside the library
        says = f"cannot be read as a workbook: {type(fault).__name__}"
        raise WorksheetError(says, Where(source.name), PROTECTED) from None


def _sheets(source: AnswerSource, gatherer: Gatherer) -> Iterator[tuple[str, Iterator[tuple[int, list[str]]]]]:
    with _reporting(source):
        from openpyxl import load_workbook

        with source.open() as file:
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            cells = [0]
            for sheet in book.worksheets[:XLSX_SHEETS]:
                sheet.reset_dimensions()  # the size that a file declares is not trusted
                yield sheet.title, _rows(sheet, source, gatherer, cells)
            if len(book.worksheets) > XLSX_SHEETS:
                gatherer.note(f"holds more than {XLSX_SHEETS} sheets: the others are not read")
            book.close()


def _rows(sheet: Any, source: AnswerSource, gatherer: Gatherer, total: list[int]) -> Iterator[tuple[int, list[str]]]:
    with _reporting(source):
        rows = sheet.iter_rows(max_row=XLSX_ROWS, max_col=None, values_only=True)
        dates = Dates(gatherer)
        for number, row in enumerate(rows, 1):
            total[0] += len(row)
            if total[0] > XLSX_CELLS or len(row) > MAX_CELLS:
                raise WorksheetError(f"holds more than {XLSX_CELLS:,} cells", Where(source.name), "larger classes fit in a CSV")
            if any(value is not None for value in row):
                yield number, ["" if value is None else _text(value, column, dates) for column, value in enumerate(row)]


def _text(value: Any, column: int, dates: Dates) -> str:
    """A cell's value as text; whole numbers without a decimal point."""
    if isinstance(value, str):
        dates.text(column, value[:MAX_CELL])
        return clean(value[: MAX_CELL + 100])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer() and abs(value) <= EXACT:
        return str(int(value))
    if isinstance(value, int) and abs(value) > EXACT:
        return repr(float(value)) if abs(value) < 1 << 1000 else "∞"
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        dates.date(column)
    return str(value)[: MAX_CELL + 100]


ANSWERS = Format("a workbook", (".xlsx",), read)
