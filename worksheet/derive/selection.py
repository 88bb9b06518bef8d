"""Chooses what a solution shows: some of its rows, or the table alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
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
    numbers = set(choose_rows({row.no: row.kind for row in derivation.rows if row.no > 0}, rows, list(kinds)))
    chosen = [row for row in derivation.rows if row.no in numbers]
    shown_kinds = {row.kind for row in chosen}
    return replace(
        derivation,
        rows=fold_rows(chosen),
        parts=parts(chosen, derivation.headings),
        reference=tuple(section for section in derivation.reference if section.kind in shown_kinds),
        chosen=totals(chosen, derivation.headings),
        pictured=False,
    )


def choose_rows(kinds: Mapping[int, str], rows: str, wanted: Sequence[str]) -> list[int]:
    """The numbers of the rows that a text and kinds select, from the kind of every row by its number. Raises WorksheetError."""
    numbers = read_rows(rows, max(kinds, default=0)) if rows.strip() else kinds
    occurring = set(kinds.values())
    for kind in wanted:
        if kind not in occurring:
            raise WorksheetError(f"no layer is a {shown(kind)}", hint=nearest(kind, occurring))
    chosen = [no for no, kind in kinds.items() if no in numbers and (not wanted or kind in wanted)]
    if not chosen:
        raise WorksheetError(f"no row of {shown(rows)} is a {' or '.join(wanted)}")
    return chosen


def summary(derivation: Derivation) -> Derivation:
    """The solution's tables and totals alone, without formulas and worked rows."""
    return replace(derivation, reference=(), worked=False)


def read_rows(text: str, last: int) -> set[int]:
    """The numbers of the rows that a text such as ``3-7,12`` names, of 1 to ``last``. Raises WorksheetError."""
    numbers: set[int] = set()
    for part in text.split(","):
        span = SPAN.fullmatch(part.strip())
        if not span:
            raise WorksheetError(f"{shown(part.strip())} names no rows", hint=HINT)
        start, end = int(span[1]), int(span[2] or span[1])
        if not 1 <= start <= end <= last:
            raise WorksheetError(f"there are no rows {shown(part.strip())}", hint=f"the rows are 1 to {last}")
        numbers.update(range(start, end + 1))
    return numbers
