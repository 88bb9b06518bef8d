"""The growth of costs as data: stable keys, whole numbers, formulas as texts that the parser reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from worksheet.derive.growth.cost_curves import Curve, Doubling, named_kinds
from worksheet.derive.growth.kind_sums import Grown
from worksheet.derive.growth.plan import GrowthChapter, Plan
from worksheet.formula import Exact
from worksheet.formula.exact import as_json

DECIMALS = 4  # of an exponent


def data(plan: Plan, chapters: Sequence[GrowthChapter]) -> dict[str, Any]:
    """Everything in the report."""
    return {
        "networks": [{"name": network.name, "title": network.title, "input": list(network.input)} for network in plan.networks],
        "batch": plan.samples,
        "set": {name: as_json(size) for name, size in plan.fixed.items()},
        "growth": [_chapter_data(chapter) for chapter in chapters],
    }


def _chapter_data(chapter: GrowthChapter) -> dict[str, Any]:
    return {
        "of": chapter.variable.name,
        "symbol": chapter.variable.symbol,
        "meaning": chapter.variable.meaning,
        "from": as_json(chapter.span.least),
        "to": as_json(chapter.span.most),
        "sizes": [as_json(size) for size in chapter.sizes],
        "refused": [entry for grown in chapter.every[: _networks(chapter)] for entry in _refusal_data(grown)],
        "curves": [_curve_data(curve, chapter) for curve in chapter.curves],
    }


def _networks(chapter: GrowthChapter) -> int:
    """The number of networks; every convention rejects the same sizes."""
    return len({id(grown.closed.network) for grown in chapter.every})


def _refusal_data(grown: Grown) -> Iterable[dict[str, Any]]:
    for run in grown.refusals:
        ends = {"from": as_json(run.sizes[0]), "to": as_json(run.sizes[-1])}
        yield {"network": grown.closed.network.name, **ends, "reason": run.reason}


def _curve_data(curve: Curve, chapter: GrowthChapter) -> dict[str, Any]:
    usual, limit = curve.usual_class(), curve.limit()
    return {
        "network": curve.grown.closed.network.name,
        "convention": curve.side.convention.name,
        "column": curve.side.column.name,
        "text": curve.formula.source,
        "class": {"period": usual.period, "residue": usual.residue, "text": usual.formula.source} if usual else None,
        "limit": {"degree": limit.degree, "factor": as_json(limit.factor)} if limit else None,
        "values": [curve.values.get(size) for size in chapter.sizes],
        "kinds": [_kind_data(curve, kind, chapter.sizes) for kind in named_kinds(curve)],
        "leading": [{"kind": lead.kind, "from": as_json(lead.least), "to": as_json(lead.most)} for lead in curve.leads()],
        "doublings": [_doubling_data(doubling) for doubling in curve.doublings(chapter.sizes)],
    }


def _kind_data(curve: Curve, kind: str, sizes: Sequence[Exact]) -> Mapping[str, Any]:
    values = (curve.kinds.get(size) for size in sizes)
    return {"kind": kind, "values": [None if kinds is None else kinds.get(kind, 0) for kinds in values]}


def _doubling_data(doubling: Doubling) -> dict[str, Any]:
    first, last = doubling.sizes
    exponent = f"{doubling.exponent:.{DECIMALS}f}"
    return {"from": as_json(first), "to": as_json(last), "values": list(doubling.values), "exponent": exponent}
