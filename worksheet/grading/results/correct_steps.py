"""A student's worked solution by the cells of the sheet: the steps, the values and the totals that lead to each answer."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import field, replace
from functools import cached_property

from worksheet.derivation import Derivation, Figure, Row, Section, Step, asked_label
from worksheet.document import Cell
from worksheet.formula import Formula
from worksheet.formula.tree import Node, Number, Operation
from worksheet.frozen import frozen
from worksheet.grading.paper.cells import FIND, FORMULA, OUTPUT, Key
from worksheet.language import N_, _

SINGLE = {OUTPUT: N_("Output")}  # headings of columns that do not belong to a convention
TIMES = "\u00a0×\u00a0"  # between sizes, which are kept on one line
MAX_ADDED = 60  # rows of a total that are written out
NO_FIGURE = Figure("", "", ())


@frozen
class Solution:
    """A worked solution, indexed by cell; made once for all students with the same sheet."""

    worked: Derivation
    totals: dict[str, Step] = field(default_factory=dict)

    @cached_property
    def rows(self) -> dict[int, Row]:
        return {row.no: row for row in self.worked.rows}

    @cached_property
    def steps(self) -> dict[Key, Step]:
        """The steps of the columns, by cell."""
        return {(row.no, step.name): step for row in self.worked.rows for step in row.columns}

    @property
    def labels(self) -> dict[str, str]:
        """The columns' headings by name."""
        return {heading.name: heading.label for heading in self.worked.headings} | {
            name: _(label) for name, label in SINGLE.items()
        }

    def layer(self, number: int) -> str:
        """A layer in the words of the question sheet, after its name where the sheet prints names."""
        row = self.rows.get(number)
        if row is None:
            return ""
        return f"{row.name}, {asked_label(row)}" if self.worked.named else asked_label(row)

    def symbols(self, steps: Collection[Step]) -> tuple[Section, ...]:
        """The meaning of the symbols in some steps, by kind of layer."""
        formulas = {id(step.formula) for step in steps if step.formula}
        used: dict[str, set[str]] = {}
        for row in self.worked.rows:
            for step in (*row.sizes, *row.columns):
                if step.formula and id(step.formula) in formulas:
                    used.setdefault(row.kind, set()).update(step.formula.symbols, step.symbols)
        sections = [_legend(section, used.get(section.kind, set())) for section in self.worked.reference]
        return tuple(section for section in sections if section.legend)

    def steps_to(self, key: Key) -> tuple[Step, ...]:
        """The steps that lead to the right answer; none if an output has the size of its input."""
        number, column = key
        if number == FIND:
            return self.question(column).steps
        if isinstance(number, str):
            return self.total(column)
        if column == OUTPUT:
            row = self.rows.get(number)
            return row.sizes if row else ()
        step = self.steps.get((number, column.removesuffix(FORMULA)))
        return (step,) if step else ()

    def question(self, column: str) -> Figure:
        """A question asked backwards, answered."""
        return next((figure for figure in self.worked.figures if figure.title == column), NO_FIGURE)

    def value(self, key: Key) -> Cell:
        """The right answer: a number, a formula, or sizes as text."""
        number, column = key
        if column == OUTPUT and isinstance(number, int):
            row = self.rows.get(number)
            return TIMES.join(map(str, row.output)) if row and row.output else None
        steps = self.steps_to(key)
        if not steps:
            return None
        value = steps[0].formula if column.endswith(FORMULA) else steps[0].value
        return value if isinstance(value, (int, Formula)) or value is None else str(value)

    def total(self, column: str) -> tuple[Step, ...]:
        """The sum of a column, its terms written out if there are not too many."""
        value = self.worked.totals.get(column)
        if value is None:
            return ()
        if column not in self.totals:
            steps = (self.steps.get((row.no, column)) for row in self.worked.rows)
            terms = [step.value for step in steps if step and isinstance(step.value, int) and step.value]
            formula = Formula.of(_sum(terms if 0 < len(terms) <= MAX_ADDED else [value]))
            stages = (formula,) if 1 < len(terms) <= MAX_ADDED else ()
            self.totals[column] = Step(column, self.labels.get(column, column), (), formula, {}, value, stages)
        return (self.totals[column],)


def _legend(section: Section, used: Collection[str]) -> Section:
    """The meaning of these symbols of a kind, without its formulas."""
    legend = tuple(entry for entry in section.legend if not set(entry[0]).isdisjoint(used))
    return replace(section, legend=legend, statements=(), note="")


def _sum(terms: Sequence[int]) -> Node:
    """A sum of numbers, built by hand because the parser bounds the length of a formula."""
    tree: Node = Number(terms[0])
    for term in terms[1:]:
        tree = Operation("+", tree, Number(term))
    return tree
