"""How the cost of networks grows, as data: stable keys, whole numbers, formulas as texts that the parser reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from worksheet.derive.growth.curves import Curve, Doubling, named_kinds
from worksheet.derive.growth.plan import Chapter, Plan, title_of
from worksheet.derive.growth.sums import Grown
from worksheet.formula import Exact

DECIMALS = 4  # of an exponent


def data(plan: Plan, chapters: Sequence[Chapter]) -> dict[str, Any]:
    """Everything that the report tells."""
    return {
        "networks": [
            {"name": network.name, "title": title_of(network), "input": list(network.input)} for network in plan.networks
        ],
        "batch": plan.samples,
        "set": {name: size_as(size) for name, size in plan.fixed.items()},
        "growth": [_chapter(chapter) for chapter in chapters],
    }


def size_as(size: Exact) -> int | str:
    """A size: a number, or the text of a fraction."""
    return size if isinstance(size, int) else str(size)


def _chapter(chapter: Chapter) -> dict[str, Any]:
    return {
        "of": chapter.variable.name,
        "symbol": chapter.variable.symbol,
        "meaning": chapter.variable.meaning,
        "from": size_as(chapter.span.least),
        "to": size_as(chapter.span.most),
        "sizes": [size_as(size) for size in chapter.sizes],
        "refused": [refused for found in chapter.every[: _networks(chapter)] for refused in _refused(found)],
        "curves": [_curve(curve, chapter) for curve in chapter.curves],
    }


def _networks(chapter: Chapter) -> int:
    """How many networks there are: every convention refuses the same sizes."""
    return len({id(found.closed.network) for found in chapter.every})


def _refused(found: Grown) -> Iterable[dict[str, Any]]:
    for run in found.refusals:
        ends = {"from": size_as(run.sizes[0]), "to": size_as(run.sizes[-1])}
        yield {"network": found.closed.network.name, **ends, "reason": run.reason}


def _curve(curve: Curve, chapter: Chapter) -> dict[str, Any]:
    usual, limit = curve.usual_class(), curve.limit()
    return {
        "network": curve.grown.closed.network.name,
        "convention": curve.side.convention.name,
        "column": curve.side.column.name,
        "text": curve.formula.source,
        "class": {"period": usual.period, "residue": usual.residue, "text": usual.formula.source} if usual else None,
        "limit": {"degree": limit.degree, "factor": size_as(limit.factor)} if limit else None,
        "values": [curve.values.get(size) for size in chapter.sizes],
        "kinds": [_kind(curve, kind, chapter.sizes) for kind in named_kinds(curve)],
        "leading": [{"kind": lead.kind, "from": size_as(lead.least), "to": size_as(lead.most)} for lead in curve.leads()],
        "doublings": [_doubling(one) for one in curve.doublings(chapter.sizes)],
    }


def _kind(curve: Curve, kind: str, sizes: Sequence[Exact]) -> Mapping[str, Any]:
    values = (curve.kinds.get(size) for size in sizes)
    return {"kind": kind, "values": [None if kinds is None else kinds.get(kind, 0) for kinds in values]}


def _doubling(one: Doubling) -> dict[str, Any]:
    first, last = one.sizes
    return {
        "from": size_as(first), "to": size_as(last), "values": list(one.values), "exponent": f"{one.exponent:.{DECIMALS}f}",
    }  # fmt: skip
