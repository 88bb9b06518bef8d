"""Writes plain text in Unicode."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from worksheet.document import Document
from worksheet.formula.dialects import TEXT
from worksheet.writers.fitted_tables import columns_of, plain_lines
from worksheet.writers.small_print import Setting
from worksheet.writers.templating import rendered
from worksheet.writers.text_width import width
from worksheet.writers.view import every, view
from worksheet.writers.views import AnswersView, TableView, WorkingView
from worksheet.writers.writer import Options, Writer

WIDTH, TABLE_WIDTH = 100, 120  # of a page, and of a table at most
NUMBER_COLUMN, GAP = 6, "  "  # of the answer table
SETTING = Setting(TEXT, width=WIDTH - 6)


def escape(text: str) -> str:
    """Plain text needs nothing; control characters are gone already."""
    return text


def render(document: Document, options: Options) -> bytes:
    names = view(document, SETTING)
    steps = [step for working in every(WorkingView, names["blocks"]) for step in working.steps]
    names["label_column"] = max([width(step.plain_label) for step in steps], default=0)
    names["fitted"] = _fitted
    for table in every(AnswersView, names["blocks"]):
        names |= _widths(table)
    return rendered("txt/document.txt", names, escape, options.templates).encode()


def _fitted(table: TableView) -> list[str]:
    """The lines of a table that is too wide for its cells to stay on one line each; none of another."""
    return plain_lines(columns_of(table), TABLE_WIDTH) if len(table.rule) > TABLE_WIDTH else []


def _widths(table: AnswersView) -> dict[str, Any]:
    """How many characters wide each column of the answer table is."""
    entries = [entry for part in table.parts for entry in part.entries]
    labels = [_widest(column) for column in zip(table.labels, *(entry.labels for entry in entries), strict=True)]
    lines = (table.headings, table.totals, *(entry.cells for entry in entries))
    cells = [_widest(column) for column in zip(*lines, strict=True)]
    across = sum(labels) + len(GAP) * (len(labels) - 1)
    return {
        "label_columns": labels,
        "labels_width": across,
        "cell_columns": cells,
        "kind_column": max([width(kind.kind) for kind in table.kinds], default=0),
        "rule": "-" * (NUMBER_COLUMN + across + sum(cells) + len(GAP) * (len(cells) + 1)),
    }


def _widest(texts: Iterable[str]) -> int:
    return max(map(width, texts))


WRITER = Writer("txt", (".txt",), render)
