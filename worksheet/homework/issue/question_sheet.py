"""A student's question sheet: the cells of the worked solution that an assignment asks, each with its marks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from worksheet.derivation import OUTPUT, ColumnHeading, Derivation, Handout, Row, Shape, Step
from worksheet.derive.blank import blank, blank_row
from worksheet.formula import digits_named
from worksheet.formula.digits import PLAIN
from worksheet.grading.paper.cells import FORMULA, TOTAL, Key
from worksheet.language import N_, _, current, ngettext

OUTPUT_HEADING, OUTPUT_LABEL, FORMULA_LABEL = N_("Output"), N_("Output size"), N_("{column}, formula")
DECIMALS = 3  # of marks; a number that needs more is printed as a fraction


def questions(derivation: Derivation, asked: Mapping[Key, Fraction], handout: Handout) -> Derivation:
    """A student's question sheet: only the cells of the solution that are asked, each with its marks.

    ``asked`` are the marks of every cell that is asked: output sizes, figures, formulas (their columns end in ``.formula``),
    totals. A cell that is not asked shows a dash; a column that is asked of no layer is left out.
    """
    sheet = _Questions(derivation, asked)
    marks = print_marks(sum(asked.values(), Fraction(0)))
    return replace(
        blank(derivation),
        headings=sheet.headings,
        rows=tuple(sheet.row(row, (derivation.input,) if row.sources == (0,) else None) for row in derivation.rows),
        totals=sheet.totals,
        parts=tuple(replace(part, totals=sheet.totals) for part in derivation.parts),
        figures=(),
        reference=() if any(column.endswith(FORMULA) for _, column in asked) else derivation.reference,
        handout=replace(handout, marks=marks),
    )


def print_marks(marks: Fraction) -> str:
    """Marks as they are printed.

    >>> print_marks(Fraction(5, 2)), print_marks(Fraction(1, 3)), print_marks(Fraction(103))
    ('2.5', '1/3', '103')
    """
    scaled = marks * 10**DECIMALS
    text = f"{float(marks):.{DECIMALS}f}".rstrip("0").rstrip(".") if scaled.denominator == 1 else str(marks)
    return text.replace(".", digits_named(current().digits or PLAIN).point)


def plural(marks: Fraction) -> int:
    """A whole number whose plural form fits these marks: halves are plural in English."""
    return int(marks) if marks.denominator == 1 else 2


def print_worth(marks: Fraction) -> str:
    """Marks with their word: 2 marks."""
    return ngettext("{marks} mark", "{marks} marks", plural(marks)).format(marks=print_marks(marks))


@dataclass
class _Questions:
    """The headings and rows of one question sheet."""

    derivation: Derivation
    asked: Mapping[Key, Fraction]

    def __post_init__(self) -> None:
        asked = {column for _, column in self.asked}
        own = [heading for heading in self.derivation.headings if heading.name in asked]
        sizes = [ColumnHeading(OUTPUT, _(OUTPUT_HEADING))] if OUTPUT in asked else []
        self.headings = tuple(self.heading(heading) for heading in (*sizes, *own))
        self.totals: dict[str, int | None] = dict.fromkeys(heading.name for heading in self.headings)

    def heading(self, heading: ColumnHeading) -> ColumnHeading:
        """A column's heading, with the marks of its cells if all are worth the same."""
        worths = {marks for (row, column), marks in self.asked.items() if column == heading.name and row != TOTAL}
        worth = print_worth(min(worths)) if len(worths) == 1 else ""
        label = _(FORMULA_LABEL).format(column=heading.label) if heading.name.endswith(FORMULA) else heading.label
        return ColumnHeading(heading.name, label, None, (TOTAL, heading.name) in self.asked, worth)

    def row(self, row: Row, inputs: tuple[Shape, ...] | None) -> Row:
        """A layer's questions: figures in columns, formulas below them."""
        labels = {heading.name: heading.label for heading in self.derivation.headings} | {OUTPUT: _(OUTPUT_LABEL)}
        columns = tuple(self.step(row.no, heading.name, labels[heading.name]) for heading in self.headings)
        formulas = [
            self.step(row.no, name + FORMULA, _(FORMULA_LABEL).format(column=label))
            for name, label in labels.items()
            if (row.no, name + FORMULA) in self.asked
        ]
        return replace(blank_row(row, inputs), columns=columns, sizes=tuple(formulas))

    def step(self, row: int, column: str, label: str) -> Step:
        """A blank to fill if the cell is asked, otherwise a figure that is not counted."""
        marks = self.asked.get((row, column))
        return Step(column, label, value=0) if marks is None else Step(column, label, worth=print_marks(marks))
