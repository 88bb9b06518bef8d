"""The answer table and the worked layers as views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import compress, takewhile
from typing import Any

from worksheet.derivation import Part, Row, Step, arrows, layer_label
from worksheet.document import AnswerTable, WorkedRow
from worksheet.language import N_, _
from worksheet.totals import UNCOUNTED
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import breakable, equals, plain, spoken
from worksheet.writers.views import AnswersView, EntryView, KindView, LayerView, PartView, StepView, WorkingView

LABELS = (N_("Name"), N_("Layer"), N_("Output"))  # the headings of the columns before the figures
LONG_PREFIX = 16  # letters that the names of a stage begin with alike, from which on the stage's heading says them once
LINE = "_" * 10  # of a hole with its marks
HOLE = 14  # characters that a hole for an answer takes
UPRIGHT = 68  # characters of a line that fit on an upright page in the size of the text
MAX_HEADINGS = 4  # columns that fit beside the names of layers on an upright page


class AnswerPrinter:
    """Prints one answer table."""

    def __init__(self, printer: Printer, table: AnswerTable) -> None:
        self.printer = printer
        self.table = table
        self.prefixes = _prefixes(table)
        self.sized = [table.sized] if table.sized else []
        self.with_marks = {heading.name for heading in table.headings if heading.worth}  # columns whose headings give the marks
        self.shown = (table.named, True, table.outputs)  # of the columns before the figures
        self.labels = [*map(_, compress(LABELS, self.shown))]

    def view(self) -> AnswersView:
        table = self.table
        entries = {row.no: self.entry(row) for row in table.rows}
        headings = [*self.sized, *table.headings]
        worths = [heading.worth for heading in headings]
        lines = [(*self.labels, *(heading.label for heading in headings))]
        lines += [(*entry.labels, *entry.cells) for entry in entries.values()]
        length = sum(max(len(text) or HOLE for text in column) for column in zip(*lines, strict=True))
        return AnswersView(
            labels=self.labels,
            headings=[heading.label for heading in headings],
            worths=worths if any(worths) else [],
            parts=[self.part(part, entries) for part in table.parts],
            totals=self.totals(table.totals, is_said=True),
            chosen=self.totals(table.chosen) if table.chosen else [],
            kinds=[self.kind(part) for part in table.kinds],
            named=table.named,
            narrow=table.named or length > UPRIGHT,
            wide=table.named and len(headings) > MAX_HEADINGS,
        )

    def entry(self, row: Row) -> EntryView:
        layer = layer_label(row)
        return EntryView(
            no=row.no,
            name=row.name,
            layer=layer,
            labels=self.label_texts(row, layer),
            cells=[*[self.size(row)] * len(self.sized), *map(self.cell, row.columns)],
            worked=(row.same_as or row.no) if self.table.worked else 0,
        )

    def label_texts(self, row: Row, layer: str) -> list[str]:
        """Name, layer and output, as far as the table has them."""
        name = breakable(row.name.removeprefix(self.prefixes.get(row.no, "")), self.printer.setting)
        return [*compress((name, layer, self.size(row)), self.shown)]

    def size(self, row: Row) -> str:
        """The size of a layer's output."""
        return " × ".join([self.printer.digits.operand(size) for size in row.output]) if row.output else ""

    def cell(self, step: Step) -> str:
        """A figure or a hole, with its marks where the heading of the column does not give them."""
        text = self.printer.cell(step)
        return f"{text or LINE} [{step.worth}]" if step.worth and step.name not in self.with_marks else text

    def totals(self, sums: Mapping[str, int | None], *, is_said: bool = False) -> list[str]:
        """The sums of the columns; in larger units too where the column has them, they are short and ``is_said``."""
        headings = self.table.headings
        brief = [is_said and heading.scale is not None and not heading.scale.exact for heading in headings]
        larger = [
            heading.said(sums[heading.name], self.printer.digits) if short else ""
            for heading, short in zip(headings, brief, strict=True)
        ]
        own = [self.printer.total(sums[heading.name]) if heading.summed else UNCOUNTED for heading in headings]
        figures = [" ".join(filter(None, pair)) for pair in zip(own, larger, strict=True)]
        return [*[UNCOUNTED] * len(self.sized), *figures]

    def part(self, part: Part, entries: Mapping[int, EntryView]) -> PartView:
        title = self.prefixes.get(part.rows[0], part.title) if self.table.named else part.title
        return PartView(title, [entries[row] for row in part.rows], self.totals(part.totals))

    def kind(self, part: Part) -> KindView:
        return KindView(part.title, self.printer.digits.operand(len(part.rows)), self.totals(part.totals))


def _prefixes(table: AnswerTable) -> dict[int, str]:
    """By row, what the names of its stage begin with alike, up to a dot, if it is long: ``encoder.layers.encoder_layer_0``."""
    names = {row.no: row.name for row in table.rows}
    prefixes: dict[int, str] = {}
    for part in table.parts:
        columns = zip(*(names[row].split(".")[:-1] for row in part.rows), strict=False)
        alike = takewhile(lambda words: len(set(words)) == 1, columns)
        prefix = ".".join(words[0] for words in alike)
        if part.title and len(part.rows) > 1 and len(prefix) >= LONG_PREFIX:
            prefixes |= dict.fromkeys(part.rows, prefix)
    return prefixes


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
    return ", ".join(equals().join([*map(spoken, names), str(value)]) for names, value in row.values)


def _flow(row: Row) -> str:
    """The row's shapes and layer as a sentence without mathematics, for bookmarks and screen readers."""
    inputs = "…" if row.inputs is None else ", ".join(map(plain, row.inputs))
    return " → ".join(filter(None, [inputs, layer_label(row), plain(row.output) if row.output else "…"]))
