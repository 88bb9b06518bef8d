"""A derivation as strings in one dialect, ready for a template: all printing happens here, none in the templates."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import SimpleNamespace
from typing import Any

from worksheet.derivation import Derivation, Row, Section, Shape, Statement, Step
from worksheet.errors import printable
from worksheet.formula import Dialect, Exact, Formula, Printed, digits_named
from worksheet.writers.layout import Line, lines

UNCOUNTED = "—"
FIELDS = ("Name", "Roll no.")
LABEL_MARGIN = 1.0  # half ems between a step's label and its equals sign


class Ready(str):
    """Text that is in the writer's own notation already; everything else is escaped on its way out."""

    __slots__ = ()


@dataclass(frozen=True)
class Setting:
    """How a writer wants its steps: the dialect and how many half ems fit in a line."""

    dialect: Dialect
    width: float
    words: Callable[[str], str] | None = None  # words inside a formula, where the dialect's own way is not enough
    pieces: bool = False  # steps in pieces too, for a page that breaks lines itself
    spoken: bool = False  # every formula in words too
    beside: float = 1.0  # the share of the width that a formula of the reference has beside its words


def view(derivation: Derivation, setting: Setting) -> dict[str, Any]:
    """The names that a template may use: see docs/templates.md."""
    return _View(derivation, setting).names()


