"""Solves a network: sizes, columns and formula reference under a convention."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from worksheet import conventions
from worksheet.conventions import Convention
from worksheet.conventions.convention import ANY
from worksheet.counting.counting import Counting
from worksheet.counting.folding import Folded
from worksheet.counting.run import Run, run_of
from worksheet.derivation import ColumnHeading, Derivation, Row, Step, spans
from worksheet.derive.arranging import by_kind, fold_rows, is_default_name, parts, totals
from worksheet.derive.citations import citations
from worksheet.derive.growing_parameters import unlike_own_size
from worksheet.derive.layer_steps import ALWAYS, NOTHING, LayerSteps
from worksheet.derive.memory_figures import figures
from worksheet.derive.reference import general_section, sections
from worksheet.derive.rounding import explained
from worksheet.errors import ConventionError, Where
from worksheet.formula import Digits, Exact, Formula
from worksheet.language import N_, Language, _, current, language_named, listed, named, paragraph, speaking
from worksheet.layers import STORED, kinds
from worksheet.layers.spelling import spell
from worksheet.network import INPUT, Heading, Network
from worksheet.sizes import Sized

SIZE = N_("the size of its output")
MODES = {  # by whether the network is trained
    False: N_("The network takes {inputs} and runs in inference mode, model.eval()."),
    True: N_("The network takes {inputs} and is trained, model.train()."),
}
ASKS = N_("For every layer, find {wanted}.")


def derive(
    network: Network, convention: Convention | str | None = None, *, digits: str | None = None, fold: bool | None = None,
    batch: int = 1, dtype: str = "", language: Language | str = "",
) -> Derivation:  # fmt: skip
    """The worked solution of a network.

    ``convention`` is a name, the path of a YAML file or a Convention; without it the network's own, else ``textbook``.
    ``digits`` is a locale such as ``en_IN``, or ``none``. ``fold`` lets rows that repeat an earlier layer with the same
    numbers refer to it; by default where there are many rows. ``batch`` is the number of samples, B in the formulas.
    ``dtype`` is the type of the numbers, for conventions that count bytes: ``fp16``, or ``weights=int8,activations=fp16``;
    by default fp32. ``language`` is a code such as ``de``; by default the network's own.
    Raises WorksheetError where layers do not fit together.
    """
    convention = convention_for(network, convention)
    return derive_run(network, convention, run_of(convention, batch, dtype), digits=digits, fold=fold, language=language)


def derive_run(
    network: Network, convention: Convention, run: Run, *, digits: str | None = None, fold: bool | None = None,
    language: Language | str = "",
) -> Derivation:  # fmt: skip
    """The worked solution for a given run. Raises WorksheetError where layers do not fit together."""
    spoken = language_for(language, network.heading)
    locale = Digits(digits or network.heading.digits or spoken.digits or convention.digits).locale
    with speaking(spoken):
        return _Solution(network, convention, locale, run).derivation(fold)


def language_for(language: Language | str, heading: Heading) -> Language:
    """The language that was asked for, in a sheet's own words; by default the sheet's, else that which is spoken now.

    Raises WorksheetError.
    """
    if isinstance(language, Language):
        return language
    chosen = language or heading.language
    spoken = language_named(chosen) if chosen else current()
    return spoken.relabelled(dict(heading.labels)) if heading.labels else spoken


def formulas(
    convention: Convention | str | None = None, names: Iterable[str] = (), *, language: Language | str = ""
) -> Derivation:
    """The formula reference alone, of the named kinds or of all that are counted: every symbol kept, every bracket written."""
    with speaking(language or current()):
        return _formulas(convention, names)


def _formulas(convention: Convention | str | None, names: Iterable[str]) -> Derivation:
    convention = conventions.convention(convention or conventions.STANDARD)
    chosen = [kinds()[name] for name in names] or [
        kind for kind in kinds().values() if any(c.rule(kind) for c in convention.columns)
    ]
    sections = [general_section(kind, form, convention) for kind in chosen for form in kind.forms]
    return Derivation(
        network="", title=_("Formula reference"), course="", question="",
        rules=tuple(map(_, convention.rules)), convention=convention.name,
        convention_title=_(convention.title), cite=_(convention.cite), unit=_(convention.unit), input=(),
        headings=_headings(convention), rows=(), totals={},
        reference=tuple(sections), notes=(), digits=current().digits or convention.digits,
    )  # fmt: skip


def convention_for(network: Network, convention: Convention | str | None) -> Convention:
    """The convention that was asked for; by default the network's own, else the standard one. Raises ConventionError."""
    return conventions.convention(convention or network.heading.convention or conventions.STANDARD)


