"""Writes Typst and sets it as a PDF with the compiler and fonts that the typst package carries."""

from __future__ import annotations

import re
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from worksheet.document import Document
from worksheet.errors import OutputError, printable
from worksheet.formula.dialects import TYPST, typst_string
from worksheet.language import current
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

if TYPE_CHECKING:
    import typst

# Measured: a bracket of the source, such as a cell of a table, takes 0.033 MB, a dollar sign 0.017: this is some 900 MB.
MAX_PIECES = 25_000
PAPER_NAMES = {"a4": "a4", "letter": "us-letter"}
MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_COMPILERS = threading.local()  # one compiler sets one document at a time
STANDARD: Final = "ua-1"  # PDF/UA-1: tagged, titled, every equation with words
# Typst does not know which letters the joined ones of a picture stand for. Such a PDF is tagged nevertheless, and PDF/A-2b
# wants a glyph for every letter, and a date.
JOINED = "text with missing codepoints"
RELAXED: Final = "a-2b"
DATED = "\n#set document(date: auto)\n"


def quoted(text: str) -> str:
    """A Typst string: printed as it is, never read as markup."""
    return f"#{typst_string(text)}"


def words(text: str) -> str:
    """Words in a formula, in the fonts of the text where the language has its own: fonts of formulas do not join its letters."""
    return f"#own-words({typst_string(text)})" if current().own_signs.search(text) else typst_string(text)


SETTING = Setting(TYPST, width=91, beside=0.6, words=words, spoken=True, draws=True, escape=quoted, mark="#sym.zws;")


def source(document: Document, options: Options) -> str:
    """The Typst document."""
    names = view(document, SETTING) | {"paper": Ready(PAPER_NAMES[options.paper]), "string": _string}
    names |= {"fonts": _fonts("New Computer Modern"), "math_fonts": _fonts("New Computer Modern Math"), "spoken": _spoken()}
    return rendered("typst/document.typ", names, quoted, options.templates, ANGLES)


def _fonts(own: str) -> Ready:
    """The package's font, and those that the language needs besides."""
    return Ready(f"({', '.join(map(typst_string, (own, *current().fonts)))},)")


def _spoken() -> Ready:
    """The language as Typst names it: its code and its country."""
    language = current()
    country = language.code.rpartition("_")[2]
    region = f", region: {typst_string(country)}" if len(country) == 2 and country.isupper() else ""
    return Ready(f"lang: {typst_string(language.base)}{region}")


def _string(text: object) -> Ready:
    """A string literal where Typst code, not markup, wants one."""
    return Ready(typst_string(printable(str(text))))


def compile(document: Document, options: Options) -> bytes:
    """The PDF. Raises OutputError with Typst's message, which a user's template may cause."""
    _check_fonts()
    text = source(document, options)
    _check_size(text)
    fault = ""
    for embedded_only in (
        (False,) if current().fonts else (True, False)
    ):  # a font for a script that the package's fonts do not have may be on the machine
        pdf, fault = _compiled(text, options, embedded_only)
        if pdf or not MISSING.search(fault):
            break
    else:  # what no font can print is named by its number
        lacking = {sign for text in MISSING.findall(fault) for sign in text}
        named = text.translate({ord(sign): f"[U+{ord(sign):04X}]" for sign in lacking})
        pdf, fault = _compiled(named, options, embedded_only=False)
    if not pdf:
        raise OutputError(f"typst cannot set this document: {fault}", hint="--engine latex sets it with TeX")
    return pdf


def _check_size(text: str) -> None:
    """Raise OutputError for a document that Typst would need more than a gigabyte of memory for."""
    if text.count("[") + text.count("$") // 2 > MAX_PIECES:
        hint = "--engine latex needs less; or print less, with --summary or --rows; or write HTML"
        raise OutputError("this document is too long for Typst: it would need more than 1 GB of memory", hint=hint)


def _check_fonts() -> None:
    """Raise OutputError where the fonts of the language are not on this machine: others may have its letters, but not joined."""
    import typst

    if (fonts := current().fonts) and not {*fonts} & {*typst.Fonts().families()}:
        hint = f"install {' or '.join(fonts)} (Debian: apt install {current().header('X-Font-Packages')}), or write HTML"
        raise OutputError(f"no font on this machine has the letters of the language {current().code!r}", hint=hint)


def _compiled(document: str, options: Options, embedded_only: bool) -> tuple[bytes, str]:
    """The PDF, or nothing and Typst's message."""
    pdf, fault = _set(document, options, embedded_only, STANDARD)
    return _set(document + DATED, options, embedded_only, RELAXED) if JOINED in fault else (pdf, fault)


def _set(document: str, options: Options, embedded_only: bool, standard: Literal["ua-1", "a-2b"]) -> tuple[bytes, str]:
    """The only files in reach are those beside the user's templates: a logo."""
    import typst

    try:
        with tempfile.TemporaryDirectory(prefix="worksheet-") as empty:
            own = options.templates / "typst" if options.templates else Path(empty)
            root = own if own.is_dir() else Path(empty)
            pdf = _compiler(embedded_only).compile(
                document.encode(), format="pdf", pdf_standards=standard, timestamp=0, root=root
            )
    except typst.TypstError as error:
        return b"", error.diagnostic or error.message
    return (pdf if isinstance(pdf, bytes) else b""), ""


def _compiler(embedded_only: bool) -> typst.Compiler:
    """The compiler of this thread, which keeps its fonts and what documents have in common."""
    import typst

    kept = _COMPILERS.__dict__
    name = "embedded" if embedded_only else "all"
    if name not in kept:
        kept[name] = typst.Compiler(b"", ignore_system_fonts=embedded_only)
    compiler: typst.Compiler = kept[name]
    return compiler


def render(document: Document, options: Options) -> bytes:
    return source(document, options).encode()


WRITER = Writer("typ", (".typ",), render)
