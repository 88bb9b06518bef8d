"""Opens a zip without trusting it: its directory, the names, sizes and ratios are checked before anything is unpacked."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib

from worksheet.errors import Where, WorksheetError, shown
from worksheet.frozen import frozen
from worksheet.grading.answers.bounds import DIRECTORY_BYTES, MEGABYTE, RATIO
from worksheet.grading.answers.text import AnswerSource

END, END64 = b"PK\x05\x06", b"PK\x06\x07"
END_SIZE, LOCATOR_SIZE, COMMENT = 22, 20, 65_535
ENCRYPTED = 0x1
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
)


@frozen
class ArchiveBounds:
    """Limits of a zip: its own bytes, the number of files, the unpacked bytes of one file and of all."""

    packed: int
    files: int
    each: int
    unpacked: int


def is_folder(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a folder; zipfile's own method fails for an empty name."""
    return member.filename.endswith("/")


class Archive:
    """A zip whose directory has been checked. Raises WorksheetError for one that is broken or exceeds the limits."""

    def __init__(self, source: AnswerSource, bounds: ArchiveBounds) -> None:
        self.name = source.name
        self.bounds = bounds
        source.check_size(bounds.packed)
        self._file = source.open()
        try:
            self._check_end()
            self._zip = zipfile.ZipFile(self._file)
            self.members = self._zip.infolist()
            self._check()
        except BROKEN as fault:
            self._file.close()
            raise self._fault(f"cannot be read as a zip: {fault}") from None
        except WorksheetError:
            self._file.close()
            raise

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def __enter__(self) -> Archive:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _fault(self, says: str) -> WorksheetError:
        return WorksheetError(says, Where(self.name))

    def _check_end(self) -> None:
        """Check the size of the directory, which is noted at the end, so that one that would fill the memory is never read."""
        size = self._file.seek(0, 2)
        self._file.seek(max(0, size - COMMENT - END_SIZE - LOCATOR_SIZE))
        tail = self._file.read()
        at = len(tail) - END_SIZE
        if not (at >= 0 and tail[at : at + 4] == END and tail[-2:] == b"\0\0"):
            at = tail.rfind(END)
        if at < 0 or len(tail) - at < END_SIZE:
            raise self._fault("cannot be read as a zip: it has no end")
        if tail[max(0, at - LOCATOR_SIZE) : at].startswith(END64):
            raise self._fault("is a zip in the format for more than 4 GB")
        if struct.unpack_from("<L", tail, at + 12)[0] > DIRECTORY_BYTES:
            raise self._fault(f"holds more than {self.bounds.files:,} files")
        self._file.seek(0)

    def _check(self) -> None:
        if len(self.members) > self.bounds.files:
            raise self._fault(f"holds more than {self.bounds.files:,} files")
        unpacked = sum(member.file_size for member in self.members)
        packed = sum(member.compress_size for member in self.members)
        if unpacked > self.bounds.unpacked:
            raise self._fault(f"unpacks to more than {self.bounds.unpacked // MEGABYTE:,} MB")
        if unpacked > MEGABYTE and unpacked > RATIO * max(1, packed):
            raise self._fault(f"unpacks to more than {RATIO} times its size")
        for member in self.members:
            if member.file_size > MEGABYTE and member.file_size > RATIO * max(1, member.compress_size):
                raise self._fault(f"{shown(member.filename)} unpacks to more than {RATIO} times its size")

    def refusal(self, member: zipfile.ZipInfo) -> str:
        """Why a member is not read; empty if it may be. Nothing is ever written to the path that it names."""
        name = member.filename.replace("\\", "/")
        checks = (
            (bool(member.flag_bits & ENCRYPTED), "is encrypted"),
            (stat.S_ISLNK(member.external_attr >> 16), "is a link, which is not followed"),
            (name.startswith("/") or name[1:2] == ":", "has an absolute path"),
            (not name, "has no name"),
            (".." in name.split("/"), "has a path that leads out of the zip"),
            (member.compress_type not in METHODS, "is packed in an unknown way"),
            (member.file_size > self.bounds.each, f"unpacks to more than {self.bounds.each // MEGABYTE:,} MB"),
        )
        return next((why for is_so, why in checks if is_so), "")

    def data(self, member: zipfile.ZipInfo) -> bytes:
        """The content of a member: never more than its size in the directory. Raises WorksheetError."""
        why = self.refusal(member)
        if why:
            raise WorksheetError(why, Where(f"{self.name}/{member.filename}"))
        try:
            with self._zip.open(member) as file:
                return file.read(member.file_size + 1)
        except BROKEN as fault:
            raise WorksheetError(f"cannot be unpacked: {fault}", Where(f"{self.name}/{member.filename}")) from None
