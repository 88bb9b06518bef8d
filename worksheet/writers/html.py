"""Writes one self-contained HTML file: MathML, no script, for screen, phone and print, light and dark."""

from __future__ import annotations

from html import escape

from worksheet.formula.dialects import MATHML
from worksheet.writers.graph import pictures
from worksheet.writers.report_view import prepared
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import rendered
from worksheet.writers.writer import Document, Options, Writer

SETTING = Setting(MATHML, width=88, pieces=True, escape=escape, mark="<wbr>")


def render(document: Document, options: Options) -> bytes:
    template, names = prepared(document, SETTING)
    svg = [Ready(picture.svg) for picture in pictures(document)]
    return rendered(
        f"html/{template}.html", names | {"paper": options.paper, "pictures": svg}, escape, options.templates
    ).encode()


WRITER = Writer("html", (".html", ".htm"), render)
