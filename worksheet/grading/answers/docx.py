"""Answers in a form filled in with a word processor: every table with such headings, below a line that names the student."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.answer_table import HINT, NoTable, read_table
from worksheet.grading.answers.bounds import MAX_CELL, MAX_CELLS, XLSX_CELLS
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import headings
from worksheet.grading.answers.office import elements
from worksheet.grading.answers.records import NumberedRows
from worksheet.grading.answers.students import student_in_line
from worksheet.grading.answers.text import AnswerSource, clean

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
BODY = frozenset({f"{WORD}body"})
PARAGRAPH, TABLE, ROW, CELL = f"{WORD}p", f"{WORD}tbl", f"{WORD}tr", f"{WORD}tc"
BREAKS = {f"{WORD}tab": "\t", f"{WORD}br": "\n", f"{WORD}cr": "\n", f"{WORD}noBreakHyphen": "-"}
TEXT, SPAN, VALUE = f"{WORD}t", f"{WORD}gridSpan", f"{WORD}val"
WRAPPERS = frozenset(f"{WORD}{name}" for name in ("sdt", "sdtContent", "customXml", "ins"))  # around blocks, rows and cells


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    student = gatherer.of_file(source)
    tables, budget = 0, XLSX_CELLS
    for body in elements(source, "word/document.xml", BODY):
        for block in _inside(body):
            if block.tag != TABLE:
                student = student_in_line(_text(block)) or student
                continue
            rows = [_cells(row) for row in _inside(block) if row.tag == ROW]
            budget -= sum(map(len, rows))
            if budget < 0:
                raise WorksheetError(f"holds more than {XLSX_CELLS:,} cells", Where(source.name))
            if rows and any(headings(row, gatherer.layout) is not None for row in rows[:2]):
                tables += 1
                gatherer.begin(f"{source.name}[table {tables}]")
                read_table(NumberedRows(enumerate(rows, 1)), gatherer, student)
    if not tables:
        raise NoTable("no table of answers is found", Where(source.name), HINT)


def _inside(element: Element) -> Iterator[Element]:
    """The elements inside one, also those in content controls."""
    for child in element:
        if child.tag in WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _cells(row: Element) -> list[str]:
    """The texts of a row's cells; a cell over several columns is followed by blank ones."""
    cells = list[str]()
    for cell in _inside(row):
        if cell.tag == CELL and len(cells) <= MAX_CELLS:
            span = next((each.get(VALUE, "1") for each in cell.iter(SPAN)), "1")
            width = int(span) if span.isascii() and span.isdecimal() and len(span) < 4 else 1
            cells += ["\n".join(_text(each) for each in _inside(cell) if each.tag == PARAGRAPH).strip(), *[""] * (width - 1)]
    return cells


def _text(paragraph: Element) -> str:
    """The text of a paragraph; what was deleted with changes tracked is left out."""
    pieces = (each.text or "" if each.tag == TEXT else BREAKS.get(each.tag, "") for each in paragraph.iter())
    return clean("".join(pieces)[: 4 * MAX_CELL])


ANSWERS = Format("a form in a word processor", (".docx",), read)
