"""Writes plain text in Unicode."""

from __future__ import annotations

from worksheet.derivation import Derivation
from worksheet.formula.dialects import TEXT
from worksheet.writers.small_print import Setting
from worksheet.writers.templating import rendered
from worksheet.writers.view import view
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
    labels = [max(len(text) for text in column) for column in zip(names["labels"], *(e.labels for e in table), strict=True)]
    cells = [
        max(len(text) for text in (heading, total, *(entry.cells[i] for entry in table)))
        for i, (heading, total) in enumerate(zip(names["headings"], names["totals"], strict=True))
    ] if table else []  # fmt: skip
    label = max([len(step.plain_label) for row in names["rows"] for step in row.steps], default=0)
    across = sum(labels) + len(GAP) * (len(labels) - 1)
    widths = {
        "label_columns": labels,
        "labels_width": across,
        "cell_columns": cells,
        "kind_column": max([len(kind.kind) for kind in names["kinds"]], default=0),
        "label_column": label,
        "rule": "-" * (NUMBER_COLUMN + across + sum(cells) + len(GAP) * (len(cells) + 1)),
    }
    return rendered("txt/document.txt", names | widths, escape, options.templates).encode()


WRITER = Writer("txt", (".txt",), render)
