"""Reads text files as spreadsheets write them: UTF-8 with and without a byte-order mark, UTF-16, Windows-1252."""

from __future__ import annotations

import codecs
import io
import os
import re
import stat
import unicodedata
from collections.abc import Iterator
from numbers import Integral
from pathlib import Path
from typing import BinaryIO, TextIO

from worksheet.errors import Where, WorksheetError
from worksheet.frozen import frozen
from worksheet.grading.answers.bounds import CHUNK, MEGABYTE
from worksheet.nearby import meant

FALLBACK = "cp1252"
SAMPLE, SHORTEST, MOST = 512, 8, 0.5  # bytes that are looked at, at least so many; the share of zeros above which they are UTF-16
MARKS = (  # the longest first: UTF-32 begins like UTF-16
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
UNSAFE = re.compile("[\0\ud800-\udfff]")  # characters that no text file can contain, but an escape in JSON can
COPY = re.compile(r"\s*\(\d{1,3}\)$")  # added by browsers to the name of a second download


@frozen
class AnswerSource:
    """A file to read: on the disk, or a member of a zip in memory. ``name`` is its name in messages, ``folders`` are those in
    which it lies, the innermost first, as far as they belong to what was handed in."""

    name: str
    path: Path | None = None
    data: bytes = b""
    folders: tuple[str, ...] = ()
    student: str = ""  # where a list beside the file says whose it is

    def open(self) -> BinaryIO:
        if self.path is None:
            return io.BytesIO(self.data)
        try:
            return io.BytesIO() if not self.size else self.path.open("rb")
        except OSError as fault:
            raise WorksheetError(f"cannot be read: {fault.strerror or fault}", Where(self.name)) from None

    @property
    def size(self) -> int:
        """In bytes. Raises WorksheetError unless it is a regular file: a pipe or a device never ends."""
        if self.path is None:
            return len(self.data)
        try:
            status = self.path.stat()
        except FileNotFoundError:
            raise WorksheetError("no such file", Where(self.name), meant(self.path)) from None
        except (OSError, ValueError) as fault:
            raise WorksheetError(f"cannot be read: {getattr(fault, 'strerror', None) or fault}", Where(self.name)) from None
        if not stat.S_ISREG(status.st_mode):
            raise WorksheetError("is not a regular file", Where(self.name))
        return status.st_size

    @property
    def stem(self) -> str:
        """The file's name without folders, suffix, and the number of a copy."""
        return COPY.sub("", os.path.splitext(self.name.replace("\\", "/").rsplit("/", 1)[-1])[0])  # noqa: PTH122

    @property
    def suffix(self) -> str:
        return os.path.splitext(self.name)[1].lower()  # noqa: PTH122

    def check_size(self, limit: int) -> None:
        """Refuse a file of more bytes."""
        if self.size > limit:
            raise WorksheetError(f"is larger than {limit // MEGABYTE:,} MB", Where(self.name))


@frozen
class Encoding:
    """A file's encoding, and whether it contains a quote."""

    name: str
    quoted: bool

    @property
    def note(self) -> str:
        return "is not UTF-8 and is read as Windows-1252: check letters with accents" if self.name == FALLBACK else ""


def detect_encoding(source: AnswerSource, limit: int, *, lines: bool = True) -> Encoding:
    """Examine a file's bytes once. Raises WorksheetError if it is too large, not a text, or has an endless line."""
    source.check_size(limit)
    with source.open() as file:
        start = file.read(SAMPLE)
        file.seek(0)
        name = next((name for mark, name in MARKS if start.startswith(mark)), _unmarked(start))
        if not name:
            raise WorksheetError("is in UTF-32", Where(source.name), "save it as UTF-8")
        quoted = False
        decoder = codecs.getincrementaldecoder(name)()
        for chunk in _chunks(file, source, name, limit, lines=lines):
            quoted = quoted or b'"' in chunk
            try:
                text = decoder.decode(chunk) if name != FALLBACK else ""
            except UnicodeDecodeError:
                if name != "utf-8":
                    raise WorksheetError(f"is not {name.upper()}, as its beginning says", Where(source.name)) from None
                name = FALLBACK
            else:
                if "\0" in text:
                    raise _binary(source, 1)
        if name == "utf-8" and decoder.getstate()[0]:
            name = FALLBACK  # a letter is cut off at the end
    return Encoding(name, quoted)


def _unmarked(start: bytes) -> str:
    """The encoding of a text without a mark: in UTF-16 every second byte of plain letters is zero."""
    if len(start) < SHORTEST:
        return "utf-8"
    even, odd = start[::2].count(0) / len(start[::2]), start[1::2].count(0) / len(start[1::2])
    if odd > MOST > even:
        return "utf-16-le"
    return "utf-16-be" if even > MOST > odd else "utf-8"


def _chunks(file: BinaryIO, source: AnswerSource, name: str, limit: int, *, lines: bool) -> Iterator[bytes]:
    number = 1
    total = 0
    while chunk := file.read(CHUNK):
        total += len(chunk)
        if total > limit:  # it grows while it is read
            raise WorksheetError(f"is larger than {limit // MEGABYTE:,} MB", Where(source.name))
        if b"\0" in chunk and not name.startswith("utf-16"):
            raise _binary(source, number + chunk[: chunk.index(b"\0")].count(b"\n"))
        if lines and len(chunk) == CHUNK and b"\n" not in chunk and b"\r" not in chunk:
            raise WorksheetError(f"a line of more than {CHUNK:,} bytes", Where(source.name, number))
        number += chunk.count(b"\n")
        yield chunk


def _binary(source: AnswerSource, line: int) -> WorksheetError:
    hint = "a workbook must be saved as .xlsx or as CSV"
    return WorksheetError("is not a text file: it holds a NUL", Where(source.name, line), hint)


def open_text(source: AnswerSource, encoding: Encoding) -> TextIO:
    """Open the file as text, line ends unchanged. A cut-off or undefined byte becomes the replacement character."""
    return io.TextIOWrapper(source.open(), encoding=encoding.name, errors="replace", newline="")


def read_whole(source: AnswerSource, limit: int, *, lines: bool = True) -> tuple[str, str]:
    """A file's whole text, and a note on how it was read, or an empty text. Raises WorksheetError."""
    encoding = detect_encoding(source, limit, lines=lines)
    with open_text(source, encoding) as file:
        return file.read(), encoding.note


def clean(text: str) -> str:
    """A text that any file can contain: characters that only an escape can write are replaced."""
    return UNSAFE.sub("\ufffd", text)


def one_line(text: str) -> str:
    """A word as it is compared: in composed letters, with single spaces."""
    return " ".join((text if text.isascii() else unicodedata.normalize("NFC", clean(text))).split())


def typed(value: object, what: str) -> str:
    """What a program gives for an answer, an id or a cell, as text. Raises WorksheetError unless it is text or a whole number."""
    if isinstance(value, str):
        return value
    if isinstance(value, Integral) and not isinstance(value, bool):
        return str(int(value))
    raise WorksheetError(f"{what} is a text or a whole number, not {type(value).__name__}")
