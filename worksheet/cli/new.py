"""``worksheet new``: a file to start from, with comments, which works as it is."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from worksheet.cli.options import Command, completing, either, option
from worksheet.cli.panels import OUTPUT, START
from worksheet.cli.saying import say
from worksheet.errors import OutputError, Where, WorksheetError, nearest, shown
from worksheet.files import writing
from worksheet.starting import starting

Folder = Annotated[
    Path | None, option("-o", "--output", panel=OUTPUT, help="The file or folder to write; by default its kind's name, here.")
]


def new(
    kind: Annotated[str, typer.Argument(help=f"{either(starting())}.", show_default=False, autocompletion=completing(starting))],
    output: Folder = None,
) -> None:
    """Write a file to start from, with comments; it works as it is.

    Nothing is overwritten. The comments at its top say which commands read it.
    """
    if kind not in starting():
        raise WorksheetError(f"there is no {shown(kind)} to start from", hint=nearest(kind, starting()))
    source = starting()[kind]
    target = output or Path(source.name)
    copy(source, target)
    say(f"{target}: its comments say what to do with it")


def copy(source: Path, target: Path) -> None:
    """Copy a file or a folder to a place where nothing is yet. Raises OutputError."""
    if target.exists() or target.is_symlink():
        raise OutputError("is there already", Where(str(target)), "name another with -o; nothing is overwritten")
    if not target.parent.is_dir():
        raise OutputError(f"the folder {str(target.parent)!r} does not exist", Where(str(target)))
    with writing(target):
        if source.is_dir():
            shutil.copytree(source, target)
        else:
            target.write_bytes(source.read_bytes())


COMMAND = Command(new, "worksheet new homework -o homework.yaml", 2, panel=START)
