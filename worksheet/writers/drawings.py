"""Writes the drawings of a document as files of their own, each as SVG and as PNG."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from os import PathLike
from pathlib import Path

from worksheet.document import Block, Chapter, Picture
from worksheet.document.solution import laid_out
from worksheet.errors import OutputError, Where
from worksheet.formula.dialects import typst_string
from worksheet.writers import save
from worksheet.writers.view import drawn
from worksheet.writers.writer import Printable

PER_INCH = 200.0  # dots of a PNG
PAGE = '#set page(width: auto, height: auto, margin: 6pt, fill: white)\n#image(bytes({}), format: "svg", width: {}pt)'
UNSAFE = re.compile(r"[^\w.-]+")


def check_folder(folder: Path) -> None:
    """Raise OutputError where the drawings cannot be put, before any work is done."""
    where = Where(str(folder))
    if folder.exists() and not folder.is_dir():
        raise OutputError("is a file; the pictures need a folder", where)
    if not folder.exists() and not folder.parent.is_dir():
        raise OutputError(f"the folder {str(folder.parent)!r} does not exist", where)
    if not os.access(folder if folder.exists() else folder.parent, os.W_OK):
        raise OutputError("cannot be written: permission denied", where)


def draw(result: Printable, folder: str | PathLike[str]) -> list[Path]:
    """Write a document's pictures into a folder, which is created if missing: two files each, .svg and .png.

    Returns the files. Raises OutputError.
    """
    target = Path(folder)
    check_folder(target)
    files: dict[Path, bytes] = {}
    for picture in _pictures(drawn(laid_out(result).blocks, draws=True)):
        name = UNSAFE.sub("_", picture.name).lstrip(".") or "picture"
        files[target / f"{name}.svg"] = picture.svg.encode()
        files[target / f"{name}.png"] = png(picture)
    try:
        target.mkdir(exist_ok=True)
    except OSError as fault:
        raise OutputError(f"cannot be made: {fault.strerror}", Where(str(target))) from None
    for path, data in files.items():
        save(path, data)
    return list(files)


def _pictures(blocks: Iterable[Block]) -> Iterator[Picture]:
    for block in blocks:
        if isinstance(block, Picture):
            yield block
        elif isinstance(block, Chapter):
            yield from _pictures(block.blocks)


def png(picture: Picture) -> bytes:
    """The drawing in dots, on white, by the compiler and fonts that the typst package carries."""
    import typst

    source = PAGE.format(typst_string(picture.svg), picture.width)
    image = typst.Compiler(source.encode(), ignore_system_fonts=True).compile(format="png", ppi=PER_INCH)
    assert isinstance(image, bytes)  # one page
    return image
