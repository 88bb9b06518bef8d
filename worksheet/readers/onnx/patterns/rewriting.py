"""What the patterns share: the readers of a row, steps back along a formula, and how a row becomes another layer."""

from collections.abc import Callable, Collection, Iterable, Sequence
from math import isclose
from typing import NamedTuple

from worksheet.readers.onnx.patterns.terms import FACTORS
from worksheet.readers.onnx.values import OnnxRow

TOLERANCE = 2e-3  # exporters store numbers with few digits


class RowUsers:
    """The rows that lead to the network's outputs, and the readers of each."""

    def __init__(self, rows: Sequence[OnnxRow], ends: Sequence[OnnxRow]) -> None:
        self.rows = needed_rows(rows, ends)
        self.ends = frozenset(ends)
        self.of: dict[OnnxRow, list[OnnxRow]] = {}
        for row in self.rows:
            for part in dict.fromkeys(row.inputs):
                self.of.setdefault(part, []).append(row)

    def only(self, row: OnnxRow) -> OnnxRow | None:
        """The only row that reads this one; None where there are several, or it is an output of the network."""
        users = self.of.get(row, ())
        return users[0] if len(users) == 1 and row not in self.ends else None

    def is_inner(self, row: OnnxRow) -> bool:
        """Whether a row may become part of another one."""
        return self.only(row) is not None


Rewrite = Callable[[OnnxRow, RowUsers], None]
Pass = tuple[Collection[str], Rewrite]  # the kinds of rows that may end a pattern, and the rewrite


class Link(NamedTuple):
    """One function of a formula: its kinds, the number that it adds or multiplies by, and whether other rows may read it too."""

    kinds: Collection[str]
    number: float | None = None
    shared: bool = False


def trace_back(row: OnnxRow, steps: Sequence[Link], users: RowUsers) -> OnnxRow | None:
    """What these functions are applied to, the last of them first; None where a row is another function."""
    for step in steps:
        is_other = row.kind not in step.kinds or row.is_reversed or not (step.shared or users.is_inner(row))
        if is_other or not (step.number is None or is_near(number_of(row), step.number)):
            return None
        row = row.inputs[0]
    return row


def number_of(row: OnnxRow) -> float | None:
    """The number that a row adds or multiplies by; None where the file does not hold it."""
    return float(row.scalar ** FACTORS.get(row.kind, 1)) if row.scalar else row.scalar


def is_near(number: float | None, value: float) -> bool:
    """Whether a number of the graph is this value, or may be since the file does not hold it."""
    return number is None or isclose(number, value, rel_tol=TOLERANCE)


def needed_rows(rows: Iterable[OnnxRow], ends: Iterable[OnnxRow]) -> list[OnnxRow]:
    """The rows that these outputs need, in order."""
    needed: set[OnnxRow] = set()
    open_rows = list(ends)
    while open_rows:
        row = open_rows.pop()
        if row not in needed:
            needed.add(row)
            open_rows += row.inputs
    return [row for row in rows if row in needed]


def become(row: OnnxRow, kind: str, inputs: Sequence[OnnxRow], settings: dict[str, int], stored: tuple[str, ...] = ()) -> None:
    """Turn a row into another layer with the same output."""
    row.kind, row.inputs, row.hyperparameters, row.stored = kind, tuple(inputs), settings, stored
    row.pattern, row.scalar, row.is_reversed = "", None, False


def is_trained(row: OnnxRow) -> bool:
    """Whether a row is a trained tensor (a parameter, not a constant)."""
    return row.is_stored and not row.hyperparameters["f"]


def both_orders(row: OnnxRow) -> list[tuple[OnnxRow, OnnxRow]]:
    """The two inputs of a sum or product, in both orders."""
    return [row.inputs, row.inputs[::-1]] if len(row.inputs) == 2 else []
