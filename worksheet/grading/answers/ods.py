"""Answers in a spreadsheet of LibreOffice. Nothing is computed: a cell with a formula counts with its stored value."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.answer_table import HINT, NoTable, read_table
from worksheet.grading.answers.bounds import MAX_CELL, MAX_CELLS, XLSX_CELLS, XLSX_ROWS, XLSX_SHEETS
from worksheet.grading.answers.dates import Dates
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.office import elements
from worksheet.grading.answers.records import NumberedRows
from worksheet.grading.answers.text import AnswerSource, clean
from worksheet.grading.answers.xlsx import COMPUTED, EXACT

SPACE = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
TABLE, TEXT, OFFICE = SPACE % "table", SPACE % "text", SPACE % "office"
TABLES, ROWS = frozenset({f"{TABLE}table"}), f"{TABLE}table-row"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
REPEATED_ROWS, REPEATED_CELLS = f"{TABLE}number-rows-repeated", f"{TABLE}number-columns-repeated"
BREAKS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}
SPACES, COUNT = f"{TEXT}s", f"{TEXT}c"
KIND = f"{OFFICE}value-type"
NUMBERS, DATES = frozenset({"float", "currency", "percentage"}), frozenset({"date", "time"})

Line = tuple[int, list[str]]


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    tables = 0
    for title, rows in sheets(source, gatherer):
        gatherer.begin(f"{source.name}[{clean(title)}]")
        try:
            read_table(NumberedRows(iter(rows)), gatherer, gatherer.of_file(source))
        except NoTable:
            continue
        tables += 1
    if not tables:
        raise NoTable("no table of answers is found", Where(source.name), HINT)


def first_sheet(source: AnswerSource) -> list[Line]:
    """The rows of the first sheet that has any, with their numbers."""
    return next((rows for _title, rows in sheets(source, Gatherer.of_nothing()) if rows), [])


def sheets(source: AnswerSource, gatherer: Gatherer) -> Iterator[tuple[str, list[Line]]]:
    """The sheets with their titles and rows. Raises WorksheetError for a file that is damaged or too large."""
    budget = XLSX_CELLS
    for number, table in enumerate(elements(source, "content.xml", TABLES)):
        if number >= XLSX_SHEETS:
            gatherer.note(f"holds more than {XLSX_SHEETS} sheets: the others are not read")
            return
        rows = list[Line]()
        for line in _rows(table, gatherer):
            budget -= 1 + len(line[1])
            if budget < 0 or len(line[1]) > MAX_CELLS:
                hint = "larger classes fit in a CSV"
                raise WorksheetError(f"holds more than {XLSX_CELLS:,} cells", Where(source.name), hint)
            rows.append(line)
        title = table.get(f"{TABLE}name", "")
        table.clear()
        yield title, rows


def _rows(table: Element, gatherer: Gatherer) -> Iterator[Line]:
    """The rows that are not blank; those that are repeated are so many rows."""
    number, dates = 1, Dates(gatherer)
    for row in table.iter(ROWS):
        cells = _cells(row, gatherer, dates)
        repeated = _count(row, REPEATED_ROWS)
        for line in range(number, number + repeated if cells else number):
            yield line, cells
        number += repeated
        if number > XLSX_ROWS:
            return


def _cells(row: Element, gatherer: Gatherer, dates: Dates) -> list[str]:
    """The texts of a row without the blank ones at its end, which are repeated to the edge of the sheet."""
    cells = list[str]()
    blank = 0
    for cell in row:
        if cell.tag not in CELLS:
            continue
        text, repeated = _text(cell), _count(cell, REPEATED_CELLS)
        column = len(cells) + blank
        if cell.get(KIND) in DATES:
            dates.date(column)
        elif text:
            dates.text(column, text)
        if cell.get(f"{TABLE}formula"):
            gatherer.note(COMPUTED)
        if not text:
            blank += repeated
            continue
        cells += [""] * min(blank, MAX_CELLS + 1) + [text] * min(repeated, MAX_CELLS + 1)
        blank = 0
        if len(cells) > MAX_CELLS:
            break
    return cells


def _count(element: Element, name: str) -> int:
    digits = element.get(name, "1")
    return max(1, int(digits)) if digits.isascii() and digits.isdecimal() and len(digits) < 8 else 1


def _text(cell: Element) -> str:
    """A cell's value as text; whole numbers without a decimal point."""
    kind, value = cell.get(KIND), cell.get(f"{OFFICE}value", "")
    if kind in DATES:
        return cell.get(f"{OFFICE}{kind}-value", "")[:MAX_CELL]
    if kind in NUMBERS:
        return _number(value)
    lines = ("".join(_pieces(paragraph)) for paragraph in cell.iterfind(f"{TEXT}p"))
    return clean("\n".join(lines)[: MAX_CELL + 100])


def _number(value: str) -> str:
    try:
        number = float(value)
    except ValueError:
        return clean(value[:MAX_CELL])
    return str(int(number)) if number.is_integer() and abs(number) <= EXACT else value[:MAX_CELL]


def _pieces(element: Element) -> Iterator[str]:
    """The text of a paragraph, with the spaces and breaks that are elements."""
    yield element.text or ""
    for child in element:
        if child.tag == SPACES:
            yield " " * min(_count(child, COUNT), MAX_CELL)
        else:
            yield BREAKS.get(child.tag) or "".join(_pieces(child))
        yield child.tail or ""


ANSWERS = Format("a spreadsheet of LibreOffice", (".ods",), read)
