"""The cost of each kind of layer in each column, for many sizes at once, and the sizes that a network rejects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise
from math import gcd
from typing import NamedTuple

from worksheet.derive.closed import NONE, Closed, ClosedCase
from worksheet.derive.comparison import Side
from worksheet.derive.growth.size_ranges import SizeRange, evaluated_sizes, how_many
from worksheet.errors import WorksheetError
from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.formula.polynomial import Polynomial
from worksheet.frozen import frozen
from worksheet.varied import SizeVariable

MAX_REASONS = 40  # runs of rejected sizes for which the reason is determined separately
MAX_CASES = 16  # ways in which a network may be built; sizes that need further ones are skipped


class Refusal(NamedTuple):
    """Neighbouring sizes that a network rejects, and why."""

    sizes: tuple[Exact, ...]
    reason: str


@frozen
class Kinds:
    """A case's columns, each split by kind of layer."""

    case: ClosedCase
    columns: tuple[Mapping[str, Polynomial], ...]


@dataclass
class Grown:
    """A network under one convention over the sizes of a range."""

    closed: Closed
    span: SizeRange
    values: dict[Exact, tuple[Mapping[str, int], ...]] = field(default_factory=dict)  # by size and column: each kind's
    faults: dict[Exact, str] = field(default_factory=dict)
    skipped: int = 0  # sizes for which the network is built in yet another way

    @property
    def variable(self) -> SizeVariable:
        return self.closed.variables[0]

    @cached_property
    def sizes(self) -> list[Exact]:
        """Those that the network accepts."""
        return sorted(self.values)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every size of the range was evaluated."""
        return not self.span.listed and len(self.values) + len(self.faults) == how_many(self.span, self.variable.step)

    @cached_property
    def usual(self) -> ClosedCase:
        """The general case if it covers a size, else the case of the middle size."""
        main = self.closed.main
        covers = any(main.trace.at((size,)) is not None for size in self.sizes)
        return main if covers else self.closed.case((self.sizes[len(self.sizes) // 2],))

    @cached_property
    def own(self) -> Exact:
        """The network's own size, else the one in the middle of those that the usual case covers."""
        middle = len(self.sizes) // 2
        nearest = sorted(self.sizes, key=lambda size: (size != self.variable.value, abs(size - self.sizes[middle])))
        return next(size for size in nearest if self.usual.trace.at((size,)) is not None)

    def column(self, side: Side) -> int:
        return self.closed.convention.columns.index(side.column)

    @cached_property
    def period(self) -> int:
        """The number of steps after which the roundings of the usual case repeat. Raises NetworkError."""
        return self.closed.periods(self.usual, (self.own,))[0]

    @cached_property
    def refusals(self) -> list[Refusal]:
        """The sizes that are rejected, neighbours together."""
        evaluated = sorted([*self.values, *self.faults])
        runs = [tuple(run) for refused, run in groupby(evaluated, key=lambda size: size in self.faults) if refused]
        return [Refusal(run, self._reason(run[0]) if i < MAX_REASONS else self.faults[run[0]]) for i, run in enumerate(runs)]

    def _reason(self, size: Exact) -> str:
        """Why a size is rejected, with its own numbers: the reason that was kept may name those of another size."""
        try:
            self.closed.count_at((size,))
        except WorksheetError as fault:
            return fault.faults[0].message
        return self.faults[size]

    @cached_property
    def unruled(self) -> list[tuple[str, list[str]]]:
        """The columns that have no rule for some kinds of layer, with those kinds, which count as 0."""
        unruled = []
        for i, column in enumerate(self.closed.convention.columns):
            kinds = dict.fromkeys(row.layer.kind.name for row in self.usual.rows if row.columns[i] is None)
            if kinds:
                unruled.append((column.name, sorted(kinds)))
        return unruled

    def lattice(self) -> tuple[Exact, Exact] | None:
        """Distance and remainder of the accepted sizes, where they are all sizes with that remainder; None otherwise."""
        if not self.faults or self.span.listed:
            return None
        steps = [int(size / Fraction(self.variable.step)) for size in (*self.sizes, *self.faults)]
        fitting, refused = steps[: len(self.sizes)], steps[len(self.sizes) :]
        distance = gcd(*(b - a for a, b in pairwise(fitting))) if len(fitting) > 2 else 1
        if distance == 1 or any((step - fitting[0]) % distance == 0 for step in refused):
            return None
        return simplest(distance * self.variable.step), simplest(fitting[0] % distance * self.variable.step)


def grow_over(closed: Closed, span: SizeRange) -> Grown:
    """Evaluate a network for the sizes of a range. Raises WorksheetError if it accepts no sizes other than its own."""
    grown = Grown(closed, span)
    kinds: dict[int, Kinds] = {}
    case = closed.main
    for size in sorted(evaluated_sizes(span, closed.variables[0].step), key=lambda size: -_roundness(size, closed.variables[0])):
        atoms = case.trace.at((size,))
        if atoms is None:
            if len(closed.cases) >= MAX_CASES and not span.listed and not _is_known(closed, size):
                grown.skipped += 1
                continue
            try:
                case = closed.case((size,))
            except WorksheetError as fault:
                grown.faults[size] = fault.faults[0].message
                continue
            atoms = case.trace.at((size,))
            assert atoms is not None
        if id(case) not in kinds:
            kinds[id(case)] = _by_kind(case, len(closed.convention.columns))
        columns = kinds[id(case)].columns
        grown.values[size] = tuple({kind: int(form.at(atoms)) for kind, form in column.items()} for column in columns)
    return grown


def _roundness(size: Exact, variable: SizeVariable) -> int:
    """How often a size, as a number of steps, can be halved: a measure of how likely people are to choose it."""
    steps = int(size / Fraction(variable.step))
    return (steps & -steps).bit_length()


def _is_known(closed: Closed, size: Exact) -> bool:
    traces = [*(case.trace for case in closed.cases), *(trace for trace, _ in closed.refused)]
    return any(trace.at((size,)) is not None for trace in traces)


def _by_kind(case: ClosedCase, columns_count: int) -> Kinds:
    """The polynomials of each kind of layer; equal rows share their columns."""
    alike: dict[tuple[str, int], int] = {}
    columns = {id(row.columns): row.columns for row in case.rows}
    for row in case.rows:
        key = (row.layer.kind.name, id(row.columns))
        alike[key] = alike.get(key, 0) + 1
    sums: tuple[dict[str, Polynomial], ...] = tuple({} for _ in range(columns_count))
    for (kind, which), times in alike.items():
        for i, form in enumerate(columns[which]):
            if form and form.terms:
                sums[i][kind] = sums[i].get(kind, NONE) + form.times(times)
    return Kinds(case, sums)
