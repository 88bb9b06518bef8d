"""The answer table and the worked layers as views."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from worksheet.derivation import OUTPUT, Part, Row, Step, arrows, layer_label
from worksheet.document import AnswerTable, WorkedRow
from worksheet.errors import printable
from worksheet.writers.printer import UNCOUNTED, Printer
from worksheet.writers.small_print import Ready, plain, spoken
from worksheet.writers.views import AnswersView, EntryView, KindView, LayerView, PartView, StepView, WorkingView

HOLE = "_" * 10
SEPARATORS = re.compile(r"(?<=[./:_-])")
NAMED = ["Name", "Layer", "Output"]  # the headings of a table whose layers have names
MAX_HEADINGS = 4  # columns that fit beside the names of layers on an upright page


class AnswerPrinter:
    """Prints one answer table."""

    def __init__(self, printer: Printer, table: AnswerTable) -> None:
        self.printer = printer
        self.table = table
        asks_output = table.sized is not None or any(heading.name == OUTPUT for heading in table.headings)  # in its own column
        self.with_marks = {heading.name for heading in table.headings if heading.worth}  # columns whose headings give the marks
        self.sized = [table.sized] if table.sized else []
        self.labels = NAMED[: 2 if asks_output else 3] if table.named else ["Layer"]

    def view(self) -> AnswersView:
        table = self.table
        entries = {row.no: self.entry(row) for row in table.rows}
        headings = [*self.sized, *table.headings]
        worths = [heading.worth for heading in headings]
        return AnswersView(
            labels=self.labels,
            headings=[heading.label for heading in headings],
            worths=worths if any(worths) else [],
            parts=[self.part(part, entries) for part in table.parts],
            totals=self.totals(table.totals, is_said=True),
            chosen=self.totals(table.chosen) if table.chosen else [],
            kinds=[self.kind(part) for part in table.kinds],
            wide=len(self.labels) > 1 and len(headings) > MAX_HEADINGS,
        )

    def entry(self, row: Row) -> EntryView:
        layer = layer_label(row)
        return EntryView(
            no=row.no,
            name=row.name,
            layer=layer,
            labels=self.named(row, layer) if self.table.named else [layer],
            cells=[*[self.size(row)] * len(self.sized), *map(self.cell, row.columns)],
            worked=(row.same_as or row.no) if self.table.worked else 0,
        )

    def named(self, row: Row, layer: str) -> list[str]:
        """Name, layer and output; the output has a column of its own where it is asked."""
        return [self.breakable(row.name), layer, self.size(row)][: len(self.labels)]

    def size(self, row: Row) -> str:
        """The size of a layer's output."""
        return " × ".join([self.printer.digits.operand(size) for size in row.output]) if row.output else ""

    def cell(self, step: Step) -> str:
        """A figure or a hole, with its marks where the heading of the column does not give them."""
        text = self.printer.cell(step)
        return f"{text or HOLE} [{step.worth}]" if step.worth and step.name not in self.with_marks else text

    def breakable(self, name: str) -> str:
        """A name that a narrow column may break: after dots, dashes, underscores and the like."""
        escape, mark = self.printer.setting.escape, self.printer.setting.mark
        return Ready(mark.join(map(escape, SEPARATORS.split(printable(name))))) if escape else name

    def totals(self, sums: Mapping[str, int | None], *, is_said: bool = False) -> list[str]:
        """The sums of the columns; in larger units too where the column has them, they are short and ``is_said``."""
        headings = self.table.headings
        brief = [is_said and heading.scale is not None and not heading.scale.exact for heading in headings]
        larger = [heading.said(sums[heading.name]) if short else "" for heading, short in zip(headings, brief, strict=True)]
        own = [self.printer.total(sums[heading.name]) if heading.summed else UNCOUNTED for heading in headings]
        figures = [" ".join(filter(None, pair)) for pair in zip(own, larger, strict=True)]
        return [*[UNCOUNTED] * len(self.sized), *figures]

    def part(self, part: Part, entries: Mapping[int, EntryView]) -> PartView:
        return PartView(part.title, [entries[row] for row in part.rows], self.totals(part.totals))

    def kind(self, part: Part) -> KindView:
        return KindView(part.title, self.printer.digits.operand(len(part.rows)), self.totals(part.totals))


class RowPrinter:
    """Prints worked layers; equal ones share their steps. A question sheet has room for what is asked alone."""

    def __init__(self, printer: Printer, *, is_blank: bool) -> None:
        self.printer = printer
        self.is_blank = is_blank
        self.printed: dict[tuple[object, ...], tuple[Sequence[StepView], dict[str, Any]]] = {}

    def view(self, block: WorkedRow) -> WorkingView:
        row = block.row
        key = (id(row.columns), row.kind, row.spec, row.inputs, row.output)
        if key not in self.printed:
            self.printed[key] = self.shared(row)
        steps, shared = self.printed[key]
        layer = LayerView(row.no, block.name, block.reads, block.asks_output, **shared)
        return WorkingView("", "", steps, layer, block.twins)

    def shared(self, row: Row) -> tuple[Sequence[StepView], dict[str, Any]]:
        """What equal layers have in common: their steps, and their heading without number and name."""
        steps = [step for step in (*row.sizes, *row.columns) if not self.is_blank or step.value is None]
        uses_values = any(step.formula and step.formula.symbols for step in steps)
        heading = {
            "kind": row.kind,
            "spec": self.spec(row),
            "label": layer_label(row),
            "input": self.printer.print.shapes(row.inputs),
            "output": self.printer.print.shape(row.output),
            "flow": _flow(row),
            "values": [self.printer.print.equality(names, value) for names, value in row.values] if uses_values else [],
            "values_words": _values_words(row) if self.printer.spoken else "",
        }
        return [self.printer.step(step) for step in steps], heading

    def spec(self, row: Row) -> str:
        """A layer's numbers; those that its shapes say too are left out, unless they are for a student to find."""
        return arrows(row.spec) if self.is_blank else " ".join(word for word in row.spec.split() if "->" not in word)


def _values_words(row: Row) -> str:
    return ", ".join(" equals ".join([*map(spoken, names), str(value)]) for names, value in row.values)


def _flow(row: Row) -> str:
    """The row's shapes and layer as a sentence without mathematics, for bookmarks and screen readers."""
    inputs = "…" if row.inputs is None else ", ".join(map(plain, row.inputs))
    return " → ".join(filter(None, [inputs, layer_label(row), plain(row.output) if row.output else "…"]))
