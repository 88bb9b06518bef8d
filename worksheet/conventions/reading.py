"""Reads a way of counting from its YAML file; reports every fault of the file with line and caret."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from worksheet.conventions.convention import Column, Convention
from worksheet.derivation import Statement
from worksheet.errors import Collector, ConventionError, Where, WorksheetError, nearest, shown
from worksheet.formula import Digits, Formula
from worksheet.layers import QUANTITIES, Kind, kinds
from worksheet.marked import Marked, parse, read_text

KEYS = ("title", "cite", "unit", "digits", "rules", "columns", "once", "headings", "asks", "remarks", "reference")
OTHERWISE = "*"  # in a column: the rule of every kind that has none of its own, over the quantities
REQUIRED = ("title", "columns")


def read_convention(path: Path) -> Convention:
    """The convention in a YAML file. Raises WorksheetError with all faults of the file."""
    file = str(path)
    root = parse(read_text(path), file)
    faults = Collector()
    fields = root.fields(KEYS, REQUIRED, faults)
    convention = _convention(path.stem, fields, faults)
    faults.raise_any()
    return convention


def _convention(name: str, fields: Mapping[str, Marked], faults: Collector) -> Convention:
    headings, asks = (_texts(fields.get(key), faults) for key in ("headings", "asks"))
    remarks = {column: _texts(table, faults) for column, table in _table(fields.get("remarks"), faults).items()}
    once = {_text(item, faults): item.where for item in _items(fields.get("once"), faults)}
    columns = tuple(
        Column(
            column,
            headings.get(column, column),
            asks.get(column, column),
            rules,
            remarks.get(column, {}),
            _otherwise(entry, faults),
            column in once,
        )
        for column, (rules, entry) in _columns(fields.get("columns"), faults).items()
    )
    if "columns" in fields and not columns:
        faults.add(ConventionError("a way of counting needs a column", fields["columns"].where))
    named = [*(dict(fields[key].keys) for key in ("headings", "asks", "remarks") if key in fields), once]
    for names in named:
        _known_columns(names, [column.name for column in columns], faults)
    return Convention(
        name=name,
        title=_text(fields.get("title"), faults),
        cite=_text(fields.get("cite"), faults),
        unit=_text(fields.get("unit"), faults),
        digits=_digits(fields.get("digits"), faults),
        rules=tuple(_text(item, faults) for item in _items(fields.get("rules"), faults)),
        columns=columns,
        reference=_reference(fields.get("reference"), faults),
    )


def _columns(marked: Marked | None, faults: Collector) -> dict[str, tuple[dict[str, Formula], Marked | None]]:
    """The rules of each column by kind, and the rule of all other kinds."""
    return {
        column: (
            {kind.name: formula for kind, text in _by_kind(table, faults) for formula in _formula(kind, text, faults)},
            _table(table, Collector()).get(OTHERWISE),
        )
        for column, table in _table(marked, faults).items()
    }


def _otherwise(marked: Marked | None, faults: Collector) -> str:
    """The rule of all other kinds: it may use what every kind has."""
    if marked is None:
        return ""
    known = [*QUANTITIES, "X", "Y"]
    try:
        formula = Formula(marked.text())
    except WorksheetError as fault:
        faults.add(marked.within(fault) if isinstance(marked.value, str) else fault)
        return ""
    for name in formula.symbols:
        if name not in known:
            faults.add(ConventionError(f"not every kind has a symbol {name!r}", marked.where, nearest(name, known)))
    return formula.source


def _reference(marked: Marked | None, faults: Collector) -> dict[str, tuple[Statement, ...]]:
    return {
        kind.name: tuple(
            Statement(label, formula)
            for item in _items(entry, faults)
            for label, text in _table(item, faults).items()
            for formula in _formula(kind, text, faults)
        )
        for kind, entry in _by_kind(marked, faults)
    }


def _by_kind(marked: Marked | None, faults: Collector) -> list[tuple[Kind, Marked]]:
    """The entries of a table whose keys are kinds of layers."""
    found = []
    for name, entry in _table(marked, faults).items():
        if name in kinds():
            found.append((kinds()[name], entry))
        elif marked and name != OTHERWISE:
            faults.add(ConventionError(f"unknown layer {shown(name)}", marked.keys[name], nearest(name, kinds())))
    return found


def _formula(kind: Kind, marked: Marked, faults: Collector) -> list[Formula]:
    """The formula in a list; empty, with a fault added, where the text is none or uses a name that the kind lacks."""
    try:
        formula = Formula(marked.text(), kind.least)
    except WorksheetError as fault:
        faults.add(marked.within(fault) if isinstance(marked.value, str) else fault)
        return []
    unknown = [name for name in formula.symbols if name not in kind.vocabulary()]
    for name in unknown:
        faults.add(ConventionError(f"{kind.name} has no symbol {name!r}", marked.where, nearest(name, kind.vocabulary())))
    return [] if unknown else [formula]


def _known_columns(names: Mapping[str, Where], columns: list[str], faults: Collector) -> None:
    for name, where in names.items():
        if name not in columns:
            faults.add(ConventionError(f"there is no column {shown(name)}", where, nearest(name, columns)))


def _digits(marked: Marked | None, faults: Collector) -> str:
    text = _text(marked, faults) or "none"
    try:
        return Digits(text).locale
    except WorksheetError as fault:
        faults.add(fault.located(marked.where) if marked else fault)
        return "none"


def _text(marked: Marked | None, faults: Collector) -> str:
    with faults.catching():
        return " ".join(marked.text().split()) if marked else ""
    return ""


def _texts(marked: Marked | None, faults: Collector) -> dict[str, str]:
    return {key: _text(value, faults) for key, value in _table(marked, faults).items()}


def _table(marked: Marked | None, faults: Collector) -> dict[str, Marked]:
    with faults.catching():
        return marked.table() if marked else {}
    return {}


def _items(marked: Marked | None, faults: Collector) -> list[Marked]:
    with faults.catching():
        return marked.items() if marked else []
    return []
