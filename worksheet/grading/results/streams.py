"""Writes the marks of a class as they come, student by student: all files complete, or none."""

from __future__ import annotations

import os
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from worksheet.files import PART, make_folder, put, writing
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.results.amounts import Sums, sums

Unplaced = Mapping[str, Any]  # a line of answers that could not be placed, as data: file, line, student, row, ..., says


class MarkStream(ABC):
    """Receives every student of a class once, in order, then the end of the class. One that writes no file only adds."""

    @abstractmethod
    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        """Receive the next student."""

    def close(self, unplaced: tuple[Unplaced, ...]) -> None:  # noqa: B027
        """Complete the file, but do not put it in place yet."""

    def keep(self) -> None:  # noqa: B027
        """Put the file in place."""

    def discard(self) -> None:  # noqa: B027
        """Remove a file that is not in place."""


class Writers:
    """Hands each student to all streams. Used in a ``with`` block: if it fails, no file is left behind.

    >>> with Writers([]) as class_:
    ...     class_.add(MarkedPaper("a", "", ()))
    ...     class_.unplaced = ({"file": "a.csv", "line": 3, "says": "no such student"},)
    """

    def __init__(self, streams: Iterable[MarkStream]) -> None:
        self.streams = tuple(streams)
        self.unplaced: tuple[Unplaced, ...] = ()

    def __enter__(self) -> Writers:
        return self

    def add(self, marked: MarkedPaper) -> None:
        """The next student."""
        added = sums(marked)
        for each in self.streams:
            each.add(marked, added)

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        try:
            if kind is None:
                for each in self.streams:
                    each.close(self.unplaced)
                for each in self.streams:
                    each.keep()
        finally:  # what is in place already stays there
            for each in self.streams:
                each.discard()


class Beside:
    """A file that is written next to the one that it will replace. Raises OutputError if it cannot be written."""

    def __init__(self, path: Path, start: bytes = b"") -> None:
        self.path = path
        with writing(path):
            handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".", suffix=PART)
            self.part = Path(name)
            self.file = os.fdopen(handle, "w", encoding="utf-8", newline="", buffering=1 << 18)
            self.file.buffer.write(start)

    def write(self, text: str) -> None:
        """Write a part of the file; half a surrogate pair, which no file can hold, becomes a question mark."""
        with writing(self.path):
            try:
                self.file.write(text)
            except UnicodeEncodeError:
                self.file.write(text.encode("utf-8", "replace").decode())

    def close(self) -> None:
        """Complete the file: whatever can fail, fails here."""
        with writing(self.path):
            self.file.close()

    def keep(self) -> None:
        """Put the file in place, with the usual permissions."""
        put(self.part, self.path)

    def discard(self) -> None:
        """Remove the file unless it is in place, also where the disk is full."""
        with suppress(OSError):
            self.file.close()
        self.part.unlink(missing_ok=True)


class FolderStream(MarkStream):
    """A stream into many files, which are put into their folder together."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        with writing(folder):
            self.part = Path(tempfile.mkdtemp(dir=make_folder(folder.parent), prefix=".", suffix=PART))

    def keep(self) -> None:
        make_folder(self.folder)
        with writing(self.folder):
            for file in sorted(self.part.iterdir()):
                file.replace(self.folder / file.name)

    def discard(self) -> None:
        shutil.rmtree(self.part, ignore_errors=True)


class FileStream(MarkStream):
    """A stream into one file."""

    def __init__(self, path: Path, start: bytes = b"") -> None:
        self.beside = Beside(path, start)

    def keep(self) -> None:
        self.beside.keep()

    def discard(self) -> None:
        self.beside.discard()
