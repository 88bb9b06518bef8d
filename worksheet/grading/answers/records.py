"""Records: the lines of a table as lists of texts, whatever their separator, each with its line number."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Protocol, TextIO

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.bounds import HEAD, MAX_CELLS, MAX_LINES, SPAN

SEPARATORS = (",", ";", "\t", "|")
UNCLOSED = "a quote is opened and not closed"

Fault = Callable[[int, str, str], None]  # receives the number, the text and the fault of a line that cannot be read


class Records(Protocol):
    """Lists of cells; ``line_num`` is the line of the last one."""

    @property
    def line_num(self) -> int: ...
    def __iter__(self) -> Iterator[list[str]]: ...


class NumberedRows:
    """Records from pairs of a line number and its cells."""

    def __init__(self, pairs: Iterable[tuple[int, list[str]]]) -> None:
        self._pairs = iter(pairs)
        self.line_num = 0

    def __iter__(self) -> Iterator[list[str]]:
        for number, cells in self._pairs:
            self.line_num = number
            yield cells


class Unclosed(Exception):
    """A record spans too many lines."""


class CsvRecords:
    """The records of a text whose cells may be quoted. A quote that is not closed costs its own line, not the rest."""

    def __init__(self, lines: Iterable[str], separator: str, fault: Fault, first: int = 0, *, name: str = "") -> None:
        self._name = name
        self._lines = iter(lines)
        self._separator = separator
        self._fault = fault
        self._again: deque[str] = deque()
        self._held: list[str] = []  # the lines of the record that is being read
        self._ended = False
        self.line_num = first

    def _feed(self) -> Iterator[str]:
        held = self._held
        while self._again:
            if len(held) >= SPAN:
                raise Unclosed
            held.append(self._again.popleft())
            yield held[-1]
        for line in self._lines:
            held.append(line)
            if len(held) > SPAN:
                raise Unclosed
            yield line
        self._ended = True

    def __iter__(self) -> Iterator[list[str]]:
        held = self._held
        while True:
            try:
                for cells in csv.reader(self._feed(), delimiter=self._separator):
                    if len(held) > 1 and (self._ended or not _is_closed(held, self._separator)):
                        raise Unclosed
                    self.line_num += len(held)
                    held.clear()
                    if len(cells) > MAX_CELLS or self.line_num > MAX_LINES:
                        check_line(len(cells), self.line_num, self._name)
                    yield cells
            except (Unclosed, csv.Error) as fault:
                self._skip(UNCLOSED if isinstance(fault, Unclosed) else str(fault))
            else:
                return

    def _skip(self, why: str) -> None:
        """Skip the first line of a record that could not be read, and begin again after it."""
        self._again.extendleft(reversed(self._held[1:]))
        self.line_num += 1
        self._fault(self.line_num, self._held[0], why)
        self._held.clear()
        self._ended = False


def _is_closed(lines: list[str], separator: str) -> bool:
    """Whether a record over several lines is one: its closing quote is followed by a separator or nothing."""
    try:
        return len(list(csv.reader(["".join(lines)], delimiter=separator, strict=True))) == 1
    except csv.Error:
        return False


def plain_records(lines: Iterable[str], separator: str) -> Records:
    """The records of a text without quotes, one per line. Their bounds are left to the caller: see ``check_line``."""
    return csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE)


def check_line(cells: int, line: int, name: str) -> None:
    """Refuse a line of too many cells, and too many lines."""
    if cells > MAX_CELLS:
        raise WorksheetError(f"{cells:,} cells in one line; {MAX_CELLS:,} are the most", Where(name, line))
    if line > MAX_LINES:
        raise WorksheetError(f"more than {MAX_LINES:,} lines", Where(name, line))


def read_head(file: TextIO) -> tuple[list[str], str]:
    """The first lines of a file, and the separator declared by a line such as "sep=;", which becomes blank."""
    lines = list(islice(file, HEAD))
    declaration = lines[0].strip().strip('"').lower() if lines else ""
    if declaration.startswith("sep=") and len(declaration) == 5:
        return ["\n", *lines[1:]], declaration[4]
    if declaration == "sep=":  # of a tab, whose line was stripped
        return ["\n", *lines[1:]], "\t"
    return lines, ""


def padded(records: Records, width: int, name: str) -> Iterator[list[str]]:
    """The lines that are not blank, each with at least as many cells as the width."""
    for cells in records:
        check_line(len(cells), records.line_num, name)
        if any(cell.strip() for cell in cells):
            yield [*cells, *[""] * (width - len(cells))]
