"""What a known mistake is: a rewrite of a formula or of a value, and what is said to the student."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from worksheet.formula import Formula
from worksheet.grading.paper import Asked, Value

Formulas = tuple[Formula, ...]  # as many as the cell has
Rewrite = Callable[[Asked, Formulas], Iterable[Formulas]]
Revalue = Callable[[Value], Iterable[Value]]


@dataclass(frozen=True, eq=False)
class Slip:
    """One known mistake.

    ``rewrite`` gets what is asked and the formulas that the student starts from (the right ones; another slip's where two are
    made at once) and gives the wrong ones, over the same symbols, none where it does not apply. ``revalue`` gives wrong
    values for a right one. A slip has one of the two. ``kinds`` are the names of the kinds that it is made on (empty: any,
    and totals); ``roles`` what is asked (see ``paper``: SIZES, PARAMETERS, OPERATIONS, ...).
    """

    id: str  # as in the catalogue: par-no-bias
    says: str  # one sentence to the student: what happened, without the right value
    source: str  # where it is documented
    documented: bool  # by a public thread; otherwise derived from the formula
    kinds: frozenset[str]
    roles: frozenset[str]
    rewrite: Rewrite | None = None
    revalue: Revalue | None = None

    def applies(self, asked: Asked) -> bool:
        """Whether the mistake can be made where this is asked."""
        kind = asked.kind.name if asked.kind else ""
        return asked.role in self.roles and (not self.kinds or kind in self.kinds)
