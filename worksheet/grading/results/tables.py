"""Writes the marks of a class as tables: CSV with a line for each student, and a workbook with a sheet of cells too."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import Any

from worksheet.files import PART, put, writing
from worksheet.grading.mark import Mark, MarkedPaper, Verdict
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.amounts import Sums, cell_name, count_of, decimal, number
from worksheet.grading.results.stable_json import labels
from worksheet.grading.results.streams import FileStream, MarkStream, Unplaced
from worksheet.spreadsheet import MAX_LETTERS, guarded, without_dates

BOM = b"\xef\xbb\xbf"  # without it Excel does not read UTF-8
STUDENT = ("id", "name", "points", "max", "percent")
REMARK = "remark"
ABSENT = "not handed in"
VERDICT = " verdict"  # after a cell's name
MAX_LINES = 30_000  # of the sheet of cells: a larger workbook takes longer to write than the class to mark
MAX_ROWS = 100_000  # of students
CELLS = (
    "id",
    "row",
    "layer",
    "column",
    "answer",
    "verdict",
    "labels",
    "carried from",
    "points",
    "max",
    "flags",
    "decided",
    "says",
)
WIDTHS = {
    "id": 14.0,
    "name": 22.0,
    "layer": 16.0,
    "answer": 22.0,
    "labels": 26.0,
    "decided": 30.0,
    "says": 50.0,
    REMARK: 30.0,
}  # in letters


class _Columns:
    """The columns of cells: those of the first marked paper. Students before it wait; they have no marks."""

    def __init__(self, cells: Iterable[Key]) -> None:
        self.cells: tuple[Key, ...] = tuple(cells)
        self.waiting: list[tuple[MarkedPaper, Sums]] = []

    def ready(self, marked: MarkedPaper, sums: Sums) -> list[tuple[MarkedPaper, Sums]]:
        """The students whose lines can be written now."""
        if not self.cells:
            self.cells = tuple(mark.key for mark in marked.marks)
            if not self.cells:
                self.waiting.append((marked, sums))
                return []
        ready = [*self.waiting, (marked, sums)]
        self.waiting.clear()
        return ready

    def names(self) -> list[str]:
        each = [(name, name + VERDICT) for name in map(cell_name, self.cells)]
        return [*STUDENT, *(name for pair in each for name in pair), REMARK]

    def in_columns(self, marked: MarkedPaper) -> list[Mark | None]:
        """The marks under their columns."""
        if [mark.key for mark in marked.marks] == list(self.cells):
            return list(marked.marks)
        known = {mark.key: mark for mark in marked.marks}
        return [known.get(key) for key in self.cells]

    def remark(self, marked: MarkedPaper, sums: Sums) -> str:
        """What the figures do not show: what was not marked, and marks without a column."""
        others = {mark.key for mark in marked.marks} - set(self.cells) if len(marked.marks) > len(self.cells) else ()
        remarks = [ABSENT] if marked.absent else []
        remarks += [f"not marked: {marked.failed}"] if marked.failed else []
        remarks += [f"{count_of(sums.unmarked, 'cell')} not marked"] if sums.unmarked else []
        remarks += [f"decided, {_signed(each.change)}: {each.reason}" for each in marked.decisions]
        decided = [cell_name(mark.key) for mark in marked.marks if mark.decided]
        remarks += [f"decided: {', '.join(decided)}"] if decided else []
        remarks += [f"not in this table: {', '.join(map(cell_name, others))}"] if others else []
        return "; ".join(remarks)


def _signed(change: Fraction) -> str:
    return f"+{decimal(change)}" if change > 0 else decimal(change)


class CsvMarks(FileStream):
    """marks.csv: points and verdict of every cell. ``cells`` are its columns, by default those of the first paper."""

    def __init__(self, path: Path, cells: Iterable[Key] = ()) -> None:
        self.columns = _Columns(cells)
        super().__init__(path, BOM)
        self.lines = csv.writer(self.beside)
        self.headed = False

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        for ready in self.columns.ready(marked, sums):
            self.head()
            self.lines.writerow(self.line(*ready))

    def head(self) -> None:
        if not self.headed:
            self.lines.writerow(map(guarded, self.columns.names()))
            self.headed = True

    def line(self, marked: MarkedPaper, sums: Sums) -> list[str]:
        """A student's line. What was not marked or handed in has no points, rather than zero."""
        percent = sums.percent
        whole = [decimal(sums.points), decimal(sums.max), "" if percent is None else decimal(percent, 2)]
        line = [guarded(marked.id), guarded(marked.name), *(["", "", ""] if marked.failed or marked.absent else whole)]
        for mark in self.columns.in_columns(marked):
            if mark is None:
                line += ("", Verdict.UNMARKED.value if marked.failed else "")
            else:
                line += ("" if mark.verdict is Verdict.UNMARKED else decimal(mark.points), mark.verdict)
        line.append(guarded(self.columns.remark(marked, sums)))
        return line

    def close(self, _: tuple[Unplaced, ...]) -> None:
        self.head()
        self.lines.writerows(self.line(*each) for each in self.columns.waiting)
        self.beside.close()


