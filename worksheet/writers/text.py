"""Writes plain text in Unicode."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from worksheet.formula.dialects import TEXT
from worksheet.writers.report_view import prepared
from worksheet.writers.small_print import Setting
from worksheet.writers.templating import rendered
from worksheet.writers.writer import Document, Options, Writer

WIDTH = 100
NUMBER_COLUMN, GAP = 6, "  "  # of the answer table
SETTING = Setting(TEXT, width=WIDTH - 6)


def escape(text: str) -> str:
    """Plain text needs nothing; control characters are gone already."""
    return text


def render(document: Document, options: Options) -> bytes:
    template, names = prepared(document, SETTING)
    widths = _widths(names) if template == "document" else _report_widths(names)
    return rendered(f"txt/{template}.txt", names | widths, escape, options.templates).encode()


def _report_widths(names: Mapping[str, Any]) -> dict[str, Any]:
    """The column of labels."""
    steps = [step for block in names["blocks"] for step in getattr(block, "steps", ())]
    return {"label_column": max([len(step.plain_label) for step in steps], default=0)}


def _widths(names: Mapping[str, Any]) -> dict[str, Any]:
    """How many characters wide each column is."""
    table = names["table"]
    labels = [max(len(text) for text in column) for column in zip(names["labels"], *(e.labels for e in table), strict=True)]
    cells = [
        max(len(text) for text in (heading, total, *(entry.cells[i] for entry in table)))
        for i, (heading, total) in enumerate(zip(names["headings"], names["totals"], strict=True))
    ] if table else []  # fmt: skip
    worked = [*names["rows"], *names["figures"]]
    label = max([len(step.plain_label) for row in worked for step in row.steps], default=0)
    across = sum(labels) + len(GAP) * (len(labels) - 1)
    return {
        "label_columns": labels,
        "labels_width": across,
        "cell_columns": cells,
        "kind_column": max([len(kind.kind) for kind in names["kinds"]], default=0),
        "label_column": label,
        "rule": "-" * (NUMBER_COLUMN + across + sum(cells) + len(GAP) * (len(cells) + 1)),
    }


WRITER = Writer("txt", (".txt",), render)
