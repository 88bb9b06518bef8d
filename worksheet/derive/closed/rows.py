"""The layers of a closed form, worked: formula, numbers for what is known, sizes that stay symbols, and what that makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, cast

from worksheet.derivation import Step
from worksheet.derive.closed.cases import Case, Closed, RowForm
from worksheet.derive.layer_steps import ALWAYS, LayerSteps
from worksheet.document import shape_in_words
from worksheet.formula import Exact, Formula, whole
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.rewrite import renamed
from worksheet.formula.simplify import atom_name, factored
from worksheet.formula.traced_numbers import Ratio, Traced, form_of
from worksheet.layers.spelling import spelled

TRACED = (Traced, Ratio)


@dataclass
class Alike:
    """Layers that are worked in the same way: the numbers of their rows, with the row of the first."""

    row: RowForm
    numbers: list[int] = field(default_factory=list)


class ClosedRows(LayerSteps):
    """Prints the rows of one case of a closed form."""

    def __init__(self, closed: Closed, case: Case) -> None:
        self.closed = closed
        self.case = case
        self.columns = closed.convention.columns
        self.always = closed.network.heading.brackets == ALWAYS
        inputs = sum(row.layer.node.kind.name == "Input" for row in case.rows)  # S. No. 0 and below it
        self.rows = dict(enumerate(case.rows, 1 - inputs))
        self.numbers = {row.layer.node.name: no for no, row in self.rows.items()}
        self.short: dict[Polynomial, Formula] = {}

    # Formulas

    def shortest(self, form: Polynomial) -> Formula:
        """A polynomial as a formula, with what its terms have in common before brackets where that is shorter."""
        if form not in self.short:
            plain = self.case.formula(form)
            node = factored(form.scaled(self.steps))
            if node is not None:
                atoms = {atom_name(atom): self.case.trace.written(atom) for atom in form.atoms}
                brief = Formula.of(renamed(node, atoms), plain.least)
                plain = min(plain, brief, key=lambda formula: len(formula.source))
            self.short[form] = plain
        return self.short[form]

    @cached_property
    def steps(self) -> Mapping[int, Exact]:
        """By the number of a symbol: one over its step, where that is not 1; polynomials count in steps."""
        return {i: 1 / cast(Any, knob.step) for i, knob in enumerate(self.closed.knobs) if knob.step != 1}

    def sizes(self, shape: Iterable[int]) -> tuple[Formula, ...]:
        """A shape, each axis a formula."""
        return tuple(self.shortest(form_of(length)) for length in shape)

    def said(self, shape: Iterable[int]) -> str:
        """A shape in plain words."""
        return shape_in_words(self.sizes(shape))

    def spec(self, row: RowForm) -> str:
        """The layer's numbers as the sheet writes them; a symbol stands in brackets."""
        node = row.layer.node
        given = {
            name: f"({self.shortest(form_of(value)).show('text')})" if isinstance(value, TRACED) else value
            for name, value in node.hyperparameters.items()
        }
        return " ".join(filter(None, (node.kind.name, spelled(node.kind, cast(Any, given), node.pattern).replace("->", "→"))))

    def flow(self, row: RowForm) -> str:
        """What a layer makes of what: its inputs, its numbers, its output."""
        inputs = ", ".join(map(self.said, row.layer.inputs))
        return " → ".join(filter(None, (inputs, self.spec(row), self.said(row.layer.output))))

    # Rows

    def alike(self, numbers: Iterable[int]) -> list[Alike]:
        """The rows of these numbers, equal ones together, in the order of the first of them."""
        found: dict[object, Alike] = {}
        for no in numbers:
            row = self.rows[no]
            key = (id(row.columns), id(row.layer.values), row.layer.kind.name, row.elsewhere)
            found.setdefault(key, Alike(row)).numbers.append(no)
        return list(found.values())

    def worked(self, row: RowForm) -> tuple[Step, ...]:
        """The steps of one layer: its flattening, the sizes of its output, its columns."""
        columns = (self.column(row, i) for i in range(len(self.columns)))
        return (*self.flattening(row.layer), *self.output_sizes(row.folded.sizes, row.layer.values), *columns)

    def form(self, value: Any) -> Polynomial:
        return form_of(value)

    def column(self, row: RowForm, index: int) -> Step:
        column, rule, form = self.columns[index], row.folded.rules[index], row.columns[index]
        if row.elsewhere[index] or rule is None or form is None:
            return self.left_out(column, row.layer.node.shares if row.elsewhere[index] else "")
        remark = column.remarks.get(row.folded.kind.name, "") or row.folded.silence(column, counts=bool(form.terms))
        values = {**row.layer.values, **row.folded.run.values}
        return self.step(Step(column.name, column.heading, remark=remark), self.bracketed(rule, values), values, form)

    def step(self, blank: Step, formula: Formula, values: Mapping[str, Exact], result: Polynomial) -> Step:
        """The step of a figure: numbers and forms for its symbols, and its own form."""
        forms = {name: self.shortest(form_of(values[name])) for name in formula.symbols if isinstance(values[name], TRACED)}
        numbers = {name: values[name] for name in formula.symbols if name not in forms}
        stages = (formula.quotients(numbers),) if not forms and formula.rounds() else ()
        step = replace(blank, formula=formula, values=numbers, stages=stages, forms=forms)
        if result.known is None:
            return replace(step, closed=self.shortest(result))
        return replace(step, value=whole(result.known))
