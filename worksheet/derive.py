"""Works a network out: sizes, columns and formula reference under a way of counting."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from worksheet import conventions
from worksheet.conventions import Column, Convention
from worksheet.derivation import Derivation, Heading, Row, Section, Statement, Step
from worksheet.formula import Digits, Exact, Formula
from worksheet.layers import QUANTITIES, Form, Kind, kinds
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
    sections = [_general_section(kind, form, found) for kind in chosen for form in kind.forms.values()]
    return Derivation(
        network="", title="Formula reference", course="", question="", rules=found.rules, convention=found.name,
        convention_title=found.title, cite=found.cite, input=(), headings=_headings(found), rows=(), totals={},
        reference=tuple(sections), notes=(), digits=found.digits,
    )  # fmt: skip


def _convention(convention: Convention | str) -> Convention:
    return conventions.convention(convention) if isinstance(convention, str) else convention


def _headings(convention: Convention) -> tuple[Heading, ...]:
    return tuple(Heading(column.name, column.heading) for column in convention.columns)


class Worked(NamedTuple):
    """What two layers of the same kind, sizes and hyperparameters share."""

    sizes: tuple[Step, ...]
    columns: tuple[Step, ...]
    quantities: Mapping[str, Formula]


class _Folded:
    """A kind's formulas in one form with the facts folded in, ready to be evaluated for any layer that shares them."""

    def __init__(
        self, kind: Kind, form: Form, facts: Mapping[str, int], columns: Sequence[Column], inline_sizes: bool = True
    ) -> None:
        self.inline_sizes = inline_sizes
        self.kind = kind
        self.form = form
        self.facts = facts
        self.columns = columns

    def resolved(self, formula: Formula) -> Formula:
        return self.kind.resolved(formula, self.form, self.inline_sizes).given(**self.facts)

    @cached_property
    def sizes(self) -> list[tuple[str, Formula]]:
        return [(size.name, self.resolved(self.kind.formula(size.formula))) for size in self.kind.sizes]

    @cached_property
    def rules(self) -> list[Formula | None]:
        rules = [column.rules.get(self.kind.name) for column in self.columns]
        return [self.resolved(rule) if rule else None for rule in rules]

    @cached_property
    def quantities(self) -> dict[str, Formula]:
        return {name: self.resolved(self.kind.count(name)) for name in QUANTITIES}


class _Solution:
    """One run of ``derive``: equal layers are worked out once."""

    def __init__(self, network: Network, convention: Convention, locale: str) -> None:
        self.network = network
        self.convention = convention
        self.digits = Digits(locale)
        self.always = network.heading.brackets == ALWAYS
        self.layers = sized(network.input, network.nodes)
        self.folded: dict[tuple[object, ...], _Folded] = {}
        self.worked: dict[tuple[object, ...], Worked] = {}

    def derivation(self) -> Derivation:
        rows = tuple(self.row(no, layer) for no, layer in enumerate(self.layers, 1))
        heading, convention = self.network.heading, self.convention
        totals = {
            column.name: sum(_whole(row.columns[i].value) for row in rows) for i, column in enumerate(convention.columns)
        }
        return Derivation(
            network=self.network.name,
            title=heading.title or self.network.name,
            course=heading.course,
            question=heading.question or self.question(),
            rules=convention.rules,
            convention=convention.name,
            convention_title=convention.title,
            cite=convention.cite,
            input=self.network.input,
            headings=_headings(convention),
            rows=rows,
            totals=totals,
            reference=tuple(self.sections()),
            notes=tuple(filter(None, (heading.note, *self.uncounted(rows)))),
            digits=self.digits.locale,
        )

    def question(self) -> str:
        size = " × ".join(map(str, self.network.input))  # noqa: RUF001
        asks = _listed([column.asks for column in self.convention.columns])
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
        node, worked = layer.node, self.work(layer)
        return Row(
            no=no,
            name=node.name,
            kind=node.kind.name,
            spec=spelled(node.kind, layer.values),
            stated=spelled(node.kind, node.hyperparameters),
            input=layer.input,
            output=layer.output,
            values=_grouped(layer),
            sizes=worked.sizes,
            columns=worked.columns,
            quantities=worked.quantities,
            numbers=layer.values,
        )

    def work(self, layer: Sized) -> Worked:
        key = (layer.node.kind.name, layer.received, layer.input, *layer.values.items())
        if key not in self.worked:
            folded = self.fold(layer)
            sizes = (*self.flattening(layer), *self.output_sizes(folded, layer.values))
            columns = tuple(self.column(folded, i, layer.values) for i in range(len(folded.columns)))
            self.worked[key] = Worked(sizes, columns, folded.quantities)
        return self.worked[key]

    def fold(self, layer: Sized) -> _Folded:
        facts = _facts(layer)
        key = (layer.node.kind.name, id(layer.form), *facts.items())
        if key not in self.folded:
            self.folded[key] = _Folded(layer.node.kind, layer.form, facts, self.convention.columns)
        return self.folded[key]

    def flattening(self, layer: Sized) -> list[Step]:
        """The step by which a map reaches a layer that takes vectors: n = cMN."""
        if layer.received == layer.input or len(layer.received) not in FLATTENED:
            return []
        formula, axes = FLATTENED[len(layer.received)]
        values = dict(zip(axes, layer.received, strict=True))
        (symbol,) = layer.form.input
        return [Step(symbol.name, "", (symbol.name,), formula, values, layer.input[0])]

    def output_sizes(self, folded: _Folded, values: Mapping[str, int]) -> list[Step]:
        """A step for each size of the output; sizes with the same numbers share one, W = H."""
        steps: dict[str, Step] = {}
        for name, formula in folded.sizes:
            shown = self.bracketed(formula, values)
            numbers = shown.show("source", values)
            if numbers in steps:
                first = steps[numbers]
                steps[numbers] = Step(
                    first.name, "", (*first.symbols, name), first.formula, values, first.value, first.stages, "", first.note
                )
            else:
                steps[numbers] = self.size(name, shown, values)
        return list(steps.values())

    def size(self, name: str, formula: Formula, values: Mapping[str, int]) -> Step:
        value = values[name]
        stages: tuple[Formula, ...] = ()
        note = ""
        unrounded = formula.unrounded().at(values)
        if formula.rounds() and isinstance(unrounded, Fraction):
            stages = (formula.quotients(values),)
            note = (
                f"{self.digits.operand(unrounded)} is not whole: one more step of the kernel would leave the padded input, "
                f"so the brackets round down to {value}."
            )
        return Step(name, "", (name,), formula, values, value, stages, "", note)

    def column(self, folded: _Folded, index: int, values: Mapping[str, int]) -> Step:
        column, rule = folded.columns[index], folded.rules[index]
        if rule is None:
            return Step(column.name, column.heading, value=0, remark="not counted")
        shown = self.bracketed(rule, values)
        remark = column.remarks.get(folded.kind.name, "")
        return Step(column.name, column.heading, (), shown, values, rule.at(values), (), remark)

    def bracketed(self, formula: Formula, values: Mapping[str, int]) -> Formula:
        return formula if self.always else formula.settled(values)

    # Reference

    def sections(self) -> list[Section]:
        """The formula reference of the kinds that occur, each in the forms in which it occurs."""
        groups: dict[tuple[str, int], list[Sized]] = {}
        for layer in self.layers:
            groups.setdefault((layer.node.kind.name, id(layer.form)), []).append(layer)
        sections = (self.section(group) for group in groups.values())
        return [section for section in sections if section.statements]

    def section(self, group: list[Sized]) -> Section:
        kind, form = group[0].node.kind, group[0].form
        common = set(_facts(group[0]).items()).intersection(*(_facts(layer).items() for layer in group[1:]))
        folded = _Folded(kind, form, dict(common), self.convention.columns)
        distinct = list({tuple(layer.values.items()): layer.values for layer in group}.values())
        formula = [self.common(f, distinct) for f in (statement.formula for statement in _statements(folded, self.convention))]
        statements = tuple(
            Statement(statement.label, shown, statement.symbols)
            for statement, shown in zip(_statements(folded, self.convention), formula, strict=True)
            if shown.symbols
        )
        several = len({id(form) for form in kind.forms.values()}) > 1
        title = f"{kind.title}, on {form.on}" if several and form.on else kind.title
        return Section(kind.name, title, _legend(kind, form, statements), statements)

    def common(self, formula: Formula, values: Iterable[Mapping[str, int]]) -> Formula:
        """The formula without brackets where every layer's division is exact."""
        if self.always or not formula.rounds() or any(formula.settled(v).rounds() for v in values):
            return formula
        return formula.unrounded()


