"""Searches: the places of all ranges that meet all conditions, each place decided."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import product
from math import prod

from worksheet.conventions import Convention
from worksheet.counting.counting import Counting
from worksheet.counting.run import run_of
from worksheet.derive.closed import Closed
from worksheet.derive.find.box_bounds import Box
from worksheet.derive.find.condition_text import read_condition
from worksheet.derive.find.depth import deepen
from worksheet.derive.find.quantity import Condition, Count, condition
from worksheet.derive.find.search import Decided, Search, SearchWork
from worksheet.derive.find.unknown import UnknownNumber, by_name, unknowns
from worksheet.derive.worked_solution import convention_for
from worksheet.errors import Collector, NetworkError, Where
from worksheet.formula import Exact
from worksheet.frozen import frozen
from worksheet.network import Network

MAX_CONDITIONS = 12
MAX_DEPTHS = 1_024  # networks of different depths in one search


@frozen
class SoughtNumbers:
    """What is asked: a network, what of it is unknown, the conditions that it must meet, and how it is counted."""

    network: Network
    unknowns: tuple[UnknownNumber, ...]
    conditions: tuple[Condition, ...]
    convention: Convention
    samples: int = 1
    dtype: str = ""


@frozen
class DepthPart:
    """The search over the variables at one choice of depths."""

    depths: tuple[int, ...]
    search: Search
    decided: tuple[Decided, ...]


@frozen
class FindAnswer:
    """The answer: every place of the ranges is in one of the boxes of its parts, and each of these is decided."""

    question: SoughtNumbers
    parts: tuple[DepthPart, ...]

    @cached_property
    def places(self) -> tuple[tuple[int, ...], ...]:
        """Every solution in order, as numbers of steps in the order of the unknowns."""
        places = [place for part in self.parts for one in part.decided if one.solves for place in self._inside(part, one.box)]
        return tuple(sorted(places))

    @property
    def solutions(self) -> list[dict[str, Exact]]:
        """Every solution, by the names of the unknowns."""
        return [dict(by_name(self.question.unknowns, place)) for place in self.places]

    @property
    def cells(self) -> int:
        """How many places were searched."""
        return prod(high - low + 1 for low, high in (unknown.steps for unknown in self.question.unknowns))

    def _inside(self, part: DepthPart, box: Box) -> Iterator[tuple[int, ...]]:
        for place in product(*(range(low, high + 1) for low, high in box)):
            yield self.join(part.depths, place)

    def join(self, depths: Sequence[int], variables: Sequence[int]) -> tuple[int, ...]:
        """Depths and variables in the order of the unknowns."""
        deep, plain = iter(depths), iter(variables)
        return tuple(next(deep) if unknown.block else next(plain) for unknown in self.question.unknowns)


def find_values(
    network: Network, names: Sequence[str], so_that: Sequence[str], convention: Convention | str | None = None, *,
    ranges: Iterable[str] = (), batch: int = 1, dtype: str = "", where: Where | None = None,
) -> FindAnswer:  # fmt: skip
    """Every choice of the unknowns that meets all conditions, decided exactly for each place of the ranges.

    The arguments are those of ``find``; ``where`` is the place of the conditions in a file. Raises WorksheetError.
    """
    return answer(read_question(network, names, so_that, convention, ranges=ranges, batch=batch, dtype=dtype, where=where))


def read_question(
    network: Network, names: Sequence[str], so_that: Sequence[str], convention: Convention | str | None = None, *,
    ranges: Iterable[str] = (), batch: int = 1, dtype: str = "", where: Where | None = None,
) -> SoughtNumbers:  # fmt: skip
    """The question itself, with every name understood; as of ``find_values``. Raises WorksheetError with all faults."""
    counting = convention_for(network, convention)
    if not 1 <= len(so_that) <= MAX_CONDITIONS:
        raise NetworkError(f"{len(so_that)} conditions", hint=f"from 1 to {MAX_CONDITIONS}: such as conv1.output = 56")
    count = Count(Counting(network, counting, run_of(counting, batch, dtype)))
    faults = Collector()
    conditions: list[Condition] = []
    wanted: tuple[UnknownNumber, ...] = ()
    with faults.catching():
        wanted = unknowns(network, names, ranges)
    for text in so_that:
        with faults.catching():
            conditions.append(condition(read_condition(text, where), count))
    faults.raise_any()
    return SoughtNumbers(network, wanted, tuple(conditions), counting, batch, dtype)


def answer(question: SoughtNumbers) -> FindAnswer:
    """The answer to a question. Raises WorksheetError where the ranges hold too much to decide."""
    deep = [unknown for unknown in question.unknowns if unknown.block]
    plain = [unknown for unknown in question.unknowns if not unknown.block]
    choices = [range(unknown.steps[0], unknown.steps[1] + 1) for unknown in deep]
    if prod(map(len, choices)) > MAX_DEPTHS:
        raise NetworkError(f"{prod(map(len, choices)):,} networks of different depths", hint=f"at most {MAX_DEPTHS:,}: --range")
    work = SearchWork()
    parts = []
    for depths in product(*choices):
        network = question.network
        for unknown, depth in zip(deep, depths, strict=True):
            assert unknown.block
            network = deepen(network, unknown.block, depth - unknown.block.lead)
        variables = [unknown.variable for unknown in plain if unknown.variable]
        closed = Closed(network, variables, question.convention, samples=question.samples, dtype=question.dtype)
        search = Search(closed, question.conditions, work)
        whole = tuple(unknown.steps for unknown in plain)
        decided = tuple(search.decide_all(whole))
        if not search.holds(decided):
            work.solutions = 0
            decided = tuple(search.one_by_one(whole))
        parts.append(DepthPart(depths, search, decided))
    return FindAnswer(question, tuple(parts))
