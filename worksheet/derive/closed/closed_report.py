"""The report on a network with sizes as symbols: totals, residue classes and layers as closed forms, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Any

from worksheet.conventions import Convention
from worksheet.derivation import Step, spans
from worksheet.derive.arranging import is_default_name
from worksheet.derive.citations import citations
from worksheet.derive.closed.cases import Closed, ClosedCase
from worksheet.derive.closed.classes import Classes
from worksheet.derive.closed.closed_rows import Alike, ClosedRows
from worksheet.derive.closed.domains import domain, domain_section, size_text
from worksheet.derive.closed.total_texts import leading, texts
from worksheet.derive.convention_page import introduce
from worksheet.derive.reference import sections
from worksheet.derive.selection import choose_rows
from worksheet.derive.worked_solution import MODES, derive, faults, language_for, uncounted
from worksheet.document import Block, Bullets, Cell, Chapter, Document, NetworkPicture, Table, Text, Title, Working
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Formula, whole
from worksheet.formula.exact import as_json
from worksheet.formula.polynomial import Polynomial
from worksheet.language import N_, Language, _, listed, sentence, speaking
from worksheet.network import Network
from worksheet.varied import BATCH, SizeVariable

MAX_SYMBOLS = 6
PERCENT = 100
KEPT = N_("Brackets mark rounding: ⌊x⌋ is the largest whole number up to x, ⌈x⌉ the smallest whole number from x on.")
WORKED = N_(
    "In the formula of a layer the letters are those of the layer, as under Formulas: its M is the width of its own input. "
    "After the first equals sign, its numbers are substituted, and {symbols} for the whole network."
)
LEADING = N_("For large sizes, the terms that grow fastest, with nothing rounded:")


def symbolic(
    network: Network, symbols: Iterable[str | SizeVariable], convention: Convention | str | None = None, *,
    digits: str | None = None, batch: int = 1, dtype: str = "", rows: str = "", kinds: Iterable[str] = (), worked: bool = True,
    pictured: bool = False, language: Language | str = "",
) -> Document:  # fmt: skip
    """The worked solution of a network some of whose sizes stay symbols.

    ``symbols`` are ``M`` (the side of the input; its width alone beside ``N``), ``N``, ``D``, ``L``, ``n``, ``c``, ``B`` (the
    batch), ``alpha`` (a multiplier of all widths) or a layer's number such as ``conv1.k``. ``convention``, ``digits``,
    ``batch``, ``dtype`` and ``language`` are those of ``derive``. ``rows`` (``"3-7,12"``) and ``kinds`` choose the layers that
    are shown; without ``worked`` there are only tables; ``pictured`` draws the network at its own size. Every form is exact;
    where sizes are rounded, the brackets stay, and every class of sizes has its polynomial. Raises WorksheetError, also where
    no formula of the sizes gives the counts.
    """
    asked = list(symbols)
    if not 1 <= len(asked) <= MAX_SYMBOLS:
        raise WorksheetError(f"{len(asked)} symbols", hint=f"1 to {MAX_SYMBOLS}, such as M,B")
    if batch != 1 and any(name_of(symbol) == BATCH for symbol in asked):
        raise WorksheetError(f"the batch is a symbol, so it cannot be {batch} too", hint="leave one of the two out")
    spoken = language_for(language, network.heading)
    with speaking(spoken):
        closed = Closed(network, asked, convention, samples=batch, dtype=dtype)
        report = _ClosedReport(closed, digits or network.heading.digits or spoken.digits)
        return report.report(rows, list(kinds), worked=worked, pictured=pictured)


class _ClosedReport:
    """Prints one report."""

    def __init__(self, closed: Closed, digits: str) -> None:
        self.closed = closed
        self.network = closed.network
        self.convention = closed.convention
        self.digits = Digits(digits or self.convention.digits)
        self.case: ClosedCase = closed.main
        self.classes = Classes(closed)
        self.rows = ClosedRows(closed, self.case)
        self.names = {column.name: _(column.heading) for column in self.convention.columns}
        self.symbols = [Formula(variable.symbol) for variable in closed.variables]

    def report(self, rows: str, kinds: Sequence[str], *, worked: bool, pictured: bool) -> Document:
        chosen = self.rows.group_alike(self.choose(rows, kinds))
        notes = self.notes()
        blocks = [*self.introduction(), *self.totals(), *domain_section(self.closed, self.classes, self.names, self.digits)]
        blocks += [self.picture()] if pictured else []
        blocks += self.table(chosen)
        blocks += [*self.reference(chosen), *self.worked_layers(chosen)] if worked else []
        blocks += [Title(_("Notes")), Bullets(notes)] if notes else []
        heading = self.network.heading
        title = self.title()
        cited = citations([self.network], [self.convention])
        digits = self.digits.locale
        return Document(title, tuple(blocks), self.data(notes), course=heading.course, digits=digits, citations=cited)

    def title(self) -> str:
        names = listed([symbol.show("text") for symbol in self.symbols])
        text = _("{network} with {symbols} as a symbol")
        if len(self.symbols) > 1:
            text = _("{network} with {symbols} as symbols")
        return text.format(network=self.network.title, symbols=names)

    def choose(self, rows: str, kinds: Sequence[str]) -> list[int]:
        """The numbers of the rows that are shown. Raises WorksheetError."""
        return choose_rows({no: row.layer.kind.name for no, row in self.rows.rows.items()}, rows, kinds)

    # The network as a whole

    def introduction(self) -> Iterator[Block]:
        network = self.case.counting.network
        shapes = {name: self.rows.shape_text(shape) for name, shape in network.further.items()}
        inputs = [_("an input of size {size}").format(size=self.rows.shape_text(network.input))]
        inputs += [_("{name} of size {size}").format(name=name, size=size) for name, size in shapes.items()]
        is_batched = any(variable.symbol == BATCH for variable in self.closed.variables)
        batch = "B" if is_batched else f"B = {self.closed.samples}" if self.closed.samples > 1 else ""
        taken = _("{inputs}, {samples} at a time,").format(inputs=listed(inputs), samples=batch) if batch else listed(inputs)
        counted = _("Counted by {convention}").format(convention=_(self.convention.title))
        yield Text(_(MODES[self.convention.trains]).format(inputs=taken))
        yield Text(introduce(counted, _(self.convention.unit), _(self.convention.cite)))
        rules = (*map(_, self.convention.rules), *self.case.counting.run.rules(self.convention))
        if rules:
            yield Bullets(rules)
        yield Title(_("Symbols"))
        lines: list[tuple[Cell, ...]] = [
            (symbol, variable.meaning, size_text(variable.value, self.digits), domain(variable, i, self.classes, self.digits))
            for i, (symbol, variable) in enumerate(zip(self.symbols, self.closed.variables, strict=True))
        ]
        yield Table((_("Symbol"), _("Meaning"), _("Now"), _("Values")), tuple(lines), words=2, flat=True)

    def totals(self) -> Iterator[Block]:
        yield Title(_("In total"))
        forms = [self.case.formula(form) for form in self.case.totals.values()]
        if any(form.rounds() for form in forms):
            yield Text(_(KEPT))
        yield Working(_("Closed forms"), tuple(map(self.total, self.case.totals)))
        limits = tuple(step for name in self.case.totals for step in self.limit(name))
        if limits:
            yield Working(_("Leading terms"), limits, _(LEADING))

    def total(self, name: str) -> Step:
        """A total: its terms, and with common factors extracted if that is shorter."""
        form, label = self.case.totals[name], self.names[name]
        counted = [forms[name] is not None for forms in self.columns]
        if not any(counted):
            return Step(name, label, value=0)
        label = label if all(counted) else _("{column}, at least").format(column=label)
        if form.constant is not None:
            return Step(name, label, (), Formula(str(form.constant)), {}, whole(form.constant))
        full, short = self.case.formula(form), self.rows.shortest(form)
        return Step(name, label, stages=(full,) if short != full else (), closed=short)

    @cached_property
    def columns(self) -> list[dict[str, Polynomial | None]]:
        """What each row counts, by column; None where there is no rule."""
        return [dict(zip(self.names, row.columns, strict=True)) for row in self.rows.rows.values()]

    def limit(self, name: str) -> Iterator[Step]:
        """The leading terms of a total that has further ones, and their share of it at the network's own size."""
        form = self.case.totals[name]
        terms = leading(self.case, form)
        if terms is None or terms.constant is not None or terms == form:
            return
        now = [variable.value for variable in self.closed.variables]
        values = {i: Fraction(variable.value) / Fraction(variable.step) for i, variable in enumerate(self.closed.variables)}
        try:
            exact = self.closed.at(now)[name]
        except WorksheetError:
            exact = 0
        pairs = zip(self.symbols, self.closed.variables, strict=True)
        at = ", ".join(f"{symbol.show('text')} = {size_text(variable.value, self.digits)}" for symbol, variable in pairs)
        share = self.digits.operand(round(Fraction(terms.at(values)) * PERCENT / exact, 2)) if exact else ""
        note = _("At {sizes}, {share} % of the exact count.").format(sizes=at, share=share) if share else ""
        yield Step(name, self.names[name], closed=self.case.formula(terms), rounded=True, note=note)

    # Layers

    def picture(self) -> Chapter:
        rows = derive(self.network, self.convention).rows
        return Chapter(_("The network"), (NetworkPicture(rows, self.network.title),), "graph", folded=True)

    def table(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        named = (
            [] if all(is_default_name(alike.row.layer.node.name, alike.row.layer.kind.name) for alike in chosen) else [_("Name")]
        )
        lines = []
        for alike in chosen:
            row = alike.row
            figures = [self.figure(form) for form in row.columns]
            name = [row.layer.node.name] if named else []
            output = self.rows.sizes(row.layer.output)
            lines.append((alike.numbers[0], len(alike.numbers), *name, self.rows.spec(row), output, *figures))
        headings = (_("No."), _("Times"), *named, _("Layer"), _("Output"), *self.names.values())
        yield Table(headings, tuple(lines), words=3 + len(named), flat=True, title=_("Layers"))

    def figure(self, form: Polynomial | None) -> Cell:
        """A figure of a layer: a plain number if it does not depend on any symbol."""
        if form is None or form.constant is None:
            return None if form is None else self.rows.shortest(form)
        return whole(form.constant)

    def reference(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        yield Title(_("Formulas"))
        layers = [alike.row.layer for alike in chosen]
        yield from sections(self.case.counting, layers, self.rows.always)

    def worked_layers(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        yield Title(_("Worked"))
        yield Text(_(WORKED).format(symbols=listed([symbol.show("text") for symbol in self.symbols])))
        for alike in chosen:
            first, *others = alike.numbers
            flow = sentence(self.rows.flow(alike.row))
            if others:
                flow = _("{flow} The same for No. {rows}.").format(flow=flow, rows=spans(others))
            title = _("No. {no}: {layer}").format(no=first, layer=alike.row.layer.node.name)
            yield Working(title, self.rows.work(alike.row), flow)

    # Notes and data

    def notes(self) -> tuple[str, ...]:
        without: list[dict[str, list[int]]] = [{} for _ in self.names]
        for no, row in self.rows.rows.items():
            for i, form in enumerate(row.columns):
                if form is None:
                    without[i].setdefault(row.layer.kind.name, []).append(no)
        kinds = {row.layer.kind.name for row in self.rows.rows.values()}
        heading = self.network.heading
        texts = (heading.note, *self.network.notes, *uncounted(self.convention, without), *faults(self.convention, kinds))
        return tuple(filter(None, texts))

    def data(self, notes: Sequence[str]) -> dict[str, Any]:
        return {
            "network": self.network.name,
            "convention": self.convention.name,
            "symbols": [
                {
                    "symbol": variable.symbol, "name": variable.name, "meaning": variable.meaning,
                    "value": as_json(variable.value), "least": as_json(variable.least), "step": as_json(variable.step),
                }
                for variable in self.closed.variables
            ],
            "totals": {name: self.entry(name) for name in self.case.totals},
            "partial": [name for name in self.names if any(forms[name] is None for forms in self.columns)],
            "rows": [self.row(no) for no in self.rows.rows],
            "notes": list(notes),
        }  # fmt: skip

    def entry(self, name: str) -> dict[str, Any]:
        parts = texts(self.case.formula(self.case.totals[name]))
        text = {"text": parts[0]} if len(parts) == 1 else {"text": None, "parts": parts}
        classes = {"classes": self.classes.data(name), "except": self.classes.exceptions_data(name)}
        return {**text, **classes, "refusal": self.classes.fault or None}

    def row(self, no: int) -> dict[str, Any]:
        row = self.rows.rows[no]
        columns = zip(self.names, row.columns, strict=True)
        return {
            "no": no,
            "name": row.layer.node.name,
            "kind": row.layer.kind.name,
            "spec": self.rows.spec(row),
            "output": [self.case.formula(form).source for form in row.output],
            "columns": {name: None if form is None else self.case.formula(form).source for name, form in columns},
        }


def name_of(symbol: str | SizeVariable) -> str:
    """The name by which a symbol was asked for."""
    return symbol.strip() if isinstance(symbol, str) else symbol.name
