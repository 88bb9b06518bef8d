"""The residue classes of a closed form, grouped by equal polynomials, and the intervals of sizes for which they hold."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

from worksheet.derivation import spans
from worksheet.derive.arranging import group_by
from worksheet.derive.closed.cases import Closed
from worksheet.derive.closed.residues import Residue, class_totals, residues
from worksheet.derive.closed.total_texts import texts
from worksheet.errors import NetworkError, WorksheetError
from worksheet.formula import Exact, Formula
from worksheet.frozen import frozen
from worksheet.language import _, listed, ngettext
from worksheet.varied import SizeVariable

SAMPLES = 12  # exact counts with which a form without classes is compared
MAX_POINTS = 12  # remainders of classes that a sentence names
STRIDES = (7, 11, 13, 17, 19, 23)  # by symbol: steps from one sample to the next


@frozen
class SizeInterval:
    """The sizes of one symbol for which classes hold; None for no bound. ``same`` if the bounds are those of every class."""

    least: Exact | None
    most: Exact | None
    same: bool


@frozen
class Group:
    """Classes with one polynomial, or without a network for one reason."""

    classes: tuple[Residue, ...]
    formula: Formula | None
    refusal: str

    def remainders(self) -> list[str]:
        """The remainders by symbol if the classes are all combinations of them; otherwise one text for all symbols."""
        by_symbol = [sorted(set(remainders)) for remainders in zip(*(residue.residues for residue in self.classes), strict=True)]
        if len(list(product(*by_symbol))) == len(self.classes):
            return [spans(remainders) for remainders in by_symbol]
        points = [f"({', '.join(map(str, residue.residues))})" for residue in self.classes]
        left = len(points) - MAX_POINTS
        more = [ngettext("{count} more class", "{count} more classes", left).format(count=left)] if left > 0 else []
        return [listed([*points[:MAX_POINTS], *more])]


class Classes:
    """All classes of a closed form; ``fault`` is the reason if they cannot be distinguished."""

    def __init__(self, closed: Closed) -> None:
        self.closed = closed
        self.variables = closed.variables
        self.fault = ""
        self.all: tuple[Residue, ...] = ()
        try:
            self.all = residues(closed)
        except NetworkError as fault:
            self.fault = fault.message
        self.held = [residue for residue in self.all if not residue.refusal]

    @property
    def periods(self) -> tuple[int, ...]:
        return self.all[0].periods if self.all else ()

    @property
    def are_several(self) -> bool:
        """Whether there is more than one class."""
        return len(self.all) > 1

    def groups(self, column: str) -> list[Group]:
        """The classes of a column by their polynomials, in the order of the first remainders."""
        groups = group_by(self.all, lambda one: (one.refusal, "" if one.refusal else one.totals[column].source))
        return [Group(tuple(members), members[0].totals.get(column), refusal) for (refusal, _), members in groups.items()]

    # Where they hold

    @cached_property
    def bounds(self) -> tuple[SizeInterval, ...]:
        """By symbol."""
        return tuple(self.bounds_of(self.held, i) for i in range(len(self.variables))) if self.held else ()

    def bounds_of(self, classes: Sequence[Residue], which: int) -> SizeInterval:
        """The sizes of one symbol for which all of these classes hold."""
        variable = self.variables[which]
        starts = [self._least(residue, which) for residue in classes]
        ends = [residue.most[which] for residue in classes]
        start = min(starts)
        end = None if any(last is None for last in ends) else max(last for last in ends if last is not None)
        firsts = [self._at(residue, which, start, up=True) for residue in classes]
        same_start = starts == firsts
        same_end = all(
            last is None if end is None else last == self._at(residue, which, end, up=False)
            for last, residue in zip(ends, classes, strict=True)
        )
        if not same_start:
            start = max(starts)
        if not same_end:
            end = min(last for last in ends if last is not None)
        return SizeInterval(None if start <= self._first(variable) else start, end, same_start and same_end)

    @staticmethod
    def _first(variable: SizeVariable) -> Exact:
        return -(-variable.least // variable.step) * variable.step

    def _least(self, residue: Residue, which: int) -> Exact:
        least = residue.least[which]
        return self._at(residue, which, self._first(self.variables[which]), up=True) if least is None else least

    def _at(self, residue: Residue, which: int, size: Exact, *, up: bool) -> Exact:
        """The first size of a class from here on, upwards or downwards."""
        variable, period = self.variables[which], residue.periods[which]
        steps = int(size / variable.step)
        rest = (residue.residues[which] - steps) % period
        return (steps + (rest if up or not rest else rest - period)) * variable.step

    def outside(self) -> list[str]:
        """A sentence each on the sizes one step below and above those for which the classes hold."""
        sentences = []
        for i, (variable, bounds) in enumerate(zip(self.variables, self.bounds, strict=True)):
            started = all(residue.least[i] is None for residue in self.held)
            below = bounds.least - variable.step if bounds.least is not None and not started else None
            above = bounds.most + variable.step if bounds.most is not None else None
            sentences += [self._outside(i, size) for size in (below, above) if size is not None]
        return sentences

    def _outside(self, which: int, size: Exact) -> str:
        sizes = [*self.closed.main.sizes]
        sizes[which] = size
        equation = f"{self.variables[which].symbol} = {size}"
        try:
            self.closed.count_at(sizes)
        except WorksheetError as fault:
            text = _("At {size} there is no such network: {reason}.")
            return text.format(size=equation, reason=fault.faults[0].message)
        return _("At {size} other forms hold: a layer works in another way there.").format(size=equation)

    # Whether the form with floors is right for every class

    def exceptions(self, column: str) -> list[Residue]:
        """The classes in which the main form, with its floors, is not the polynomial of the class."""
        if len(self.closed.cases) == 1:
            return []
        return [
            residue for residue, totals in zip(self.held, self._of_main, strict=True) if totals[column] != residue.totals[column]
        ]

    @cached_property
    def _of_main(self) -> list[dict[str, Formula]]:
        """The totals of the main case in every class."""
        return [class_totals(self.closed.main, self.variables, residue.periods, residue.residues) for residue in self.held]

    def sample(self) -> tuple[list[str], list[str]]:
        """Sizes at which the main form was compared with an exact count: those where it is right, and those where it is wrong."""
        right: list[str] = []
        wrong: list[str] = []
        for times in range(1, SAMPLES + 1):
            sizes = self.closed.shift(self.closed.main.sizes, [times * stride for stride in STRIDES[: len(self.variables)]])
            try:
                exact = self.closed.count_at(sizes)
            except WorksheetError:
                continue
            (right if self.closed.main.unguarded(sizes) == exact else wrong).append(self.closed.equations(sizes))
        return right, wrong

    # As data

    def exceptions_data(self, column: str) -> list[Any]:
        """The remainders of the classes in which the main form is not the polynomial of the class."""
        return [self._by_symbol(residue.residues) for residue in self.exceptions(column)]

    def data(self, column: str) -> list[dict[str, Any]]:
        """Every class of a column."""
        return [self._entry(residue, column) for residue in self.all]

    def _entry(self, residue: Residue, column: str) -> dict[str, Any]:
        formula = residue.totals.get(column)
        parts = texts(formula) if formula else []
        return {
            "period": self._by_symbol(residue.periods),
            "residue": self._by_symbol(residue.residues),
            "symbol": self._by_symbol(residue.symbols),
            "text": parts[0] if len(parts) == 1 else None,
            **({"parts": parts} if len(parts) > 1 else {}),
            "from": self._by_symbol(residue.least) if formula else None,
            "to": self._by_symbol(residue.most) if formula else None,
            "refusal": residue.refusal or None,
        }

    def _by_symbol(self, values: Iterable[Any]) -> Any:
        """The value of the only symbol by itself, the values of several by symbol."""
        entries = (str(value) if isinstance(value, Fraction) else value for value in values)
        by_symbol = dict(zip([variable.symbol for variable in self.variables], entries, strict=True))
        return by_symbol if len(by_symbol) > 1 else next(iter(by_symbol.values()))
