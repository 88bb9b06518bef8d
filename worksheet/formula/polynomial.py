"""Polynomials with exact coefficients over numbered atoms: the values of counts whose sizes stay symbols."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import lcm

from worksheet.formula.exact import simplest
from worksheet.formula.tree import Exact, Negative, Node, Number, Operation

Monomial = tuple[tuple[int, int], ...]  # atoms with their powers, in the order of the atoms' numbers
MAX_TERMS = 2_000  # of one polynomial
UNIT: Monomial = ()


class TooLong(Exception):
    """A polynomial with more than MAX_TERMS terms."""


class Polynomial:
    """A sum of products of atoms. Immutable; equal polynomials have equal hashes.

    >>> x, y = Polynomial.atom(0), Polynomial.atom(1)
    >>> (x + y)*(x - y) == x*x - y*y, ((x + y)*(x - y)).at({0: 5, 1: 3})
    (True, 16)
    """

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Monomial, Exact]) -> None:
        self.terms = {monomial: number for monomial, number in terms.items() if number}
        self._hash: int | None = None
        if len(self.terms) > MAX_TERMS:
            raise TooLong

    @classmethod
    def of(cls, value: Exact) -> Polynomial:
        """The constant polynomial of a number."""
        return cls({UNIT: value})

    @classmethod
    def atom(cls, number: int) -> Polynomial:
        """The polynomial that is one atom."""
        return cls({((number, 1),): 1})

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Polynomial) and self.terms == other.terms

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    def __repr__(self) -> str:
        return f"Polynomial({self.terms})"

    @property
    def constant(self) -> Exact | None:
        """The value of a polynomial without atoms; None for any other."""
        if not self.terms:
            return 0
        return self.terms.get(UNIT) if len(self.terms) == 1 else None

    @property
    def free(self) -> Exact:
        """The constant term."""
        return self.terms.get(UNIT, 0)

    @property
    def atoms(self) -> frozenset[int]:
        return frozenset(number for monomial in self.terms for number, _ in monomial)

    @property
    def degree(self) -> int:
        return max((sum(power for _, power in monomial) for monomial in self.terms), default=0)

    def __add__(self, other: Polynomial) -> Polynomial:
        terms = dict(self.terms)
        for monomial, number in other.terms.items():
            terms[monomial] = terms.get(monomial, 0) + number
        return Polynomial(terms)

    def __neg__(self) -> Polynomial:
        return self.times(-1)

    def __sub__(self, other: Polynomial) -> Polynomial:
        return self + -other

    def __mul__(self, other: Polynomial) -> Polynomial:
        terms: dict[Monomial, Exact] = {}
        for left, a in self.terms.items():
            for right, b in other.terms.items():
                product = _product(left, right)
                terms[product] = terms.get(product, 0) + a * b
        return Polynomial(terms)

    def __pow__(self, exponent: int) -> Polynomial:
        return reduce(lambda a, b: a * b, [self] * exponent, Polynomial.of(1))

    def times(self, factor: Exact) -> Polynomial:
        return Polynomial({monomial: simplest(number * factor) for monomial, number in self.terms.items()})

    def over(self, other: Polynomial) -> Polynomial | None:
        """The quotient where the division leaves no remainder; None otherwise."""
        if other.constant is not None:
            return self.times(Fraction(1, 1) / other.constant)
        leading = max(other.terms, key=_place)
        quotient, rest = Polynomial({}), self
        while rest.terms:
            monomial = max(rest.terms, key=_place)
            factor = _quotient(monomial, leading)
            if factor is None:
                return None
            part = Polynomial({factor: simplest(Fraction(rest.terms[monomial]) / other.terms[leading])})
            quotient, rest = quotient + part, rest - part * other
        return quotient

    @property
    def denominator(self) -> int:
        """The least whole number by which all coefficients become whole."""
        return lcm(*(number.denominator for number in self.terms.values()))

    def at(self, values: Mapping[int, Exact]) -> Exact:
        """The exact value for values of the atoms."""
        total: Exact = 0
        for monomial, number in self.terms.items():
            product = number
            for atom, power in monomial:
                product *= values[atom] ** power
            total += product
        return simplest(total)

    def put(self, polynomials: Mapping[int, Polynomial]) -> Polynomial:
        """The polynomial with others substituted for its atoms."""
        total = Polynomial({})
        for monomial, number in self.terms.items():
            factors = [polynomials[atom] ** power for atom, power in monomial]
            total += reduce(lambda a, b: a * b, factors, Polynomial.of(number))
        return total

    def scaled(self, factors: Mapping[int, Exact]) -> Polynomial:
        """The polynomial with every atom multiplied by its factor; 1 where it has none."""
        terms = {}
        for monomial, number in self.terms.items():
            for atom, power in monomial:
                number *= factors.get(atom, 1) ** power  # noqa: PLW2901
            terms[monomial] = simplest(number)
        return Polynomial(terms)

    def node(self, write: Callable[[int], Node]) -> Node:
        """The tree of a formula, terms of the highest degree first. ``write`` gives the tree of an atom."""
        total: Node | None = None
        for monomial in sorted(self.terms, key=_rank):
            number = self.terms[monomial]
            size = _term(-number if number < 0 else number, monomial, write)
            if total is None:
                total = Negative(size) if number < 0 else size
            else:
                total = Operation("-" if number < 0 else "+", total, size)
        return Number(0) if total is None else total


def _product(left: Monomial, right: Monomial) -> Monomial:
    if not left or not right:
        return left or right
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items()))


def _quotient(monomial: Monomial, divisor: Monomial) -> Monomial | None:
    powers = dict(monomial)
    for atom, power in divisor:
        powers[atom] = powers.get(atom, 0) - power
        if powers[atom] < 0:
            return None
    return tuple(sorted((atom, power) for atom, power in powers.items() if power))


def _place(monomial: Monomial) -> tuple[tuple[int, int], ...]:
    """A key of a monomial order (a < b implies ac < bc): by the power of the first atom, then of the next."""
    return tuple((-atom, power) for atom, power in monomial)


def _rank(monomial: Monomial) -> tuple[int, list[tuple[int, int]]]:
    """Higher degrees first; within one degree the atoms in their order, higher powers first."""
    return -sum(power for _, power in monomial), [(atom, -power) for atom, power in monomial]


def _term(number: Exact, monomial: Monomial, write: Callable[[int], Node]) -> Node:
    factors = list(_factors(monomial, write))
    if number.numerator != 1 or not factors:
        factors.insert(0, Number(number.numerator))
    product = reduce(lambda left, right: Operation("*", left, right), factors)
    return product if number.denominator == 1 else Operation("/", product, Number(number.denominator))


def _factors(monomial: Monomial, write: Callable[[int], Node]) -> Iterator[Node]:
    for atom, power in monomial:
        node = write(atom)
        yield node if power == 1 else Operation("**", node, Number(power))
