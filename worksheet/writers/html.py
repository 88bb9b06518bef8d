"""Writes one self-contained HTML file: MathML, no script, for screen, phone and print, light and dark."""

from __future__ import annotations

from html import escape

from worksheet.derivation import Derivation
from worksheet.formula.dialects import MATHML
from worksheet.writers.small_print import Setting
from worksheet.writers.templating import rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options, Writer

SETTING = Setting(MATHML, width=88, pieces=True)  # lines are broken by the browser, between the pieces


def render(derivation: Derivation, options: Options) -> bytes:
    names = view(derivation, SETTING) | {"paper": options.paper}
    return rendered("html/document.html", names, escape, options.templates).encode()


WRITER = Writer("html", (".html", ".htm"), render)
