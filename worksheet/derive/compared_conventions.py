"""Conventions side by side, without a network: the formulas of each kind."""

from __future__ import annotations

from collections.abc import Sequence

from worksheet.conventions import Conventions, names, several
from worksheet.counting.folding import Folded
from worksheet.derivation import Section, Statement
from worksheet.derive.comparison import Side, read_side
from worksheet.derive.reference import legend
from worksheet.document import Block, Document, Table
from worksheet.formula import Digits, Formula
from worksheet.layers import Kind, kinds


def compare_conventions(conventions: Conventions = (), *, digits: str = "en_US") -> Document:
    """Conventions kind by kind, without a network: the formulas of their main columns. By default all conventions."""
    conventions = several(conventions)
    sides = list(map(read_side, conventions or names()))
    entries = [(kind, by) for kind in kinds().values() if (by := _by_formula(kind, sides))]
    columns = tuple((side.label, side.column.heading, side.convention.unit) for side in sides)
    blocks: list[Block] = [Table(("Convention", "Column", "Unit"), columns, words=3)]
    for kind, by in entries:
        lines = [Statement(", ".join(labels), formula) for formula, labels in by.values()]
        blocks.append(Section(kind.name, kind.name, legend(kind, lines), tuple(lines), _silent(kind, sides)))
    title = f"Conventions: {', '.join(side.label for side in sides)}" if conventions else "Conventions"
    data = {
        "sides": [{"label": side.label, "convention": side.convention.name, "column": side.column.name} for side in sides],
        "kinds": [
            {"kind": kind.name, "formulas": [{"formula": f.source, "sides": labels} for f, labels in by.values()]}
            for kind, by in entries
        ],
    }
    return Document(title, tuple(blocks), data, digits=Digits(digits).locale)


def _by_formula(kind: Kind, sides: Sequence[Side]) -> dict[str, tuple[Formula, list[str]]]:
    """The sides by the formula by which they count a kind in its first form; kinds that no side counts are left out."""
    by_formula: dict[str, tuple[Formula, list[str]]] = {}
    columns = [side.column for side in sides]
    rules = Folded(kind, kind.forms[0], {}, columns, inline_sizes=False).rules
    for side, rule in zip(sides, rules, strict=True):
        if rule is not None:
            by_formula.setdefault(rule.source, (rule, []))[1].append(side.label)
    return by_formula if any(source != "0" for source in by_formula) else {}


def _silent(kind: Kind, sides: Sequence[Side]) -> str:
    without = [side.label for side in sides if side.column.rule(kind) is None]
    return f"No rule: {', '.join(without)}." if without else ""
