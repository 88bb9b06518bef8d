"""A comma file that a spreadsheet with another list separator has put into one column, with the answers typed beside it.

Each line is one quoted cell, which is a line of the file itself, then the cells that were filled in: ``"S1,4,flops,";23296``.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence

from worksheet.grading.answers.headings import headings
from worksheet.grading.answers.records import SEPARATORS, Fault, Records
from worksheet.grading.answers.sheet_layout import Layout

NOTE = "a spreadsheet put each line into one cell: answers are read from the cells beside it (next time take the XLSX form)"
UNCERTAIN = "a line in one cell with {} answers beside it, and {} blank cells at its end"


class OneCellRecords:
    """The records in the first cells of others; blank cells at their end take what was typed beside them."""

    def __init__(self, records: Records, separator: str, fault: Fault) -> None:
        self._records, self._separator, self._fault = records, separator, fault

    @property
    def line_num(self) -> int:
        return self._records.line_num

    def __iter__(self) -> Iterator[list[str]]:
        for outer in self._records:
            inner = inside(outer, self._separator)
            typed = without_blanks(outer[1:])
            blank = len(inner) - len(without_blanks(inner))
            if not typed:
                yield inner
            elif len(typed) <= blank and (blank == 1 or len(typed) == blank):
                yield [*inner[: len(inner) - blank], *typed]
            else:
                self._fault(self.line_num, outer[0], UNCERTAIN.format(len(typed), blank))


def inside(cells: Sequence[str], separator: str) -> list[str]:
    """The cells in the first one of a line."""
    try:
        return next(csv.reader(cells[:1], delimiter=separator), [])
    except csv.Error:
        return list(cells[:1])


def inner_separator(cells: Sequence[str], layout: Layout) -> str:
    """The separator with which the first cell of a line is headings; empty if there is none."""
    signs = (sign for sign in SEPARATORS if cells and sign in cells[0])
    return next((sign for sign in signs if headings(inside(cells, sign), layout) is not None), "")


def outer_separator(lines: Sequence[str], inner: str) -> str:
    """The separator beside the lines of a file that were put into one cell each, without quotes: it is only in lines where it
    follows a blank cell, ``S1,4,flops,;23296``. Empty if there is none."""
    for sign in (sign for sign in SEPARATORS if sign != inner):
        found = [line for line in lines if sign in line.rstrip(f"{sign}\r\n")]
        if found and all(f"{inner}{sign}" in line for line in found):
            return sign
    return ""


def without_blanks(cells: Sequence[str]) -> list[str]:
    """The cells without the blank ones at the end."""
    filled = max((i for i, cell in enumerate(cells, 1) if cell.strip()), default=0)
    return list(cells[:filled])
