"""Solves a condition for an unknown that occurs once in its formula, step by step: floors, products and sums are inverted."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from worksheet.document import Relation
from worksheet.formula import Digits, Exact, Formula
from worksheet.formula.exact import evaluator, simplest
from worksheet.formula.tree import Call, Name, Negative, Node, Number, Operation, factors, terms, walk
from worksheet.frozen import frozen
from worksheet.language import _

MAX_LINES = 60
LONG = re.compile(r"[0-9]{4,}")
LARGE = 100  # numerators of fractions that are written as a whole number and the rest


class ChainBound(NamedTuple):
    """One end of what a term may be; a strict end does not belong to it."""

    value: Exact
    strict: bool = False


@frozen
class ChainLine:
    """A term between its bounds, and why this is equivalent to the line above."""

    why: str
    term: Node
    low: ChainBound | None
    high: ChainBound | None

    @property
    def is_equation(self) -> bool:
        return self.low is not None and self.low == self.high and not self.low.strict


@frozen
class SolvingChain:
    """A condition solved: its lines down to the unknown alone, and the numbers of steps that are left."""

    lines: tuple[ChainLine, ...]
    steps: range

    def rows(self, digits: Digits) -> tuple[Relation, ...]:
        """The lines as rows of a report, with the digits of its words grouped."""
        rows = map(_relation, self.lines)
        return tuple(replace(row, why=LONG.sub(lambda long: digits.result(int(long[0])), row.why)) for row in rows)


# By relation, the bounds that a number puts on the other side.
STARTS: dict[str, Callable[[Exact], tuple[ChainBound | None, ChainBound | None]]] = {
    "=": lambda number: (ChainBound(number), ChainBound(number)),
    "<=": lambda number: (None, ChainBound(number)),
    ">=": lambda number: (ChainBound(number), None),
    "<": lambda number: (None, ChainBound(number, strict=True)),
    ">": lambda number: (ChainBound(number, strict=True), None),
}


class Domain(NamedTuple):
    """The unknown: its symbol, the values it takes."""

    symbol: str
    step: Exact
    steps: range


def solve(term: Node, relation: str, number: Exact, domain: Domain) -> SolvingChain | None:
    """A condition ``term relation number`` solved for the unknown; None if that takes more than inverting its operations."""
    if sum(isinstance(node, Name) for node in walk(term)) != 1:
        return None
    low, high = STARTS[relation](number)
    lines = [ChainLine(_("The condition"), term, low, high)]
    while not isinstance(lines[-1].term, Name):
        line = _peel(lines[-1], domain)
        if line is None or len(lines) > MAX_LINES:
            return None
        lines.append(line)
    return SolvingChain(tuple(lines), _inside(lines[-1], domain))


def _peel(line: ChainLine, domain: Domain) -> ChainLine | None:
    """The line with the outermost operation of its term inverted; None if that is impossible."""
    match line.term:
        case Operation("+" | "-"):
            return _sum(line)
        case Operation("*"):
            return _product(line)
        case Operation("/", left, right):
            return _multiply_out(line, left, right) if _is_known(right) else _invert(line, left, right, domain)
        case Operation("**", base, Number(exponent)):
            return _root(line, base, int(exponent), domain)
        case Negative(inner):
            return _scale(line, inner, -1, _("Times −1"))
        case Call("floor" | "ceil" as rounding, (inner,)):
            return ROUNDED[rounding](line, inner)
    return None


def _is_known(node: Node) -> bool:
    return not any(isinstance(part, Name) for part in walk(node))


def _value(node: Node) -> Exact:
    return simplest(evaluator(node)({}))


def _sum(line: ChainLine) -> ChainLine | None:
    """The constant terms of a sum move to the other side."""
    parts = terms(line.term)
    constant = sum((sign * _value(term) for sign, term in parts if _is_known(term)), start=Fraction(0))
    rest = [(sign, term) for sign, term in parts if not _is_known(term)]
    if len(rest) != 1:
        return None
    sign, term = rest[0]
    constant = simplest(constant)
    moved = replace(line, low=_move(line.low, -constant), high=_move(line.high, -constant), term=term)
    why = (_("Minus {number}") if constant > 0 else _("Plus {number}")).format(number=abs(constant))
    if sign > 0:
        return replace(moved, why=why)
    return _scale(moved, term, -1, _("{step}, times −1").format(step=why) if constant else _("Times −1"))


def _move(bound: ChainBound | None, by: Exact) -> ChainBound | None:
    return None if bound is None else ChainBound(simplest(bound.value + by), bound.strict)


def _product(line: ChainLine) -> ChainLine | None:
    parts = factors(line.term)
    constant = Fraction(1)
    rest = [part for part in parts if not _is_known(part)]
    for part in parts:
        constant *= _value(part) if _is_known(part) else 1
    return (
        _scale(line, rest[0], 1 / constant, _("Divided by {number}").format(number=simplest(constant)))
        if len(rest) == 1 and constant
        else None
    )


def _multiply_out(line: ChainLine, left: Node, right: Node) -> ChainLine | None:
    by = _value(right)
    return _scale(line, left, by, _("Times {number}").format(number=by)) if by else None


def _scale(line: ChainLine, term: Node, by: Exact, why: str) -> ChainLine:
    """All sides times a number; a negative one turns them round."""
    ends = [None if end is None else ChainBound(simplest(end.value * by), end.strict) for end in (line.low, line.high)]
    low, high = ends if by > 0 else reversed(ends)
    return ChainLine(why, term, low, high)


def _down(line: ChainLine, inner: Node) -> ChainLine:
    """floor(u) >= a means u >= a for the next whole number a; floor(u) <= b means u < b + 1."""
    low, high = line.low, line.high
    least = low and ChainBound(floor(low.value) + 1 if low.strict else ceil(low.value))
    most = high and ChainBound(ceil(high.value) if high.strict else floor(high.value) + 1, strict=True)
    return ChainLine(_("What is rounded down"), inner, least, most)


def _up(line: ChainLine, inner: Node) -> ChainLine:
    """ceil(u) <= b means u <= b; ceil(u) >= a means u > a - 1."""
    low, high = line.low, line.high
    least = low and ChainBound(floor(low.value) if low.strict else ceil(low.value) - 1, strict=True)
    most = high and ChainBound(ceil(high.value) - 1 if high.strict else floor(high.value))
    return ChainLine(_("What is rounded up"), inner, least, most)


ROUNDED: dict[str, Callable[[ChainLine, Node], ChainLine]] = {"floor": _down, "ceil": _up}


def _ends(term: Node, domain: Domain) -> tuple[Exact, Exact]:
    """A term's bounds. It has the unknown once, so it grows with it throughout, or falls."""
    run = evaluator(term)
    ends = [simplest(run({domain.symbol: steps * domain.step})) for steps in (domain.steps[0], domain.steps[-1])]
    return min(ends), max(ends)


