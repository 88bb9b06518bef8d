"""Writes answer forms as CSV, as a workbook, or as a table in Markdown."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from worksheet.errors import OutputError, nearest, printable, shown
from worksheet.homework.issue.form_layout import NUMBER, AnswerForm, Blank, Line
from worksheet.language import _
from worksheet.spreadsheet import guarded, without_dates
from worksheet.writers.markdown import escape

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

BOM = "\ufeff"  # by which spreadsheets recognise UTF-8
INK, EDGE, SHADE = "FFFFF8DC", "FFC9C9C9", "FFEEEEEE"  # of the cells to fill, of lines, of the headings


def as_csv(form: AnswerForm) -> bytes:
    """The CSV that ``worksheet mark`` reads, its answers blank. A text that a spreadsheet would run gets an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([guarded(printable(cell or "")) for cell in line] for line in _lines(form))
    return (BOM + text.getvalue()).encode()


def _lines(form: AnswerForm) -> list[Line]:
    return [*([form.above] if form.above else []), form.headings, *form.lines]


def as_markdown(form: AnswerForm) -> bytes:
    """The table in Markdown, each cell on one line, below whose form it is."""
    rule = ("---:" if heading == _(NUMBER) else ":---" for heading in form.headings)
    rows = [map(_one_line, form.headings), rule, *(map(_one_line, line) for line in form.lines)]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    above = ": ".join(map(_one_line, form.above)).rstrip().replace("\\|", "&#124;")  # no bar outside of the table
    return (f"{above}\n\n{table}" if above else table).encode()


def _one_line(text: Blank) -> str:
    return escape(" ".join(printable(text or "").split("\n"))) or " "


def as_workbook(form: AnswerForm) -> bytes:
    """A workbook of one sheet: only the blanks can be edited, and every cell is text that is never run."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.properties import PageSetupProperties

    book = Workbook()
    sheet = book.active
    if sheet is None:  # pragma: no cover  # a new workbook has one
        raise OutputError("the workbook has no sheet")
    sheet.title = _("answers")
    head = 2 if form.above else 1
    _fill(sheet, _lines(form), head)
    sheet.freeze_panes = f"{get_column_letter(form.frozen + 1)}{head + 1}"
    sheet.protection.enable()
    sheet.protection.formatColumns = False  # columns may be widened
    for place, width in enumerate(form.widths, 1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    raw = io.BytesIO()
    book.save(raw)
    return without_dates(raw.getvalue())


def _fill(sheet: Worksheet, lines: Sequence[Line], head: int) -> None:
    from openpyxl.styles import Border, Font, PatternFill, Protection, Side

    edge = Side(style="thin", color=EDGE)
    for number, line in enumerate(lines, 1):
        for place, text in enumerate(line, 1):
            cell: Any = sheet.cell(number, place)
            cell.number_format = "@"  # answers stay as they are typed
            cell.border = Border(bottom=edge)
            if number == head:
                cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor=SHADE)
            elif text is None:
                cell.protection, cell.fill = Protection(locked=False), PatternFill("solid", fgColor=INK)
            if text:
                cell.value = printable(text)
                cell.data_type = "s"  # a text, even if it begins with an equals sign
                cell.quotePrefix = text != guarded(text)


FORMS: Mapping[str, Callable[[AnswerForm], bytes]] = {"csv": as_csv, "xlsx": as_workbook, "md": as_markdown}


def form_writer(name: str) -> Callable[[AnswerForm], bytes]:
    """The writer of a form. Raises OutputError with the closest known name."""
    if name not in FORMS:
        raise OutputError(f"unknown form {shown(name)}", hint=nearest(name, FORMS))
    return FORMS[name]
