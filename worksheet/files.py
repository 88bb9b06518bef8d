"""Replaces files atomically: a reader sees the old file or the new one, never a part of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from worksheet.errors import OutputError, Where

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

PART = ".part"  # how the name of a file ends that is not complete yet; it begins with a point


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


@contextmanager
def reserved(folder: Path) -> Iterator[Path]:
    """The folder, created if missing, for this run alone. What a killed run left there is removed; if this one fails, a folder
    that it made and left empty too. Raises OutputError where another run writes into it."""
    is_new = not folder.exists()
    make_folder(folder)
    with writing(folder):
        handle = _lock(folder)
    try:
        _remove_parts(folder)
        yield folder
    except BaseException:
        _remove_parts(folder)
        if is_new:
            with suppress(OSError):
                folder.rmdir()
        raise
    finally:
        if handle is not None:
            os.close(handle)


def _remove_parts(folder: Path) -> None:
    """Remove the files of a folder that are not complete."""
    for part in folder.glob(f".*{PART}"):
        if part.is_dir():
            shutil.rmtree(part, ignore_errors=True)
        else:
            part.unlink(missing_ok=True)


def _lock(folder: Path) -> int | None:
    """An open folder that no other run can lock; it is free again however this one ends. None on systems without such locks."""
    if fcntl is None:
        return None
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise OutputError("another run is writing into this folder", Where(str(folder)), "wait for it, or name another") from None
    except OSError:  # a file system without locks
        os.close(handle)
        return None
    return handle


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
