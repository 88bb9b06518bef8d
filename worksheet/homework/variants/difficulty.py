"""Checks that all sheets of a class are equally hard: the same kinds of layers in order, answers of about as many digits."""

from __future__ import annotations

from collections.abc import Iterator

from worksheet.grading.paper.cells import Key, Paper, Row, Value

BAND = 1  # digits by which an answer may differ from that on the teacher's network


class Difficulty:
    """The digits of every answer that is asked, over a class, and those of the teacher's network."""

    def __init__(self, own: Paper) -> None:
        self.kinds = _kinds(own)
        self.own = _digits(own)
        self.least, self.most = dict(self.own), dict(self.own)
        self.networks = self.inside = self.alike = 0

    def add(self, paper: Paper) -> None:
        """Count one student's paper."""
        lengths = _digits(paper)
        self.networks += 1
        self.alike += _kinds(paper) == self.kinds
        self.inside += all(abs(digits - self.own.get(key, digits)) <= BAND for key, digits in lengths.items())
        for key, digits in lengths.items():
            self.least[key] = min(self.least.get(key, digits), digits)
            self.most[key] = max(self.most.get(key, digits), digits)

    def rows(self) -> Iterator[tuple[Row, str, int, int, int]]:
        """For each answer: row, column, digits on the teacher's own network, fewest and most over the class."""
        for (row, column), digits in self.own.items():
            yield row, column, digits, self.least[row, column], self.most[row, column]

    def summary(self) -> str:
        """The result in a sentence."""
        if not self.networks:
            return "Everyone has the same sheet."
        return (
            f"{self.alike:,} of {self.networks:,} sheets have the same kinds of layers in the same order, and on {self.inside:,} "
            f"every answer has as many digits as on the teacher's own network, or {BAND} more or fewer."
        )


def _kinds(paper: Paper) -> tuple[str, ...]:
    return tuple(layer.kind.name for layer in paper.layers)


def _digits(paper: Paper) -> dict[Key, int]:
    return {cell.key: _longest(cell.truth) for cell in paper.shown if not cell.is_formula}


def _longest(value: Value) -> int:
    """Digits of an answer; of a size, those of its longest number."""
    return max((len(str(number)) for number in value), default=0)
