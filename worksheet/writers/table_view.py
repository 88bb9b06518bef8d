"""Tables and solved relations as views: cells, widths of columns, signs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from worksheet.document import Cell, Judged, Relation, Relations, Table, is_sum, shape_in_words
from worksheet.formula import Formula
from worksheet.writers.line_breaks import lines
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import Ready, Setting, breakable, words_dialect
from worksheet.writers.text_width import width as width_of
from worksheet.writers.views import CellView, ColumnView, HeadingView, RelationsView, RelationView, TableView

LONG, LONG_LABEL = 24, 30  # characters from which on a column of words, or one of names, may break its lines
PIECE = 48  # half ems of a formula between two places where a page may break it
BETWEEN_PIECES = "</math> <math>"
LONG_FORMULA = 36  # the same for a formula on one line, where the table is crowded
SPARED = 0.9  # of the page, for the columns of a crowded table: the rest is space between them
MAX_WEIGHT = 48  # characters that a column's length counts at most
UPRIGHT, ACROSS = 112, 165  # characters that fit on an upright page, and on one that is turned
OF_FORMULAS = 104  # the same for a table of formulas, whose signs are wider, upright
PHONE, SHORTEST = 44, 12  # characters on the screen of a phone, and to which a column of words can be squeezed there
SHARE = 0.27  # of the page's width, for a column of words that breaks its lines
NARROW_FROM = 5  # columns from which on a table is set in small type

# The signs of a relation, by the dialect's name; one that is in none of its tables is written as it is.
PLAIN = {"<=": "≤", ">=": "≥"}
IN_HTML = {"=": "=", "<": "&lt;", ">": "&gt;", **PLAIN}
RELATIONS = {
    "latex": {"<=": r"\leq", ">=": r"\geq"},
    "mathml": {name: f'<mo form="infix">{sign}</mo>' for name, sign in IN_HTML.items()},
    "text": PLAIN,
}
SPOKEN = {"": "", "=": "equals", "<": "is less than", "<=": "is at most", ">": "is greater than", ">=": "is at least"}


class _Content(NamedTuple):
    """The content of a cell whose column is not known yet."""

    text: str
    plain: str
    words: str = ""
    math: bool = False
    tone: str = ""


def table_view(printer: Printer, block: Table) -> TableView:
    rows = [[_content(printer, cell, is_flat=block.flat) for cell in row] for row in block.rows]
    total = [_content(printer, cell, is_flat=block.flat) for cell in block.total]
    widths = [width_of(heading) for heading in block.headings]
    for row in [*rows, total] if total else rows:
        widths = [max(width, width_of(cell.plain)) for width, cell in zip(widths, row, strict=True)]
    length = sum(widths) + 2 * (len(widths) - 1)
    turned = block.flat and length - _breakable(block, widths) > OF_FORMULAS
    columns = _columns(block, widths, ACROSS if turned else UPRIGHT, crowded=turned and length > ACROSS)
    return TableView(
        title=block.title,
        headings=[HeadingView(text, columns[i]) for i, text in enumerate(block.headings)],
        columns=columns,
        rows=[_placed(row, columns, printer.setting) for row in rows],
        total=_placed(total, columns, printer.setting),
        narrow=len(columns) >= NARROW_FROM,
        broad=_squeezed(columns) > PHONE,
        formulas=any(cell.math for row in rows for cell in row),
        turned=turned,
        rule="-" * length,
    )


def _breakable(block: Table, widths: Sequence[int]) -> int:
    """By how many characters columns of words can be narrower, since their lines break."""
    return sum(max(0, width - LONG) for width in widths[: block.words])


def _squeezed(columns: Sequence[ColumnView]) -> int:
    """How many characters wide a table is at least."""
    return sum(min(column.width, SHORTEST) if column.words else column.width for column in columns) + 2 * (len(columns) - 1)


def _placed(cells: Sequence[_Content], columns: Sequence[ColumnView], setting: Setting) -> list[CellView]:
    """The cells in their columns; a word that is longer than a narrow column may be broken."""
    return [
        CellView(breakable(cell.text, setting) if column.wide and _has_long_word(cell) else cell.text, *cell[1:], column)
        for cell, column in zip(cells, columns, strict=bool(cells))
    ]


def _has_long_word(cell: _Content) -> bool:
    return not cell.math and any(len(word) > LONG for word in cell.text.split())


def _content(printer: Printer, cell: Cell, *, is_flat: bool) -> _Content:
    if isinstance(cell, Formula):
        text = _flat(printer, cell) if is_flat else printer.in_one(cell)
        words = cell.show(words_dialect()) if printer.spoken else ""
        return _Content(Ready(text), cell.show("text", None, printer.digits), words, math=True)
    if isinstance(cell, tuple):
        return _shape(printer, cell)
    if isinstance(cell, Judged):
        return _Content(cell.signed, cell.signed, tone=cell.tone)
    text = printer.total(cell) if isinstance(cell, (int, Decimal)) else cell or ""
    return _Content(text, text)


def _flat(printer: Printer, formula: Formula) -> str:
    """A formula with its quotients on one line; a page that breaks lines itself may break it between its pieces."""
    if not printer.pieces:
        return formula.show(printer.flat, None, printer.digits)
    laid = lines([formula.printed(printer.flat, None, printer.digits)], PIECE)
    return BETWEEN_PIECES.join(line.parts[0] for line in laid)


def _shape(printer: Printer, sizes: Sequence[Formula]) -> _Content:
    """Formulas with crosses between them; sums in brackets."""
    axes = [(size.show(printer.flat, None, printer.digits), size) for size in sizes]
    held = [printer.dialect.parentheses.format(text) if is_sum(size) else text for text, size in axes]
    printed = Ready(reduce(printer.dialect.times.format, held) if held else "")
    words = (
        (" times " if words_dialect() == "words" else " × ").join(size.show(words_dialect()) for size in sizes)
        if printer.spoken
        else ""
    )
    return _Content(printed, shape_in_words(sizes), words, math=True)


def _columns(block: Table, widths: Sequence[int], page: int, *, crowded: bool) -> list[ColumnView]:
    """The columns; those that may break their lines share what is left of the page by their lengths, as far as these count."""
    figures = [LONG_FORMULA if crowded else max(widths)] * (len(widths) - block.words)
    names = [LONG_LABEL if block.words > 1 else LONG] * min(block.labels, block.words)
    most = [*names, *[LONG] * (block.words - len(names)), *figures]
    weights = [min(width, MAX_WEIGHT) if block.flat else 1 for width in widths]
    room = max(sum(weights), page)
    shares = [round(SPARED * weight / room, 2) if block.flat else SHARE for weight in weights]
    return [
        ColumnView(i < block.words, i < block.labels, width > most[i], width, weights[i], shares[i])
        for i, width in enumerate(widths)
    ]


def relations_view(printer: Printer, block: Relations) -> RelationsView:
    rows = [_relation(printer, row) for row in block.rows]
    return RelationsView(rows, [max(map(width_of, column)) for column in zip(*(row.plain for row in rows), strict=True)])


def _relation(printer: Printer, row: Relation) -> RelationView:
    """The text before the term, the term, the text after it: each in the dialect, in words and plain."""
    low, term, bound = (_formula(printer, part) for part in (row.low, row.term, row.bound))
    low_sign, sign = (RELATIONS.get(printer.dialect.name, {}).get(name, name) for name in (row.low_sign, row.sign))
    said = SPOKEN if words_dialect() == "words" else {name: PLAIN.get(name, name) for name in SPOKEN}
    low_plain, plain = (PLAIN.get(name, name) for name in (row.low_sign, row.sign))
    return RelationView(
        parts=[Ready(f"{low[0]} {low_sign}".strip()), Ready(term[0]), Ready(f"{sign} {bound[0]}")],
        words=[f"{low[1]} {said[row.low_sign]}".strip(), term[1], f"{said[row.sign]} {bound[1]}"],
        plain=[f"{low[2]} {low_plain}".strip(), term[2], f"{plain} {bound[2]}"],
        why=row.why,
        math_why=printer.print.text(row.why),
    )


def _formula(printer: Printer, formula: Formula | None) -> tuple[str, str, str]:
    """A formula in the dialect, in words and plain; empty texts for none."""
    if formula is None:
        return "", "", ""
    return (
        printer.in_one(formula),
        formula.show(words_dialect(), None, printer.digits),
        formula.show("text", None, printer.digits),
    )
