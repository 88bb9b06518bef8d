"""A derivation as strings in one dialect, ready for a template: all printing happens here, none in the templates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from worksheet.derivation import Derivation, Part, Row, Section, Statement, Step, spans
from worksheet.errors import printable
from worksheet.formula import Formula, Printed, digits_named
from worksheet.writers.layout import EQUALS_LENGTH, Line, lines
from worksheet.writers.small_print import Ready, Setting, SmallPrint, is_one_symbol, layer_label, plain, spoken

SEPARATORS = re.compile(r"(?<=[./:_-])")
UNCOUNTED = "—"
FIELDS = ("Name", "Roll no.")
CONTENTS_FROM = 30  # rows from which on a document has contents
SYMBOL_LENGTH = 2.0  # half ems: a capital letter as a label
LABEL_MARGIN = 1.0  # half ems between a step's label and its equals sign


def view(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    """The names that a template may use: see docs/templates.md."""
    return _View(derivation, setting).names()


class _View:
    def __init__(self, derivation: Derivation, setting: Setting) -> None:
        self.derivation = derivation
        self.dialect = setting.dialect
        self.spoken = setting.spoken
        self.pieces = setting.pieces
        self.setting = setting
        self.digits = digits_named(derivation.digits)
        self.print = SmallPrint(setting, self.digits)
        labels = [_label_length(step) for row in derivation.rows for step in (*row.sizes, *row.columns)]
        self.label_width = max(labels, default=0) + LABEL_MARGIN
        self.width = setting.width
        self.reference_width = setting.width * setting.beside
        self.rows: dict[tuple[object, ...], dict[str, Any]] = {}
        self.formulas: dict[int, list[Printed]] = {}
        self.repeated: dict[int, list[int]] = {}  # by the number of the row that works a layer: the rows that repeat it
        for row in derivation.rows:
            if row.same_as:
                self.repeated.setdefault(row.same_as, []).append(row.no)

    def names(self) -> dict[str, Any]:
        d = self.derivation
        entries = [self.entry(row) for row in d.rows]
        rows = [self.row(row) for row in d.rows if not row.same_as] if d.worked else []
        lines = {entry.no: entry for entry in entries}
        worked = {row.no: row for row in rows}
        return {
            "title": d.title,
            "course": d.course,
            "fields": FIELDS,
            "question": d.question,
            "rules": d.rules,
            "convention": d.convention_title,
            "counting": self.counting(),
            "network": d.network,
            "language": d.language,
            "blank": d.blank,
            "headings": [heading.label for heading in d.headings],
            "labels": ["Name", "Layer", "Output"] if d.named else ["Layer"],
            "table": entries,
            "totals": self.totals(d.totals, said=True) if d.rows else [],
            "chosen": self.totals(d.chosen) if d.chosen else [],
            "parts": [self.part(part, no, lines, worked) for no, part in enumerate(d.parts, 1)],
            "kinds": [self.tally(part) for part in d.kinds] if not d.worked else [],
            "contents": d.worked and len(d.rows) > CONTENTS_FROM,
            "sections": [self.section(section) for section in d.reference],
            "rows": rows,
            "notes": d.notes,
            "label_width": round(self.label_width / 2, 2),  # in ems
        }

    def counting(self) -> str:
        """The way of counting as a sentence: its name, unit and source."""
        d = self.derivation
        unit = f", in {d.unit}" if d.unit else ""
        source = f" Source: {d.cite}." if d.cite else ""
        return f"{d.convention_title}{unit}.{source}"

    # Answer table

    def entry(self, row: Row) -> SimpleNamespace:
        layer = layer_label(row)
        output = " × ".join([self.digits.operand(size) for size in row.output]) if row.output else ""
        return SimpleNamespace(
            no=row.no,
            name=row.name,
            layer=layer,
            labels=[self.breakable(row.name), layer, output] if self.derivation.named else [layer],
            cells=[self.cell(step) for step in row.columns],
            worked=(row.same_as or row.no) if self.derivation.worked else 0,
        )

    def breakable(self, name: str) -> str:
        """A name that a narrow column may break: behind dots, dashes, underscores and the like."""
        escape = self.setting.escape
        return Ready(self.setting.mark.join(map(escape, SEPARATORS.split(printable(name))))) if escape else name

    def cell(self, step: Step) -> str:
        if step.value is None:
            return ""
        return self.digits.result(step.value) if step.is_counted else UNCOUNTED

    def total(self, value: int | None) -> str:
        return "" if value is None else self.digits.result(value)

    def totals(self, sums: Mapping[str, int | None], *, said: bool = False) -> list[str]:
        """The sums of the columns; ``said`` in larger units too, where the column has them."""
        headings = self.derivation.headings
        larger = [heading.said(sums[heading.name]) if said else "" for heading in headings]
        return [" ".join(filter(None, (self.total(sums[h.name]), text))) for h, text in zip(headings, larger, strict=True)]

    def part(
        self, part: Part, no: int, lines: Mapping[int, SimpleNamespace], worked: Mapping[int, SimpleNamespace]
    ) -> SimpleNamespace:
        """A stage: its lines of the table, its worked rows, the sums of its columns."""
        return SimpleNamespace(
            no=no,
            title=part.title,
            entries=[lines[row] for row in part.rows],
            rows=[worked[row] for row in part.rows if row in worked],
            totals=self.totals(part.totals),
        )

    def tally(self, part: Part) -> SimpleNamespace:
        """A line of the table by kinds of layers."""
        return SimpleNamespace(kind=part.title, layers=self.digits.operand(len(part.rows)), totals=self.totals(part.totals))

    # Formula reference

    def section(self, section: Section) -> SimpleNamespace:
        return SimpleNamespace(
            title=section.title,
            legend=[SimpleNamespace(symbols=self.print.symbols(names), meaning=text) for names, text in section.legend],
            statements=[self.statement(statement) for statement in section.statements],
            note=section.note,
        )

    def statement(self, statement: Statement) -> SimpleNamespace:
        parts = [self.symbolic(statement.formula)]
        given = f"{self.print.symbols(statement.symbols)} {self.dialect.equals} " if statement.symbols else ""
        words = " equals ".join([*map(spoken, statement.symbols), statement.formula.show("words")]) if self.spoken else ""
        laid = lines(parts, self.reference_width)
        texts = [Ready((given if i == 0 else "") + line.parts[0]) for i, line in enumerate(laid)]
        return SimpleNamespace(label=statement.label, lines=texts, words=words)

    # Worked rows

    def row(self, row: Row) -> SimpleNamespace:
        key = (id(row.columns), row.kind, row.spec, row.inputs, row.output)  # equal layers share their steps
        if key not in self.rows:
            self.rows[key] = self.printed_row(row)
        twins = spans(self.repeated.get(row.no, ()))
        name = row.name if self.derivation.named else ""
        return SimpleNamespace(no=row.no, name=name, twins=twins, reads=self.reads(row), **self.rows[key])

    def reads(self, row: Row) -> str:
        """The rows that a layer reads, where it is not the one above."""
        if self.derivation.blank or list(row.sources) == [row.no - 1] or not row.sources:
            return ""
        several = row.sources.count(0) > 1 and len(set(row.inputs or ())) > 1
        names = [f"S. No. {no}" if no else "the inputs" if several else "the input" for no in row.sources]
        return ", ".join(dict.fromkeys(names))

    def printed_row(self, row: Row) -> dict[str, Any]:
        steps = [*row.sizes, *row.columns]
        uses_values = any(step.formula and step.formula.symbols for step in steps)
        return {
            "kind": row.kind,
            "spec": " ".join(word for word in row.spec.split() if "->" not in word),  # the shapes say it
            "label": layer_label(row),
            "input": self.print.shapes(row.inputs),
            "output": self.print.shape(row.output),
            "flow": self.flow(row),
            "values": [self.print.equality(names, value) for names, value in row.values] if uses_values else [],
            "values_words": self.values_words(row) if self.spoken else "",
            "steps": [self.step(step) for step in steps],
        }

    def values_words(self, row: Row) -> str:
        return ", ".join(" equals ".join([*map(spoken, names), str(value)]) for names, value in row.values)

    def flow(self, row: Row) -> str:
        """The row's shapes and layer as a sentence without mathematics, for bookmarks and screen readers."""
        inputs = "…" if row.inputs is None else ", ".join(map(plain, row.inputs))
        return " → ".join(filter(None, [inputs, layer_label(row), plain(row.output) if row.output else "…"]))

    def step(self, step: Step) -> SimpleNamespace:
        parts = self.parts(step)
        label = self.print.symbols(step.symbols) if step.symbols else self.print.text(step.label)
        remark = self.print.text(f"({step.remark})") if step.remark else Ready()
        return SimpleNamespace(
            label=label,
            plain_label=" = ".join(map(spoken, step.symbols)) or step.label,
            lines=self.lines(lines(parts, self.width - self.label_width), label, remark),
            parts=[[Ready(piece.text) for piece in part] for part in parts] if self.pieces else [],
            words=self.words(step),
            remark=step.remark,
            note=step.note,
            hole=step.value is None,
        )

    def lines(self, laid: Sequence[Line], label: Ready, remark: Ready) -> list[SimpleNamespace]:
        """Lines that begin with an equals sign or continue the one above; the label on the first, the remark on the last."""
        join = f" {self.dialect.equals} "
        return [
            SimpleNamespace(
                text=Ready(line.parts[0] if line.continues else join[1:] + join.join(line.parts)),
                continues=line.continues,
                label=label if i == 0 else Ready(),
                remark=remark if i == len(laid) - 1 else Ready(),
                is_last=i == len(laid) - 1,
            )
            for i, line in enumerate(laid)
        ]

    def parts(self, step: Step) -> list[list[Printed]]:
        """Formula, substitution, stages and value; what would only repeat the value is left out."""
        if step.value is None:
            return []
        if not step.is_counted:
            return [[self.print.leaf(self.print.words_in_formulas(UNCOUNTED), UNCOUNTED)]]
        result = self.digits.result(step.value)
        parts = []
        if step.formula and step.formula.symbols:
            parts = [self.symbolic(step.formula)]
            if not is_one_symbol(step.formula):
                parts.append(step.formula.printed(self.dialect, step.values, self.digits))
        parts += [stage.printed(self.dialect, None, self.digits) for stage in step.stages]
        return [*parts, [self.print.leaf(self.dialect.number(result), result)]]

    def symbolic(self, formula: Formula) -> list[Printed]:
        """A formula with its symbols, printed once however many rows share it."""
        if id(formula) not in self.formulas:
            self.formulas[id(formula)] = formula.printed(self.dialect, None, self.digits)
        return self.formulas[id(formula)]

    def words(self, step: Step) -> str:
        """The step as a sentence, for readers who hear it."""
        if step.value is None or not self.spoken:
            return ""
        subject = " equals ".join(map(spoken, step.symbols)) or step.label
        chain = [subject]
        if step.formula and step.formula.symbols:
            chain += [step.formula.show("words")]
            if not is_one_symbol(step.formula):
                chain += [step.formula.show("words", step.values, self.digits)]
        chain += [stage.show("words", None, self.digits) for stage in step.stages]
        return " equals ".join([*chain, self.cell(step)])


def _label_length(step: Step) -> float:
    """How wide a step's label is, in half ems."""
    many = len(step.symbols)
    return len(step.label) if step.label else SYMBOL_LENGTH * many + EQUALS_LENGTH * (many - 1)
