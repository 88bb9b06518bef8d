"""Shows a derivation in a notebook: a page of its own, or mathematics that MathJax and LaTeX both set."""

from __future__ import annotations

from html import escape

from worksheet.derivation import Derivation
from worksheet.errors import printable
from worksheet.writers import html, latex
from worksheet.writers.small_print import Ready
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.view import view
from worksheet.writers.writer import Options


def notebook_html(derivation: Derivation) -> str:
    """The HTML document in a frame, so that its style stays its own."""
    page = html.render(derivation, Options()).decode()
    frame = 'style="width: 100%; height: 40rem; border: 0"'
    return f'<iframe title="{escape(derivation.title)}" {frame} srcdoc="{escape(page)}"></iframe>'


def notebook_latex(derivation: Derivation) -> str:
    """The answer table and the worked rows as displayed mathematics, without a preamble."""
    names = view(derivation, latex.SETTING) | {"text": _text}
    return rendered("tex/notebook.tex", names, latex.escape, marks=ANGLES)


def _text(text: object) -> Ready:
    return Ready(latex.words(printable(str(text))))
