"""Lays out answer forms: the table of the question sheet, a line for each layer; or a list with a line for each answer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from worksheet.derivation import layer_label
from worksheet.errors import OutputError, nearest, shown
from worksheet.frozen import frozen
from worksheet.grading.paper.cells import FIND, FORMULA, OUTPUT, TOTAL, Key, Paper
from worksheet.grading.results.phrases import heading
from worksheet.homework.issue.sheets import Papers
from worksheet.language import N_, _

TABLE, LIST = "table", "list"
HEADINGS = (N_("student"), N_("row"), N_("layer"), N_("column"), N_("answer"))  # of a list: the words by which it is read
STUDENT_ID, NUMBER, NAME, LAYER, SIZE, SUM = N_("Student ID"), N_("No."), N_("Name"), N_("Layer"), N_("Output"), N_("Total")
NOT_ASKED, ZERO = "—", "0"
NARROW, MIDDLE, WIDE = 8, 18, 34  # columns of a workbook, in characters

Blank = str | None  # None: a cell to fill in
Line = tuple[Blank, ...]


@frozen
class AnswerForm:
    """An answer form. ``above`` is the line above its headings; the first ``frozen`` columns say what is asked."""

    headings: tuple[str, ...]
    lines: tuple[Line, ...]
    widths: tuple[int, ...]
    above: Line = ()
    frozen: int = 0


def lay_out(papers: Papers, layout: str = TABLE) -> AnswerForm:
    """The form of a student's sheet. A sheet without a table has a list. Raises OutputError for an unknown layout."""
    return form_layout(layout)(papers)


def form_layout(name: str) -> Callable[[Papers], AnswerForm]:
    """A layout by its name. Raises OutputError with the closest known name."""
    if name not in LAYOUTS:
        raise OutputError(f"unknown layout of a form {shown(name)}", hint=nearest(name, LAYOUTS))
    return LAYOUTS[name]


# A line for each answer


def listed(papers: Papers) -> AnswerForm:
    """A line for each answer, in the order of the sheet."""
    labels = {row.no: layer_label(row) for row in papers.question.rows}
    if papers.question.named:
        labels = {row.no: f"{row.name}, {labels[row.no]}" for row in papers.question.rows}
    who = papers.student.id or None
    lines = [(who, str(row), labels.get(row, "") if isinstance(row, int) else "", column, None) for row, column in _asked(papers)]
    return AnswerForm(tuple(map(_, HEADINGS)), tuple(lines), (MIDDLE, NARROW, WIDE, MIDDLE, WIDE), frozen=1)


# The table of the sheet


def tabled(papers: Papers) -> AnswerForm:
    """A line for each layer, then the totals, then the questions asked backwards, whose answers go into the first column."""
    asked = frozenset(_asked(papers))
    columns = _columns(papers.paper)
    if not columns:
        return listed(papers)
    named = papers.question.named
    lines: list[Line] = [
        (str(row.no), *([row.name] if named else []), layer_label(row), *_open(row.no, columns, asked, papers.paper.given))
        for row in papers.question.rows
    ]
    before = [""] * (1 + named)
    if any(row == TOTAL for row, _column in asked):
        lines.append((_(SUM), *before, *_open(TOTAL, columns, asked, papers.paper.given)))
    rest = [NOT_ASKED] * (len(columns) - 1)
    lines += [
        (figure.title, *before[1:], figure.intro, None, *rest)
        for figure in papers.question.figures
        if (FIND, figure.title) in asked
    ]
    words = (_(NUMBER), *([_(NAME)] if named else []), _(LAYER))
    labels = {heading.name: heading.label for heading in papers.worked.headings} | {OUTPUT: _(SIZE)}
    widths = (NARROW, *[MIDDLE] * named, WIDE, *[MIDDLE] * len(columns))
    headings = (*words, *(heading(column, labels) for column in columns))
    return AnswerForm(headings, tuple(lines), widths, (_(STUDENT_ID), papers.student.id or None), len(words))


def _asked(papers: Papers) -> Iterator[Key]:
    return (cell.key for cell in papers.paper.shown)


def _columns(paper: Paper) -> tuple[str, ...]:
    """The columns that are asked of layers or in total, a formula after its figure."""
    asked = {cell.column for cell in paper.shown if cell.row != FIND}
    figures = (OUTPUT, *(column.name for column in paper.counting.convention.columns))
    return tuple(name for figure in figures for name in (figure, figure + FORMULA) if name in asked)


def _open(row: int | str, columns: Iterable[str], asked: frozenset[Key], given: frozenset[Key]) -> Line:
    """The cells of a row: blanks, the zeros that are given, and dashes."""
    keys: list[Key] = [(row, column) for column in columns]
    return tuple(None if key in asked else ZERO if key in given else NOT_ASKED for key in keys)


LAYOUTS: Mapping[str, Callable[[Papers], AnswerForm]] = {TABLE: tabled, LIST: listed}
