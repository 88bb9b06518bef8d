"""What a command prints besides its documents: sentences, which break between words where they go to a terminal."""

from __future__ import annotations

import shutil
import sys
import textwrap

from worksheet.document import Document
from worksheet.writers import Printable, render


def say(text: str, *, err: bool = False) -> None:
    """Print a sentence, on the error stream if asked for."""
    stream = sys.stderr if err else sys.stdout
    width = shutil.get_terminal_size().columns
    if stream.isatty() and len(text) > width:
        text = textwrap.fill(text, width, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    stream.write(f"{text}\n")
    stream.flush()


def show(document: Printable) -> None:
    """Print a document: on a terminal in its width, with colours; whatever is not a solution goes into a pipe as plain text."""
    if isinstance(document, Document) and not sys.stdout.isatty():
        sys.stdout.write(render(document, "txt").decode())
        return
    from rich.console import Console

    from worksheet.writers import terminal

    class Piped(Console):
        """A console that says when the reader of a pipe has seen enough."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    terminal.show(document, Piped(highlight=False))
