"""Works a network out: sizes, columns and formula reference under a way of counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.derivation import Derivation, Heading, Row, Step
from worksheet.derive.folding import Folded, facts
from worksheet.derive.reference import general_section, listed, sections
from worksheet.errors import ConventionError, FormulaError, Where
from worksheet.formula import Digits, Exact, Formula
from worksheet.layers import kinds
from worksheet.layers.shapes import FLATTENED
from worksheet.layers.spelling import spelled
from worksheet.network import Network
from worksheet.sizes import Sized, sized

ALWAYS = "always"  # the heading's word for brackets that are written even where the division is exact


def derive(network: Network, convention: Convention | str | None = None, *, digits: str | None = None) -> Derivation:
    """The worked solution of a network.

    ``convention`` is a name, the path of a YAML file or a Convention; without it the network's own, else ``ai61002``.
    ``digits`` is a locale such as ``en_IN``, or ``none``. Raises WorksheetError where layers do not fit together.
    """
    found = _convention(convention or network.heading.convention or conventions.STANDARD)
    locale = Digits(digits or network.heading.digits or found.digits).locale
    return _Solution(network, found, locale).derivation()


def formulas(convention: Convention | str | None = None, names: Iterable[str] = ()) -> Derivation:
    """The formula reference alone, of the named kinds or of all: every symbol kept, every bracket written."""
    found = _convention(convention or conventions.STANDARD)
    chosen = [kinds()[name] for name in names] or list(kinds().values())
    sections = [general_section(kind, form, found) for kind in chosen for form in kind.forms.values()]
    return Derivation(
        network="", title="Formula reference", course="", question="", rules=found.rules, convention=found.name,
        convention_title=found.title, cite=found.cite, unit=found.unit, input=(), headings=_headings(found), rows=(), totals={},
        reference=tuple(sections), notes=(), digits=found.digits,
    )  # fmt: skip


def _convention(convention: Convention | str) -> Convention:
    return conventions.convention(convention) if isinstance(convention, str) else convention


def _headings(convention: Convention) -> tuple[Heading, ...]:
    return tuple(Heading(column.name, column.heading) for column in convention.columns)


class _Solution:
    """One run of ``derive``: equal layers are worked out once."""

    def __init__(self, network: Network, convention: Convention, locale: str) -> None:
        self.network = network
        self.convention = convention
        self.digits = Digits(locale)
        self.always = network.heading.brackets == ALWAYS
        self.layers = sized(network.input, network.nodes)
        self.folded: dict[tuple[object, ...], Folded] = {}
        self.rows: dict[int, Row] = {}

    def derivation(self) -> Derivation:
        rows = tuple(self.row(no, layer) for no, layer in enumerate(self.layers, 1))
        heading, convention = self.network.heading, self.convention
        totals = {column.name: sum(_whole(row.columns[i].value) for row in rows) for i, column in enumerate(convention.columns)}
        return Derivation(
            network=self.network.name,
            title=heading.title or self.network.name,
            course=heading.course,
            question=heading.question or self.question(),
            rules=convention.rules,
            convention=convention.name,
            convention_title=convention.title,
            cite=convention.cite,
            unit=convention.unit,
            input=self.network.input,
            headings=_headings(convention),
            rows=rows,
            totals=totals,
            reference=tuple(sections(self.layers, convention, self.always)),
            notes=tuple(filter(None, (heading.note, *self.uncounted(rows)))),
            digits=self.digits.locale,
        )

    def question(self) -> str:
        size = " × ".join(map(str, self.network.input))
        asks = listed([column.asks for column in self.convention.columns])
        return (
            f"The network takes an input of size {size} and runs in inference mode, model.eval(). "
            f"For every layer, find the size of its output, {asks}."
        )

    def uncounted(self, rows: Iterable[Row]) -> list[str]:
        """A sentence for each column that leaves layers out."""
        sentences = []
        for i, heading in enumerate(_headings(self.convention)):
            left = [row for row in rows if not row.columns[i].is_counted]
            if left:
                which = ", ".join(f"{row.no} ({row.kind})" for row in left)
                sentences.append(f"{heading.label}: {self.convention.title} has no rule for S. No. {which}; not in the total.")
        return sentences

    # Rows

    def row(self, no: int, layer: Sized) -> Row:
        key = id(layer.values)  # equal layers share their values
        if key not in self.rows:
            self.rows[key] = self.worked(layer)
        return replace(self.rows[key], no=no, name=layer.node.name)

    def worked(self, layer: Sized) -> Row:
        kind, folded = layer.node.kind, self.fold(layer)
        return Row(
            no=0,
            name="",
            kind=kind.name,
            spec=spelled(kind, layer.values),
            stated=spelled(kind, layer.node.hyperparameters),
            input=layer.input,
            output=layer.output,
            values=_grouped(layer),
            sizes=(*self.flattening(layer), *self.output_sizes(folded, layer.values)),
            columns=tuple(self.column(folded, i, layer.values) for i in range(len(folded.columns))),
            quantities=folded.quantities,
            numbers=layer.values,
        )

    def fold(self, layer: Sized) -> Folded:
        known = facts(layer)
        key = (layer.node.kind.name, id(layer.form), *known.items())
        if key not in self.folded:
            self.folded[key] = Folded(layer.node.kind, layer.form, known, self.convention.columns)
        return self.folded[key]

    def flattening(self, layer: Sized) -> list[Step]:
        """The step by which a map reaches a layer that takes vectors: n = cMN."""
        if layer.received == layer.input or len(layer.received) not in FLATTENED:
            return []
        formula, axes = FLATTENED[len(layer.received)]
        values = dict(zip(axes, layer.received, strict=True))
        (symbol,) = layer.form.input
        return [Step(symbol.name, "", (symbol.name,), formula, values, layer.input[0])]

    def output_sizes(self, folded: Folded, values: Mapping[str, int]) -> list[Step]:
        """A step for each size of the output; sizes with the same numbers share one, W = H."""
        steps: dict[object, Step] = {}
        for name, formula in folded.sizes:
            shown = self.bracketed(formula, values)
            key = (shown.pattern, *[values[symbol] for symbol in shown.symbols])
            known = steps.get(key)
            steps[key] = replace(known, symbols=(*known.symbols, name)) if known else self.size(name, shown, values)
        return list(steps.values())

    def size(self, name: str, formula: Formula, values: Mapping[str, int]) -> Step:
        value = values[name]
        stages: tuple[Formula, ...] = ()
        note = ""
        unrounded = formula.unrounded().at(values)
        if formula.rounds() and isinstance(unrounded, Fraction):
            stages = (formula.quotients(values),)
            note = (
                f"{self.said(unrounded)} is not whole: one more step of the kernel would leave the padded input, "
                f"so the brackets round down to {value}."
            )
        return Step(name, "", (name,), formula, values, value, stages, "", note)

    def said(self, value: Fraction) -> str:
        """55.25, or 906/7 ≈ 129.43 where the decimals do not end."""
        text = self.digits.operand(value)
        return f"{text} ≈ {self.digits.operand(round(value, 2))}" if "/" in text else text

    def column(self, folded: Folded, index: int, values: Mapping[str, int]) -> Step:
        column, rule = folded.columns[index], folded.rules[index]
        if rule is None:
            return Step(column.name, column.heading, value=0, remark="not counted")
        value = self.counted(folded, index, values)
        remark = column.remarks.get(folded.kind.name, "")
        return Step(column.name, column.heading, (), self.bracketed(rule, values), values, value, (), remark)

    def counted(self, folded: Folded, index: int, values: Mapping[str, int]) -> int:
        """A column's value. Raises ConventionError where the rule gives none, or one that is not whole."""
        rule, what = folded.rules[index], f"{folded.columns[index].heading} of {folded.kind.name}"
        try:
            value = rule.at(values) if rule else 0
        except FormulaError as fault:
            raise ConventionError(f"{what}: {fault.message} ({rule})", Where(self.convention.name)) from None
        if isinstance(value, int):
            return value
        hint = "floor(...) or ceil(...) makes it whole"
        raise ConventionError(f"{what} is {value}, not a whole number ({rule})", Where(self.convention.name), hint)

    def bracketed(self, formula: Formula, values: Mapping[str, int]) -> Formula:
        return formula if self.always else formula.settled(values)


def _grouped(layer: Sized) -> tuple[tuple[tuple[str, ...], int], ...]:
    """The values line: symbols of one group and value together, what is folded into the formulas left out."""
    groups: list[tuple[tuple[str, ...], int]] = []
    last = ""
    for name, symbol in layer.node.kind.symbols.items():
        if name not in layer.values or symbol.is_folded(layer.values[name]):
            continue
        value = layer.values[name]
        if groups and symbol.group and symbol.group == last and groups[-1][1] == value:
            groups[-1] = ((*groups[-1][0], name), value)
        else:
            groups.append(((name,), value))
        last = symbol.group
    return tuple(groups)


def _whole(value: Exact | None) -> int:
    """A column's value as it enters a total."""
    return int(value or 0)
