"""Adds up the like terms of a sum: 4n² + 2n² + 2n² is 8n². Nothing is multiplied out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import reduce

from worksheet.formula.formula import Formula
from worksheet.formula.tree import ONE, ZERO, Exact, Negative, Node, Number, Operation, factors, terms


def collected(formula: Formula) -> Formula:
    """The formula with like terms of its outermost sum added up, each at the place of the first.

    >>> collected(Formula("4*n**2 + n*f - b + 2*n*n + f*n + 3*(n + b)*f + f*(n + b)")).source
    '6*n**2 + 2*n*f - b + 4*(n + b)*f'
    """
    sums: dict[frozenset[tuple[Node, int]], Exact] = {}
    written: dict[frozenset[tuple[Node, int]], list[Node]] = {}
    for sign, term in terms(formula.tree):
        number, powers, order = _product(term)
        key = frozenset(powers.items())
        sums[key] = sums.get(key, 0) + sign * number
        written.setdefault(key, order)
    if len(sums) == len(terms(formula.tree)):
        return formula
    return Formula.of(_sum([(number, written[key]) for key, number in sums.items() if number]), formula.least)


def _product(term: Node) -> tuple[Exact, Counter[Node], list[Node]]:
    """A term's number, its other factors with their powers, and these as they are written."""
    number: Exact = 1
    powers: Counter[Node] = Counter()
    order: list[Node] = []
    for factor in _all_factors(term):
        match factor:
            case Number(value):
                number *= value
                continue
            case Negative(operand):
                inner, more, written = _product(operand)
                number, order = -number * inner, [*order, *written]
                powers.update(more)
                continue
            case Operation("**", base, Number(int(power))):
                powers[base] += power
            case _:
                powers[factor] += 1
        order.append(factor)
    return number, powers, order


def _all_factors(node: Node) -> Iterable[Node]:
    for factor in factors(node):
        if factor is not node and isinstance(factor, Operation) and factor.sign == "*":
            yield from _all_factors(factor)
        else:
            yield factor


def _times(number: Exact, order: list[Node]) -> Node:
    nodes = order if number == 1 and order else [Number(number), *order]
    return reduce(lambda left, right: Operation("*", left, right), nodes or [ONE])


def _sum(parts: list[tuple[Exact, list[Node]]]) -> Node:
    """The terms, each its number and its other factors, in their order, but a positive one first."""
    if not parts:
        return ZERO
    first = next((i for i, (number, _) in enumerate(parts) if number > 0), 0)
    parts = [parts[first], *parts[:first], *parts[first + 1 :]]
    products = [_times(max(number, -number), written) for number, written in parts]
    total = products[0] if parts[0][0] > 0 else Negative(products[0])
    for (number, _), product in zip(parts[1:], products[1:], strict=True):
        total = Operation("+" if number > 0 else "-", total, product)
    return total
