"""Dates in a spreadsheet: a time stamp is one, an answer such as 1/2 may have been taken for one."""

from __future__ import annotations

from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.identity import is_passed_over
from worksheet.grading.answers.sheet_layout import fold

DATED = "holds dates: a program took answers such as 1/2 or 3-4 for dates, and they are read as dates"


class Dates:
    """The dates of one sheet: they are reported unless the first text in their column is a heading without answers."""

    def __init__(self, gatherer: Gatherer) -> None:
        self._gatherer = gatherer
        self._headings: dict[int, str] = {}  # by column

    def text(self, column: int, text: str) -> None:
        """Take the first text of a column for its heading."""
        self._headings.setdefault(column, text)

    def date(self, column: int) -> None:
        """Report a date."""
        heading = self._headings.get(column, "")
        if not heading or not is_passed_over(fold(heading)):
            self._gatherer.note(DATED)
