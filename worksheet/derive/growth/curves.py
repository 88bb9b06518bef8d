"""How the cost of a network grows: a column over many sizes, its closed form and exponents, and which kinds of layer lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise
from math import log2
from typing import NamedTuple

from worksheet.derive.closed.cases import bases, steps_of
from worksheet.derive.comparison import Side
from worksheet.derive.growth.ranges import Range
from worksheet.derive.growth.sums import Grown, grown
from worksheet.errors import WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.formula.exact import simplest
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.traced import Floor, Trace, Variable
from worksheet.varied import SizeVariable

SYMBOL = "Q"  # how many periods a size holds


class Doubling(NamedTuple):
    """What a column costs at a size and at another, and the power of the size with which it grew in between."""

    sizes: tuple[Exact, Exact]
    values: tuple[int, int]

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.values[1], self.values[0])

    @property
    def exponent(self) -> float:
        return (log2(self.values[1]) - log2(self.values[0])) / log2(Fraction(self.sizes[1]) / Fraction(self.sizes[0]))


class Limit(NamedTuple):
    """What a column comes near to for large sizes: so much times a power of the size."""

    factor: Exact
    degree: int

    def formula(self, symbol: str) -> Formula:
        """The term over the size's symbol."""
        return Trace({Variable(symbol): 0}).formula(Polynomial({((0, self.degree),): self.factor}))


class Class(NamedTuple):
    """A column as a polynomial over the sizes that are ``period*Q + residue`` steps."""

    period: int
    residue: int
    formula: Formula


class Lead(NamedTuple):
    """The kind of layer that costs most, from a size to another."""

    kind: str
    least: Exact
    most: Exact


@dataclass(frozen=True)
class Curve:
    """One column of one network over the sizes of a range."""

    grown: Grown
    side: Side
    label: str

    @property
    def variable(self) -> SizeVariable:
        return self.grown.variable

    @cached_property
    def kinds(self) -> dict[Exact, Mapping[str, int]]:
        """By size: what the layers of each kind cost."""
        which = self.grown.column(self.side)
        return {size: columns[which] for size, columns in sorted(self.grown.values.items())}

    @cached_property
    def values(self) -> dict[Exact, int]:
        """By size, in order."""
        return {size: sum(kinds.values()) for size, kinds in self.kinds.items()}

    @cached_property
    def is_constant(self) -> bool:
        """Whether all sizes of the range cost the same."""
        return len(self.values) > 1 and len(set(self.values.values())) == 1

    @property
    def form(self) -> Polynomial:
        return self.grown.usual.totals[self.side.column.name]

    @property
    def formula(self) -> Formula:
        """The closed form with its roundings."""
        return self.grown.usual.formula(self.form)

    def usual_class(self) -> Class | None:
        """The polynomial of the sizes that leave the same remainder as the usual one; None where nothing is rounded."""
        try:
            period = self.grown.period
        except WorksheetError:  # too many classes to tell apart
            return None
        if period == 1:
            return None
        residue = steps_of([self.variable], [self.grown.own])[0] % period
        atoms = self.grown.usual.trace.atoms_in_class(bases([period], [residue]))
        return Class(period, residue, Trace({Variable(SYMBOL): 0}).formula(self.form.put(atoms)))

    def limit(self) -> Limit | None:
        """The term that outgrows all others; None for a constant, or where no power of the size is near."""
        trace = self.grown.usual.trace
        found: dict[int, Polynomial] = {0: Polynomial.atom(0)}
        for i, atom in enumerate(trace.atoms):
            if isinstance(atom, Floor):
                found[i] = atom.of.put(found).times(Fraction(1, atom.divisor))
            elif i:
                return None
        form = self.form.put(found)
        degree = form.degree
        factor = form.terms[((0, degree),)] / Fraction(trace.steps[0]) ** degree if degree else 0
        return Limit(simplest(factor), degree) if degree else None

    def doublings(self, sizes: Iterable[Exact]) -> list[Doubling]:
        """From each of these sizes to twice the size, where the network takes both and something is counted."""
        return [
            Doubling((size, 2 * size), (self.values[size], self.values[2 * size]))
            for size in sizes
            if self.values.get(size) and self.values.get(2 * size)
        ]

    def from_end_to_end(self) -> Doubling | None:
        """The same from the first size to the last."""
        first, *_, last = [*self.values, *self.values]
        if len(self.values) < 2 or not (self.values[first] and self.values[last]):
            return None
        return Doubling((first, last), (self.values[first], self.values[last]))

    def leads(self) -> list[Lead]:
        """Which kind of layer costs most, from where to where; between sizes looked at, a change is searched for."""
        runs = [(kind, [size for size, _ in run]) for kind, run in groupby(self.kinds.items(), key=lambda item: leading(item[1]))]
        changes = [self._changes(before[-1], after[0]) for (_, before), (_, after) in pairwise(runs)]
        ends = [self.grown.sizes[0], *(end for change in changes for pair in change for end in pair), self.grown.sizes[-1]]
        found = [Lead(leading(self._kinds_at(least)), least, most) for least, most in zip(ends[::2], ends[1::2], strict=True)]
        return [lead for lead in found if lead.kind]

    def _changes(self, low: Exact, high: Exact) -> list[tuple[Exact, Exact]]:
        """The pairs of sizes next to each other between which another kind takes the lead: by halving what lies between."""
        if leading(self._kinds_at(low)) == leading(self._kinds_at(high)):
            return []
        step = Fraction(self.variable.step)
        middle = simplest((low / step + high / step) // 2 * step)
        if middle == low or self.grown.span.listed or not self._kinds_at(middle):
            return [(low, high)]
        return [*self._changes(low, middle), *self._changes(middle, high)]

    def _kinds_at(self, size: Exact) -> Mapping[str, int]:
        if size not in self.kinds and size not in self.grown.faults:
            one = grown(self.grown.closed, Range(self.grown.span.name, size, size))
            return one.values[size][self.grown.column(self.side)] if one.values else {}
        return self.kinds.get(size, {})

    def shares(self) -> Iterator[tuple[Exact, Mapping[str, Fraction]]]:
        """By size: what part of the whole the layers of each kind cost."""
        for size, kinds in self.kinds.items():
            total = sum(kinds.values())
            yield size, {kind: Fraction(value, total) for kind, value in kinds.items() if value} if total else {}


def letter(variable: SizeVariable) -> str:
    """What a variable's size is called in a sentence: α, M."""
    return Formula(variable.symbol).show("text")


def leading(kinds: Mapping[str, int]) -> str:
    """The kind that costs most; of equals the first by name."""
    most = max(kinds.values(), default=0)
    return min((kind for kind, value in kinds.items() if value == most), default="") if most else ""


def named_kinds(curve: Curve) -> Sequence[str]:
    """The kinds of a curve, those that cost most at the largest size first."""
    last = curve.kinds[list(curve.kinds)[-1]]
    every = dict.fromkeys(kind for kinds in curve.kinds.values() for kind, value in kinds.items() if value)
    return sorted(every, key=lambda kind: (-last.get(kind, 0), kind))
