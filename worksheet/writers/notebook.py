"""Shows a document in a notebook: a page of its own, or mathematics that MathJax and LaTeX both set."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

from worksheet.derivation import OUTPUT
from worksheet.document import Block, Document, Table, Text
from worksheet.document.solution import laid_out
from worksheet.document.tables import LABELS, Record, data_table, main_table, shape_text
from worksheet.document.tables import records as table_records
from worksheet.errors import OutputError, WorksheetError, printable
from worksheet.language import _, named, speaking
from worksheet.layers.spelling import spell
from worksheet.sizes import sized
from worksheet.writers import html, latex
from worksheet.writers.small_print import Ready
from worksheet.writers.templating import ANGLES, rendered
from worksheet.writers.view import every, view
from worksheet.writers.writer import Options, Printable

if TYPE_CHECKING:
    from pandas import DataFrame

    from worksheet.network import Network


def records(result: Printable) -> list[Record]:
    """The rows of a document's main table. Raises OutputError where it has none."""
    return table_records(main_table(laid_out(result)))


def dataframe(result: Printable) -> DataFrame:
    """The records as a DataFrame. Raises OutputError where pandas is not installed."""
    try:
        import pandas as pd
    except ImportError:
        raise OutputError(
            "to_dataframe needs pandas, which is not installed", hint="pip install pandas, or to_records()"
        ) from None
    table = replace(main_table(laid_out(result)), total=())
    return pd.DataFrame.from_records(table_records(table), columns=list(data_table(table).keys))


def network_html(network: Network) -> str:
    """A network's layers with the sizes of their outputs; without these, and with the fault, where the layers do not fit."""
    outputs: dict[str, str | None] = {}
    blocks: list[Block] = []
    try:
        outputs = {layer.node.name: shape_text(layer.output) for layer in sized(network)}
    except WorksheetError as fault:
        blocks.append(Text("\n".join(map(str, fault.faults))))
    rows = tuple(
        (no, node.name, node.kind.name, spell(node.kind, node.hyperparameters, node.pattern), outputs.get(node.name))
        for no, node in enumerate(network.nodes, 1)
    )
    headings = tuple(_(LABELS[key]) for key in ("no", "name", "kind", "spec", OUTPUT))
    blocks += [Text(named(_("Input"), shape_text(network.input) or "")), Table(headings, rows, words=len(headings))]
    return notebook_html(Document(network.title, tuple(blocks)))


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
