"""The growth of costs as one table: a line for each size, a column for each curve."""

from __future__ import annotations

from worksheet.derive.growth.cost_curves import Curve
from worksheet.derive.growth.plan import GrowthChapter, plain
from worksheet.document import Table
from worksheet.document.tables import whole


def growth_table(chapter: GrowthChapter) -> Table:
    """What varies in one chapter, or everything where nothing does."""
    curves = [curve for curve in chapter.curves if not curve.is_constant] or chapter.curves
    names = [_names(curve, curves) for curve in curves]
    symbol = chapter.variable.symbol
    rows = tuple((whole(size), *(curve.figure(size) for curve in curves)) for size in chapter.sizes)
    return Table((symbol, *(heading for heading, _ in names)), rows, words=0, keys=(symbol, *(key for _, key in names)))


def _names(curve: Curve, curves: list[Curve]) -> tuple[str, str]:
    """A curve's heading and its name in data: the column, the network and the convention among several."""
    network, convention = curve.grown.closed.network, curve.side.convention
    headings, keys = [plain(curve.side.column.heading)], [curve.side.column.name]
    if len({other.grown.closed.network.name for other in curves}) > 1:
        headings.append(network.title)
        keys.append(network.name)
    if len({other.side.convention.name for other in curves}) > 1:
        headings.append(convention.name)
        keys.append(convention.name)
    return ", ".join(headings), " ".join(keys)