def _headings(convention: Convention) -> tuple[ColumnHeading, ...]:
    return tuple(ColumnHeading(column.name, _(column.heading), column.scale) for column in convention.columns)


def question(network: Network, asks: Sequence[str], batch: int = 1, *, trains: bool = False) -> str:
    """What is asked, as sentences: the network's inputs, how it runs, and what to find for every layer, in words."""
    wanted = listed([_(ask) for ask in asks])
    return paragraph((introduction(network, batch, trains=trains), _(ASKS).format(wanted=wanted)))


def introduction(network: Network, batch: int = 1, *, trains: bool = False) -> str:
    """The network's inputs and how it runs, as a sentence."""
    inputs = [_("an input of size {size}").format(size=" × ".join(map(str, network.input)))]
    inputs += [
        _("{name} of size {size}").format(name=name, size=" × ".join(map(str, shape))) for name, shape in network.further.items()
    ]
    sizes = listed(inputs)
    if batch > 1:
        sizes = _("{inputs}, B = {batch} at a time,").format(inputs=sizes, batch=batch)
    return _(MODES[trains]).format(inputs=sizes)


def uncounted(convention: Convention, without: Sequence[Mapping[str, Sequence[int]]]) -> list[str]:
    """A sentence for each column that leaves layers out: by column, the numbers of the rows without a rule by their kind.

    Raises ConventionError where the convention refuses to leave any out.
    """
    sentences = []
    for column, left in zip(convention.columns, without, strict=True):
        if left and convention.refuses:
            which = ", ".join(f"{kind} (No. {spans(numbers)})" for kind, numbers in left.items())
            message = f"{column.heading}: no rule for {which}"
            raise ConventionError(message, Where(convention.name), "the file says: uncounted: refused")
        if left:
            which = _(", ").join(f"{spans(numbers)} ({kind})" for kind, numbers in left.items())
            message = _("{column}: {convention} has no rule for No. {which}; not in the total.")
            sentences.append(message.format(column=_(column.heading), convention=_(convention.title), which=which))
    return sentences


def faults(convention: Convention, kinds: Collection[str]) -> list[str]:
    """The known errors of a convention that concern these kinds of layers."""
    return [named(kind, _(text)) if kind != ANY else _(text)
            for kind, text in convention.faults.items() if kind in {*kinds, ANY}]  # fmt: skip


