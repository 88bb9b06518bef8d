"""Writes answer forms: a line for each cell that is asked, as CSV, as a workbook, or as a table in Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from worksheet.errors import OutputError, nearest, printable, shown
from worksheet.grading.paper.cells import FIND, TOTAL, Paper
from worksheet.homework.roster import Student
from worksheet.language import N_, _
from worksheet.spreadsheet import guarded, without_dates
from worksheet.writers.markdown import escape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEADINGS = (N_("student"), N_("row"), N_("layer"), N_("column"), N_("answer"))
ANSWER = HEADINGS.index("answer") + 1
WIDTHS = (18, 8, 26, 18, 34)  # of the workbook's columns, in characters
BOM = "\ufeff"  # by which spreadsheets recognise UTF-8
RULES = "| :--- | ---: | :--- | :--- | :--- |"
INK, EDGE, SHADE = "FFFFF8DC", "FFC9C9C9", "FFEEEEEE"  # of the cells to fill, of lines, of the headings


class FormLine(NamedTuple):
    """One answer that is asked for: its row and column, by which it is read again, and its layer, for the student."""

    student: str
    row: str
    layer: str
    column: str


def form_lines(paper: Paper, student: Student) -> list[FormLine]:
    """The lines of a form, in the order of the sheet."""
    labels: dict[int | str, str] = {no: layer.node.name for no, layer in enumerate(paper.layers, 1)} | {TOTAL: "", FIND: ""}
    return [FormLine(student.id, str(cell.row), labels[cell.row], cell.column) for cell in paper.shown]


def as_csv(asked: Iterable[FormLine]) -> bytes:
    """The long CSV that ``worksheet mark`` reads, its answers blank. A text that a spreadsheet would run gets an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_, HEADINGS))
    writer.writerows([*map(guarded, map(printable, line)), ""] for line in asked)
    return (BOM + text.getvalue()).encode()


def as_markdown(asked: Iterable[FormLine]) -> bytes:
    """The table in Markdown, each cell on one line."""
    rows = ["| " + " | ".join((*(_one_line(text) for text in line), " ")) + " |" for line in asked]
    return ("\n".join(["| " + " | ".join(map(_one_line, map(_, HEADINGS))) + " |", RULES, *rows]) + "\n").encode()


def _one_line(text: str) -> str:
    return escape(" ".join(printable(text).split("\n")))


def as_workbook(asked: Iterable[FormLine]) -> bytes:
    """A workbook of one sheet: only the answers can be edited, and every cell is text that is never run."""
    from openpyxl import Workbook
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    sheet = book.active
    if sheet is None:  # pragma: no cover  # a new workbook has one
        raise OutputError("the workbook has no sheet")
    sheet.title = _("answers")
    _fill(sheet, [tuple(map(_, HEADINGS)), *((*line, "") for line in asked)])
    sheet.freeze_panes = "A2"
    sheet.protection.enable()
    sheet.protection.formatColumns = False  # columns may be widened
    for letter, width in zip("ABCDE", WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.print_title_rows = "1:1"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    raw = io.BytesIO()
    book.save(raw)
    return without_dates(raw.getvalue())


def _fill(sheet: Worksheet, rows: list[tuple[str, ...]]) -> None:
    from openpyxl.styles import Border, Font, PatternFill, Protection, Side

    edge = Side(style="thin", color=EDGE)
    for number, row in enumerate(rows, 1):
        for place, text in enumerate(row, 1):
            cell = sheet.cell(number, place)
            cell.number_format = "@"  # answers stay as they are typed
            cell.border = Border(bottom=edge)
            if number == 1:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=SHADE)
            elif place == ANSWER:
                cell.protection, cell.fill = Protection(locked=False), PatternFill("solid", fgColor=INK)
            if text:
                cell.value = printable(text)
                cell.data_type = "s"  # a text, even if it begins with an equals sign
                cell.quotePrefix = text != guarded(text)


FORMS: Mapping[str, Callable[[Iterable[FormLine]], bytes]] = {"csv": as_csv, "xlsx": as_workbook, "md": as_markdown}


def form_writer(name: str) -> Callable[[Iterable[FormLine]], bytes]:
    """The writer of a form. Raises OutputError with the closest known name."""
    if name not in FORMS:
        raise OutputError(f"unknown form {shown(name)}", hint=nearest(name, FORMS))
    return FORMS[name]
