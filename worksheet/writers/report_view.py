"""A report as strings in one dialect, ready for a template; and which view and template a document has."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

from worksheet.derivation import Section
from worksheet.formula import Formula
from worksheet.report import Block, Bullets, Cell, Picture, Report, Table, Text, Title, Working
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import Ready, Setting
from worksheet.writers.view import NOBODY, view
from worksheet.writers.writer import Document

LONG = 24  # characters from which on a column of words may break its lines
NARROW_FROM = 5  # columns from which on a table is set in small type


def prepared(document: Document, setting: Setting) -> tuple[str, dict[str, Any]]:
    """The template of a document, and the names that it may use."""
    if isinstance(document, Report):
        return "report", _ReportView(document, setting).names()
    return "document", view(document, setting)


class _ReportView(Printer):
    def __init__(self, report: Report, setting: Setting) -> None:
        super().__init__(setting, report.digits, report.steps)
        self.report = report

    def names(self) -> dict[str, Any]:
        report = self.report
        return {
            "title": report.title,
            "course": report.course,
            "language": report.language,
            "question": report.title,
            "contents": False,
            "blank": False,
            "handout": NOBODY,
            "table": [],
            "parts": [],
            "figures": [],
            "label_width": round(self.label_width / 2, 2),  # in ems
            "blocks": [self.block(block) for block in report.blocks],
        }

    def block(self, block: Block) -> SimpleNamespace:
        template, make = BLOCKS[type(block)]
        return SimpleNamespace(template=template, **make(self, block))

    def working(self, block: Working) -> dict[str, Any]:
        return {"title": block.title, "intro": block.intro, "steps": [self.step(step) for step in block.steps]}

    def formulas_of(self, block: Section) -> dict[str, Any]:
        return {"section": self.section(block)}

    # Tables

    def table(self, block: Table) -> dict[str, Any]:
        rows = [self.cells(row) for row in block.rows]
        total = self.cells(block.total)
        body = [*rows, *([total] if total else [])]
        widths = [max(len(c.plain) for c in column) for column in zip(*body, strict=True)] if body else []
        widths = [max(w, len(h)) for w, h in zip(widths, block.headings, strict=True)] or [len(h) for h in block.headings]
        columns = [
            SimpleNamespace(words=i < block.words, wide=i < block.words and widths[i] > LONG, width=widths[i])
            for i in range(len(block.headings))
        ]
        return {
            "headings": [SimpleNamespace(text=text, column=columns[i]) for i, text in enumerate(block.headings)],
            "columns": columns,
            "rows": [self.placed(row, columns) for row in rows],
            "total": self.placed(total, columns),
            "narrow": len(columns) >= NARROW_FROM,
            "rule": "-" * (sum(widths) + 2 * (len(widths) - 1)),
        }

    def placed(self, cells: Sequence[SimpleNamespace], columns: Sequence[SimpleNamespace]) -> list[SimpleNamespace]:
        return [SimpleNamespace(column=column, **vars(cell)) for cell, column in zip(cells, columns, strict=bool(cells))]

    def cells(self, row: Sequence[Cell]) -> list[SimpleNamespace]:
        return [self.one_cell(cell) for cell in row]

    def one_cell(self, cell: Cell) -> SimpleNamespace:
        if isinstance(cell, Formula):
            printed = Ready("".join(part.text for part in self.symbolic(cell)))
            words = cell.show("words") if self.spoken else ""
            return SimpleNamespace(text=printed, math=True, words=words, plain=cell.show("text"))
        text = "" if cell is None else self.digits.result(cell) if isinstance(cell, int) else cell
        return SimpleNamespace(text=text, math=False, words="", plain=text)


Make = Callable[[_ReportView, Any], dict[str, Any]]
BLOCKS: dict[type, tuple[str, Make]] = {
    Title: ("title", lambda _, block: {"text": block.text}),
    Text: ("text", lambda _, block: {"text": block.text, "note": block.note}),
    Bullets: ("bullets", lambda _, block: {"items": block.items}),
    Table: ("table", _ReportView.table),
    Section: ("section", _ReportView.formulas_of),
    Working: ("working", _ReportView.working),
    Picture: ("picture", lambda _, block: {"svg": Ready(block.svg), "words": block.words, "width": block.width}),
}
