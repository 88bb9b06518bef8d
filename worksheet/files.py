"""Replaces files atomically: a reader sees the old file or the new one, never a part of it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worksheet.errors import OutputError, Where


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
