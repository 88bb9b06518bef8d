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
from worksheet.derive.worked_solution import derive, faults, uncounted
from worksheet.document import Block, Bullets, Cell, Chapter, Document, NetworkPicture, Table, Text, Title, Working
from worksheet.errors import WorksheetError
from worksheet.formula import Digits, Formula, whole
from worksheet.formula.exact import as_json
from worksheet.formula.polynomial import Polynomial
from worksheet.language import _, listed
from worksheet.network import Network
from worksheet.varied import BATCH, SizeVariable

MAX_SYMBOLS = 6
PERCENT = 100
KEPT = "Brackets mark rounding: ⌊x⌋ is the largest whole number up to x, ⌈x⌉ the smallest whole number from x on."
WORKED = (
    "In the formula of a layer the letters are those of the layer, as under Formulas: its M is the width of its own input. "
    "After the first equals sign, its numbers are substituted, and {} for the whole network."
)
LEADING = "For large sizes, the terms that grow fastest, with nothing rounded:"


def symbolic(
    network: Network, symbols: Iterable[str | SizeVariable], convention: Convention | str | None = None, *,
    digits: str | None = None, batch: int = 1, dtype: str = "", rows: str = "", kinds: Iterable[str] = (), worked: bool = True,
    pictured: bool = False,
) -> Document:  # fmt: skip
    """The worked solution of a network some of whose sizes stay symbols.

    ``symbols`` are ``M`` (the side of the input; its width alone beside ``N``), ``N``, ``D``, ``L``, ``n``, ``c``, ``B`` (the
    batch), ``alpha`` (a multiplier of all widths) or a layer's number such as ``conv1.k``. ``convention``, ``digits``,
    ``batch`` and ``dtype`` are those of ``derive``. ``rows`` (``"3-7,12"``) and ``kinds`` choose the layers that are shown;
    without ``worked`` there are only tables; ``pictured`` draws the network at its own size. Every form is exact; where sizes
    are rounded, the brackets stay, and every class of sizes has its polynomial. Raises WorksheetError, also where no formula
    of the sizes gives the counts.
    """
    asked = list(symbols)
    if not 1 <= len(asked) <= MAX_SYMBOLS:
        raise WorksheetError(f"{len(asked)} symbols", hint=f"1 to {MAX_SYMBOLS}, such as M,B")
    if batch != 1 and any(name_of(symbol) == BATCH for symbol in asked):
        raise WorksheetError(f"the batch is a symbol, so it cannot be {batch} too", hint="leave one of the two out")
    closed = Closed(network, asked, convention, samples=batch, dtype=dtype)
    return _ClosedReport(closed, digits).report(rows, list(kinds), worked=worked, pictured=pictured)


