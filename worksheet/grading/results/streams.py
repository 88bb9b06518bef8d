"""Writes the marks of a class as they come, student by student: all files complete, or none."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

from worksheet.files import put, writing
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.results.amounts import Sums, sums

Unplaced = Mapping[str, Any]  # a line of answers that could not be placed, as data: file, line, student, row, ..., says


class Taking:
    """Receives a class: each student once, in the order of the class, then the end or an abort; by default it keeps no file."""

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        """The next student."""
        raise NotImplementedError

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:
        """All students have been added; files are complete, but not yet in place."""

    def keep(self) -> None:
        """Put the file in place."""

    def discard(self) -> None:
        """Remove what is not in place."""


class Writers:
    """Passes each student to several receivers. Used in a ``with`` block; an exception inside leaves no file.

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
        finally:  # files already in place stay there
            for each in self.taking:
                each.discard()


class Beside:
    """A file that is written next to the one it will replace. Raises OutputError if it cannot be written."""

    def __init__(self, path: Path, start: bytes = b"") -> None:
        self.path = path
        with writing(path):
            handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".", suffix=".part")
            self.part = Path(name)
            self.file = os.fdopen(handle, "w", encoding="utf-8", newline="", buffering=1 << 18)
            self.file.buffer.write(start)

    def write(self, text: str) -> None:
        """Append to the file; a lone surrogate, which UTF-8 cannot encode, becomes a question mark."""
        with writing(self.path):
            try:
                self.file.write(text)
            except UnicodeEncodeError:
                self.file.write(text.encode("utf-8", "replace").decode())

    def close(self) -> None:
        """End the file: any failure occurs here."""
        with writing(self.path):
            self.file.close()

    def keep(self) -> None:
        """Put the file in place, with the usual permissions."""
        put(self.part, self.path)

    def discard(self) -> None:
        """Remove what is not in place."""
        self.file.close()
        self.part.unlink(missing_ok=True)
