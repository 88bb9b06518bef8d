"""The JSON of a worked solution: stable keys, whole numbers only; docs/json.md explains every key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from worksheet.derivation import Derivation, Figure, Row, Section
from worksheet.formula import in_bytes
from worksheet.totals import AtLeast


class SolutionData(Mapping[str, Any]):
    """The plain data of a solution, worked out when it is asked for."""

    def __init__(self, derivation: Derivation) -> None:
        self.derivation = derivation

    @cached_property
    def data(self) -> dict[str, Any]:
        return _solution(self.derivation) if self.derivation.rows else _reference(self.derivation)

    def __getitem__(self, key: str) -> Any:
        return self.data[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)


def _solution(derivation: Derivation) -> dict[str, Any]:
    """The whole solution as plain data."""
    columns = [heading.name for heading in derivation.headings]
    uncounted = [
        {"no": row.no, "kind": row.kind, "columns": left}
        for row in derivation.rows
        if (left := [name for name, step in zip(columns, row.columns, strict=True) if not step.is_counted])
    ]
    return {
        "network": derivation.network,
        "convention": derivation.convention,
        "input": list(derivation.input),
        "batch": derivation.batch,
        "rows": [_entry(row) for row in derivation.rows],
        **_totals(derivation.totals),
        "printed": {
            heading.name: heading.scale.said(value)
            for heading in derivation.headings
            if heading.scale and (value := derivation.totals[heading.name])
        },
        "figures": [entry for figure in derivation.figures for entry in _figures(figure)],
        "stages": [{"stage": part.title, "rows": list(part.rows), **_totals(part.totals)} for part in derivation.parts],
        "kinds": [{"kind": part.title, "rows": list(part.rows), **_totals(part.totals)} for part in derivation.kinds],
        "notes": list(derivation.notes),
        "uncounted": uncounted,
    }


def _totals(totals: Mapping[str, int | None]) -> dict[str, Any]:
    """The sums, and the columns whose sum leaves out layers without a rule."""
    return {"totals": dict(totals), "partial": [name for name, total in totals.items() if isinstance(total, AtLeast)]}


def _reference(derivation: Derivation) -> dict[str, Any]:
    """The formula reference alone."""
    return {"convention": derivation.convention, "formulas": [_section(part) for part in derivation.reference]}


def _entry(row: Row) -> dict[str, Any]:
    return {
        "no": row.no,
        "name": row.name,
        "kind": row.kind,
        "spec": row.spec,
        "input": list(row.inputs[0]) if row.inputs else None,
        "inputs": [list(shape) for shape in row.inputs] if row.inputs is not None else None,
        "sources": list(row.sources),
        "stage": row.stage,
        "output": list(row.output) if row.output else None,
        "values": {name: value for names, value in row.values for name in names},
        "columns": {step.name: step.value for step in row.columns},
        "counts": row.counts,
    }


def _figures(figure: Figure) -> list[dict[str, Any]]:
    """Figures of the whole network; where one is a greatest value, the row where it is reached and those that are in memory."""
    return [
        {
            "name": step.name,
            "value": step.value,
            "printed": list(in_bytes(int(step.value))) if step.value is not None and figure.bytes else [],
            "no": figure.reached[step.name][0] if step.name in figure.reached else None,
            "alive": list(figure.reached[step.name][1]) if step.name in figure.reached else [],
        }
        for step in figure.steps
    ]


def _section(section: Section) -> dict[str, Any]:
    """A kind's formulas as texts that the formula parser reads back."""
    return {
        "kind": section.kind,
        "title": section.title,
        "symbols": {name: text for names, text in section.legend for name in names},
        "statements": [
            {"label": line.label, "gives": list(line.symbols), "formula": line.formula.source} for line in section.statements
        ],
        "note": section.note,
    }
