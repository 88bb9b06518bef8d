"""Writes how a document's figures are cited, as BibTeX: the package, the convention, the network."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from worksheet.document import Document
from worksheet.errors import printable
from worksheet.version import VERSION
from worksheet.writers.latex import escape
from worksheet.writers.writer import Options, Writer

PACKAGE = "nn-worksheet"
UNSAFE = re.compile(r"[^a-z0-9]+")
# BibTeX counts braces even after a backslash, and quotes of the T1 fonts are not in every document.
REPLACED = {r"\{": r"\textbraceleft{}", r"\}": r"\textbraceright{}", r"\textquotedbl{}": "''", "{-}": "-"}


def render(document: Document, _: Options) -> bytes:
    own = {
        "title": "{worksheet}: every layer of a neural network worked step by step",
        "author": "{The worksheet contributors}",
        "version": VERSION,
        "note": f"Python package {{{PACKAGE}}}",
    }
    entries = {f"{PACKAGE}-{VERSION}": ("software", own)}
    for citation in document.citations:
        fields = {"title": f"{{{_text(citation.title)}}}", "howpublished": _text(citation.source)}
        key = _key(citation.name)
        entries[f"{key}-{len(entries)}" if key in entries else key] = ("misc", fields)
    return "\n".join(_entry(kind, key, fields) for key, (kind, fields) in entries.items()).encode()


def _entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@{kind}{{{key},\n{''.join(lines)}}}\n"


def _key(name: str) -> str:
    """A key of letters, digits and dashes: worksheet-resnet50."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return f"worksheet-{UNSAFE.sub('-', plain).strip('-') or 'source'}"


def _text(text: str) -> str:
    """A text inside braces, which it cannot leave: LaTeX's own commands for signs, in balanced braces."""
    escaped = escape(" ".join(printable(text).split()))
    return re.sub("|".join(map(re.escape, REPLACED)), lambda sign: REPLACED[sign.group()], escaped)


WRITER = Writer("bib", (".bib",), render)
