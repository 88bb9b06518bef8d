"""Closed forms: the counts of a network as polynomials over its sizes, exact wherever the guards of a case hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from math import prod

from worksheet.conventions import Convention
from worksheet.counting.counting import Counting
from worksheet.counting.folding import Folded
from worksheet.counting.run import run_of
from worksheet.derive.worked_solution import convention_for
from worksheet.errors import NetworkError, WorksheetError
from worksheet.formula import Exact, Formula, whole
from worksheet.formula.polynomial import Monomial, Polynomial, TooLong
from worksheet.formula.traced import NeedsFinerClasses, Trace, Variable
from worksheet.formula.traced_numbers import polynomial_of
from worksheet.frozen import frozen
from worksheet.network import Network
from worksheet.sizes import Sized
from worksheet.varied import BATCH, SizeVariable, batch, size_variables, with_sizes

NONE = Polynomial({})
MAX_CLASSES = 4096
MAX_PERIOD = 10**9  # of the roundings, in steps
SAMPLES = 3  # of the batch while it is a symbol: a batch of 1 would be left out of formulas


@frozen
class RowForm:
    """A layer's closed forms: the sizes of its output, and each column (None where it has no rule)."""

    layer: Sized  # its sizes and values are traced numbers
    folded: Folded
    output: tuple[Polynomial, ...]
    columns: tuple[Polynomial | None, ...]
    elsewhere: tuple[bool, ...]  # by column: parameters that are counted in another layer


@frozen
class ClosedCase:
    """The result of one concolic run: exact wherever the guards of its trace hold."""

    trace: Trace
    counting: Counting
    rows: tuple[RowForm, ...]
    totals: Mapping[str, Polynomial]

    def formula(self, form: Polynomial) -> Formula:
        """One of the case's polynomials as a formula over the variables' symbols, with floors where sizes are rounded."""
        return self.trace.formula(form)

    @property
    def sizes(self) -> tuple[Exact, ...]:
        """The values of the variables in the run."""
        return tuple(self.trace.values[i] * step for i, step in enumerate(self.trace.steps))

    def at(self, values: Sequence[Exact]) -> dict[str, int] | None:
        """The totals for other values; None where they violate a guard of this case."""
        return None if self.trace.at(values) is None else self.unguarded(values)

    def unguarded(self, values: Sequence[Exact]) -> dict[str, int]:
        """The totals for other values, right or not: the guards are ignored."""
        atoms = self.trace.atom_values(values)
        return {name: whole(form.at(atoms)) for name, form in self.totals.items()}


