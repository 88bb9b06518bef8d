"""Writes one self-contained HTML file: MathML, no script, for screen, phone and print, light and dark."""

from __future__ import annotations

from html import escape

from worksheet.document import Document
from worksheet.formula.dialects import MATHML
from worksheet.writers.fragment import fragment_names
from worksheet.writers.small_print import Setting
from worksheet.writers.templating import rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

SETTING = Setting(MATHML, width=88, beside=0.5, pieces=True, draws=True, folds=True, escape=escape, mark="<wbr>")


def render(document: Document, options: Options) -> bytes:
    names = view(document, SETTING) | {"paper": options.paper}
    return rendered("html/document.html", names, escape, options.templates).encode()


def fragment(document: Document, options: Options) -> bytes:
    return rendered("html/fragment.html", fragment_names(document, options, SETTING), escape, options.templates).encode()


WRITER = Writer("html", (".html", ".htm"), render, fragment=fragment)