class _Solution(LayerSteps, Counting):
    """One run of ``derive``: equal layers are worked once."""

    def __init__(self, network: Network, convention: Convention, locale: str, run: Run) -> None:
        super().__init__(network, convention, run)
        self.digits = Digits(locale)
        self.always = network.heading.brackets == ALWAYS
        self.numbers = {INPUT: 0} | dict.fromkeys(network.further, 0)
        self.numbers |= {node.name: no for no, node in enumerate(network.nodes, 1)}
        self.rows: dict[object, Row] = {}

    def derivation(self, fold: bool | None) -> Derivation:
        inputs = self.input_rows()
        rows = fold_rows([*inputs, *(self.row(no, layer) for no, layer in enumerate(self.layers, 1))], fold)
        heading, convention = self.network.heading, self.convention
        headings = _headings(convention)
        sums = totals(rows, headings)
        wrong = faults(convention, {row.kind for row in rows})
        return Derivation(
            network=self.network.name,
            title=self.network.title,
            course=heading.course,
            question=heading.question or self.question(),
            introduction=heading.question or introduction(self.network, self.run.batch, trains=convention.trains),
            rules=(*map(_, convention.rules), *self.run.rules(convention)),
            convention=convention.name,
            convention_title=_(convention.title),
            cite=_(convention.cite),
            unit=_(convention.unit),
            input=self.network.input,
            headings=headings,
            rows=rows,
            totals=sums,
            batch=self.run.batch,
            figures=figures(self, sums[convention.memory], self.digits) if convention.memory else (),
            reference=tuple(sections(self, self.layers, self.always)),
            notes=tuple(
                filter(None, (heading.note, *self.network.notes, *unlike_own_size(self.network), *self.uncounted(rows), *wrong))
            ),
            digits=self.digits.locale,
            parts=parts(rows, headings),
            kinds=by_kind(rows, headings),
            pictured=any(row.sources != (row.no - 1,) for row in rows[len(inputs) :]),
            named=any(not is_default_name(row.name, row.kind) for row in rows),
            citations=citations([self.network], [convention]),
        )

    def question(self) -> str:
        asks = (SIZE, *[column.asks for column in self.convention.columns])
        return question(self.network, asks, self.run.batch, trains=self.convention.trains)

    def uncounted(self, rows: Iterable[Row]) -> list[str]:
        """A sentence for each column that leaves layers out. Raises ConventionError where the convention refuses to."""
        without: list[dict[str, list[int]]] = [{} for _ in self.convention.columns]
        for row in rows:
            for left, step in zip(without, row.columns, strict=True):
                if not step.is_counted:
                    left.setdefault(row.kind, []).append(row.no)
        return uncounted(self.convention, without)

    # Rows

    def input_rows(self) -> list[Row]:
        """A row for each input that is counted: number 0, then -1 and below."""
        return [replace(self.work(layer), no=-no, name=layer.node.name) for no, layer in enumerate(self.inputs)]

    def row(self, no: int, layer: Sized) -> Row:
        key = (layer.likeness, self.fold(layer), self.numbers.get(layer.node.shares))
        if key not in self.rows:
            self.rows[key] = self.work(layer)
        sources = tuple([self.numbers[name] for name in layer.node.inputs])
        return replace(self.rows[key], no=no, name=layer.node.name, sources=sources, stage=layer.node.stage)

    def work(self, layer: Sized) -> Row:
        kind, folded = layer.kind, self.fold(layer)
        return Row(
            no=0,
            name="",
            kind=kind.name,
            spec=spell(kind, layer.values, layer.node.pattern),
            stated=spell(kind, layer.node.hyperparameters, layer.node.pattern),
            inputs=layer.inputs,
            output=layer.output,
            values=_group_values(layer),
            sizes=self.sizes(layer, folded),
            columns=tuple(self.column(folded, i, layer) for i in range(len(folded.columns))),
            quantities=folded.quantities | (dict.fromkeys(STORED, NOTHING) if layer.node.shares else {}),
            numbers=layer.values,
        )

    def sizes(self, layer: Sized, folded: Folded) -> tuple[Step, ...]:
        """The steps to the sizes of the output, with the padding where it follows from them."""
        found = {name: formula.at(layer.values) for name, formula in folded.paddings}
        paddings = [
            replace(step, remark=_sides(found[step.name]))
            for step in self.output_sizes(folded.paddings, {**layer.values, **found})
        ]
        sizes = self.output_sizes(folded.sizes, layer.values)
        return (*self.flattening(layer), *explained(paddings, self.digits, of_windows=False), *explained(sizes, self.digits))

    def form(self, value: Any) -> Any:
        return value

    def step(self, blank: Step, formula: Formula, values: Mapping[str, Exact], result: Any) -> Step:
        return Step(blank.name, blank.label, blank.symbols, formula, values, result, (), blank.remark)

    def column(self, folded: Folded, index: int, layer: Sized) -> Step:
        column, rule, values = folded.columns[index], folded.rules[index], self.values(folded, layer)
        elsewhere = self.is_counted_elsewhere(folded, index, layer)
        if elsewhere or rule is None:
            return self.left_out(column, layer.node.shares if elsewhere else "")
        value = self.count(folded, index, values)
        unit = column.scale.said(value, self.digits) if column.scale and value else ""
        remark = _(column.remarks.get(folded.kind.name, "")) or unit or _(folded.silence(column, counts=bool(value)))
        return self.step(Step(column.name, _(column.heading), remark=remark), self.drop_brackets(rule, values), values, value)


def _sides(padding: Exact) -> str:
    """How a padding is shared by both sides of an axis; which one has more is a matter of the program."""
    less, odd = divmod(int(padding), 2)
    shared = _("{less} on one side, {more} on the other") if odd else _("{less} on each side")
    return shared.format(less=less, more=less + odd)


def _group_values(layer: Sized) -> tuple[tuple[tuple[str, ...], int], ...]:
    """The values line: symbols of one group and value together, what is folded into the formulas left out."""
    groups: list[tuple[tuple[str, ...], int]] = []
    last = ""
    for name, symbol in layer.kind.symbols.items():
        if name not in layer.values or symbol.is_folded(layer.values[name]):
            continue
        value = layer.values[name]
        if groups and symbol.group and symbol.group == last and groups[-1][1] == value:
            groups[-1] = ((*groups[-1][0], name), value)
        else:
            groups.append(((name,), value))
        last = symbol.group
    return tuple(groups)
