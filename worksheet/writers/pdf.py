"""Writes PDF, with one of two engines: typst, which comes with the package, or LaTeX where TeX is installed."""

from __future__ import annotations

from collections.abc import Callable

from worksheet.derivation import Derivation
from worksheet.writers import latex, typst
from worksheet.writers.writer import Options, Writer

COMPILERS: dict[str, Callable[[Derivation, Options], bytes]] = {"typst": typst.compile, "latex": latex.compile}


def render(derivation: Derivation, options: Options) -> bytes:
    return COMPILERS[options.engine](derivation, options)


WRITER = Writer("pdf", (".pdf",), render, binary=True)
