"""Finds the conventions that give a published figure, to its printed digits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import ceil, floor

from worksheet import conventions
from worksheet.conventions import convention
from worksheet.derive.citations import citations
from worksheet.derive.comparison import Comparison, Side, compare_sides
from worksheet.document import Block, Document, Table, Text, Title
from worksheet.errors import WorksheetError, shown
from worksheet.formula import Digits
from worksheet.frozen import frozen
from worksheet.network import Network

FIGURE = re.compile(
    r"(?P<whole>[0-9]{1,30}|[0-9]{1,3}(?:[, _'\u2009\u202f][0-9]{2,3}){0,8}[, _'\u2009\u202f][0-9]{3})"
    r"(?:\.(?P<decimals>[0-9]{1,30}))?"
    r"\s*(?P<prefix>[kKMGTPE]?)(?P<binary>i?)(?P<unit>[A-Za-z]{0,12}(?:/s)?)",
    re.ASCII,
)
POWERS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
BYTES = ("B", "b", "Bytes", "bytes")
HINT = "a number with a point before its decimals, such as 4.11G, 4111512576, 25.6 M or 98 MB"
CLOSEST = 5
HOW = {"exact": "exactly", "rounded": "rounded", "cut": "cut off, not rounded"}
FACTORS = {Fraction(2): "twice this", Fraction(1, 2): "half of this"}


@frozen
class PublishedFigure:
    """A printed figure: the values that print so, with each reading of its unit."""

    text: str
    readings: tuple[tuple[Fraction, Fraction], ...]  # the number, and what one of its last digit is worth

    def match(self, value: int | Fraction) -> str:
        """How a value prints as this figure: a key of HOW, or the empty text."""
        for number, step in self.readings:
            if value == number:
                return "exact"
            if step > 1 and abs(value - number) <= step / 2:
                return "rounded"
            if step > 1 and number <= value < number + step:
                return "cut"
        return ""

    @property
    def between(self) -> list[list[int]]:
        """The whole numbers that round to it, for each reading of its unit."""
        return [
            [ceil(number - step / 2), floor(number + step / 2)] if step > 1 else [floor(number)] * 2
            for number, step in self.readings
        ]


def figure(text: str) -> PublishedFigure:
    """Read a printed figure. Raises WorksheetError.

    >>> figure("4.11G").between
    [[4105000000, 4115000000]]
    """
    parts = FIGURE.fullmatch(text.strip())
    if not parts:
        raise WorksheetError(f"cannot read the figure {shown(text)}", hint=HINT)
    decimals = parts["decimals"] or ""
    number = Fraction(int(re.sub(r"[^0-9]", "", parts["whole"]) + decimals), 10 ** len(decimals))
    power = POWERS[parts["prefix"].upper()]
    bases = [1024] if parts["binary"] else [1000, 1024] if parts["unit"] in BYTES and power else [1000]
    return PublishedFigure(
        text.strip(), tuple((number * base**power, Fraction(base**power, 10 ** len(decimals))) for base in bases)
    )


@frozen
class Match:
    """A column whose total prints as the figure."""

    side: Side
    value: int
    how: str


def explain(network: Network, total: str | int, *, batch: int = 1, digits: str = "en_US") -> Document:
    """Which conventions give a published total, to its printed digits. Raises WorksheetError."""
    wanted = figure(str(total))
    comparison = compare_sides(network, _every_column(), batch)
    return _ExplainReport(comparison, wanted, Digits(digits)).report()


def _every_column() -> list[Side]:
    return [Side(counting, column) for counting in map(convention, conventions.names()) for column in counting.columns]


class _ExplainReport:
    """The answer for one figure."""

    def __init__(self, comparison: Comparison, figure: PublishedFigure, digits: Digits) -> None:
        self.comparison = comparison
        self.figure = figure
        self.digits = digits
        pairs = zip(comparison.sides, comparison.totals, strict=True)
        self.matches = [Match(side, value, how) for side, value in pairs if (how := figure.match(value))]

    def report(self) -> Document:
        c = self.comparison
        blocks: list[Block] = [Text(self.sentence())]
        if self.matches:
            matching = [(m.side, m.value, HOW[m.how] + self.without(m.side)) for m in self.matches]
            blocks.append(_table(matching, "Printed"))
        if factored := [(side, value, FACTORS[factor] + self.without(side)) for side, value, factor in self.factored()]:
            blocks += [Title("With another factor"), _table(factored, "The figure is")]
        if not self.matches:
            close = [(side, value, self.without(side).lstrip("; ")) for side, value in self.closest()]
            blocks += [Title("The closest"), _table(close, "Note")]
        cited = citations([c.network], [match.side.convention for match in self.matches])
        title = f"{c.network.title}: {self.figure.text}"
        return Document(title, tuple(blocks), self.data(), digits=self.digits.locale, citations=cited)

    def sentence(self) -> str:
        if not self.matches:
            return f"No convention of the package gives {self.figure.text} for this network."
        names = ", ".join(dict.fromkeys(f"{m.side.convention.name} ({m.side.column.name})" for m in self.matches))
        return f"{self.figure.text} is what these give: {names}."

    def without(self, side: Side) -> str:
        """The kinds that the convention leaves out because it has no rule for them."""
        i = self.comparison.sides.index(side)
        kinds = sorted({variant.kind.name for variant in self.comparison.variants if not variant.ruled[i]})
        return f"; no rule for {', '.join(kinds)}" if kinds else ""

    def factored(self) -> Iterator[tuple[Side, int, Fraction]]:
        """Columns of which the figure is twice or half: one operation for a multiply-add or two."""
        for side, value in zip(self.comparison.sides, self.comparison.totals, strict=True):
            for factor in FACTORS:
                if value and not self.figure.match(value) and self.figure.match(value * factor) in {"exact", "rounded"}:
                    yield side, value, factor

    def closest(self) -> Sequence[tuple[Side, int]]:
        number = self.figure.readings[0][0]
        pairs = zip(self.comparison.sides, self.comparison.totals, strict=True)
        return sorted(pairs, key=lambda pair: abs(pair[1] - number))[:CLOSEST]

    def data(self) -> dict[str, object]:
        c = self.comparison
        return {
            "network": c.network.name,
            "input": list(c.network.input),
            "batch": c.batch,
            "total": self.figure.text,
            "between": self.figure.between,
            "matches": [_entry(m.side, m.value) | {"how": m.how} for m in self.matches],
            "factors": [_entry(side, value) | {"factor": str(factor)} for side, value, factor in self.factored()],
            "closest": [_entry(side, value) for side, value in self.closest()],
        }


def _table(entries: Sequence[tuple[Side, int, str]], last: str) -> Table:
    rows = tuple((side.convention.name, side.column.heading, value, note) for side, value, note in entries)
    keys = ("convention", "column", "total", last.lower().replace(" ", "_"))
    return Table(("Convention", "Column", "Total", last), rows, words=2, keys=keys)


def _entry(side: Side, value: int) -> dict[str, object]:
    return {"convention": side.convention.name, "column": side.column.name, "value": value}