class Closed:
    """A network of which some sizes stay symbols.

    ``convention`` and ``dtype`` are those of ``derive``; ``samples`` is the batch where B is not a symbol. Raises WorksheetError.
    """

    def __init__(
        self, network: Network, symbols: Sequence[str | SizeVariable], convention: Convention | str | None = None, *,
        samples: int = 1, dtype: str = "",
    ) -> None:  # fmt: skip
        self.network = network
        self.convention = convention_for(network, convention)
        texts = [symbol for symbol in symbols if isinstance(symbol, str)]
        named = dict(zip(texts, size_variables(network, texts), strict=True))
        self.variables = tuple(symbol if isinstance(symbol, SizeVariable) else named[symbol] for symbol in symbols)
        self.samples = samples
        self.dtype = dtype
        self.traced = [Variable(variable.symbol, variable.step) for variable in self.variables]
        self.cases: list[ClosedCase] = []
        self.refused: list[tuple[Trace, WorksheetError]] = []  # runs without a network; they too hold under their guards

    def shift(self, values: Sequence[Exact], steps: Iterable[int]) -> tuple[Exact, ...]:
        """Values of the variables, each moved by a number of its steps."""
        return tuple(v + s * variable.step for v, s, variable in zip(values, steps, self.variables, strict=True))

    def equations(self, values: Iterable[Exact]) -> str:
        """Values of the variables in words: M = 224, B = 3."""
        return ", ".join(f"{variable.symbol} = {value}" for variable, value in zip(self.variables, values, strict=True))

    # Exact counts

    def counting(self, values: Sequence[Exact]) -> Counting:
        """The network with these values of its variables, traced or not, ready to be counted."""
        by_variable = dict(zip(self.variables, values, strict=True))
        run = run_of(self.convention, batch(by_variable, self.samples), self.dtype)
        return Counting(with_sizes(self.network, by_variable), self.convention, run)

    def count_at(self, values: Sequence[Exact]) -> dict[str, int]:
        """The totals of these sizes, counted layer by layer. Raises WorksheetError if there is no such network."""
        return {name: int(form.constant or 0) for name, form in _totals(self.convention, _rows(self.counting(values))).items()}

    def at(self, values: Sequence[Exact]) -> dict[str, int]:
        """The totals of these sizes by the closed forms of the case that covers them. Raises WorksheetError."""
        totals = self.case(values).at(values)
        assert totals is not None
        return totals

    def case(self, values: Sequence[Exact]) -> ClosedCase:
        """The case that covers these sizes: an earlier one, else that of one more run."""
        for case in self.cases:
            if case.trace.at(values) is not None:
                return case
        for trace, fault in self.refused:
            if trace.at(values) is not None:
                raise fault
        self.cases.append(self._run(values))
        return self.cases[-1]

    def _run(self, values: Sequence[Exact]) -> ClosedCase:
        pairs = zip(self.variables, values, strict=True)
        batched = [SAMPLES if variable.symbol == BATCH and value == 1 else value for variable, value in pairs]
        trace = Trace(dict(zip(self.traced, batched, strict=True)))
        try:
            counting = self.counting([trace.variable(i) for i in range(len(self.variables))])
            rows = _rows(counting)
            totals = _totals(self.convention, rows)
        except WorksheetError as fault:
            self.refused.append((trace, fault))
            raise
        except TooLong:
            raise too_long(self.network) from None
        for i, variable in enumerate(self.variables):
            if variable.symbol == BATCH:  # a batch of 1 is left out of formulas, which does not change the counts
                trace.guards = {guard: None for guard in trace.guards if guard.of.atoms != {i}}
        return ClosedCase(trace, counting, tuple(rows), totals)

    # The general case

    @cached_property
    def main(self) -> ClosedCase:
        """A case that holds for more than one value of every variable, near the network's own.

        Raises NetworkError where there is none, or where a count does not depend on the sizes alone.
        """
        refusal: WorksheetError | None = None
        for values in self._starts():
            try:
                case = self.case(values)
            except WorksheetError as fault:
                refusal = refusal or self._with_sizes(fault, values)
                continue
            others = [self._neighbour(case, values, i) for i in range(len(self.variables))]
            if all(others):
                self._verify(case, self._other_sizes(case, values) or [other for other in others if other])
                return case
        if refusal:
            raise refusal
        names = ", ".join(variable.name for variable in self.variables)
        message = f"the counts of {self.network.name} are not a formula of {names}"
        raise NetworkError(message, hint="its layers change with every size")

    def _with_sizes(self, fault: WorksheetError, values: Sequence[Exact]) -> WorksheetError:
        """An error with the sizes that caused it, where they are not the network's own."""
        first = fault.faults[0]
        changed = [
            f"{variable.name} = {value}"
            for variable, value in zip(self.variables, values, strict=True)
            if value != variable.value and variable.symbol != BATCH
        ]
        return type(first)(f"with {', '.join(changed)}: {first.message}", first.where, first.hint) if changed else fault

    def _starts(self) -> Iterator[tuple[Exact, ...]]:
        now = tuple(SAMPLES if variable.symbol == BATCH else variable.value for variable in self.variables)
        yield now
        for factor, steps in ((1, -1), (1, 1), (1, 8), (1, 32), (2, 0)):
            yield tuple(
                max(value * factor + steps * variable.step, variable.least) if variable.symbol != BATCH else value
                for variable, value in zip(self.variables, now, strict=True)
            )

    def _neighbour(self, case: ClosedCase, values: Sequence[Exact], which: int) -> tuple[Exact, ...] | None:
        """Sizes that the case covers with another value of this variable alone."""
        period = self.periods(case, values, MAX_PERIOD)[which]
        for steps in (period, -period, 2 * period):
            other = self.shift(values, [steps * (i == which) for i in range(len(values))])
            if other[which] >= self.variables[which].least and case.trace.at(other) is not None:
                return other
        return None

    def _other_sizes(self, case: ClosedCase, values: Sequence[Exact]) -> list[tuple[Exact, ...]]:
        """Sizes that the case covers with other values of every variable, with other remainders."""
        periods = self.periods(case, values, MAX_PERIOD)
        for direction in (1, -1):
            sizes = self.shift(values, [direction * (period + 1) for period in periods])
            are_valid = all(size >= variable.least for size, variable in zip(sizes, self.variables, strict=True))
            if are_valid and case.trace.at(sizes) is not None:
                return [sizes]
        return []

    def _verify(self, case: ClosedCase, places: Sequence[tuple[Exact, ...]]) -> None:
        """Compare the forms with an exact count at other sizes. Raises NetworkError."""
        for values in places:
            if case.at(values) != self.count_at(values):
                sizes = ", ".join(f"{variable.name} = {value}" for variable, value in zip(self.variables, values, strict=True))
                raise NetworkError(f"the counts of {self.network.name} do not depend on these sizes alone (at {sizes})")

    def periods(self, case: ClosedCase, values: Sequence[Exact], most: int = MAX_CLASSES) -> tuple[int, ...]:
        """The steps of each variable after which all roundings repeat. Raises NetworkError for too many classes."""
        periods = [1] * len(self.variables)
        while True:
            residues = [s % p for s, p in zip(steps_of(self.variables, values), periods, strict=True)]
            try:
                case.trace.atoms_in_class(bases(periods, residues))
            except NeedsFinerClasses as finer:
                for atom in finer.atoms:
                    periods[atom] *= finer.by
                if prod(periods) > most:
                    raise NetworkError(
                        f"the roundings of {self.network.name} repeat after {' x '.join(map(str, periods))} sizes",
                        hint=f"at most {most:,} classes of sizes are distinguished; ask for fewer symbols",
                    ) from None
            except TooLong:
                raise too_long(self.network) from None
            else:
                return tuple(periods)


