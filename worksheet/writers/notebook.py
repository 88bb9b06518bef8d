"""Shows a document in a notebook: a page of its own, or mathematics that MathJax and LaTeX both set."""

from __future__ import annotations

from html import escape

from worksheet.document.solution import laid_out
from worksheet.errors import printable
from worksheet.language import speaking
from worksheet.writers import html, latex
from worksheet.writers.small_print import Ready
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.view import every, view
from worksheet.writers.writer import Options, Printable


def notebook_html(result: Printable) -> str:
    """The HTML document in a frame, so that its style stays its own."""
    document = laid_out(result)
    page = html.WRITER.render(document, Options()).decode()
    frame = 'style="width: 100%; height: 40rem; border: 0"'
    return f'<iframe title="{escape(document.title)}" {frame} srcdoc="{escape(page)}"></iframe>'


def notebook_latex(result: Printable) -> str:
    """Tables, steps and solved relations as displayed mathematics, without a preamble."""
    document = laid_out(result)
    with speaking(document.language):
        names = view(document, latex.SETTING)
        names |= {"text": _text, "blocks": list(every(object, names["blocks"]))}
        return rendered("tex/notebook.tex", names, latex.escape, marks=ANGLES)


def _text(text: object) -> Ready:
    return Ready(latex.words(printable(str(text))))
