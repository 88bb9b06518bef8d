"""A known mistake: a rewrite of a formula or of a value, and a sentence to the student."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from worksheet.formula import Formula
from worksheet.frozen import frozen
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

    ``rewrite`` takes what is asked and the formulas that the student starts from (the right ones, or those of another mistake
    when two are made at once) and yields the wrong ones over the same symbols, or nothing if it does not apply. ``revalue``
    yields wrong values for a right one. A mistake has one of the two. ``kinds`` are those on which it is made (None: any, and
    totals), ``roles`` what is asked (see ``paper.cells``: SIZES, PARAMETERS, OPERATIONS, ...).
    """

    id: str  # as in the catalogue: par-no-bias
    says: str  # a sentence to the student: what happened, without the right value
    source: str  # where the mistake is documented
    documented: bool  # in a public thread; otherwise derived from the formula
    kinds: Family | None
    roles: frozenset[str]
    rewrite: Rewrite | None = None
    revalue: Revalue | None = None

    def applies(self, asked: Asked) -> bool:
        """Whether the mistake can be made when this is asked."""
        if asked.role not in self.roles:
            return False
        return self.kinds is None or (asked.kind is not None and asked.kind in self.kinds)


@frozen
class MistakeGroup:
    """Makes rewriting mistakes that have the kinds of layers, what is asked and usually the source in common."""

    kinds: Family | None
    roles: frozenset[str]
    source: str

    def __call__(
        self,
        id: str,
        rewrite: Rewrite,
        says: str,
        source: str = "",
        *,
        documented: bool = False,
        kinds: Family | None = None,
        roles: frozenset[str] = frozenset(),
    ) -> Mistake:
        return Mistake(id, says, source or self.source, documented, kinds or self.kinds, roles or self.roles, rewrite)
