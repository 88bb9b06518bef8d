"""The formula reference: what each symbol means, and a kind's formulas built up in small steps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from worksheet.conventions import Convention
from worksheet.conventions.convention import NO_PROGRAM
from worksheet.conventions.facts import FACTS
from worksheet.counting.counting import Counting
from worksheet.counting.folding import USUAL, Folded, folded_facts
from worksheet.derivation import Section, Statement, spans
from worksheet.errors import FormulaError
from worksheet.formula import Exact, Formula
from worksheet.language import _, listed
from worksheet.layers import QUANTITIES, Form, Kind, Symbol
from worksheet.sizes import Sized

MAX_SPANS = 4  # of row numbers in a title


def sections(counting: Counting, layers: Iterable[Sized], always: bool) -> list[Section]:
    """The formula reference of the kinds that occur among some layers, each in the forms in which it occurs.

    ``always`` keeps the brackets even where every layer's division is exact.
    """
    groups: dict[tuple[object, ...], list[tuple[int, Sized]]] = {}
    for no, layer in enumerate(layers, 1):
        key = (layer.kind, layer.form, layer.node.called if counting.convention.by_call else NO_PROGRAM)
        groups.setdefault(key, []).append((no, layer))
    by_title: dict[str, list[tuple[Section, list[int]]]] = {}  # by title, each with the rows that it serves
    for group in groups.values():
        section = _section(counting, [layer for _, layer in group], always)
        if section.statements:
            by_title.setdefault(section.title, []).append((section, [no for no, _ in group]))
    return [section for alike in by_title.values() for section in _with_rows(_merge(alike))]


def _merge(alike: list[tuple[Section, list[int]]]) -> list[tuple[Section, list[int]]]:
    """Sections of one title without those that another covers: the same with fewer inputs, or word for word."""
    kept: list[tuple[Section, list[int]]] = []
    for section, rows in sorted(alike, key=lambda pair: -len(pair[0].legend)):
        cover = next((numbers for other, numbers in kept if _covers(other, section)), None)
        if cover is None:
            kept.append((section, list(rows)))
        else:
            cover += rows
    return sorted(((section, sorted(rows)) for section, rows in kept), key=lambda pair: pair[1])


def _covers(more: Section, less: Section) -> bool:
    """Whether a section contains all of another, if the symbols that the other does not have are 0."""
    if not set(less.legend) <= set(more.legend):
        return False
    absent = {name: 0 for names, _ in set(more.legend) - set(less.legend) for name in names}
    try:
        left = [(s.label, s.symbols, (s.formula.given(**absent) if absent else s.formula).source) for s in more.statements]
    except FormulaError:  # a division by a symbol that is left out
        return False
    return left == [(s.label, s.symbols, s.formula.source) for s in less.statements]


def _with_rows(sections: list[tuple[Section, list[int]]]) -> list[Section]:
    """Sections of one title, with the rows of each if there are several."""
    if len(sections) == 1:
        return [sections[0][0]]
    return [
        replace(section, title=_("{title}, No. {rows}").format(title=section.title, rows=_first_spans(rows)))
        for section, rows in sections
    ]


def _first_spans(rows: Sequence[int]) -> str:
    runs = spans(rows).split(", ")
    first = ", ".join(runs[:MAX_SPANS])
    return _("{rows} and others").format(rows=first) if len(runs) > MAX_SPANS else first


def _section(counting: Counting, group: list[Sized], always: bool) -> Section:
    kind, form = group[0].kind, group[0].form
    convention, run = counting.convention, counting.run
    facts = [folded_facts(layer) | counting.facts(layer) for layer in group]
    common = USUAL | {name: value for name, value in facts[0].items() if all(other.get(name) == value for other in facts)}
    called = group[0].node.called if convention.by_call else NO_PROGRAM
    folded = Folded(kind, form, common, convention.columns, called=called, run=run, inline_sizes=convention.inlines)
    values = [{**layer.values, **run.values, **own} for layer, own in zip(group, facts, strict=True)]
    distinct = list({tuple(each.items()): each for each in values}.values())
    statements = tuple(
        replace(statement, formula=statement.formula if always else _drop_brackets(statement.formula, distinct))
        for statement in _statements(folded, convention)
        if statement.formula.symbols
    )
    title = _on(_(kind.title), form) if len(kind.forms) > 1 else _(kind.title)
    if form.repeats:
        title = _("{layer}, run {count} times").format(layer=title, count=form.repeats)
    return Section(kind.name, title, _legend(kind, form, statements), statements)


def _drop_brackets(formula: Formula, values: Iterable[Mapping[str, Exact]]) -> Formula:
    """The formula without brackets where every layer's division is exact."""
    is_rounding = formula.rounds() and any(formula.settled(v).rounds() for v in values)
    return formula if is_rounding else formula.unrounded()


