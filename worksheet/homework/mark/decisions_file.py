"""Reads decisions.csv: student, row or paper, column, points or a verdict, reason; all faults at once."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

from worksheet.errors import Collector, Where, WorksheetError, nearest, shown
from worksheet.grading.answers.sheet_layout import Layout, UnknownWord, fold
from worksheet.grading.answers.students import Students
from worksheet.grading.mark import Verdict
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.decisions import DUE, EVERYONE, HANDED_IN, LATE, MOST, POINTS, DecidedAmount, Decision, Decisions
from worksheet.homework.roster import Student
from worksheet.schema import read_text

HEADINGS = ("student", "row", "column", "points", "reason")
OTHERS = {"verdict": "points", "decision": "points", "id": "student"}  # further words for a heading
PAPER = "paper"
UNKNOWN_ROW = "unknown row"  # of the two words that name a cell, the first is the fault
ABOUT_PAPER = (POINTS, MOST, DUE, HANDED_IN, LATE)
DATES = (DUE, HANDED_IN)
AMOUNT = re.compile(r"([+\-−]?)\s*(\d{1,7}(?:[.,]\d{1,6})?)\s*(%?)", re.ASCII)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FULL = DecidedAmount(Fraction(1), is_share=True)
WORDS = {
    "full": FULL,
    "right": DecidedAmount(Fraction(1), is_share=True, verdict=Verdict.RIGHT),
    "carried": DecidedAmount(Fraction(1), is_share=True, verdict=Verdict.CARRIED),
    "wrong": DecidedAmount(Fraction(0), verdict=Verdict.WRONG),
}
SEPARATORS = (",", ";", "\t")
MAX_BYTES = 8 << 20
MAX_REASON = 500
HINT = f"its first line is {','.join(HEADINGS)}"


@dataclass
class DecisionsReader:
    """Reads one file. ``layout`` has the cells that can be decided; without a roster any student may be named."""

    file: Path
    layout: Layout
    roster: Collection[Student] = ()
    faults: Collector = field(default_factory=Collector)

    def __post_init__(self) -> None:
        self.students = Students([each.id for each in self.roster] or None)
        self.groups = {each.id: tuple(f"{name}={value}" for name, value in each.others.items()) for each in self.roster}
        self.known_groups = {group for groups in self.groups.values() for group in groups}
        self.lines: dict[tuple[str, Key | str], int] = {}

    def read(self) -> Decisions:
        """The decisions. Raises WorksheetError with every fault at its line and column."""
        found: list[Decision] = []
        for line, cells, text in self.records():
            decision = self.decision(line, cells, text)
            found += [decision] if decision else []
        whats = {each.what for each in found}
        if LATE in whats and DUE not in whats and not self.faults.found:
            late = next(each for each in found if each.what == LATE)
            hint = "the date after which a paper is late: *,paper,due,2026-12-01,"
            self.faults.add(WorksheetError("there is no due date", self.where(late.line), hint))
        self.faults.raise_any()
        return Decisions(tuple(found), self.groups)

    def where(self, line: int, text: str = "", cells: Mapping[str, str] | None = None, name: str = "") -> Where:
        """The place of a line, or of the cell of it below a heading."""
        at = 0
        for heading, cell in (cells or {}).items():
            at = max(text.find(cell, at), at)
            if heading == name:
                return Where(str(self.file), line, at + 1, text, max(len(cell), 1))
            at += len(cell) + 1
        return Where(str(self.file), line, 1 if text else None, text, max(len(text), 1))

    def records(self) -> Iterator[tuple[int, Mapping[str, str], str]]:
        """The lines by heading, with their numbers and their own text."""
        text = read_text(self.file, MAX_BYTES).removeprefix("\ufeff")
        lines = text.split("\n")
        separator = max(SEPARATORS, key=(lines[0] if lines else "").count)
        records = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        words = [OTHERS.get(fold(cell), fold(cell)) for cell in next(records, [])]
        missing = [name for name in HEADINGS if name not in words]
        if missing:
            raise WorksheetError(f"there is no column {', '.join(missing)}", self.where(1, lines[0] if lines else ""), HINT)
        for cells in self.sound(records):
            line = lines[records.line_num - 1] if records.line_num <= len(lines) else ""
            if len(cells) > len(words):
                why = f"{len(cells)} cells below {len(words)} headings"
                self.faults.add(WorksheetError(why, self.where(records.line_num, line), "a reason with a comma is put in quotes"))
            elif any(map(str.strip, cells)):
                padded = [*map(str.strip, cells), *[""] * (len(words) - len(cells))]
                yield records.line_num, dict(zip(words, padded, strict=True)), line

    def sound(self, records: Any) -> Iterator[list[str]]:
        """The records, up to one that cannot be read as a line of a table."""
        try:
            yield from records
        except csv.Error as fault:
            self.faults.add(WorksheetError(f"is not a table: {fault}", self.where(records.line_num)))

    def decision(self, line: int, cells: Mapping[str, str], text: str) -> Decision | None:
        """One line; None if a cell of it is faulty."""
        readings: dict[str, Callable[[], Any]] = {
            "student": lambda: self.who(cells["student"]),
            "column": lambda: self.what(cells["row"], cells["column"]),
            "points": lambda: _value(cells["points"], cells["row"], cells["column"]),
            "reason": lambda: _reason(cells["reason"], is_needed=fold(cells["column"]) not in DATES),
        }
        values: list[Any] = []
        for name, reading in readings.items():
            try:
                values.append(reading())
            except WorksheetError as fault:
                place = "row" if fault.message.startswith(UNKNOWN_ROW) else name
                self.faults.add(fault.located(self.where(line, text, cells, place)))
        if len(values) < len(readings):
            return None
        who, what, value, reason = values
        if what != POINTS and self.lines.setdefault((who, what), line) != line:
            self.faults.add(WorksheetError(f"this is decided already in line {self.lines[who, what]}", self.where(line, text)))
        return Decision(who, what, value, reason, line)

    def who(self, text: str) -> str:
        if text == EVERYONE or text in self.known_groups:
            return text
        id, why = self.students.identify(text)
        if not why:
            return id
        raise WorksheetError(
            f"{shown(text)}: {why}", hint="an id of the roster, * for everyone, or a column and its value: section=A"
        )

    def what(self, row: str, column: str) -> Key | str:
        if fold(row) != PAPER:
            try:
                return self.layout.cell(row, column)
            except UnknownWord as unknown:
                raise WorksheetError(unknown.says, hint="a row of the sheet and a column that is asked there, or paper") from None
        what = " ".join(column.casefold().split()) or POINTS
        if what not in ABOUT_PAPER:
            raise WorksheetError(f"{shown(column)} is not decided for a paper", hint=nearest(what, ABOUT_PAPER))
        return what


def _value(text: str, row: str, column: str) -> DecidedAmount | date:
    what = " ".join(column.casefold().split())
    if fold(row) == PAPER and what in DATES:
        try:
            if DATE.fullmatch(text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise WorksheetError(f"{shown(text)} is not a date", hint="year, month and day: 2026-12-01")
    amount = AMOUNT.fullmatch(text)
    if amount:
        sign, digits, percent = amount.groups()
        value = Fraction(digits.replace(",", ".")) / (100 if percent else 1)
        return DecidedAmount(value if sign in ("", "+") else -value, bool(percent), bool(sign) and what not in (MOST, LATE))
    word = WORDS.get(text.casefold())
    if word is None:
        hint = f"a number of points, a change such as +1 or -10 %, or {', '.join(WORDS)}"
        raise WorksheetError(f"expected points or a verdict, read {shown(text)}", hint=hint)
    return word


def _reason(text: str, *, is_needed: bool) -> str:
    if (is_needed and not text) or len(text) > MAX_REASON:
        why = f"a reason of {len(text)} characters" if text else "there is no reason"
        raise WorksheetError(why, hint=f"a sentence that the student reads, of at most {MAX_REASON} characters")
    return " ".join(text.split())