class _ClosedReport:
    """Prints one report."""

    def __init__(self, closed: Closed, digits: str | None) -> None:
        self.closed = closed
        self.network = closed.network
        self.convention = closed.convention
        self.digits = Digits(digits or self.network.heading.digits or self.convention.digits)
        self.case: ClosedCase = closed.main
        self.classes = Classes(closed)
        self.rows = ClosedRows(closed, self.case)
        self.names = {column.name: column.heading for column in self.convention.columns}
        self.symbols = [Formula(variable.symbol) for variable in closed.variables]

    def report(self, rows: str, kinds: Sequence[str], *, worked: bool, pictured: bool) -> Document:
        chosen = self.rows.group_alike(self.choose(rows, kinds))
        notes = self.notes()
        blocks = [*self.introduction(), *self.totals(), *domain_section(self.closed, self.classes, self.names, self.digits)]
        blocks += [self.picture()] if pictured else []
        blocks += self.table(chosen)
        blocks += [*self.reference(chosen), *self.worked_layers(chosen)] if worked else []
        blocks += [Title("Notes"), Bullets(notes)] if notes else []
        heading = self.network.heading
        title = f"{self.network.title} with {self.symbols_in_words()}"
        cited = citations([self.network], [self.convention])
        digits = self.digits.locale
        return Document(title, tuple(blocks), self.data(notes), course=heading.course, digits=digits, citations=cited)

    def symbols_in_words(self) -> str:
        names = listed([symbol.show("text") for symbol in self.symbols])
        return f"{names} as symbols" if len(self.symbols) > 1 else f"{names} as a symbol"

    def choose(self, rows: str, kinds: Sequence[str]) -> list[int]:
        """The numbers of the rows that are shown. Raises WorksheetError."""
        return choose_rows({no: row.layer.kind.name for no, row in self.rows.rows.items()}, rows, kinds)

    # The network as a whole

    def introduction(self) -> Iterator[Block]:
        network = self.case.counting.network
        inputs = {"an input": network.input, **network.further}
        taken = listed([f"{name} of size {self.rows.shape_text(shape)}" for name, shape in inputs.items()])
        is_batched = any(variable.symbol == BATCH for variable in self.closed.variables)
        batch = "B" if is_batched else f"B = {self.closed.samples}" if self.closed.samples > 1 else ""
        samples = f", {batch} at a time," if batch else ""
        runs = "is trained, model.train()" if self.convention.trains else "runs in inference mode, model.eval()"
        counted = introduce(f"Counted by {self.convention.title}", self.convention.unit, self.convention.cite)
        yield Text(f"The network takes {taken}{samples} and {runs}. {counted}")
        rules = (*self.convention.rules, *self.case.counting.run.rules(self.convention))
        if rules:
            yield Bullets(rules)
        yield Title("Symbols")
        lines: list[tuple[Cell, ...]] = [
            (symbol, variable.meaning, size_text(variable.value, self.digits), domain(variable, i, self.classes, self.digits))
            for i, (symbol, variable) in enumerate(zip(self.symbols, self.closed.variables, strict=True))
        ]
        yield Table(("Symbol", "Meaning", "Now", "Values"), tuple(lines), words=2, flat=True)

    def totals(self) -> Iterator[Block]:
        yield Title("In total")
        forms = [self.case.formula(form) for form in self.case.totals.values()]
        if any(form.rounds() for form in forms):
            yield Text(KEPT)
        yield Working("Closed forms", tuple(map(self.total, self.case.totals)))
        limits = tuple(step for name in self.case.totals for step in self.limit(name))
        if limits:
            yield Working("Leading terms", limits, LEADING)

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
        note = f"At {at}, {share} % of the exact count." if share else ""
        yield Step(name, self.names[name], closed=self.case.formula(terms), rounded=True, note=note)

    # Layers

    def picture(self) -> Chapter:
        rows = derive(self.network, self.convention).rows
        return Chapter("The network", (NetworkPicture(rows, self.network.title),), "graph", folded=True)

    def table(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        named = [] if all(is_default_name(alike.row.layer.node.name, alike.row.layer.kind.name) for alike in chosen) else ["Name"]
        lines = []
        for alike in chosen:
            row = alike.row
            figures = [self.figure(form) for form in row.columns]
            name = [row.layer.node.name] if named else []
            output = self.rows.sizes(row.layer.output)
            lines.append((alike.numbers[0], len(alike.numbers), *name, self.rows.spec(row), output, *figures))
        headings = ("No.", "Times", *named, "Layer", "Output", *self.names.values())
        yield Table(headings, tuple(lines), words=3 + len(named), flat=True, title="Layers")

    def figure(self, form: Polynomial | None) -> Cell:
        """A figure of a layer: a plain number if it does not depend on any symbol."""
        if form is None or form.constant is None:
            return None if form is None else self.rows.shortest(form)
        return whole(form.constant)

    def reference(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        yield Title("Formulas")
        layers = [alike.row.layer for alike in chosen]
        yield from sections(self.case.counting, layers, self.rows.always)

    def worked_layers(self, chosen: Sequence[Alike]) -> Iterator[Block]:
        yield Title("Worked")
        yield Text(WORKED.format(f"{listed([symbol.show('text') for symbol in self.symbols])}"))
        for alike in chosen:
            first, *others = alike.numbers
            same = f" The same for No. {spans(others)}." if others else ""
            title = f"No. {first}: {alike.row.layer.node.name}"
            yield Working(title, self.rows.work(alike.row), f"{self.rows.flow(alike.row)}.{same}")

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
