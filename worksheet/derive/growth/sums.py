"""Works a network out for many sizes at once: each kind of layer's cost in each column, and the sizes that do not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import groupby, pairwise
from math import gcd
from typing import NamedTuple

from worksheet.derive.closed import NONE, Case, Closed
from worksheet.derive.comparison import Side
from worksheet.derive.growth.ranges import Range, how_many, looked_at
from worksheet.errors import WorksheetError
from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.formula.polynomial import Polynomial
from worksheet.varied import SizeVariable

MOST_REASONS = 40  # stretches of refused sizes whose reasons are told one by one
MOST_CASES = 16  # networks that are laid in another way for other sizes: so many ways are followed at every size


class Refusal(NamedTuple):
    """Sizes next to each other that a network does not take, and why."""

    sizes: tuple[Exact, ...]
    reason: str


@dataclass(frozen=True)
class Kinds:
    """A case's columns, each split by kind of layer."""

    case: Case
    columns: tuple[Mapping[str, Polynomial], ...]


@dataclass
class Grown:
    """A network under one convention over the sizes of a range."""

    closed: Closed
    span: Range
    values: dict[Exact, tuple[Mapping[str, int], ...]] = field(default_factory=dict)  # by size and column: each kind's
    faults: dict[Exact, str] = field(default_factory=dict)
    skipped: int = 0  # sizes for which the network is laid in yet another way

    @property
    def variable(self) -> SizeVariable:
        return self.closed.variables[0]

    @cached_property
    def sizes(self) -> list[Exact]:
        """Those that the network takes."""
        return sorted(self.values)

    @cached_property
    def is_complete(self) -> bool:
        """Whether every size of the range was looked at."""
        return not self.span.listed and len(self.values) + len(self.faults) == how_many(self.span, self.variable.step)

    @cached_property
    def usual(self) -> Case:
        """The general case where it covers a size, else that of the size in the middle."""
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
        """After how many steps the roundings of the usual case repeat. Raises NetworkError."""
        return self.closed.periods(self.usual, (self.own,))[0]

    @cached_property
    def refusals(self) -> list[Refusal]:
        """The sizes that are refused, those next to each other together."""
        known = sorted([*self.values, *self.faults])
        runs = [tuple(run) for refused, run in groupby(known, key=lambda size: size in self.faults) if refused]
        return [Refusal(run, self._reason(run[0]) if i < MOST_REASONS else self.faults[run[0]]) for i, run in enumerate(runs)]

    def _reason(self, size: Exact) -> str:
        """Why a size is refused, in its own numbers: what was kept may be said of another one."""
        try:
            self.closed.counted((size,))
        except WorksheetError as fault:
            return fault.faults[0].message
        return self.faults[size]

    @cached_property
    def unruled(self) -> list[tuple[str, list[str]]]:
        """The columns that have no rule for some kinds of layer, with those kinds: they count as nothing."""
        found = []
        for i, column in enumerate(self.closed.convention.columns):
            kinds = dict.fromkeys(row.layer.kind.name for row in self.usual.rows if row.columns[i] is None)
            if kinds:
                found.append((column.name, sorted(kinds)))
        return found

    def lattice(self) -> tuple[Exact, Exact] | None:
        """The distance and the remainder of the sizes that fit, where they are all that have it and not next to each other."""
        if not self.faults or self.span.listed:
            return None
        steps = [int(size / Fraction(self.variable.step)) for size in (*self.sizes, *self.faults)]
        fitting, refused = steps[: len(self.sizes)], steps[len(self.sizes) :]
        distance = gcd(*(b - a for a, b in pairwise(fitting))) if len(fitting) > 2 else 1
        if distance == 1 or any((step - fitting[0]) % distance == 0 for step in refused):
            return None
        return simplest(distance * self.variable.step), simplest(fitting[0] % distance * self.variable.step)


def grown(closed: Closed, span: Range) -> Grown:
    """Work a network out for the sizes of a range. Raises WorksheetError where it takes no sizes but its own."""
    found = Grown(closed, span)
    kinds: dict[int, Kinds] = {}
    case = closed.main
    many = len(closed.convention.columns)
    for size in sorted(looked_at(span, closed.variables[0].step), key=lambda size: -_roundness(size, closed.variables[0])):
        atoms = case.trace.at((size,))
        if atoms is None:
            if len(closed.cases) >= MOST_CASES and not span.listed and not _is_known(closed, size):
                found.skipped += 1
                continue
            try:
                case = closed.case((size,))
            except WorksheetError as fault:
                found.faults[size] = fault.faults[0].message
                continue
            atoms = case.trace.at((size,))
            assert atoms is not None
        if id(case) not in kinds:
            kinds[id(case)] = _by_kind(case, many)
        columns = kinds[id(case)].columns
        found.values[size] = tuple({kind: int(form.at(atoms)) for kind, form in column.items()} for column in columns)
    return found


def _roundness(size: Exact, variable: SizeVariable) -> int:
    """How often a size, as a number of steps, can be halved: the sizes that people choose come first."""
    steps = int(size / Fraction(variable.step))
    return (steps & -steps).bit_length()


def _is_known(closed: Closed, size: Exact) -> bool:
    traces = [*(case.trace for case in closed.cases), *(trace for trace, _ in closed.refused)]
    return any(trace.at((size,)) is not None for trace in traces)


def _by_kind(case: Case, many: int) -> Kinds:
    """The polynomials of each kind of layer; rows that are alike share their columns."""
    alike: dict[tuple[str, int], int] = {}
    columns = {id(row.columns): row.columns for row in case.rows}
    for row in case.rows:
        key = (row.layer.kind.name, id(row.columns))
        alike[key] = alike.get(key, 0) + 1
    found: tuple[dict[str, Polynomial], ...] = tuple({} for _ in range(many))
    for (kind, which), times in alike.items():
        for i, form in enumerate(columns[which]):
            if form and form.terms:
                found[i][kind] = found[i].get(kind, NONE) + form.times(times)
    return Kinds(case, found)
