"""What a known mistake is: a rewrite of a formula or of a value, and what is said to the student."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from worksheet.formula import Formula
from worksheet.grading.paper.cells import Asked, Value
from worksheet.layers import Kind

Formulas = tuple[Formula, ...]  # as many as the cell has
Rewrite = Callable[[Asked, Formulas], Iterable[Formulas]]
Revalue = Callable[[Value], Iterable[Value]]


@dataclass(frozen=True, eq=False)
class Family:
    """The kinds of layers that have a property; ``CONVOLUTIONS | TRANSPOSED`` are those of both families."""

    has: Callable[[Kind], bool]

    def __contains__(self, kind: Kind) -> bool:
        return self.has(kind)

    def __or__(self, other: Family) -> Family:
        return Family(lambda kind: kind in self or kind in other)


@dataclass(frozen=True, eq=False)
class Mistake:
    """One known mistake.

    ``rewrite`` gets what is asked and the formulas that the student starts from (the right ones; another mistake's where two are
    made at once) and gives the wrong ones, over the same symbols, none where it does not apply. ``revalue`` gives wrong
    values for a right one. A mistake has one of the two. ``kinds`` are those that it is made on (None: any, and
    totals); ``roles`` what is asked (see ``paper``: SIZES, PARAMETERS, OPERATIONS, ...).
    """

    id: str  # as in the catalogue: par-no-bias
    says: str  # one sentence to the student: what happened, without the right value
    source: str  # where it is documented
    documented: bool  # by a public thread; otherwise derived from the formula
    kinds: Family | None
    roles: frozenset[str]
    rewrite: Rewrite | None = None
    revalue: Revalue | None = None

    def applies(self, asked: Asked) -> bool:
        """Whether the mistake can be made where this is asked."""
        if asked.role not in self.roles:
            return False
        return self.kinds is None or (asked.kind is not None and asked.kind in self.kinds)
