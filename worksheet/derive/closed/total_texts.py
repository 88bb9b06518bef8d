"""Closed totals as texts that the parser reads, and their leading terms for large sizes."""

from __future__ import annotations

from fractions import Fraction

from worksheet.derive.closed.cases import ClosedCase
from worksheet.errors import FormulaError
from worksheet.formula import Formula
from worksheet.formula.parse import MAX_TOKENS
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.traced import Floor, Variable
from worksheet.formula.tree import Negative, Node, Operation, terms


def texts(formula: Formula) -> list[str]:
    """The formula as texts that the parser accepts: one, or several with the formula as their sum where one is too long."""
    source = formula.source
    if len(source) <= MAX_TOKENS or _is_readable(source):
        return [source]
    return [part for half in _halves(formula.tree) for part in texts(Formula.of(half, formula.least))]


def _is_readable(text: str) -> bool:
    try:
        Formula(text)
    except FormulaError:
        return False
    return True


def _halves(tree: Node) -> tuple[Node, Node]:
    flat = list(terms(tree))
    middle = len(flat) // 2
    return _sum(flat[:middle]), _sum(flat[middle:])


def _sum(parts: list[tuple[int, Node]]) -> Node:
    (sign, first), *others = parts
    total = first if sign > 0 else Negative(first)
    for sign, term in others:
        total = Operation("+" if sign > 0 else "-", total, term)
    return total


def leading(case: ClosedCase, form: Polynomial) -> Polynomial | None:
    """The terms of the highest degree, without rounding, over the symbols alone; None where there is no such limit."""
    smooth: dict[int, Polynomial] = {}
    for i, atom in enumerate(case.trace.atoms):
        if isinstance(atom, Variable):
            smooth[i] = Polynomial.atom(i)
        elif isinstance(atom, Floor) and atom.of.atoms <= smooth.keys():
            smooth[i] = atom.of.put(smooth).times(Fraction(1, atom.divisor))
    if not form.atoms <= smooth.keys():  # a common divisor never settles
        return None
    whole = form.put(smooth)
    return Polynomial({m: n for m, n in whole.terms.items() if sum(power for _, power in m) == whole.degree})