class _View:
    def __init__(self, derivation: Derivation, setting: Setting) -> None:
        self.derivation = derivation
        self.dialect = setting.dialect
        self.words_in_formulas = setting.words or setting.dialect.text
        self.spoken = setting.spoken
        self.pieces = setting.pieces
        self.digits = digits_named(derivation.digits)
        labels = [step.label or " = ".join(step.symbols) for row in derivation.rows for step in (*row.sizes, *row.columns)]
        self.label_width = max(map(len, labels), default=0) + LABEL_MARGIN
        self.width = setting.width
        self.reference_width = setting.width * setting.beside
        self.rows: dict[tuple[object, ...], dict[str, Any]] = {}
        self.formulas: dict[int, list[Printed]] = {}

    def names(self) -> dict[str, Any]:
        d = self.derivation
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
            "table": [self.entry(row) for row in d.rows],
            "totals": [self.total(d.totals[heading.name]) for heading in d.headings] if d.rows else [],
            "sections": [self.section(section) for section in d.reference],
            "rows": [self.row(row) for row in d.rows],
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
        return SimpleNamespace(no=row.no, layer=layer_label(row), cells=[self.cell(step) for step in row.columns])

    def cell(self, step: Step) -> str:
        if step.value is None:
            return ""
        return self.digits.result(step.value) if step.is_counted else UNCOUNTED

    def total(self, value: int | None) -> str:
        return "" if value is None else self.digits.result(value)

    # Formula reference

    def section(self, section: Section) -> SimpleNamespace:
        return SimpleNamespace(
            title=section.title,
            legend=[SimpleNamespace(symbols=self.symbols(names), meaning=text) for names, text in section.legend],
            statements=[self.statement(statement) for statement in section.statements],
            note=section.note,
        )

    def statement(self, statement: Statement) -> SimpleNamespace:
        parts = [self.symbolic(statement.formula)]
        given = f"{self.symbols(statement.symbols)} {self.dialect.equals} " if statement.symbols else ""
        words = " equals ".join([*map(_spoken, statement.symbols), statement.formula.show("words")]) if self.spoken else ""
        laid = lines(parts, self.reference_width)
        texts = [Ready((given if i == 0 else "") + line.parts[0]) for i, line in enumerate(laid)]
        return SimpleNamespace(label=statement.label, lines=texts, words=words)

    # Worked rows

    def row(self, row: Row) -> SimpleNamespace:
        key = (id(row.columns), row.kind, row.spec, row.input, row.output)  # equal layers share their steps
        if key not in self.rows:
            self.rows[key] = self.printed_row(row)
        return SimpleNamespace(no=row.no, name=row.name, **self.rows[key])

    def printed_row(self, row: Row) -> dict[str, Any]:
        steps = [*row.sizes, *row.columns]
        uses_values = any(step.formula and step.formula.symbols for step in steps)
        return {
            "kind": row.kind,
            "spec": " ".join(word for word in row.spec.split() if "->" not in word),  # the shapes say it
            "label": layer_label(row),
            "input": self.shape(row.input),
            "output": self.shape(row.output),
            "flow": self.flow(row),
            "values": [self.equality(names, value) for names, value in row.values] if uses_values else [],
            "values_words": self.values_words(row) if self.spoken else "",
            "steps": [self.step(step) for step in steps],
        }

    def values_words(self, row: Row) -> str:
        return ", ".join(" equals ".join([*map(_spoken, names), str(value)]) for names, value in row.values)

    def flow(self, row: Row) -> str:
        """The row's shapes and layer as a sentence without mathematics, for bookmarks and screen readers."""
        shapes = [" × ".join(map(str, shape)) if shape else "…" for shape in (row.input, row.output)]
        return f"{shapes[0]} → {layer_label(row)} → {shapes[1]}"

    def step(self, step: Step) -> SimpleNamespace:
        parts = self.parts(step)
        label = self.symbols(step.symbols) if step.symbols else self.text(step.label)
        remark = self.text(f"({step.remark})") if step.remark else Ready()
        return SimpleNamespace(
            label=label,
            plain_label=" = ".join(map(_spoken, step.symbols)) or step.label,
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
            return [[self.leaf(self.words_in_formulas(UNCOUNTED), UNCOUNTED)]]
        result = self.digits.result(step.value)
        parts = []
        if step.formula and step.formula.symbols:
            parts = [self.symbolic(step.formula)]
            if not _is_one_symbol(step.formula):
                parts.append(step.formula.printed(self.dialect, step.values, self.digits))
        parts += [stage.printed(self.dialect, None, self.digits) for stage in step.stages]
        return [*parts, [self.leaf(self.dialect.number(result), result)]]

    def symbolic(self, formula: Formula) -> list[Printed]:
        """A formula with its symbols, printed once however many rows share it."""
        if id(formula) not in self.formulas:
            self.formulas[id(formula)] = formula.printed(self.dialect, None, self.digits)
        return self.formulas[id(formula)]

    def words(self, step: Step) -> str:
        """The step as a sentence, for readers who hear it."""
        if step.value is None or not self.spoken:
            return ""
        subject = " equals ".join(map(_spoken, step.symbols)) or step.label
        chain = [subject]
        if step.formula and step.formula.symbols:
            chain += [step.formula.show("words")]
            if not _is_one_symbol(step.formula):
                chain += [step.formula.show("words", step.values, self.digits)]
        chain += [stage.show("words", None, self.digits) for stage in step.stages]
        return " equals ".join([*chain, self.cell(step)])

    # Small print

    def leaf(self, text: str, plain: str) -> Printed:
        return Printed(text, text, float(len(plain)), list)

    def text(self, words: str) -> Ready:
        """Words inside a formula."""
        return Ready(self.words_in_formulas(printable(words)))

    def symbols(self, names: Sequence[str]) -> Ready:
        return Ready(f" {self.dialect.equals} ".join([_symbol(name, self.dialect.name) for name in names]))

    def equality(self, names: Sequence[str], value: int) -> Ready:
        return Ready(f"{self.symbols(names)} {self.dialect.equals} {self.number(value)}")

    def number(self, value: Exact) -> str:
        return self.dialect.number(self.digits.operand(value))

    def shape(self, shape: Shape | None) -> Ready | None:
        """3 x 227 x 227 in the dialect; None where it is for the student to find."""
        if shape is None:
            return None
        text = self.number(shape[0])
        for size in shape[1:]:
            text = self.dialect.times.format(text, self.number(size))
        return Ready(text)


def arrows(spec: str) -> str:
    return spec.replace("->", " → ")


def layer_label(row: Row) -> str:
    """``Conv2d: 64c 11w 4s 2p``, or the kind alone."""
    return f"{row.kind}: {arrows(row.spec)}" if row.spec else row.kind


def _is_one_symbol(formula: Formula) -> bool:
    return formula.symbols == (formula.source,)


def _spoken(symbol: str) -> str:
    return _symbol(symbol, "words")


@cache
def _symbol(name: str, dialect: str) -> str:
    """A symbol by itself, printed once for each dialect."""
    return Formula(name).show(dialect)
