"""Reads what a command is given and hands over what it makes: to a file, to standard output, to the terminal."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import worksheet as ws
from worksheet.document import Document
from worksheet.errors import OutputError, WorksheetError, shown
from worksheet.writers import check_writable, options, save, writer_for
from worksheet.writers.drawings import check_folder

if TYPE_CHECKING:
    from worksheet.network import Network
    from worksheet.writers import Printable

WORDS: dict[str, bool | None] = {"true": True, "false": False, "none": None}
T = TypeVar("T")


def argument(text: str) -> tuple[str, int | float | bool | str | None]:
    """``depth=18`` as a name and a value: a number, true, false, none, or a text."""
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise WorksheetError(f"cannot read the argument {shown(text)}", hint="a name and a value, such as num_classes=10")
    if value.lower() in WORDS:
        return name, WORDS[value.lower()]
    for number in (int, float):
        with contextlib.suppress(ValueError):
            return name, number(value)
    return name, value


def network(
    source: str, input: str | None, *, skip_unknown: bool = False, regions: int | None = None, kwargs: Iterable[str] | None = None
) -> Network:
    """The network that a command line names. Raises WorksheetError."""
    return ws.read(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=dict(map(argument, kwargs or ())))


def check(
    output: Path | None, format: str | None, engine: str, paper: str, template: Path | None, pictures: Path | None = None
) -> None:  # fmt: skip
    """Refuse what cannot be delivered before any work is done."""
    options(engine, paper, template)
    if pictures is not None:
        check_folder(pictures)
    if output is not None:
        writer_for(output, format)
        check_writable(output)
    elif format is not None and writer_for(None, format).binary and sys.stdout.isatty():
        raise OutputError(f"{format} is not for a terminal", hint=f"name a file with -o, such as -o solution.{format}")


def deliver(
    document: Printable, output: Path | None, format: str | None, engine: str, paper: str, template: Path | None,
    pictures: Path | None = None,
) -> None:  # fmt: skip
    """Hand a document over; a report's pictures too, into the folder that is named for them."""
    if pictures is not None:
        ws.draw(document, pictures)
    if output is None and format is None:
        _show(document)
        return
    data = writer_for(output, format).render(document, options(engine, paper, template))
    if output is not None:
        save(output, data)
    else:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()


def _show(document: Printable) -> None:
    """On the terminal; whatever is not a solution goes into a pipe as plain text."""
    if isinstance(document, Document) and not sys.stdout.isatty():
        sys.stdout.write(ws.render(document, "txt").decode())
        return
    from rich.console import Console

    from worksheet.writers import terminal

    terminal.show(document, Console(highlight=False))


def watched(what: str) -> Callable[..., Iterable[Any]]:
    """Gives things one by one, with a bar on a terminal and nothing elsewhere; their number where they have no length."""

    def one_by_one(things: Iterable[T], total: int | None = None) -> Iterable[T]:
        if not sys.stderr.isatty():
            return things
        from rich.console import Console
        from rich.progress import track

        return track(things, what, total=total, console=Console(stderr=True), transient=True)

    return one_by_one