def _general_section(kind: Kind, form: Form, convention: Convention) -> Section:
    folded = _Folded(kind, form, {}, convention.columns, inline_sizes=False)
    known = _statements(folded, convention)
    quantities = [
        Statement(f"Textbook quantity: {name.replace('_', ' ')}", formula)
        for name, formula in folded.quantities.items()
        if formula.symbols
    ]
    uncounted = [column.heading for column in convention.columns if kind.name not in column.rules]
    note = f"{convention.title} has no rule for {_listed(uncounted)}." if uncounted else ""
    statements = (*known, *quantities)
    title = kind.title if kind.title == kind.name else f"{kind.title} ({kind.name})"
    title += f", on {form.on}" if form.on else ""
    return Section(kind.name, title, _legend(kind, form, statements), statements, note)


def _statements(folded: _Folded, convention: Convention) -> list[Statement]:
    """The sizes, then the convention's small steps; its columns where it gives no steps."""
    meanings = {size.name: size.meaning for size in folded.kind.sizes}
    sizes = [Statement(meanings[name], formula, (name,)) for name, formula in folded.sizes]
    steps = [
        Statement(_with_facts(line.label, line.formula, folded), folded.resolved(line.formula))
        for line in convention.reference.get(folded.kind.name, ())
    ]
    columns = [
        Statement(column.heading, rule)
        for column, rule in zip(convention.columns, folded.rules, strict=True)
        if rule is not None
    ]
    return [*sizes, *(steps or columns)]


def _with_facts(label: str, formula: Formula, folded: _Folded) -> str:
    """A label with the facts that were folded into its formula: "(with bias)"."""
    symbols = folded.kind.symbols
    facts = [symbols[name].words[v] for name, v in folded.facts.items() if name in formula.symbols and symbols[name].words]
    return f"{label} ({', '.join(facts)})" if facts else label


def _legend(kind: Kind, form: Form, statements: Iterable[Statement]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The symbols of a section's formulas with their meaning, in the order of the kind."""
    used = {name for statement in statements for name in statement.formula.symbols}
    inputs = {symbol.name for symbol in form.input}
    listed = [s for s in kind.symbols.values() if s.name in used | inputs and (s.name in inputs or s in kind.hyperparameters)]
    return tuple(((symbol.name,), _meaning(symbol.meaning, symbol.words)) for symbol in listed)


def _meaning(meaning: str, words: Mapping[int, str]) -> str:
    said = ", ".join(f"{value} {text}" for value, text in words.items())
    return f"{meaning} ({said})" if said else meaning


def _facts(layer: Sized) -> dict[str, int]:
    symbols = layer.node.kind.symbols
    return {name: value for name, value in layer.values.items() if name in symbols and symbols[name].is_folded(value)}


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


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""
