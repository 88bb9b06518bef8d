"""Prints steps and statements in one dialect: the parts of every document, ready for a template."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from worksheet.derivation import Section, Statement, Step
from worksheet.formula import Formula, Printed, digits_named
from worksheet.formula.dialects import flat
from worksheet.totals import UNCOUNTED, print_total
from worksheet.writers.line_breaks import EQUALS_LENGTH, LaidLine, lines, opened
from worksheet.writers.small_print import Ready, Setting, SmallPrint, equals, is_one_symbol, spoken, words_dialect
from worksheet.writers.text_width import width as width_of
from worksheet.writers.views import LineView, SectionView, StatementView, StepView, SymbolView

SYMBOL_LENGTH = 2.0  # half ems: a capital letter as a label
PIECES = 0.8  # of a line, for a piece between two places where a page may break it: its fonts may be wider than ours
LABEL_MARGIN = 1.0  # half ems between a step's label and its equals sign


class Printer:
    """Prints the steps of one document; ``steps`` are all of them, whose labels share a column."""

    def __init__(self, setting: Setting, digits: str, steps: Iterable[Step]) -> None:
        self.dialect = setting.dialect
        self.flat = flat(setting.dialect)
        self.spoken = setting.spoken
        self.pieces = setting.pieces
        self.setting = setting
        self.digits = digits_named(digits)
        self.print = SmallPrint(setting, self.digits)
        self.label_width = max([_label_length(step) for step in steps], default=0) + LABEL_MARGIN
        self.width = setting.width
        self.reference_width = setting.width * setting.beside
        self.formulas: dict[int, list[Printed]] = {}

    def cell(self, step: Step) -> str:
        if step.value is None:
            return step.closed.show(self.dialect, None, self.digits) if step.closed else ""
        return self.digits.result(step.value) if step.is_counted else UNCOUNTED

    def total(self, value: int | Decimal | None) -> str:
        return "" if value is None else print_total(value, self.digits)

    # Statements

    def section(self, section: Section, level: int = 2) -> SectionView:
        return SectionView(
            title=section.title,
            legend=[SymbolView(self.print.symbols(names), text) for names, text in section.legend],
            statements=[self.statement(statement) for statement in section.statements],
            note=section.note,
            level=level,
        )

    def statement(self, statement: Statement) -> StatementView:
        parts = [self.symbolic(statement.formula)]
        given = f"{self.print.symbols(statement.symbols)} {self.dialect.equals} " if statement.symbols else ""
        words = equals().join([*map(spoken, statement.symbols), statement.formula.show(words_dialect())]) if self.spoken else ""
        laid = lines(parts, self.reference_width)
        texts = [Ready((given if i == 0 else "") + line.parts[0]) for i, line in enumerate(laid)]
        return StatementView(statement.label, texts, words)

    # Steps

    def step(self, step: Step) -> StepView:
        parts, width = self.parts(step), self.width - self.label_width
        label = self.print.symbols(step.symbols) if step.symbols else self.print.text(step.label)
        remark = self.print.text(f"({step.remark})") if step.remark else Ready()
        return StepView(
            label=label,
            plain_label=" = ".join(map(spoken, step.symbols)) or step.label,
            lines=self.lines(lines(parts, width), label, remark, rounded=step.rounded),
            parts=[[Ready(piece.text) for piece in opened(part, width * PIECES)] for part in parts] if self.pieces else [],
            signs=[Ready(sign) for sign in self.signs(len(parts), rounded=step.rounded)],
            words=self.words(step),
            remark=step.remark,
            lead=step.lead,
            note=step.note,
            hole=step.is_hole,
            worth=step.worth,
        )

    def signs(self, count: int, *, rounded: bool) -> list[str]:
        """The sign before each part of a step: a rounded value is only about what precedes it."""
        return [self.dialect.equals] * (count - 1) + [self.dialect.about if rounded else self.dialect.equals]

    def lines(self, laid: Sequence[LaidLine], label: Ready, remark: Ready, *, rounded: bool = False) -> list[LineView]:
        """Lines that begin with an equals sign or continue the one above; the label on the first, the remark on the last."""
        signs = iter(self.signs(sum(len(line.parts) for line in laid if not line.continues), rounded=rounded))
        return [
            LineView(
                text=Ready(line.parts[0] if line.continues else " ".join(f"{next(signs)} {part}" for part in line.parts)),
                continues=line.continues,
                label=label if i == 0 else Ready(),
                remark=remark if i == len(laid) - 1 else Ready(),
                is_last=i == len(laid) - 1,
            )
            for i, line in enumerate(laid)
        ]

    def parts(self, step: Step) -> list[list[Printed]]:
        """Formula, substitution, stages and value; what would only repeat the value is left out."""
        if step.is_hole:
            return []
        if not step.is_counted:
            return [[self.print.leaf(self.print.words_in_formulas(UNCOUNTED), UNCOUNTED)]]
        parts = []
        if step.formula and step.formula.symbols:
            parts = [self.symbolic(step.formula)]
            if (step.values or step.forms) and not is_one_symbol(step.formula):
                formula, numbers = step.substituted
                parts.append(formula.printed(self.dialect, numbers, self.digits))
        parts += [stage.printed(self.dialect, None, self.digits) for stage in step.stages]
        return [*parts, self.result(step)]

    def result(self, step: Step) -> list[Printed]:
        """The end of a chain, as long as with its remark: the two stay on one line."""
        remark = f"   ({step.remark})" if step.remark else ""
        if step.value is None:
            assert step.closed is not None
            return [*self.symbolic(step.closed), *([self.print.leaf("", remark)] if remark else [])]
        text = self.digits.result(step.value)
        return [self.print.leaf(self.dialect.number(text), f"{text}{remark}")]

    def symbolic(self, formula: Formula) -> list[Printed]:
        """A formula with its symbols, printed once however many rows share it."""
        if id(formula) not in self.formulas:
            self.formulas[id(formula)] = formula.printed(self.dialect, None, self.digits)
        return self.formulas[id(formula)]

    def in_one(self, formula: Formula) -> str:
        """A formula with its symbols as one text."""
        return "".join(part.text for part in self.symbolic(formula))

    def words(self, step: Step) -> str:
        """The step as a sentence, for readers who hear it."""
        if step.is_hole or not self.spoken:
            return ""
        dialect = words_dialect()
        chain = [equals().join(map(spoken, step.symbols)) or step.label]
        if step.formula and step.formula.symbols:
            chain += [step.formula.show(dialect)]
            if (step.values or step.forms) and not is_one_symbol(step.formula):
                formula, numbers = step.substituted
                chain += [formula.show(dialect, numbers, self.digits)]
        chain += [stage.show(dialect, None, self.digits) for stage in step.stages]
        result = step.closed.show(dialect, None, self.digits) if step.closed else self.cell(step)
        about = " is about " if dialect == "words" else " ≈ "
        return equals().join(chain) + (about if step.rounded else equals()) + result


def _label_length(step: Step) -> float:
    """How wide a step's label is, in half ems."""
    count = len(step.symbols)
    return width_of(step.label) if step.label else SYMBOL_LENGTH * count + EQUALS_LENGTH * (count - 1)
