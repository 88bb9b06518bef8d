"""The worked layers of a closed form: the formula, its numbers, the sizes that stay symbols, and the resulting form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from worksheet.derivation import Step
from worksheet.derive.closed.cases import Closed, ClosedCase, RowForm
from worksheet.derive.layer_steps import ALWAYS, LayerSteps
from worksheet.document import shape_in_words
from worksheet.formula import Exact, Formula, whole
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.rewrite import rename
from worksheet.formula.simplify import atom_name, factor
from worksheet.formula.traced_numbers import Ratio, Traced, polynomial_of
from worksheet.language import _
from worksheet.layers import Role
from worksheet.layers.spelling import spell

TRACED = (Traced, Ratio)


@dataclass
class Alike:
    """Layers with the same working: the numbers of their rows, and the row of the first."""

    row: RowForm
    numbers: list[int] = field(default_factory=list)


class ClosedRows(LayerSteps):
    """Prints the rows of one case of a closed form."""

    def __init__(self, closed: Closed, case: ClosedCase) -> None:
        self.closed = closed
        self.case = case
        self.columns = closed.convention.columns
        self.always = closed.network.heading.brackets == ALWAYS
        inputs = sum(row.layer.kind.role is Role.INPUT for row in case.rows)  # No. 0 and below it
        self.rows = dict(enumerate(case.rows, 1 - inputs))
        self.numbers = {row.layer.node.name: no for no, row in self.rows.items()}
        self.short: dict[Polynomial, Formula] = {}

    # Formulas

    def shortest(self, form: Polynomial) -> Formula:
        """A polynomial as a formula, with common factors extracted if that is shorter."""
        if form not in self.short:
            plain = self.case.formula(form)
            node = factor(form.scaled(self.steps))
            if node is not None:
                atoms = {atom_name(atom): self.case.trace.write(atom) for atom in form.atoms}
                brief = Formula.of(rename(node, atoms), plain.least)
                plain = min(plain, brief, key=lambda formula: len(formula.source))
            self.short[form] = plain
        return self.short[form]

    @cached_property
    def steps(self) -> Mapping[int, Exact]:
        """1/step by the number of a symbol, unless it is 1, since polynomials count in steps."""
        return {i: 1 / cast(Any, variable.step) for i, variable in enumerate(self.closed.variables) if variable.step != 1}

    def sizes(self, shape: Iterable[int]) -> tuple[Formula, ...]:
        """A shape, each axis a formula."""
        return tuple(self.shortest(polynomial_of(length)) for length in shape)

    def shape_text(self, shape: Iterable[int]) -> str:
        """A shape in plain words."""
        return shape_in_words(self.sizes(shape))

    def spec(self, row: RowForm) -> str:
        """The layer as the sheet writes it; symbols are in brackets."""
        node = row.layer.node
        hyperparameters = {
            name: f"({self.shortest(polynomial_of(value)).show('text')})" if isinstance(value, TRACED) else value
            for name, value in node.hyperparameters.items()
        }
        return " ".join(
            filter(None, (node.kind.name, spell(node.kind, cast(Any, hyperparameters), node.pattern).replace("->", "→")))
        )

    def flow(self, row: RowForm) -> str:
        """The layer between the shapes of its inputs and of its output."""
        inputs = ", ".join(map(self.shape_text, row.layer.inputs))
        return " → ".join(filter(None, (inputs, self.spec(row), self.shape_text(row.layer.output))))

    # Rows

    def group_alike(self, numbers: Iterable[int]) -> list[Alike]:
        """The rows of these numbers, equal ones together, in the order of their first."""
        groups: dict[object, Alike] = {}
        for no in numbers:
            row = self.rows[no]
            key = (id(row.columns), id(row.layer.values), row.layer.kind.name, row.elsewhere)
            groups.setdefault(key, Alike(row)).numbers.append(no)
        return list(groups.values())

    def work(self, row: RowForm) -> tuple[Step, ...]:
        """The steps of one layer: its flattening, the sizes of its output, its columns."""
        columns = (self.column(row, i) for i in range(len(self.columns)))
        return (*self.flattening(row.layer), *self.output_sizes(row.folded.sizes, row.layer.values), *columns)

    def form(self, value: Any) -> Polynomial:
        return polynomial_of(value)

    def column(self, row: RowForm, index: int) -> Step:
        column, rule, form = self.columns[index], row.folded.rules[index], row.columns[index]
        if row.elsewhere[index] or rule is None or form is None:
            return self.left_out(column, row.layer.node.shares if row.elsewhere[index] else "")
        remark = _(column.remarks.get(row.folded.kind.name, "")) or row.folded.silence(column, counts=bool(form.terms))
        values = {**row.layer.values, **row.folded.run.values}
        return self.step(Step(column.name, _(column.heading), remark=remark), self.drop_brackets(rule, values), values, form)

    def step(self, blank: Step, formula: Formula, values: Mapping[str, Exact], result: Polynomial) -> Step:
        """The step of a figure: the numbers and forms of its symbols, and its own form."""
        forms = {n: self.shortest(polynomial_of(values[n])) for n in formula.symbols if isinstance(values[n], TRACED)}
        numbers = {name: values[name] for name in formula.symbols if name not in forms}
        stages = (formula.quotients(numbers),) if not forms and formula.rounds() else ()
        step = replace(blank, formula=formula, values=numbers, stages=stages, forms=forms)
        if result.constant is None:
            return replace(step, closed=self.shortest(result))
        return replace(step, value=whole(result.constant))