def too_long(network: Network) -> NetworkError:
    """The error for counts with too many terms. It is not one of the sizes, so no size is recorded as rejected."""
    return NetworkError(f"the counts of {network.name} are formulas too long to be used", hint="ask for fewer symbols")


def bases(periods: Sequence[int], residues: Sequence[int]) -> list[Polynomial]:
    """Each variable as a multiple of its period and a residue: period*Q + residue."""
    return [
        Polynomial.atom(i).times(period) + Polynomial.of(residue)
        for i, (period, residue) in enumerate(zip(periods, residues, strict=True))
    ]


def steps_of(variables: Sequence[SizeVariable], values: Sequence[Exact]) -> list[int]:
    """The variables' values as numbers of steps."""
    return [int(value / Fraction(variable.step)) for value, variable in zip(values, variables, strict=True)]


def _rows(counting: Counting) -> list[RowForm]:
    """The forms of the inputs, if they are counted, and of every layer; equal layers are counted once."""
    by_layer: dict[object, RowForm] = {}
    rows: list[RowForm] = []
    for layer in (*counting.inputs, *counting.layers):
        folded = counting.fold(layer)
        key = (id(layer.values), id(folded), bool(layer.node.shares))
        if key not in by_layer:
            by_layer[key] = _row(counting, layer, folded)
        same = by_layer[key]
        rows.append(RowForm(layer, folded, same.output, same.columns, same.elsewhere))
    return rows


def _row(counting: Counting, layer: Sized, folded: Folded) -> RowForm:
    values = counting.values(folded, layer)
    elsewhere = tuple(counting.is_counted_elsewhere(folded, i, layer) for i in range(len(folded.columns)))
    columns = [
        None if rule is None else NONE if elsewhere[i] else polynomial_of(counting.count(folded, i, values))
        for i, rule in enumerate(folded.rules)
    ]
    return RowForm(layer, folded, tuple(map(polynomial_of, layer.output)), tuple(columns), elsewhere)


def _totals(convention: Convention, rows: Sequence[RowForm]) -> dict[str, Polynomial]:
    totals = {}
    for i, column in enumerate(convention.columns):
        terms: dict[Monomial, Exact] = {}
        for row in rows:
            form = row.columns[i]
            for monomial, number in form.terms.items() if form else ():
                terms[monomial] = terms.get(monomial, 0) + number
        totals[column.name] = Polynomial(terms)
    return totals
