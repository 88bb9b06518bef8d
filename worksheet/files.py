"""Replaces files atomically: a reader sees the old file or the new one, never a part of it; workbooks that keep their bytes."""

from __future__ import annotations

import io
import os
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worksheet.errors import OutputError, Where

EPOCH = (1980, 1, 1, 0, 0, 0)  # the time of every file in a workbook
TIME = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn an OSError about a file into an OutputError at its name."""
    try:
        yield
    except OSError as fault:
        raise OutputError(f"cannot be written: {fault.strerror}", Where(str(path))) from None


def put(part: Path, path: Path) -> None:
    """Move a complete file to a path, with the permissions of the file that it replaces. Raises OutputError."""
    target = path.resolve()
    with writing(path):
        part.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        part.replace(target)


def make_folder(folder: Path) -> Path:
    """The folder, created with its parents if missing. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise OutputError(f"the folder cannot be created: {fault.strerror}", Where(str(folder))) from None
    return folder


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def without_dates(book: bytes) -> bytes:
    """The same workbook without the time at which it was made, so that its bytes do not depend on the day."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            if name == "docProps/core.xml":
                data = TIME.sub(b"1980-01-01T00:00:00Z", data)
            new.writestr(zipfile.ZipInfo(name, EPOCH), data, zipfile.ZIP_DEFLATED)
    return target.getvalue()
