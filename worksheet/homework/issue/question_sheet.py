"""A student's question sheet: the cells of the worked solution that an assignment asks, each with its marks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from worksheet.derivation import OUTPUT, ColumnHeading, Derivation, Handout, Row, Shape, Step
from worksheet.derive.blank import blank, blank_row
from worksheet.formula import Formula, digits_named
from worksheet.formula.digits import PLAIN
from worksheet.grading.paper.cells import FORMULA, TOTAL, Key
from worksheet.language import N_, _, current, ngettext

OUTPUT_HEADING, OUTPUT_LABEL, FORMULA_LABEL = N_("Output"), N_("Output size"), N_("{column}, formula")
NONE, COMPACT, FULL = WORKINGS = ("none", "compact", "full")  # the space for working below the table
FEW_SYMBOLS = 3  # of a formula whose working takes one line
ZERO = Formula("0")
DECIMALS = 3  # of marks; a number that needs more is printed as a fraction


def questions(
    derivation: Derivation, asked: Mapping[Key, Fraction], handout: Handout, working: str = COMPACT,
    given: Collection[Key] = frozenset(),
) -> Derivation:  # fmt: skip
    """A student's question sheet: only the cells of the solution that are asked, each with its marks.

    ``asked`` are the marks of every cell that is asked: output sizes, figures, formulas (their columns end in ``.formula``),
    totals. A cell that is not asked shows a dash, or 0 if it is among the ``given`` ones; a column that is asked of no layer is
    left out. ``working`` is what follows the table: one of WORKINGS.
    """
    sheet = _Questions(derivation, asked, working, given)
    marks = print_marks(sum(asked.values(), Fraction(0)))
    return replace(
        blank(derivation),
        headings=sheet.headings,
        rows=tuple(sheet.row(row, (derivation.input,) if row.sources == (0,) else None) for row in derivation.rows),
        totals=sheet.totals,
        parts=tuple(replace(part, totals=sheet.totals) for part in derivation.parts),
        figures=(),
        reference=() if any(column.endswith(FORMULA) for _row, column in asked) else derivation.reference,
        handout=replace(handout, marks=marks),
        compact=working != FULL,
    )


def keyed(worked: Derivation, asked: Mapping[Key, Fraction]) -> Derivation:
    """A worked solution as a key: with the column of output sizes where they are asked, and the marks of every answer."""
    return replace(
        worked,
        headings=tuple(replace(heading, worth=worth_in_words(heading.name, asked)) for heading in worked.headings),
        rows=tuple(_with_marks(row, asked) for row in worked.rows),
        sized=ColumnHeading(OUTPUT, _(OUTPUT_HEADING), worth=worth_in_words(OUTPUT, asked)) if _is_asked(OUTPUT, asked) else None,
    )


def _with_marks(row: Row, asked: Mapping[Key, Fraction]) -> Row:
    """A row with the marks of its figures, where the heading of the column does not give them."""
    worths = [asked.get((row.no, step.name)) if len(_worths(step.name, asked)) > 1 else None for step in row.columns]
    if not any(worths):
        return row
    steps = zip(row.columns, worths, strict=True)
    return replace(row, columns=tuple(replace(step, worth=print_marks(worth)) if worth else step for step, worth in steps))


def worth_in_words(column: str, asked: Mapping[Key, Fraction]) -> str:
    """The marks of each answer of a column, if all are worth the same."""
    worths = _worths(column, asked)
    return print_worth(min(worths)) if len(worths) == 1 else ""


def _worths(column: str, asked: Mapping[Key, Fraction]) -> set[Fraction]:
    return {marks for (row, name), marks in asked.items() if name == column and row != TOTAL}


def _is_asked(column: str, asked: Mapping[Key, Fraction]) -> bool:
    return any(name == column for _row, name in asked)


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
    working: str
    given: Collection[Key]

    def __post_init__(self) -> None:
        own = [heading for heading in self.derivation.headings if _is_asked(heading.name, self.asked)]
        sizes = [ColumnHeading(OUTPUT, _(OUTPUT_HEADING))] if _is_asked(OUTPUT, self.asked) else []
        self.headings = tuple(self.heading(heading) for heading in (*sizes, *own))
        self.totals: dict[str, int | None] = dict.fromkeys(heading.name for heading in self.headings)

    def heading(self, heading: ColumnHeading) -> ColumnHeading:
        """A column's heading, with the marks of its cells if all are worth the same."""
        label = _(FORMULA_LABEL).format(column=heading.label) if heading.name.endswith(FORMULA) else heading.label
        return ColumnHeading(
            heading.name, label, None, (TOTAL, heading.name) in self.asked, worth_in_words(heading.name, self.asked)
        )

    def row(self, row: Row, inputs: tuple[Shape, ...] | None) -> Row:
        """A layer's questions: figures in columns, formulas below them."""
        labels = {heading.name: heading.label for heading in self.derivation.headings} | {OUTPUT: _(OUTPUT_LABEL)}
        rooms = self.rooms(row)
        columns = tuple(self.step(row.no, heading.name, labels[heading.name], rooms) for heading in self.headings)
        formulas = [
            self.step(row.no, name + FORMULA, _(FORMULA_LABEL).format(column=label), {})
            for name, label in labels.items()
            if (row.no, name + FORMULA) in self.asked
        ]
        return replace(blank_row(row, inputs), columns=columns, sizes=tuple(formulas))

    def rooms(self, row: Row) -> dict[str, int]:
        """The lines of working by column; the sizes are worked with the first one where they are not asked."""
        if self.working == NONE:
            return {}
        rooms = {step.name: _lines(step) for step in row.columns}
        first = OUTPUT if (row.no, OUTPUT) in self.asked else next((n for n in rooms if (row.no, n) in self.asked), OUTPUT)
        return rooms | {first: rooms.get(first, 0) + sum(map(_lines, row.sizes))}

    def step(self, row: int, column: str, label: str, rooms: Mapping[str, int]) -> Step:
        """A blank to fill if the cell is asked, otherwise the 0 that is given, or a figure that is not counted."""
        marks = self.asked.get((row, column))
        if marks is None:
            return Step(column, label, formula=ZERO if (row, column) in self.given else None, value=0)
        return Step(column, label, worth=print_marks(marks), room=rooms.get(column, 0))


def _lines(step: Step) -> int:
    """The lines that the working of a step takes: none where its formula is a number, such as 0."""
    symbols = len(step.formula.symbols) if step.formula else 0
    return min(symbols, 1) + (symbols > FEW_SYMBOLS)
