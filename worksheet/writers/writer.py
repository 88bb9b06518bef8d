"""What a writer is: a format's name, its suffixes, and the function that prints a document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from worksheet.derivation import Derivation
from worksheet.document import Document
from worksheet.document.solution import laid_out
from worksheet.errors import OutputError, shown
from worksheet.frozen import frozen
from worksheet.language import speaking

PAPERS = ("a4", "letter")
ENGINES = {"typst": "built in", "latex": "TeX must be installed"}  # with what each needs

Printable = Derivation | Document


class Fragment(NamedTuple):
    """That the main table alone is wanted; caption and label follow from the title where they are empty."""

    caption: str = ""
    label: str = ""

    def __repr__(self) -> str:
        return f"Fragment(caption={shown(self.caption)}, label={shown(self.label)})"


@frozen
class Options:
    """How a document is set: paper, PDF engine, a folder whose templates replace the package's own, its table alone."""

    paper: str = "a4"
    engine: str = "typst"
    templates: Path | None = None
    fragment: Fragment | None = None


@frozen
class Writer:
    """A format. ``print`` makes a file's bytes of a document, ``fragment`` those of its main table alone, where the format has
    that; ``binary`` formats are not for a terminal."""

    name: str
    suffixes: tuple[str, ...]
    print: Callable[[Document, Options], bytes]
    binary: bool = False
    fragment: Callable[[Document, Options], bytes] | None = None

    def render(self, result: Printable, options: Options) -> bytes:
        """The bytes of a document, or of a solution laid out as one. Raises OutputError."""
        make = self.fragment if options.fragment else self.print
        if make is None:
            raise OutputError(f"there are no fragments of {self.name}", hint="-f tex, -f md or -f html")
        document = laid_out(result)
        with speaking(document.language):
            return make(document, options)
