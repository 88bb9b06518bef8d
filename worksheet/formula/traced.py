"""A concolic run: ordinary code, run once on traced numbers, gives its result for every size that takes the same path.

A traced number has a concrete value at one choice of the variables, which decides every comparison, and a polynomial over the
variables and rounded quotients. Each comparison records a guard. The guards of a run together are its path condition: wherever
all of them hold, the run's polynomials are its results.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm
from typing import Any, NamedTuple

from worksheet.formula.exact import simplest
from worksheet.formula.formula import Formula
from worksheet.formula.polynomial import UNIT, Monomial, Polynomial
from worksheet.formula.traced_numbers import Ratio, Traced
from worksheet.formula.tree import Call, Exact, Name, Node, Number, Operation


@dataclass(frozen=True)
class Variable:
    """A size that stays a symbol: a multiple of ``step``. In polynomials the variable is the number of steps, which is whole."""

    name: str
    step: Exact = 1


class Floor(NamedTuple):
    """floor(of/divisor). The coefficients of ``of`` are whole numbers from 0 to divisor - 1."""

    of: Polynomial
    divisor: int


class Divisor(NamedTuple):
    """gcd(of, number): the greatest common divisor of a polynomial's value and a whole number."""

    of: Polynomial
    number: int


Atom = Variable | Floor | Divisor
RELATIONS: dict[str, Callable[[Exact], bool]] = {
    "= 0": lambda value: value == 0,
    "!= 0": lambda value: value != 0,
    "> 0": lambda value: value > 0,
    ">= 0": lambda value: value >= 0,
}
OPPOSITE = {"= 0": "!= 0", "!= 0": "= 0"}


class Guard(NamedTuple):
    """A comparison on the path of a run: a polynomial and its relation to 0, one of RELATIONS."""

    of: Polynomial
    relation: str


class NeedsFinerClasses(Exception):
    """The residue classes are too coarse for a rounded quotient: the periods of ``atoms`` must be ``by`` times as long."""

    def __init__(self, by: int, atoms: frozenset[int]) -> None:
        super().__init__(by, atoms)
        self.by = by
        self.atoms = atoms


