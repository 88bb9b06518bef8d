"""Chooses what a solution shows: some of its rows, or the table alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from worksheet.derivation import Derivation
from worksheet.derive.arranging import fold_rows, parts, totals
from worksheet.errors import WorksheetError, nearest, shown

SPAN = re.compile(r"([0-9]{1,6})(?:\s*(?:-|–|to)\s*([0-9]{1,6}))?", re.ASCII)
HINT = "numbers and spans of rows, such as 3-7,12"


def select(derivation: Derivation, rows: str = "", kinds: Iterable[str] = ()) -> Derivation:
    """The solution with the rows of these numbers (``"3-7,12"``) and kinds alone; its totals stay those of the whole network.

    Raises WorksheetError for a text that names no rows, a row that is not there, a kind that does not occur.
    """
    kinds = list(kinds)
    last = max((row.no for row in derivation.rows), default=0)
    numbers = numbered(rows, last) if rows.strip() else set(range(1, last + 1))
    occurring = {row.kind for row in derivation.rows}
    for kind in kinds:
        if kind not in occurring:
            raise WorksheetError(f"no layer is a {shown(kind)}", hint=nearest(kind, occurring))
    chosen = [row for row in derivation.rows if row.no in numbers and (not kinds or row.kind in kinds)]
    if not chosen:
        raise WorksheetError(f"no row of {shown(rows)} is a {' or '.join(kinds)}")
    shown_kinds = {row.kind for row in chosen}
    return replace(
        derivation,
        rows=fold_rows(chosen),
        parts=parts(chosen, derivation.headings),
        reference=tuple(section for section in derivation.reference if section.kind in shown_kinds),
        chosen=totals(chosen, derivation.headings),
        pictured=False,
    )


def summary(derivation: Derivation) -> Derivation:
    """The solution's tables and totals alone, without formulas and worked rows."""
    return replace(derivation, reference=(), worked=False)


def numbered(text: str, last: int) -> set[int]:
    """The numbers of the rows that a text such as ``3-7,12`` names, of 1 to ``last``. Raises WorksheetError."""
    numbers: set[int] = set()
    for part in text.split(","):
        found = SPAN.fullmatch(part.strip())
        if not found:
            raise WorksheetError(f"{shown(part.strip())} names no rows", hint=HINT)
        start, end = int(found[1]), int(found[2] or found[1])
        if not 1 <= start <= end <= last:
            raise WorksheetError(f"there are no rows {shown(part.strip())}", hint=f"the rows are 1 to {last}")
        numbers.update(range(start, end + 1))
    return numbers
