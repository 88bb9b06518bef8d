"""Writes plain text in Unicode."""

from __future__ import annotations

from worksheet.derivation import Derivation
from worksheet.formula.dialects import TEXT
from worksheet.writers.templating import rendered
from worksheet.writers.view import Setting, view
from worksheet.writers.writer import Options, Writer

WIDTH = 100
NUMBER_COLUMN, GAP = 6, "  "  # of the answer table
SETTING = Setting(TEXT, width=WIDTH - 6)


def escape(text: str) -> str:
    """Plain text needs nothing; control characters are gone already."""
    return text


def render(derivation: Derivation, options: Options) -> bytes:
    names = view(derivation, SETTING)
    table = names["table"]
    layer = max([len(entry.layer) for entry in table], default=0)
    cells = [
        max(len(text) for text in (heading, total, *(entry.cells[i] for entry in table)))
        for i, (heading, total) in enumerate(zip(names["headings"], names["totals"], strict=True))
    ] if table else []  # fmt: skip
    label = max([len(step.plain_label) for row in names["rows"] for step in row.steps], default=0)
    rule = "-" * (NUMBER_COLUMN + layer + sum(cells) + len(GAP) * (len(cells) + 1))
    widths = {"layer_column": layer, "cell_columns": cells, "label_column": label, "rule": rule}
    return rendered("txt/document.txt", names | widths, escape, options.templates).encode()


WRITER = Writer("txt", (".txt",), render)
