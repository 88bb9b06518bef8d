"""Writes Typst and sets it as a PDF with the compiler and fonts that the typst package carries."""

from __future__ import annotations

from typing import Final

from worksheet.derivation import Derivation
from worksheet.errors import OutputError
from worksheet.formula.dialects import TYPST, typst_string
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.view import Ready, Setting, view
from worksheet.writers.writer import Options, Writer

SETTING = Setting(TYPST, width=91, beside=0.6, spoken=True)
PAPER_NAMES = {"a4": "a4", "letter": "us-letter"}
STANDARD: Final = "ua-1"  # PDF/UA-1: tagged, titled, every equation with words


def quoted(text: str) -> str:
    """A Typst string: printed as it is, never read as markup."""
    return f"#{typst_string(text)}"


def source(derivation: Derivation, options: Options) -> str:
    """The Typst document."""
    names = view(derivation, SETTING) | {"paper": Ready(PAPER_NAMES[options.paper]), "string": _string}
    return rendered("typst/document.typ", names, quoted, options.templates, ANGLES)


def _string(text: object) -> Ready:
    """A string literal where Typst code, not markup, wants one."""
    return Ready(typst_string(str(text)))


def compile(derivation: Derivation, options: Options) -> bytes:
    """The PDF. Raises OutputError with Typst's message, which a template of one's own may cause."""
    import typst

    document = source(derivation, options).encode()
    fault = ""
    for embedded_only in (True, False):  # a script that the package's fonts lack may be on the machine
        try:
            compiler = typst.Compiler(document, ignore_system_fonts=embedded_only)
            pdf = compiler.compile(format="pdf", pdf_standards=STANDARD, timestamp=0)
        except typst.TypstError as error:
            fault = error.diagnostic or error.message
        else:
            return pdf if isinstance(pdf, bytes) else b""
    raise OutputError(f"typst cannot set this document: {fault}", hint="--engine latex sets it with TeX")


def render(derivation: Derivation, options: Options) -> bytes:
    return source(derivation, options).encode()


WRITER = Writer("typ", (".typ",), render)