def _invert(line: ChainLine, left: Node, right: Node, domain: Domain) -> ChainLine | None:
    """a/u between bounds, for positive a and u: u lies between a over these, the other way round."""
    above = _value(left)
    if above <= 0 or _ends(right, domain)[0] <= 0 or (line.high and line.high.value <= 0):
        return None
    low = line.high and ChainBound(simplest(Fraction(above) / line.high.value), line.high.strict)
    high = (
        line.low and ChainBound(simplest(Fraction(above) / line.low.value), line.low.strict)
        if line.low and line.low.value > 0
        else None
    )
    return ChainLine(_("{number} divided by each side, which reverses the signs").format(number=above), right, low, high)


def _root(line: ChainLine, base: Node, exponent: int, domain: Domain) -> ChainLine | None:
    """A power of a whole number that is not negative between bounds: the number lies between their whole roots."""
    whole = isinstance(base, (Name, Call)) and domain.step == 1
    if not whole or exponent < 1 or _ends(base, domain)[0] < 0 or (line.high and line.high.value < 0):
        return None
    low = line.low and ChainBound(_root_above(line.low, exponent))
    high = line.high and ChainBound(_root_below(line.high, exponent))
    return ChainLine(_("Whole numbers whose power {exponent} lies there").format(exponent=exponent), base, low, high)


def _root_below(bound: ChainBound, exponent: int) -> int:
    """The greatest whole number whose power does not pass a bound."""
    most = ceil(bound.value) - 1 if bound.strict else floor(bound.value)
    low, high = -1, 1
    while high**exponent <= most:
        high *= 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if middle**exponent <= most else (low, middle)
    return low


def _root_above(bound: ChainBound, exponent: int) -> int:
    """The least whole number whose power reaches a bound."""
    least = floor(bound.value) + 1 if bound.strict else ceil(bound.value)
    return _root_below(ChainBound(least, strict=True), exponent) + 1 if least > 0 else 0


def _inside(line: ChainLine, domain: Domain) -> range:
    """The numbers of steps that lie between the bounds of the unknown, of those that it may take."""
    first, last = domain.steps[0], domain.steps[-1]
    if line.low:
        least = line.low.value / Fraction(domain.step)
        first = max(first, floor(least) + 1 if line.low.strict else ceil(least))
    if line.high:
        most = line.high.value / Fraction(domain.step)
        last = min(last, ceil(most) - 1 if line.high.strict else floor(most))
    return range(first, last + 1)


def straight(each: Exact, start: Exact, symbol: str) -> Node:
    """The formula ``each*symbol + start``."""
    product: Node = Operation("*", Number(abs(each)), Name(symbol))
    product = Negative(product) if each < 0 else product
    return Operation("+" if start >= 0 else "-", product, Number(abs(start))) if start else product


# In print


def _relation(line: ChainLine) -> Relation:
    term = Formula.of(line.term)
    if line.is_equation and line.high:
        return Relation(line.why, term, "=", number(line.high.value))
    if line.high is None:
        assert line.low
        return Relation(line.why, term, ">" if line.low.strict else ">=", number(line.low.value))
    above = ("<" if line.high.strict else "<=", number(line.high.value))
    if line.low is None:
        return Relation(line.why, term, *above)
    return Relation(line.why, term, *above, number(line.low.value), "<" if line.low.strict else "<=")


def number(value: Exact) -> Formula:
    """A number as a formula; a fraction of large numbers as a whole number and the rest."""
    value = simplest(value)
    if value < 0:
        return Formula.of(Negative(number(-value).tree))
    whole, rest = divmod(value.numerator, value.denominator)
    if not rest:
        return Formula.of(Number(whole))
    mixed = whole and value.numerator >= LARGE
    part = Operation("/", Number(rest if mixed else value.numerator), Number(value.denominator))
    return Formula.of(Operation("+", Number(whole), part) if mixed else part)