class Workbook(MarkStream):
    """marks.xlsx: a sheet with a line for each student, and one with a line for each cell. ``left_out`` says why a large
    class has none. Texts stay texts, whatever they begin with."""

    def __init__(self, path: Path, cells: Iterable[Key] = ()) -> None:
        import openpyxl
        from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

        self.illegal = ILLEGAL_CHARACTERS_RE
        self.path = path
        self.columns = _Columns(cells)
        self.left_out = ""
        self.lines = self.students = 0
        self.book = openpyxl.Workbook(write_only=True)
        self.marks: Any = self.book.create_sheet("Marks")
        self.cells: Any = self.book.create_sheet("Cells")
        self.head(self.cells, CELLS)
        self.headed = False
        self.part: Path | None = None

    def head(self, sheet: Any, headings: Sequence[str]) -> None:
        """The first line, which stays visible, and the widths of the columns."""
        from openpyxl.utils import get_column_letter

        sheet.freeze_panes = "B2"
        for i, heading in enumerate(headings, 1):
            sheet.column_dimensions[get_column_letter(i)].width = WIDTHS.get(heading, max(9.0, len(heading) + 2.0))
        sheet.append([self.text(sheet, heading, bold=True) for heading in headings])

    def text(self, sheet: Any, text: str, *, bold: bool = False) -> Any:
        """The text itself, unless it might be read as something else (also when edited): that takes a cell object, which is many
        times slower."""
        text = self.illegal.sub("\ufffd", text)[:MAX_LETTERS]
        is_like_formula = guarded(text) != text
        if not bold and not is_like_formula and text[:1] != "#":
            return text
        from openpyxl.cell import WriteOnlyCell
        from openpyxl.styles import Font

        cell = WriteOnlyCell(sheet, text)
        cell.data_type = "s"
        cell.quotePrefix = is_like_formula
        if bold:
            cell.font = Font(bold=True)
        return cell

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        self.lines += len(marked.marks)
        self.students += 1
        if self.lines > MAX_LINES or self.students > MAX_ROWS:
            self.left_out = f"no workbook for more than {MAX_LINES:,} cells; marks.csv has all of them"
        for ready in [] if self.left_out else self.columns.ready(marked, sums):
            self.write(*ready)

    def write(self, marked: MarkedPaper, sums: Sums) -> None:
        with writing(self.path):  # openpyxl keeps the lines in temporary files
            self.append(marked, sums)

    def append(self, marked: MarkedPaper, sums: Sums) -> None:
        if not self.headed:
            self.head(self.marks, self.columns.names())
            self.headed = True
        percent = sums.percent
        whole = [number(sums.points), number(sums.max), None if percent is None else float(decimal(percent, 2))]
        who = [self.text(self.marks, marked.id), self.text(self.marks, marked.name)]
        line = [*who, *([None] * 3 if marked.failed or marked.absent else whole)]
        no_mark = Verdict.UNMARKED.value if marked.failed else None
        for mark in self.columns.in_columns(marked):
            line += [_points(mark), mark.verdict.value if mark else no_mark]
        self.marks.append([*line, self.text(self.marks, self.columns.remark(marked, sums))])
        for mark in marked.marks:
            self.cells.append(self.cell(marked, mark))

    def cell(self, marked: MarkedPaper, mark: Mark) -> list[Any]:
        """A line of the sheet of cells."""
        sheet = self.cells
        row, column = mark.key
        carried = "; ".join(map(cell_name, mark.carried_from))
        place = [self.text(sheet, marked.id), row, self.text(sheet, mark.layer), self.text(sheet, column)]
        result = [self.text(sheet, mark.answer) or None, mark.verdict.value, ", ".join(labels(mark)) or None, carried or None]
        remarks = [", ".join(mark.flags) or None, self.text(sheet, mark.decided) or None, self.text(sheet, mark.says) or None]
        return [*place, *result, _points(mark), number(mark.max), *remarks]

    def close(self, _: tuple[Unplaced, ...]) -> None:
        if self.left_out:
            return
        if not self.headed:
            self.head(self.marks, self.columns.names())
            self.headed = True
        for each in self.columns.waiting:
            self.write(*each)
        with writing(self.path):
            handle, name = tempfile.mkstemp(dir=self.path.resolve().parent, prefix=".", suffix=PART)
            os.close(handle)
            self.part = Path(name)
            self.book.save(name)
            self.part.write_bytes(without_dates(self.part.read_bytes()))

    def keep(self) -> None:
        if self.part:
            put(self.part, self.path)

    def discard(self) -> None:
        for sheet in (self.marks, self.cells):
            if not sheet.closed:
                _abandon(sheet)
        if self.part:
            self.part.unlink(missing_ok=True)


def _abandon(sheet: Any) -> None:
    """End the generators by which openpyxl writes a sheet: left alone on a full disk, they print their faults later."""
    for generator in (sheet._rows, sheet._writer and sheet._writer.xf):  # noqa: SLF001  # openpyxl has no other way
        with suppress(OSError, ValueError):
            if generator:
                generator.close()


def _points(mark: Mark | None) -> int | float | None:
    return number(mark.points) if mark and mark.verdict is not Verdict.UNMARKED else None
