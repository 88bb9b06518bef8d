"""Leaves the answers of a worked solution open, so that it becomes a question sheet."""

from __future__ import annotations

import re
from dataclasses import replace

from worksheet.derivation import Derivation, Row, Shape, Step

SOLVED = re.compile(r"^\s*\(solved\)\s*", re.IGNORECASE)


def blank(derivation: Derivation) -> Derivation:
    """The same document without its answers: sizes after the first layer, figures, totals and remarks on them."""
    return replace(
        derivation,
        title=unsolved(derivation.title),
        rows=tuple(blank_row(row, (derivation.input,) if row.sources == (0,) else None) for i, row in enumerate(derivation.rows)),
        totals=dict.fromkeys(derivation.totals),
        parts=tuple(replace(part, totals=dict.fromkeys(part.totals)) for part in derivation.parts),
        kinds=(),
        figures=tuple(replace(figure, steps=tuple(map(_hole, figure.steps)), reached={}) for figure in derivation.figures),
        chosen=dict.fromkeys(derivation.chosen) if derivation.chosen else None,
        pictured=False,
        notes=(),
        blank=True,
    )


def unsolved(title: str) -> str:
    """A sheet's title without the word (solved)."""
    return SOLVED.sub("", title) or title


def blank_row(row: Row, inputs: tuple[Shape, ...] | None) -> Row:
    """A row without its answers; ``inputs`` are shown where the question gives them."""
    columns = tuple(map(_hole, row.columns))
    return replace(row, spec=row.stated, inputs=inputs, output=None, values=(), sizes=(), columns=columns, quantities={})


def _hole(step: Step) -> Step:
    return Step(step.name, step.label)
