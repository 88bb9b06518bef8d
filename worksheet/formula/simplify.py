"""Differences of formulas and polynomials, shortened by sympy and written in textbook order again."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from worksheet.formula.exact import evaluator
from worksheet.formula.formula import Formula
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.rewrite import size
from worksheet.formula.tree import ONE, ZERO, Call, Name, Negative, Node, Number, Operation

if TYPE_CHECKING:
    import sympy

MAX_TERMS = 40  # of a polynomial that sympy is asked to factor
PLACES = (1, 7, 224)  # where a factored polynomial is compared with the original
FUNCTIONS = {"floor": "floor", "ceiling": "ceil", "Max": "max", "Min": "min", "gcd": "gcd"}  # as sympy names them


def difference(of: Formula, minus: Formula) -> Formula:
    """``of - minus``, as short as sympy makes it.

    >>> difference(Formula("k*(c*w*h + 1)*W*H"), Formula("k*c*w*h*W*H")).source
    'k*W*H'
    >>> difference(Formula("2*c"), Formula("2*c*M*N")).source
    '-2*c*(M*N - 1)'
    """
    import sympy

    order = {name: i for i, name in enumerate(dict.fromkeys((*of.symbols, *minus.symbols)))}
    raw = sympy.expand(of.expr - minus.expr)
    shortest = min((raw, sympy.factor_terms(raw), sympy.factor(raw)), key=sympy.count_ops)
    return Formula.of(_TreeWriter(order).node(_unsigned(shortest)), {**minus.least, **of.least})


def quotient(of: Formula, by: Formula) -> Formula | None:
    """``of`` divided by ``by``, where that leaves no fraction of symbols; None otherwise.

    >>> quotient(Formula("k*(c*w*h + 1)*W*H"), Formula("(c*w*h + 1)*k")).source
    'W*H'
    >>> quotient(Formula("k*c*w*h*W*H"), Formula("k*(c*w*h + 1)")) is None
    True
    """
    import sympy

    if not by.expr or not of.expr:
        return None
    numerator, denominator = sympy.fraction(sympy.cancel(of.expr / by.expr))
    if not denominator.is_number:
        return None
    order = {name: i for i, name in enumerate(dict.fromkeys((*of.symbols, *by.symbols)))}
    return Formula.of(_TreeWriter(order).node(numerator / denominator), {**by.least, **of.least})


def factor(polynomial: Polynomial) -> Node | None:
    """A polynomial with its common factors in front of brackets, over the names of ``atom_name``; None where that is not shorter.

    sympy must expand it to the same polynomial again, and both must have the same values at PLACES.

    >>> polynomial = (Polynomial.atom(0) + Polynomial.of(1)) * Polynomial.atom(1).times(7)
    >>> Formula.of(factor(polynomial)).source
    '7*x_1*(x_0 + 1)'
    """
    if not 2 <= len(polynomial.terms) <= MAX_TERMS:
        return None
    import sympy

    symbols = {atom: sympy.Symbol(atom_name(atom), integer=True) for atom in sorted(polynomial.atoms)}
    products = [
        sympy.Mul(sympy.Rational(number.numerator, number.denominator), *[symbols[atom] ** power for atom, power in monomial])
        for monomial, number in polynomial.terms.items()
    ]
    raw = sympy.Add(*products)
    shortest = min((sympy.factor_terms(raw), sympy.factor(raw)), key=sympy.count_ops)
    order = {atom_name(atom): atom for atom in symbols}
    node = _TreeWriter(order).node(_unsigned(shortest))
    same = sympy.expand(shortest) == raw and all(_agrees(polynomial, node, place) for place in PLACES)
    return node if same and size(node) < size(polynomial.node(lambda atom: Name(atom_name(atom)))) else None


def atom_name(atom: int) -> str:
    """The symbol for an atom of a polynomial."""
    return f"x_{atom}"


def _agrees(polynomial: Polynomial, node: Node, place: int) -> bool:
    values = {atom: place + 3 * i for i, atom in enumerate(sorted(polynomial.atoms))}
    return bool(evaluator(node)({atom_name(atom): value for atom, value in values.items()}) == polynomial.at(values))


def _unsigned(expr: sympy.Expr) -> sympy.Expr:
    """2c(1 - MN) as -2c(MN - 1): the sign of a bracket that is mostly negative goes in front of the product."""
    if not expr.is_Mul:
        return expr
    factors = [(-factor, -1) if factor.is_Add and _is_mostly_negative(factor) else (factor, 1) for factor in expr.args]
    sign = reduce(lambda a, b: a * b, [sign for _, sign in factors])
    return expr.func(sign, *[factor for factor, _ in factors], evaluate=False) if sign < 0 else expr


def _is_mostly_negative(total: sympy.Expr) -> bool:
    """Whether the term of most symbols is subtracted."""
    largest = max(total.args, key=lambda term: len(term.free_symbols))
    return bool(largest.could_extract_minus_sign())


class _TreeWriter:
    """Writes sympy's expressions as trees, with the symbols in the order of the formulas."""

    def __init__(self, order: dict[str, int]) -> None:
        self.order = order

    def node(self, expr: sympy.Expr) -> Node:
        if expr.is_Add:
            return self.sum(expr)
        if expr.is_Mul:
            return self.product(expr)
        if expr.is_Pow:
            return self.power(*expr.as_base_exp())
        if expr.is_Rational:
            return _number(Fraction(int(expr.p), int(expr.q)))
        if expr.is_Symbol:
            return Name(expr.name)
        return Call(FUNCTIONS[type(expr).__name__], tuple(self.node(argument) for argument in expr.args))

    def power(self, base: sympy.Expr, exponent: sympy.Expr) -> Node:
        if exponent.is_Rational and (exponent.p, exponent.q) == (1, 2):
            return Call("root", (self.node(base),))
        if exponent.is_Integer and exponent < 0:
            below = self.node(base) if exponent == -1 else Operation("**", self.node(base), Number(-int(exponent)))
            return Operation("/", ONE, below)
        return Operation("**", self.node(base), self.node(exponent))

    def sum(self, expr: sympy.Expr) -> Node:
        """Positive terms first, those of more symbols before those of fewer."""
        terms = sorted(expr.args, key=lambda term: (term.could_extract_minus_sign(), -self.degree(term), self.places(term)))
        total = self.node(terms[0])
        for term in terms[1:]:
            negative = term.could_extract_minus_sign()
            total = Operation("-" if negative else "+", total, self.node(-term if negative else term))
        return total

    def product(self, expr: sympy.Expr) -> Node:
        """The number, then symbols, then brackets; all divisors are below one line."""
        number, factors = expr.as_coeff_mul()
        below = [factor**-1 for factor in factors if _divides(factor)]
        above = [factor for factor in factors if not _divides(factor)]
        if number < 0:
            return Negative(self.node(-expr))
        top = self.multiply(int(number.p), above)
        bottom = self.multiply(int(number.q), below)
        return top if bottom == ONE else Operation("/", top, bottom)

    def multiply(self, number: int, factors: Sequence[sympy.Expr]) -> Node:
        """A number times the factors."""
        ordered = sorted(factors, key=lambda factor: (factor.is_Add, self.places(factor)))
        nodes = [*([] if number == 1 and ordered else [Number(number)]), *map(self.node, ordered)]
        return reduce(lambda left, right: Operation("*", left, right), nodes)

    def degree(self, expr: Any) -> int:
        return len(expr.free_symbols)

    def places(self, expr: Any) -> list[int]:
        return sorted(self.order.get(symbol.name, 0) for symbol in expr.free_symbols)


def _divides(factor: Any) -> bool:
    base, exponent = factor.as_base_exp()
    return bool(exponent.is_Integer and exponent < 0 and not base.is_Integer)


def _number(value: Fraction) -> Node:
    if value < 0:
        return Negative(_number(-value))
    if value.denominator == 1:
        return Number(value.numerator) if value else ZERO
    return Operation("/", Number(value.numerator), Number(value.denominator))
