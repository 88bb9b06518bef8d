"""Arranges a solution's rows: which repeat an earlier one, which stage they belong to, what each stage and kind adds up to."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from worksheet.derivation import ColumnHeading, Part, Row, Step
from worksheet.formula import Exact
from worksheet.totals import AtLeast

Item = TypeVar("Item")
Key = TypeVar("Key", bound=Hashable)
FOLD_FROM = 30  # solutions of more rows work equal layers once and refer to them


def fold_rows(rows: Sequence[Row], fold: bool | None = None) -> tuple[Row, ...]:
    """The rows, each with the number of the first one that is the same layer with the same numbers.

    ``fold`` decides whether rows that repeat another refer to it; None: where there are many rows.
    """
    if fold is None:
        fold = len(rows) > FOLD_FROM
    first: dict[int, int] = {}  # by the columns, which rows of equal layers share; steps have no hash
    return tuple([replace(row, same_as=_earlier(first, row) if fold else 0) for row in rows])


def _earlier(first: dict[int, int], row: Row) -> int:
    earlier = first.setdefault(id(row.columns), row.no)
    return earlier if earlier != row.no else 0


def parts(rows: Sequence[Row], headings: Sequence[ColumnHeading]) -> tuple[Part, ...]:
    """The rows by stage, in their order; one part without a title where the network has no stages."""
    titled = len({row.stage for row in rows}) > 1
    groups = [list(group) for _, group in groupby(rows, key=lambda row: row.stage if titled else "")]
    return tuple([_part(group[0].stage if titled else "", group, headings) for group in groups])


def by_kind(rows: Sequence[Row], headings: Sequence[ColumnHeading]) -> tuple[Part, ...]:
    """The rows by kind of layer, in the order in which the kinds first occur."""
    return tuple([_part(kind, group, headings) for kind, group in group_by(rows, lambda row: row.kind).items()])


def group_by(items: Iterable[Item], key: Callable[[Item], Key]) -> dict[Key, list[Item]]:
    """The items by key, in the order in which the keys first occur."""
    groups: dict[Key, list[Item]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return groups


def _part(title: str, rows: Sequence[Row], headings: Sequence[ColumnHeading]) -> Part:
    return Part(title, tuple([row.no for row in rows]), totals(rows, headings))


def totals(rows: Iterable[Row], headings: Sequence[ColumnHeading]) -> Mapping[str, int]:
    """The sum of each column."""
    rows = list(rows)
    return {heading.name: _total([row.columns[i] for row in rows]) for i, heading in enumerate(headings)}


def _total(steps: Sequence[Step]) -> int:
    total = sum([whole(step.value) for step in steps])
    counted = [step.is_counted for step in steps]
    return total if all(counted) else AtLeast(total, is_empty=not any(counted))


def is_default_name(name: str, kind: str) -> bool:
    """Whether a name only says which layer of its kind it is: relu_2."""
    start, _, number = name.rpartition("_")
    return start == kind.lower() and number.isdecimal()


def whole(value: Exact | None) -> int:
    """A column's value as it enters a total."""
    return int(value or 0)
