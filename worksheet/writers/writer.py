"""What a writer is: a format's name, its suffixes, and the function that prints a document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worksheet.derivation import Derivation
from worksheet.document import Document
from worksheet.document.solution import laid_out
from worksheet.language import speaking

PAPERS = ("a4", "letter")
ENGINES = {"typst": "built in", "latex": "TeX must be installed"}  # with what each needs

Printable = Derivation | Document


@dataclass(frozen=True)
class Options:
    """How a document is set: paper, PDF engine, and a folder whose templates replace the package's own."""

    paper: str = "a4"
    engine: str = "typst"
    templates: Path | None = None


@dataclass(frozen=True)
class Writer:
    """A format. ``print`` makes a file's bytes of a document; ``binary`` formats are not for a terminal."""

    name: str
    suffixes: tuple[str, ...]
    print: Callable[[Document, Options], bytes]
    binary: bool = False

    def render(self, result: Printable, options: Options) -> bytes:
        """The bytes of a document, or of a solution laid out as one."""
        document = laid_out(result)
        with speaking(document.language):
            return self.print(document, options)
