"""The residue classes of a closed form: in each every rounding is exact, and every total a polynomial."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import product
from math import prod

from worksheet.derive.closed.cases import MAX_CLASSES, Closed, ClosedCase, bases, steps_of, too_long
from worksheet.errors import NetworkError, WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.formula.polynomial import TooLong
from worksheet.formula.traced import NeedsFinerClasses, Trace, Variable
from worksheet.frozen import frozen
from worksheet.varied import SizeVariable

FAR = 10**5  # a class that holds up to here is taken to hold for all larger sizes


@frozen
class Residue:
    """The sizes with these remainders: each variable is ``period*Q + residue`` steps, and every total a polynomial in the Qs.

    ``least`` and ``most`` bound the variables' values for which it holds, one variable at a time; None for no bound. ``refusal``
    is the reason if there is no network of these sizes.
    """

    periods: tuple[int, ...]
    residues: tuple[int, ...]
    symbols: tuple[str, ...]  # the variable's own where its period is 1, else Q or Q_M
    totals: Mapping[str, Formula]
    least: tuple[Exact | None, ...] = ()
    most: tuple[Exact | None, ...] = ()
    refusal: str = ""


def residues(closed: Closed) -> tuple[Residue, ...]:
    """Every class of sizes with its polynomials. Raises NetworkError for too many classes."""
    try:
        return _Residues(closed).search()
    except TooLong:
        raise too_long(closed.network) from None


class _Residues:
    """Finds the classes of a closed form: as coarse as its roundings allow."""

    def __init__(self, closed: Closed) -> None:
        self.closed = closed
        self.variables = closed.variables

    def search(self) -> tuple[Residue, ...]:
        """Every class. Raises NetworkError for too many classes."""
        start = self.closed.main.sizes
        periods = self.closed.periods(self.closed.main, start)
        classes: list[Residue] = []
        pending = list(product(*(range(period) for period in periods)))
        while pending:
            residues = pending.pop(0)
            try:
                classes.append(self._class(periods, residues, start))
            except NeedsFinerClasses:  # another case rounds differently
                periods = tuple(a * b for a, b in zip(periods, self._more(periods, residues, start), strict=True))
                classes, pending = [], list(product(*(range(period) for period in periods)))
        return tuple(classes)

    def _more(self, periods: Sequence[int], residues: Sequence[int], start: Sequence[Exact]) -> tuple[int, ...]:
        """How many times finer the classes must be for the case that covers this one."""
        values, case = self._covered(periods, residues, start)
        needed = self.closed.periods(case, values)
        more = tuple(max(1, need // period) for need, period in zip(needed, periods, strict=True))
        if prod(more) * prod(periods) > MAX_CLASSES or prod(more) == 1:
            raise NetworkError(
                f"the sizes of {self.closed.network.name} fall into too many classes", hint="ask for fewer symbols"
            )
        return more

    def _members(self, periods: Sequence[int], residues: Sequence[int], start: Sequence[Exact]) -> Iterator[tuple[Exact, ...]]:
        """Sizes of a class: those nearest to the start, from below if possible, then larger ones."""
        nearest: list[Exact] = []
        for variable, period, residue, steps in zip(
            self.variables, periods, residues, steps_of(self.variables, start), strict=True
        ):
            near = steps - (steps - residue) % period
            nearest.append((near if near >= self._least(variable) else near + period) * variable.step)
        for more in (0, 1, 4):
            yield self.closed.shift(nearest, [more * period for period in periods])

    def _covered(
        self, periods: Sequence[int], residues: Sequence[int], start: Sequence[Exact]
    ) -> tuple[tuple[Exact, ...], ClosedCase]:
        """Sizes of a class and the case that covers them; if possible one that covers larger sizes too.

        Raises WorksheetError where there are no such networks.
        """
        refusal: WorksheetError | None = None
        narrow: list[tuple[tuple[Exact, ...], ClosedCase]] = []
        for values in self._members(periods, residues, start):
            try:
                case = self.closed.case(values)
            except WorksheetError as fault:
                refusal = refusal or fault
                continue
            if case.trace.at(self.closed.shift(values, periods)) is not None:
                return values, case
            narrow.append((values, case))
        if narrow:
            return narrow[0]
        assert refusal is not None
        raise refusal

    @staticmethod
    def _least(variable: SizeVariable) -> int:
        return -int(-(variable.least / variable.step) // 1)

    def _class(self, periods: Sequence[int], residues: Sequence[int], start: Sequence[Exact]) -> Residue:
        symbols = class_symbols(self.variables, periods)
        try:
            values, case = self._covered(periods, residues, start)
        except WorksheetError as fault:
            return Residue(tuple(periods), tuple(residues), symbols, {}, refusal=str(fault.faults[0].message))
        totals = class_totals(case, self.variables, periods, residues)
        least, most = zip(*(self._bounds(case, values, i, period) for i, period in enumerate(periods)), strict=True)
        return Residue(tuple(periods), tuple(residues), symbols, totals, least, most)

    def _bounds(self, case: ClosedCase, values: Sequence[Exact], which: int, period: int) -> tuple[Exact | None, Exact | None]:
        """The bounds of a case when one variable varies within the class of these values."""
        variable = self.variables[which]
        step = period * variable.step

        def holds(times: int) -> bool:
            other = list(values)
            other[which] += times * step
            return case.trace.at(other) is not None

        def same(times: int) -> bool:
            """Whether a single excluded size has the same totals after all: 1024 tokens, as many as positions."""
            other = list(values)
            other[which] += times * step
            if any(guard.relation != "!= 0" for guard in case.trace.violated(other)):
                return False
            try:
                return case.unguarded(other) == self.closed.at(other)
            except WorksheetError:
                return False

        lowest, highest = int((values[which] - variable.least) / step), int(FAR / step)
        down = _furthest(lambda times: holds(-times), lowest)
        up = _furthest(holds, highest)
        down += down < lowest and same(-down - 1)
        up += up < highest and same(up + 1)
        least = None if values[which] - (down + 1) * step < variable.least else values[which] - down * step
        return least, None if up >= highest else values[which] + up * step


def _furthest(holds: Callable[[int], bool], most: int) -> int:
    """The largest number up to ``most`` for which something holds that holds for all smaller numbers and for no larger one."""
    if most <= 0 or holds(most):
        return max(most, 0)
    return bisect_left(range(1, most), x=True, key=lambda number: not holds(number))


def class_symbols(variables: Sequence[SizeVariable], periods: Sequence[int]) -> tuple[str, ...]:
    """The symbols of a class's polynomials: a variable's own where all its sizes are one class, else a Q."""
    are_several = sum(period > 1 for period in periods) > 1
    return tuple(
        variable.symbol if period == 1 else f"Q_{variable.symbol.replace('_', '')}" if are_several else "Q"
        for variable, period in zip(variables, periods, strict=True)
    )


def class_totals(
    case: ClosedCase, variables: Sequence[SizeVariable], periods: Sequence[int], residues: Sequence[int]
) -> dict[str, Formula]:
    """The totals of a case as polynomials in one class. Raises NeedsFinerClasses where its roundings have longer periods."""
    atoms = case.trace.atoms_in_class(bases(periods, residues))
    written = Trace({Variable(symbol): 0 for symbol in class_symbols(variables, periods)})
    scaled: dict[int, Exact] = {
        i: 1 / Fraction(variable.step) for i, variable in enumerate(variables) if periods[i] == 1 and variable.step != 1
    }
    return {name: written.formula(form.put(atoms).scaled(scaled)) for name, form in case.totals.items()}
