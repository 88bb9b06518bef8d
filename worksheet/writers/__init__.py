"""Writers of documents, one format a file; a file is written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from os import PathLike
from pathlib import Path

from worksheet.discover import collect
from worksheet.errors import OutputError, Where, nearest, shown
from worksheet.files import PART, put, writing
from worksheet.writers.writer import ENGINES, PAPERS, Fragment, Options, Printable, Writer


def writers() -> dict[str, Writer]:
    """Every writer by its format's name."""
    modules: dict[str, Writer] = collect("worksheet.writers", "WRITER")
    return {writer.name: writer for writer in modules.values()}


def writer_for(path: Path | None, format: str | None) -> Writer:
    """The writer of a format, or of a file's suffix. Raises OutputError with what is known."""
    if format is not None:
        if format not in writers():
            raise OutputError(f"unknown format {shown(format)}", hint=nearest(format, writers()))
        return writers()[format]
    by_suffix = {suffix: writer for writer in writers().values() for suffix in writer.suffixes}
    suffix = path.suffix.lower() if path else ""
    if suffix not in by_suffix:
        hint = f"a name that ends in {', '.join(sorted(by_suffix))}, or a format with -f"
        raise OutputError(f"no format for files that end in {suffix or 'nothing'}", Where(str(path)), hint)
    return by_suffix[suffix]


def options(
    engine: str = "typst", paper: str = "a4", template: str | PathLike[str] | None = None, fragment: Fragment | bool = False
) -> Options:
    """Checked options. Raises OutputError for an unknown engine or paper."""
    for value, known, what in ((engine, ENGINES, "engine"), (paper, PAPERS, "paper")):
        if value not in known:
            raise OutputError(f"unknown {what} {shown(value)}", hint=nearest(value, known))
    wanted = fragment if isinstance(fragment, Fragment) else Fragment() if fragment else None
    return Options(paper, engine, Path(template) if template else None, wanted)


def render(
    document: Printable, format: str, *, engine: str = "typst", paper: str = "a4",
    template: str | PathLike[str] | None = None, fragment: Fragment | bool = False,
) -> bytes:  # fmt: skip
    """A document's bytes in one of the formats of ``writers()``. Same input, same bytes.

    ``fragment``: the main table alone, in tex, md and html; ``Fragment(caption, label)`` says both. Raises OutputError.
    """
    return writer_for(None, format).render(document, options(engine, paper, template, fragment))


def write(
    document: Printable, path: str | PathLike[str], format: str | None = None, *, engine: str = "typst", paper: str = "a4",
    template: str | PathLike[str] | None = None, fragment: Fragment | bool = False,
) -> None:  # fmt: skip
    """Write a document; the format follows from the suffix unless it is given. Raises OutputError; nothing is half-written."""
    if not isinstance(path, (str, PathLike)):
        raise OutputError(
            f"{type(path).__name__} is not the name of a file", hint='such as "alexnet.pdf"; render returns the bytes'
        )
    path = Path(path)
    writer = writer_for(path, format)
    check_writable(path)
    save(path, writer.render(document, options(engine, paper, template, fragment)))


def check_writable(path: Path) -> None:
    """Raise OutputError where a file cannot be put, before any work is done."""
    where = Where(str(path))
    if path.is_dir():
        raise OutputError("is a folder; the document needs a file's name", where)
    if not path.parent.is_dir():
        raise OutputError(f"the folder {str(path.parent)!r} does not exist", where)
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise OutputError("cannot be written: permission denied", where)


def save(path: Path, data: bytes) -> None:
    """Put the bytes in place atomically: a reader sees the old file or the new one, never a part."""
    with writing(path):
        if path.exists() and not path.is_file():  # a device or a pipe has no other file to be swapped for
            path.write_bytes(data)
            return
        handle, name = tempfile.mkstemp(dir=path.resolve().parent, prefix=".", suffix=PART)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            put(Path(name), path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


__all__ = [
    "ENGINES",
    "PAPERS",
    "Fragment",
    "Options",
    "Printable",
    "Writer",
    "check_writable",
    "options",
    "render",
    "save",
    "write",
    "writer_for",
    "writers",
]
