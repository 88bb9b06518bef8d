"""One network under every convention that can count it: what each calls its figure, and the factor to the textbook's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from worksheet.conventions import Column, Convention, convention, names
from worksheet.derive.arranging import group_by
from worksheet.derive.blank import unsolved
from worksheet.derive.citations import citations
from worksheet.derive.comparison import Side, compare_sides
from worksheet.derive.tabulation import BYTES
from worksheet.document import Block, Bullets, Document, Table, Text
from worksheet.errors import WorksheetError
from worksheet.formula import Digits
from worksheet.frozen import frozen
from worksheet.hardware.units import plain
from worksheet.language import listed
from worksheet.network import Network
from worksheet.totals import is_partial

AGAINST = "textbook"
DIGITS = 4  # of a factor
INTRODUCTION = (
    "What each convention calls the cost of this network, and its factor to the multiply-accumulates of the textbook. "
    "Conventions of training and those that count only bytes are left out."
)


@frozen
class CountedSide:
    """A column of a convention: its total, the convention's number of parameters, the kinds of layers without a rule."""

    side: Side
    total: int
    params: int | None
    unruled: tuple[str, ...]

    def factor(self, against: int) -> Decimal | None:
        """What it counts, over what the textbook counts; a lower bound has none."""
        return None if is_partial(self.total) or not against else Decimal(plain(Fraction(self.total, against), DIGITS))


def compare_with_all(network: Network, *, batch: int = 1, digits: str = "en_US") -> Document:
    """A network under every convention that counts what one pass costs. Raises WorksheetError where the textbook cannot."""
    ways = [way for way in map(convention, names()) if not way.trains and way.unit != BYTES]
    counted: list[CountedSide] = []
    refused: list[str] = []
    for way in ways:
        try:
            counted += _counted(network, way, batch)
        except WorksheetError as fault:
            if way.name == AGAINST:
                raise
            refused.append(f"{way.name} is left out: {fault.message.rstrip('.')}.")
    against = next(each.total for each in counted if each.side.label == AGAINST)
    by_total = sorted(counted, key=lambda each: (is_partial(each.total), each.total, each.side.label))
    blocks: list[Block] = [Text(INTRODUCTION), _table(by_total, against)]
    below = (*_incomplete(each for each in counted if each.unruled), *refused)
    shape = " × ".join(map(str, network.input))
    samples = f", {batch:,} samples at a time" if batch > 1 else ""
    return Document(
        title=f"{unsolved(network.title)} under every convention",
        blocks=(Text(f"Input {shape}{samples}."), *blocks, *([Bullets(below)] if below else [])),
        data=_data(network, counted, against, batch),
        digits=Digits(digits).locale,
        citations=citations([network], [each.side.convention for each in by_total]),
    )


def _counted(network: Network, way: Convention, batch: int) -> Iterator[CountedSide]:
    """The columns by which a convention answers what a network costs: its main one, and what it calls MACs or flops besides."""
    params = next(filter(_is_parameters, way.columns), None)
    asked = [column for column in way.columns if column.name in (way.main, "macs", "flops")]
    sides = [Side(way, column) for column in (*asked, *([params] if params else []))]
    comparison = compare_sides(network, sides, batch)
    for i in range(len(asked)):
        unruled = sorted({variant.kind.name for variant in comparison.variants if not variant.ruled[i]})
        yield CountedSide(sides[i], comparison.totals[i], comparison.totals[-1] if params else None, tuple(unruled))


def _is_parameters(column: Column) -> bool:
    return column.once and column.scale is None


def _table(counted: Sequence[CountedSide], against: int) -> Table:
    rows = tuple(
        (
            each.side.convention.name,
            each.side.column.heading,
            each.side.convention.unit,
            each.params,
            each.total,
            each.factor(against),
        )
        for each in counted
    )
    return Table(
        ("Convention", "Column", "Unit", "# Params", "Total", "Factor"),
        rows,
        words=3,
        keys=("convention", "column", "unit", "params", "total", "factor"),
    )


def _incomplete(counted: Iterator[CountedSide]) -> Iterator[str]:
    """A sentence for each set of kinds that some conventions have no rule for; the totals without them are below the others."""
    for kinds, sides in group_by(counted, lambda each: each.unruled).items():
        labels = [each.side.label for each in sides]
        has = "has" if len(labels) == 1 else "have"
        yield f"{listed(labels)} {has} no rule for {listed(list(kinds))}; not in the total."


def _data(network: Network, counted: Sequence[CountedSide], against: int, batch: int) -> dict[str, Any]:
    return {
        "network": network.name,
        "input": list(network.input),
        "batch": batch,
        "against": AGAINST,
        "sides": [
            {
                "convention": each.side.convention.name,
                "column": each.side.column.name,
                "unit": each.side.convention.unit,
                "params": each.params,
                "total": each.total,
                "factor": str(Fraction(each.total, against)) if against and not is_partial(each.total) else None,
                "partial": is_partial(each.total),
                "no_rule": list(each.unruled),
            }
            for each in counted
        ],
    }
