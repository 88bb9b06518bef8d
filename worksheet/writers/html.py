"""Writes one self-contained HTML file: MathML, no script, for screen, phone and print, light and dark."""

from __future__ import annotations

from html import escape

from worksheet.derivation import Derivation
from worksheet.formula.dialects import MATHML
from worksheet.writers.graph import pictures
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.templating import rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

SETTING = Setting(MATHML, width=88, pieces=True, escape=escape, mark="<wbr>")


def render(derivation: Derivation, options: Options) -> bytes:
    svg = [Ready(picture.svg) for picture in pictures(derivation)]
    names = view(derivation, SETTING) | {"paper": options.paper, "pictures": svg}
    return rendered("html/document.html", names, escape, options.templates).encode()


WRITER = Writer("html", (".html", ".htm"), render)
