"""Follow-through: whether an answer follows from the student's own earlier values, and from which of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import combinations

from worksheet.formula import Exact, Formula
from worksheet.formula.simplify import quotient
from worksheet.grading.paper.cells import SIZES, Cell, Key, Paper, Value, value_at

MAX_TRIED = 14  # earlier values of which every subset is tried
MAX_SPLIT = 30  # addends of a total of which every subset is tried, half by half
SIMPLE = frozenset({0, 1})  # values that make what follows from them much simpler
LEAST_SUM = 2  # addends other than these in a total


def find_carried(
    paper: Paper, cell: Cell, answer: Value, own: Mapping[Key, Value], is_near: Callable[[Value], bool]
) -> tuple[Key, ...]:
    """The smallest set of the student's ``own`` values of earlier cells from which an answer follows; empty if there is none.

    ``is_near`` decides whether the answer equals a value within the tolerance of its column. For a total with many addends,
    every subset is tried exactly, and only the whole set within the tolerance.
    """
    wrong = list(own)
    if not (cell.asked.is_total and {read.cell for read in cell.reads.values()}.issuperset(wrong)):
        return next((chosen for chosen in _sets(wrong) if _gives(paper, cell, own, chosen, is_near)), ())
    exactly = _find_addends(cell, answer, wrong, {key: own[key][0] - paper.cells[key].truth[0] for key in wrong})
    return exactly or (tuple(wrong) if wrong and _gives(paper, cell, own, tuple(wrong), is_near) else ())


def find_carried_in_row(paper: Paper, cell: Cell, own: Mapping[Key, Value], is_near: Callable[[Value], bool]) -> tuple[Key, ...]:
    """The same where a count follows from the output size that the student gave in the same row, such as that of a ReLU."""
    rows = {read.cell for read in cell.instead.values() if read.cell in own}
    for chosen in _sets([key for key in paper.touched[cell.key] if key in own] if rows else []):
        values = paper.values_instead(cell, {key: own[key] for key in chosen}) if not rows.isdisjoint(chosen) else None
        value = cell.at(values) if values else None
        if value is not None and is_near(value):
            return chosen
    return ()


def find_carried_by_identity(
    paper: Paper, cell: Cell, own: Mapping[Key, Value], is_near: Callable[[Value], bool]
) -> tuple[Key, ...]:
    """The same where a figure is a multiple of the student's own figure before it in its row, whatever the sizes: flops of a
    convolution are its parameters at each of W x H places, those of a linear layer its parameters. sympy finds these identities.
    """
    for key in own:
        factor = _multiple(paper, cell, key)
        if factor is None:
            continue
        earlier = [each for each in paper.depends[cell.key] if each in own and each != key]
        for chosen in ((), *_sets(earlier)):
            values = paper.values(cell, {each: own[each] for each in chosen})
            times = value_at(factor, values) if values is not None else None
            if times is not None and is_near((times * own[key][0],)):
                return (key, *chosen)
    return ()


def _multiple(paper: Paper, cell: Cell, key: Key) -> Formula | None:
    """What a figure is of another one in its row, as a formula of the sizes; None where it is none."""
    beside = paper.cells[key]
    if key[0] != cell.row or SIZES in (cell.asked.role, beside.asked.role) or cell.asked.is_total:
        return None
    if paper.places[key] >= paper.places[cell.key]:  # two wrong figures do not carry each other
        return None
    return _quotient(cell.asked.formulas[0], beside.asked.formulas[0])


@lru_cache(maxsize=4096)
def _quotient(of: Formula, by: Formula) -> Formula | None:
    return quotient(of, by)


def _gives(paper: Paper, cell: Cell, own: Mapping[Key, Value], chosen: tuple[Key, ...], is_near: Callable[[Value], bool]) -> bool:
    value = paper.follows(cell, {key: own[key] for key in chosen})
    return value is not None and is_near(value)


def _sets(keys: list[Key]) -> Iterator[tuple[Key, ...]]:
    """Every subset, smallest first; of too many keys only small subsets and nearly complete ones."""
    sizes = range(1, len(keys) + 1) if len(keys) <= MAX_TRIED else (1, 2, len(keys) - 1, len(keys))
    for size in sizes:
        yield from combinations(keys, size)


def _find_addends(cell: Cell, answer: Value, wrong: list[Key], shifts: Mapping[Key, Exact]) -> tuple[Key, ...]:
    """The fewest addends whose errors add up to the total's error. All subsets are tried by meeting in the middle: the sums
    of one half are looked up among those of the other."""
    goal = answer[0] - cell.truth[0]
    if len(wrong) > MAX_SPLIT:
        return next((chosen for chosen in _sets(wrong) if sum(shifts[key] for key in chosen) == goal), ())
    half = len(wrong) // 2
    left: dict[Exact, tuple[Key, ...]] = {}
    for total, chosen in _sums(wrong[:half], shifts):
        if total not in left or len(chosen) < len(left[total]):
            left[total] = chosen
    best: tuple[Key, ...] = ()
    for total, chosen in _sums(wrong[half:], shifts):
        other = left.get(goal - total)
        if other is not None and other + chosen and (not best or len(other) + len(chosen) < len(best)):
            best = other + chosen
    return best


def _sums(keys: list[Key], shifts: Mapping[Key, Exact]) -> list[tuple[Exact, tuple[Key, ...]]]:
    sums: list[tuple[Exact, tuple[Key, ...]]] = [(0, ())]
    for key in keys:
        sums += [(total + shifts[key], (*chosen, key)) for total, chosen in sums]
    return sums


# What is too simple to be worth marks


def find_simple(paper: Paper, own: Mapping[Key, Value]) -> frozenset[Key]:
    """The student's own cells with a 0 or a 1 that was not worked out: one that follows from other own values, none of them such
    a cell, is as good as they are. ``own`` is in the order of the sheet."""
    simple: set[Key] = set()
    for key, value in own.items():
        cell = paper.cells[key]
        if _is_simple(value, cell.truth):
            earlier = {each: own[each] for each in paper.depends[key] if each in own}
            if not earlier or not simple.isdisjoint(earlier) or paper.follows(cell, earlier) != value:
                simple.add(key)
    return frozenset(simple)


def is_simpler(paper: Paper, cell: Cell, own: Mapping[Key, Value], simple: frozenset[Key]) -> bool:
    """Whether the ``simple`` ones of the student's ``own`` values make the question much simpler: a total, if they leave nothing
    to add up."""
    if simple.isdisjoint(own):
        return False
    addends = [own.get(read.cell, paper.cells[read.cell].truth) for read in cell.reads.values()]
    return not cell.asked.is_total or sum(SIMPLE.isdisjoint(addend) for addend in addends) < LEAST_SUM


def _is_simple(value: Value, truth: Value) -> bool:
    """Whether a value has a 0 or a 1 where the truth has another number; further axes of length 1 change nothing."""
    if len(value) != len(truth):
        return 0 in value or set(value) == {1}
    return any(number in SIMPLE and number != right for number, right in zip(value, truth, strict=True))
