"""Writes the marks of a class as they come, student by student: every file whole or none of them."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

from worksheet.files import put, writing
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.results.amounts import Sums, sums

Unplaced = Mapping[str, Any]  # a line of answers that has no place, as its data: file, line, student, row, ..., says


class Taking(Protocol):
    """Whoever takes a class in: each student once, in the order of the class, then the end or a breaking off."""

    def add(self, marked: MarkedPaper, sums: Sums) -> None: ...

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        """All students are through; files are complete, but not yet in place."""

    def keep(self) -> None:
        """Put the file in place."""

    def discard(self) -> None:
        """Leave nothing behind."""


class Writers:
    """Hands each student to all that take them. In a ``with`` block: a fault inside it leaves no file behind.

    >>> with Writers([]) as class_:
    ...     class_.add(MarkedPaper("a", "", ()))
    ...     class_.unplaced = ({"file": "a.csv", "line": 3, "says": "no such student"},)
    """

    def __init__(self, taking: Iterable[Taking]) -> None:
        self.taking = tuple(taking)
        self.unplaced: tuple[Unplaced, ...] = ()

    def __enter__(self) -> Writers:
        return self

    def add(self, marked: MarkedPaper) -> None:
        """The next student."""
        added = sums(marked)
        for each in self.taking:
            each.add(marked, added)

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                for each in self.taking:
                    each.close(self.unplaced)
                for each in self.taking:
                    each.keep()
        finally:  # what is in place already stays there
            for each in self.taking:
                each.discard()


class Beside:
    """A file that grows beside the one that it shall replace. Raises OutputError where it cannot be written."""

    def __init__(self, path: Path, start: bytes = b"") -> None:
        self.path = path
        with writing(path):
            handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".", suffix=".part")
            self.part = Path(name)
            self.file = os.fdopen(handle, "w", encoding="utf-8", newline="", buffering=1 << 18)
            self.file.buffer.write(start)

    def write(self, text: str) -> None:
        """More of the file; half of a sign that no file can hold is told by a question mark."""
        with writing(self.path):
            try:
                self.file.write(text)
            except UnicodeEncodeError:
                self.file.write(text.encode("utf-8", "replace").decode())

    def close(self) -> None:
        """The end of the file: whatever can fail, fails here."""
        with writing(self.path):
            self.file.close()

    def keep(self) -> None:
        """Put it in place, readable as files are here."""
        put(self.part, self.path)

    def discard(self) -> None:
        """Remove what is not in place."""
        self.file.close()
        self.part.unlink(missing_ok=True)
