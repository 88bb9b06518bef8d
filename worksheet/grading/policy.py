"""What answers are worth: marks, tolerance, follow-through, other conventions, known mistakes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from fractions import Fraction

from worksheet.frozen import frozen
from worksheet.grading.paper.cells import TOTAL, Key


@frozen
class Tolerance:
    """How far an answer may be from the truth, as a share of it; zero is exact. ``rounded`` admits rounded figures (73.06 M)."""

    share: Fraction = Fraction(0)
    rounded: bool = False


EXACT = Tolerance()


@frozen
class Policy:
    """Shares are between 0 and 1 and are multiplied by a cell's marks.

    ``marks`` has the marks of a cell by column name; cells in the row of totals take those of ``total`` if given; ``cells``
    overrides single cells. Any other cell is worth 1.
    """

    marks: Mapping[str, Fraction] = field(default_factory=dict)
    cells: Mapping[Key, Fraction] = field(default_factory=dict)
    tolerance: Mapping[str, Tolerance] = field(default_factory=dict)  # by column
    follow_through: bool = True
    penalty: Fraction = Fraction(0)  # the share that a carried answer loses
    never: frozenset[str] = frozenset()  # columns (or "total") where only the correct answer counts
    trivial: bool = False  # whether follow-through applies if the student's own 0 or 1 makes the question much simpler
    convention: Fraction = Fraction(0)  # what an answer under another convention is worth
    mistake: Fraction = Fraction(0)  # what a known mistake is worth

    @property
    def most_explained(self) -> Fraction:
        """The most that an answer is worth that is neither right nor carried."""
        return max(self.convention, self.mistake)

    def worth(self, key: Key) -> Fraction:
        """The marks of a cell."""
        row, column = key
        if key in self.cells:
            return self.cells[key]
        if row == TOTAL and TOTAL in self.marks:
            return self.marks[TOTAL]
        return self.marks.get(column, Fraction(1))