class Trace:
    """One concolic run: its variables with their values, the rounded quotients that occurred, the guards of its path."""

    def __init__(self, variables: Mapping[Variable, Exact]) -> None:
        self.atoms: list[Atom] = list(variables)
        self.numbers: dict[Atom, int] = {variable: i for i, variable in enumerate(variables)}
        self.steps: tuple[Exact, ...] = tuple(variable.step for variable in variables)
        self.values: dict[int, Exact] = dict(enumerate(self.whole_steps(list(variables.values()))))
        self.variables = len(self.atoms)
        self.guards: dict[Guard, None] = {}

    def whole_steps(self, values: Sequence[Exact]) -> list[int]:
        """The variables' values as numbers of steps; a value between two steps is rounded down."""
        return [value // step for value, step in zip(values, self.steps, strict=True)]

    def variable(self, number: int) -> Any:
        """A variable as a number to compute with."""
        polynomial = Polynomial.atom(number).times(self.steps[number])
        return Traced(polynomial, self) if polynomial.denominator == 1 else Ratio(polynomial, self)

    def whole(self, polynomial: Polynomial) -> int:
        """The number of a polynomial whose values are known to be whole: a plain int where it has no atoms."""
        constant = polynomial.constant
        return Traced(polynomial, self) if constant is None else int(constant)

    def ratio(self, polynomial: Polynomial) -> Exact | Ratio:
        """The number of any polynomial: traced as whole only where that is certain."""
        constant = polynomial.constant
        if constant is not None:
            return simplest(constant)
        return Traced(polynomial, self) if polynomial.denominator == 1 else Ratio(polynomial, self)

    def guard(self, polynomial: Polynomial, relation: str) -> bool:
        """Whether a relation to 0 holds at the run's own values. Records a guard unless the answer is the same everywhere."""
        if polynomial.constant is not None:
            return RELATIONS[relation](polynomial.constant)
        is_true = RELATIONS[relation](polynomial.at(self.values))
        if is_true:
            self.guards[Guard(polynomial, relation)] = None
        elif relation in OPPOSITE:
            self.guards[Guard(polynomial, OPPOSITE[relation])] = None
        else:  # not x > 0 is -x >= 0, and not x >= 0 is -x > 0
            self.guards[Guard(-polynomial, ">= 0" if relation == "> 0" else "> 0")] = None
        return is_true

    def floor(self, polynomial: Polynomial) -> int:
        """The polynomial's value rounded down.

        floor((7*M - 4)/2) is 3*M - 2 + floor(M/2), since 7*M - 4 = 2*(3*M - 2) + M; floor(M/2) becomes an atom.
        """
        divisor = polynomial.denominator
        if divisor == 1:
            return self.whole(polynomial)
        above = polynomial.times(divisor)
        # Where the leading term is negative, floor(-y/d) = -ceil(y/d) = -floor((y + d - 1)/d) gives the shorter sum:
        # floor((5 - M)/2) has y = M - 5, so it is -floor((M - 4)/2) = 2 - floor(M/2), and not 2 - M + floor((M + 1)/2).
        if above.terms[max(above.terms, key=_by_degree)] < 0:
            return -self.floor((-above + Polynomial.of(divisor - 1)).times(Fraction(1, divisor)))
        quotient = Polynomial({monomial: number // divisor for monomial, number in above.terms.items()})
        rest = Polynomial({monomial: number % divisor for monomial, number in above.terms.items()})
        return self.whole(quotient + self._rounded(rest, divisor))

    def _rounded(self, of: Polynomial, divisor: int) -> Polynomial:
        """floor(of/divisor) as an atom; the coefficients are below the divisor. A floor within a floor becomes one floor.

        floor((2*x + 3)/4) is floor((x + 1)/2): without the 3, everything is divisible by 2, so 3/2 may be rounded down first.
        floor((floor(x/3) + 1)/2) is floor((x + 3)/6).
        """
        common = gcd(divisor, *(int(number) for monomial, number in of.terms.items() if monomial != UNIT))
        if common > 1:
            of = Polynomial({monomial: number // common for monomial, number in of.terms.items()})
            divisor //= common
        if divisor == 1 or not of.atoms:
            return of if of.atoms else Polynomial.of(of.free // divisor)
        inner = self._lone_floor(of)
        if inner:
            return self._rounded(inner.of + Polynomial.of(of.free * inner.divisor), inner.divisor * divisor)
        return self._atom(Floor(of, divisor), lambda: of.at(self.values) // divisor)

    def _lone_floor(self, of: Polynomial) -> Floor | None:
        """The floor(u/m) of a polynomial floor(u/m) + k; None for any other."""
        upper = [(monomial, number) for monomial, number in of.terms.items() if monomial != UNIT]
        if len(upper) == 1 and upper[0][1] == 1 and len(upper[0][0]) == 1 and upper[0][0][0][1] == 1:
            atom = self.atoms[upper[0][0][0][0]]
            return atom if isinstance(atom, Floor) else None
        return None

    def divisor(self, polynomial: Polynomial, number: int) -> int:
        """The greatest common divisor of a polynomial's value and a whole number."""
        return self.whole(self._atom(Divisor(polynomial, number), lambda: gcd(int(polynomial.at(self.values)), number)))

    def _atom(self, atom: Atom, value: Callable[[], Exact]) -> Polynomial:
        if atom not in self.numbers:
            self.numbers[atom] = len(self.atoms)
            self.values[len(self.atoms)] = value()
            self.atoms.append(atom)
        return Polynomial.atom(self.numbers[atom])

    # The run at other values

    def at(self, values: Sequence[Exact]) -> dict[int, Exact] | None:
        """The value of every atom for other values of the variables; None where they violate a guard."""
        atoms = self.atom_values(values)
        return atoms if all(RELATIONS[guard.relation](guard.of.at(atoms)) for guard in self.guards) else None

    def violated(self, values: Sequence[Exact]) -> list[Guard]:
        """The guards that do not hold for other values of the variables."""
        atoms = self.atom_values(values)
        return [guard for guard in self.guards if not RELATIONS[guard.relation](guard.of.at(atoms))]

    def atom_values(self, values: Sequence[Exact]) -> dict[int, Exact]:
        """The value of every atom for other values of the variables, whether the guards hold or not."""
        atoms: dict[int, Exact] = dict(enumerate(self.whole_steps(values)))
        for i, atom in enumerate(self.atoms[self.variables :], self.variables):
            assert not isinstance(atom, Variable)
            value = atom.of.at(atoms)
            atoms[i] = value // atom.divisor if isinstance(atom, Floor) else gcd(int(value), atom.number)
        return atoms

    def atoms_in_class(self, bases: Sequence[Polynomial]) -> dict[int, Polynomial]:
        """Every atom as a polynomial where the variables are these polynomials, such as 2*Q + 1.

        Raises NeedsFinerClasses where a rounding is not exact: floor(M/4) with M = 2*Q + 1 needs M = 4*Q + 1 and M = 4*Q + 3.
        """
        atoms = dict(enumerate(bases))
        for i, atom in enumerate(self.atoms[self.variables :], self.variables):
            assert not isinstance(atom, Variable)
            of = atom.of.put(atoms)
            divisor = atom.divisor if isinstance(atom, Floor) else atom.number
            upper = {m: Fraction(n) / divisor for m, n in of.terms.items() if m != UNIT}
            rest = lcm(*(number.denominator for number in upper.values()))
            if rest > 1:
                raise NeedsFinerClasses(rest, frozenset(a for m, n in upper.items() if n.denominator > 1 for a, _ in m))
            if isinstance(atom, Floor):
                atoms[i] = Polynomial({m: simplest(n) for m, n in upper.items()} | {UNIT: of.free // divisor})
            else:
                atoms[i] = Polynomial.of(gcd(int(of.free), divisor))
        return atoms

    def formula(self, polynomial: Polynomial) -> Formula:
        """A polynomial of this run as a formula over the variables, floors included."""
        return Formula.of(self.node(polynomial), {atom.name: atom.step for atom in self.atoms if isinstance(atom, Variable)})

    def node(self, polynomial: Polynomial) -> Node:
        """The same as the tree of a formula; a variable is its symbol over its step."""
        scaled = {atom: 1 / Fraction(step) for atom, step in enumerate(self.steps) if step != 1}
        return (polynomial.scaled(scaled) if scaled else polynomial).node(self.write)

    def write(self, number: int) -> Node:
        """An atom as part of a formula; floor((y + d - 1)/d) is written ceil(y/d)."""
        atom = self.atoms[number]
        match atom:
            case Variable():
                return Name(atom.name)
            case Divisor():
                return Call("gcd", (self.node(atom.of), Number(atom.number)))
        rounds_up = atom.of.free == atom.divisor - 1
        inside = Polynomial({m: n for m, n in atom.of.terms.items() if m != UNIT}) if rounds_up else atom.of
        return Call("ceil" if rounds_up else "floor", (Operation("/", self.node(inside), Number(atom.divisor)),))


def _by_degree(monomial: Monomial) -> tuple[int, Monomial]:
    return sum(power for _, power in monomial), monomial
