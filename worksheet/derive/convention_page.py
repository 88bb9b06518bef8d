"""A convention as a page: its rules in words, its formulas kind by kind, what it leaves out, its known errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from worksheet import conventions
from worksheet.conventions import Column, Convention, convention
from worksheet.conventions.convention import ANY, NO_PROGRAM, PLAIN, Called
from worksheet.conventions.facts import FACTS
from worksheet.counting.folding import GENERAL, Folded
from worksheet.derivation import Section, Statement
from worksheet.derive.reference import legend
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title
from worksheet.formula import Formula
from worksheet.formula.collect import collected
from worksheet.language import N_, Language, _, current, inline, listed, paragraph, sentence, speaking
from worksheet.layers import Kind, kinds

CALLS = {PLAIN: "", "module": N_("module of torch.nn"), "leaf": N_("another module without parts"), ANY: N_("otherwise")}
ONCE = N_("Counted once for a layer that runs several times, and independent of the batch size.")
BATCHED = N_("These formulas are for a batch of B samples; those of the other columns are for one sample.")
WHOLE = N_("The figure for all runs and samples is rounded up to a whole number.")
REST, EVERY = N_("Every other kind"), N_("Every kind")
ZERO = {REST: N_("Every other kind: 0."), EVERY: N_("Every kind: 0.")}
REFUSED, LISTED = N_("Every other kind: no rule; refused."), N_("Every other kind: no rule; listed where it occurs.")
QUANTITIES_OF = N_("Quantities such as weights or macs, and X and Y, are those of the kind: worksheet formulas KIND prints them.")


def convention_list() -> Document:
    """The conventions that come with the package."""
    shipped = [convention(name) for name in conventions.names()]
    rows = tuple((c.name, c.title, ", ".join(column.name for column in c.columns), c.unit, c.cite) for c in shipped)
    data = {
        "conventions": [
            {"name": c.name, "title": c.title, "columns": [column.name for column in c.columns], "main": c.main, "unit": c.unit,
             "source": c.cite}
            for c in shipped
        ]
    }  # fmt: skip
    return Document("Conventions", (Table(("Name", "Title", "Columns", "Unit", "Source"), rows, words=5),), data)


def convention_page(counting: Convention | str, *, language: Language | str = "") -> Document:
    """One convention, with its formulas for the kinds of layers. Raises WorksheetError for an unknown one."""
    with speaking(language or current()):
        return _page(convention(counting))


def _page(counting: Convention) -> Document:
    blocks: list[Block] = [Text(introduce(_(counting.title), _(counting.unit), _(counting.cite)))]
    blocks += [Bullets(tuple(map(_, counting.rules)))] if counting.rules else []
    for column in counting.columns:
        blocks += _column(column, refuses=counting.refuses)
    if symbols := _symbols(counting):
        blocks.append(Section("", _("Symbols"), symbols, ()))
    if used := counting.facts | counting.run:
        facts = tuple(((name,), inline(_(fact.meaning))) for name, fact in FACTS.items() if name in used)
        blocks.append(Section("", _("Facts that the rules use"), facts, ()))
    if counting.faults:
        faults = [text if kind == ANY else f"{kind}: {text}" for kind, text in counting.faults.items()]
        blocks += [Title(_("What is wrong with it")), Bullets(tuple(faults))]
    return Document(counting.name, tuple(blocks), _data(counting), digits="none")


def introduce(title: str, unit: str, cite: str) -> str:
    """A convention in words: its title, unit and source."""
    details = [_("Unit: {unit}.").format(unit=unit)] if unit else []
    details += [_("Source: {source}.").format(source=cite)] if cite else []
    return paragraph([sentence(title), *details])


def _column(column: Column, *, refuses: bool) -> list[Block]:
    remarks = [ONCE if column.once else "", BATCHED if column.batched else "", WHOLE if column.whole else ""]
    blocks: list[Block] = [Title(f"{column.name}: {_(column.asks)}"), *(Text(_(text)) for text in remarks if text)]
    return [*blocks, *_own_rules(column), *_rest(column, refuses)]


def _own_rules(column: Column) -> list[Block]:
    """The kinds with their own rules, and the rule of all others unless it is 0."""
    rules = [
        (kind.name, call, rule) for kind in kinds().values() if kind.name in column.rules for call, rule in _rules(column, kind)
    ]
    counted = [(name, call, rule) for name, call, rule in rules if rule.source != "0"]
    others = [(_(REST if rules else EVERY), call, rule) for call, rule in _otherwise(column).items() if rule.source != "0"]
    with_calls = any(call for _, call, _ in (*counted, *others))
    headings = (_("Kind"), *([_("Called as")] if with_calls else []), _("Formula"))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (name, *([_(CALLS.get(call, call))] if with_calls else []), collected(rule)) for name, call, rule in (*counted, *others)
    )
    free = sorted({name for name, _, _ in rules} - {name for name, _, _ in counted})
    zero = free and (others or not column.otherwise)
    blocks: list[Block] = [Table(headings, rows, words=len(headings), flat=True)] if rows else []
    blocks += [Text(_("Counted as 0: {kinds}.").format(kinds=", ".join(free)))] if zero else []
    return [*blocks, Text(_(QUANTITIES_OF))] if others else blocks


def _symbols(counting: Convention) -> tuple[tuple[tuple[str, ...], str], ...]:
    """What the symbols of the formulas mean; where that differs by kind, with the kinds."""
    meanings: dict[str, dict[str, list[str]]] = {}  # by symbol, each meaning with its kinds
    for kind in kinds().values():
        rules = [rule for column in counting.columns if kind.name in column.rules for _, rule in _rules(column, kind)]
        for (name,), meaning in legend(kind, (Statement("", rule) for rule in rules)):
            if name not in FACTS:
                meanings.setdefault(name, {}).setdefault(meaning, []).append(kind.name)
    return tuple(((name,), _in_words(known)) for name, known in sorted(meanings.items(), key=lambda entry: entry[0].lower()))


def _in_words(meanings: Mapping[str, Sequence[str]]) -> str:
    """The meaning that a symbol has in most kinds, then those that it has in others."""
    usual = max(meanings, key=lambda text: len(meanings[text]))
    others = [
        _("in {kinds}: {meaning}").format(kinds=listed(of), meaning=inline(text))
        for text, of in meanings.items()
        if text != usual
    ]
    return "; ".join([usual, *others])


def _rest(column: Column, refuses: bool) -> list[Block]:
    """How the kinds without their own rule are treated, if they are not counted."""
    if not column.otherwise:
        return [Text(_(REFUSED if refuses else LISTED))]
    nothing = all(rule.source == "0" for rule in _otherwise(column).values())
    return [Text(_(ZERO[REST if column.rules else EVERY]))] if nothing else []


def _otherwise(column: Column) -> dict[str, Formula]:
    """The rules of all kinds without their own, as written."""
    return {call: Formula(text).given(**GENERAL) for call, text in column.otherwise.items()}


def _rules(column: Column, kind: Kind) -> Iterable[tuple[str, Formula]]:
    """The formulas of a kind in its first form, by call if that matters."""
    table = column.rules.get(kind.name)
    calls = list(table if table is not None else column.otherwise) or [PLAIN]
    for call in calls:
        called = NO_PROGRAM if call in {PLAIN, "module"} else Called(call=call)
        rule = Folded(kind, kind.forms[0], {}, [column], called=called, inline_sizes=False).rules[0]
        if rule is not None:
            yield call, rule


def _data(counting: Convention) -> dict[str, Any]:
    return {
        "convention": counting.name,
        "title": counting.title,
        "unit": counting.unit,
        "source": counting.cite,
        "main": counting.main,
        "columns": {
            column.name: [
                {"kind": kind.name, "called": call, "formula": rule.source}
                for kind in kinds().values()
                for call, rule in _rules(column, kind)
            ]
            for column in counting.columns
        },
        "faults": dict(counting.faults),
    }
