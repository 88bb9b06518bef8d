"""Writes PDF, with one of two engines: typst, which comes with the package, or LaTeX where TeX is installed."""

from __future__ import annotations

from collections.abc import Callable

from worksheet.document import Document
from worksheet.writers import latex, typst
from worksheet.writers.writer import Options, Writer

COMPILERS: dict[str, Callable[[Document, Options], bytes]] = {"typst": typst.compile, "latex": latex.compile}


def render(document: Document, options: Options) -> bytes:
    return COMPILERS[options.engine](document, options)


WRITER = Writer("pdf", (".pdf",), render, binary=True)