def general_section(kind: Kind, form: Form, convention: Convention) -> Section:
    """A kind's reference without a network: every symbol kept, every bracket written, the textbook quantities below."""
    folded = Folded(kind, form, {}, convention.columns, inline_sizes=False)
    counted = _statements(folded, convention)
    quantities = [
        Statement(_("Textbook quantity: {quantity}").format(quantity=_(QUANTITIES[name])), formula)
        for name, formula in folded.quantities.items()
        if formula.symbols
    ]
    uncounted = [_(column.heading) for column in convention.columns if column.rule(kind) is None]
    message = _("{convention} has no rule for {columns}.")
    note = message.format(convention=_(convention.title), columns=listed(uncounted)) if uncounted else ""
    statements = (*counted, *quantities)
    title = _(kind.title) if kind.title == kind.name else f"{_(kind.title)} ({kind.name})"
    return Section(kind.name, _on(title, form), _legend(kind, form, statements), statements, note)


def _on(title: str, form: Form) -> str:
    """A title with what the layer works on, where its kind has several forms."""
    return _("{layer}, on {input}").format(layer=title, input=_(form.on)) if form.on else title


def _statements(folded: Folded, convention: Convention) -> list[Statement]:
    """The sizes, then the convention's small steps; its columns if it gives no steps."""
    meanings = {size.name: size.meaning for size in (*folded.kind.paddings, *folded.kind.sizes)}
    sizes = [Statement(_(meanings[name]), formula, (name,)) for name, formula in (*folded.paddings, *folded.sizes)]
    steps = [
        Statement(_with_facts(_(line.label), line.formula, folded), folded.resolved(line.formula, once=True))
        for line in convention.reference.get(folded.kind.name, ())
    ]
    columns = [
        Statement(_(column.heading), rule)
        for column, rule in zip(convention.columns, folded.rules, strict=True)
        if rule is not None
    ]
    return [*sizes, *(columns if folded.form.repeats else steps or columns)]


def _with_facts(label: str, formula: Formula, folded: Folded) -> str:
    """A label with the facts that were folded into its formula: "(with bias)"."""
    symbols = folded.kind.symbols
    own = {*formula.symbols} & {*symbols}
    facts = [_(symbols[name].words[v]) for name, v in folded.facts.items() if name in own and symbols[name].words]
    return f"{label} ({', '.join(facts)})" if facts else label


def _legend(kind: Kind, form: Form, statements: Iterable[Statement]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The symbols of a section's formulas with their meaning, in the order of the kind."""
    used = {name for statement in statements for name in statement.formula.symbols}
    own = {symbol.name: symbol for symbol in form.symbols}  # another form may mean something else by the same letter
    listed = [own.get(name, symbol) for name, symbol in kind.symbols.items()]
    listed = [s for s in listed if s.name in own or (s.name in used and s in kind.hyperparameters)]
    listed += [symbol for name, symbol in FACTS.items() if name in used]
    return tuple(((symbol.name,), _meaning(symbol)) for symbol in listed)


def legend(kind: Kind, statements: Iterable[Statement]) -> tuple[tuple[tuple[str, ...], str], ...]:
    """The symbols of some formulas of a kind, with their meaning."""
    used = {name for statement in statements for name in statement.formula.symbols}
    meanings = {name: _meaning(symbol) for name, symbol in (kind.symbols | FACTS).items()}
    meanings |= {size.name: _(size.meaning) for size in kind.sizes}
    return tuple(((name,), meaning) for name, meaning in meanings.items() if name in used)


def _meaning(symbol: Symbol) -> str:
    explained = _(", ").join(f"{value} {_(text)}" for value, text in symbol.words.items())
    meaning = _(symbol.meaning)
    if symbol.place:
        meaning = _("{meaning} (input {place})").format(meaning=meaning, place=symbol.place)
    return f"{meaning} ({explained})" if explained else meaning
