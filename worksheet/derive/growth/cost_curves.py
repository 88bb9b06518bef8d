"""One column of a network over many sizes: values, closed form, exponents, and the kinds of layer that lead."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise
from math import log2
from typing import NamedTuple

from worksheet.derive.closed.cases import bases, steps_of
from worksheet.derive.comparison import Side
from worksheet.derive.growth.kind_sums import Grown, grow_over
from worksheet.derive.growth.size_ranges import SizeRange
from worksheet.errors import WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.formula.exact import simplest
from worksheet.formula.polynomial import Polynomial
from worksheet.formula.traced import Floor, Trace, Variable
from worksheet.frozen import frozen
from worksheet.language import _
from worksheet.totals import AtLeast
from worksheet.varied import SizeVariable

SYMBOL = "Q"  # the number of periods in a size


class Doubling(NamedTuple):
    """The cost of a column at two sizes, and the power of the size with which it grew in between."""

    sizes: tuple[Exact, Exact]
    values: tuple[int, int]

    @property
    def ratio(self) -> Fraction:
        return Fraction(self.values[1], self.values[0])

    @property
    def exponent(self) -> float:
        return (log2(self.values[1]) - log2(self.values[0])) / log2(Fraction(self.sizes[1]) / Fraction(self.sizes[0]))


class Limit(NamedTuple):
    """The term that a column approaches for large sizes: a factor times a power of the size."""

    factor: Exact
    degree: int

    def formula(self, symbol: str) -> Formula:
        """The term over the size's symbol."""
        return Trace({Variable(symbol): 0}).formula(Polynomial({((0, self.degree),): self.factor}))


class ClassPolynomial(NamedTuple):
    """A column as a polynomial over the sizes that are ``period*Q + residue`` steps."""

    period: int
    residue: int
    formula: Formula


class Lead(NamedTuple):
    """The kind of layer that costs most between two sizes."""

    kind: str
    least: Exact
    most: Exact


@frozen
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
        """By size: the cost of the layers of each kind."""
        which = self.grown.column(self.side)
        return {size: columns[which] for size, columns in sorted(self.grown.values.items())}

    @cached_property
    def values(self) -> dict[Exact, int]:
        """By size, in order."""
        return {size: sum(kinds.values()) for size, kinds in self.kinds.items()}

    def figure(self, size: Exact) -> int | None:
        """The cost at a size: a lower bound where some layer has no rule, None where the size is not accepted."""
        value = self.values.get(size)
        return AtLeast(value) if self.is_partial and value is not None else value

    @cached_property
    def is_partial(self) -> bool:
        return any(column == self.side.column.name for column, _ in self.grown.unruled)

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

    def usual_class(self) -> ClassPolynomial | None:
        """The polynomial of the sizes with the same remainder as the usual one; None if nothing is rounded."""
        try:
            period = self.grown.period
        except WorksheetError:  # too many classes
            return None
        if period == 1:
            return None
        residue = steps_of([self.variable], [self.grown.own])[0] % period
        atoms = self.grown.usual.trace.atoms_in_class(bases([period], [residue]))
        return ClassPolynomial(period, residue, Trace({Variable(SYMBOL): 0}).formula(self.form.put(atoms)))

    def limit(self) -> Limit | None:
        """The term that outgrows all others; None for a constant, or where no power of the size is near."""
        trace = self.grown.usual.trace
        atoms: dict[int, Polynomial] = {0: Polynomial.atom(0)}
        for i, atom in enumerate(trace.atoms):
            if isinstance(atom, Floor):
                atoms[i] = atom.of.put(atoms).times(Fraction(1, atom.divisor))
            elif i:
                return None
        form = self.form.put(atoms)
        degree = form.degree
        factor = form.terms[((0, degree),)] / Fraction(trace.steps[0]) ** degree if degree else 0
        return Limit(simplest(factor), degree) if degree else None

    def doublings(self, sizes: Iterable[Exact]) -> list[Doubling]:
        """From each of these sizes to twice the size, where the network accepts both and something is counted."""
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
        """Which kind of layer costs most over which sizes; changes are searched for between the sizes that were evaluated."""
        runs = [(kind, [size for size, _ in run]) for kind, run in groupby(self.kinds.items(), key=lambda item: leading(item[1]))]
        changes = [self._changes(before[-1], after[0]) for (_, before), (_, after) in pairwise(runs)]
        ends = [self.grown.sizes[0], *(end for change in changes for pair in change for end in pair), self.grown.sizes[-1]]
        leads = [Lead(leading(self._kinds_at(least)), least, most) for least, most in zip(ends[::2], ends[1::2], strict=True)]
        return [lead for lead in leads if lead.kind]

    def _changes(self, low: Exact, high: Exact) -> list[tuple[Exact, Exact]]:
        """The pairs of neighbouring sizes between which the lead changes, by bisection."""
        if leading(self._kinds_at(low)) == leading(self._kinds_at(high)):
            return []
        step = Fraction(self.variable.step)
        middle = simplest((low / step + high / step) // 2 * step)
        if middle == low or self.grown.span.listed or not self._kinds_at(middle):
            return [(low, high)]
        return [*self._changes(low, middle), *self._changes(middle, high)]

    def _kinds_at(self, size: Exact) -> Mapping[str, int]:
        if size not in self.kinds and size not in self.grown.faults:
            alone = grow_over(self.grown.closed, SizeRange(self.grown.span.name, size, size))
            return alone.values[size][self.grown.column(self.side)] if alone.values else {}
        return self.kinds.get(size, {})

    def shares(self) -> Iterator[tuple[Exact, Mapping[str, Fraction]]]:
        """By size: the share of the layers of each kind in the cost."""
        for size, kinds in self.kinds.items():
            total = sum(kinds.values())
            yield size, {kind: Fraction(value, total) for kind, value in kinds.items() if value} if total else {}


def letter(variable: SizeVariable) -> str:
    """The symbol of a variable in a sentence: α, M."""
    return Formula(variable.symbol).show("text")


def axis_title(variable: SizeVariable) -> str:
    """What the axis of sizes shows: the meaning of the variable, and its symbol."""
    return _("{meaning}, {symbol}").format(meaning=variable.meaning, symbol=letter(variable))


def leading(kinds: Mapping[str, int]) -> str:
    """The kind that costs most; the first by name among equals."""
    most = max(kinds.values(), default=0)
    return min((kind for kind, value in kinds.items() if value == most), default="") if most else ""


def named_kinds(curve: Curve) -> Sequence[str]:
    """The kinds of a curve, by falling cost at the largest size."""
    last = curve.kinds[list(curve.kinds)[-1]]
    names = dict.fromkeys(kind for kinds in curve.kinds.values() for kind, value in kinds.items() if value)
    return sorted(names, key=lambda kind: (-last.get(kind, 0), kind))
