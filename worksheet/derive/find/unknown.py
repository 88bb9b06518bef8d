"""What is searched for: a number of the network or the depth of a block, and from where to where."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

from worksheet.derive.find.condition_text import AskedRange, read_range
from worksheet.derive.find.depth import WORD, RepeatedBlock, block
from worksheet.errors import Collector, NetworkError, nearest, shown
from worksheet.formula import Exact
from worksheet.frozen import frozen
from worksheet.language import _
from worksheet.network import Network
from worksheet.varied import BATCH, WIDTH, SizeVariable, size_variables

MAX_UNKNOWNS = 6
# The upper end of the search by letter, where no range is given; at least twice the present value.
TOPS = {BATCH: 65_536, WIDTH: 4, "p": 16, "q": 16, "s": 16, "d": 16, "w": 32, "h": 32, "t": 32}
TOP, TIMES = 1_024, 4  # of any other unknown: at least TOP, at least TIMES its present value
DEEPEST = 64
LARGEST = 10**9


@frozen
class UnknownNumber:
    """One of the unknowns: its name as asked for, its symbol in formulas, its range in whole multiples of ``step``."""

    name: str
    symbol: str
    meaning: str
    now: Exact
    least: Exact
    most: Exact
    step: Exact = 1
    variable: SizeVariable | None = None
    block: RepeatedBlock | None = None

    @property
    def steps(self) -> tuple[int, int]:
        """The range as numbers of steps."""
        return ceil(self.least / self.step), floor(self.most / self.step)

    def in_words(self, steps: int) -> str:
        """A value, from its number of steps, in print."""
        return str(self.value(steps))

    def value(self, steps: int) -> Exact:
        value = steps * self.step
        return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def unknowns(network: Network, names: Sequence[str], ranges: Iterable[str] = ()) -> tuple[UnknownNumber, ...]:
    """The unknowns of these names, over the ranges given as text (``conv1.p=0..10``). Raises WorksheetError with all faults."""
    if not 1 <= len(names) <= MAX_UNKNOWNS:
        raise NetworkError(f"{len(names)} unknowns", hint=f"from 1 to {MAX_UNKNOWNS}: such as conv1.p, M, B, alpha")
    faults = Collector()
    given: dict[str, AskedRange] = {}
    for text in ranges:
        with faults.catching():
            name, span = read_range(text)
            if name in given:
                raise NetworkError(f"the range of {shown(name)} is given twice")
            if name not in names:
                raise NetworkError(f"{shown(name)} is not an unknown", hint=nearest(name, names))
            given[name] = span
    plain = [name for name in names if not name.endswith(f".{WORD}")]
    turning: dict[str, SizeVariable] = {}
    with faults.catching():
        turning = {variable.name: variable for variable in size_variables(network, plain)} if plain else {}
    every: list[UnknownNumber] = []
    for i, name in enumerate(names):
        with faults.catching():
            if name in plain and name in turning:
                every.append(_of_variable(turning[name], given.get(name)))
            elif name not in plain:
                every.append(_of_depth(network, name, "d" if len(names) == 1 else f"d_{i + 1}", given.get(name)))
    faults.raise_any()
    if len({unknown.name for unknown in every}) < len(names):
        raise NetworkError("an unknown is asked for twice")
    return tuple(every)


def _of_variable(size: SizeVariable, given: AskedRange | None) -> UnknownNumber:
    top = TOPS.get(size.symbol) or TOPS.get(_letter(size))
    most = min(max(TOP, TIMES * size.value) if top is None else max(top, 2 * size.value), size.most)
    unknown = UnknownNumber(size.name, size.symbol, size.meaning, size.value, size.least, most, size.step, size)
    return _within(unknown, given, min(size.most, LARGEST))


def _letter(variable: SizeVariable) -> str:
    return variable.effect.numbers[0].partition("_")[0] if variable.effect.numbers else ""


def _of_depth(network: Network, name: str, symbol: str, given: AskedRange | None) -> UnknownNumber:
    owner = name.removesuffix(f".{WORD}")
    repeated = block(network, owner)
    meaning = _("depth of {stage}: how many times in a row its block of {count} layers occurs")
    if repeated.lead:
        meaning = _(
            "depth of {stage}: how many times in a row its block of {count} layers occurs, including the first one, "
            "which changes the shape"
        )
    meaning = meaning.format(stage=owner, count=len(repeated.names))
    least = max(1, repeated.lead)
    most = max(DEEPEST, repeated.now)
    return _within(UnknownNumber(name, symbol, meaning, repeated.now, least, most, block=repeated), given, TOP)


def _within(unknown: UnknownNumber, given: AskedRange | None, most: Exact) -> UnknownNumber:
    """The unknown over the given range. Raises NetworkError for a range that is impossible."""
    if given is None:
        return unknown
    least = unknown.least
    if given.most < least or given.least > most:
        raise NetworkError(
            f"{unknown.name} from {given.least} to {given.most} lies outside of what it may be", hint=f"from {least} to {most:,}"
        )
    if given.most > most:
        raise NetworkError(f"{unknown.name} = {given.most} is too large", hint=f"at most {most:,}")
    inside = replace(unknown, least=max(given.least, least), most=given.most)
    if inside.steps[0] > inside.steps[1]:
        raise NetworkError(
            f"no multiple of {unknown.step} lies from {given.least} to {given.most}", hint=f"{unknown.name} takes those alone"
        )
    return inside


def by_name(every: Sequence[UnknownNumber], steps: Sequence[int]) -> Mapping[str, Exact]:
    """Values by the unknowns' names, from their numbers of steps."""
    return {unknown.name: unknown.value(many) for unknown, many in zip(every, steps, strict=True)}
