"""Tables and solved relations as views: cells, widths of columns, signs."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import reduce
from typing import NamedTuple

from worksheet.document import Cell, Relation, Relations, Table, is_sum, shape_in_words
from worksheet.formula import Formula
from worksheet.writers.printer import Printer
from worksheet.writers.small_print import Ready
from worksheet.writers.views import CellView, ColumnView, HeadingView, RelationsView, RelationView, TableView

LONG = 24  # characters from which on a column of words may break its lines
LONG_FORMULA = 36  # the same for a formula on one line, where the table is crowded
SPARED = 0.9  # of the page, for the columns of a crowded table: the rest is space between them
MAX_WEIGHT = 48  # characters that a column's length counts at most
UPRIGHT, ACROSS = 112, 165  # characters that fit on an upright page, and on one that is turned
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


def table_view(printer: Printer, block: Table) -> TableView:
    rows = [[_content(printer, cell, is_flat=block.flat) for cell in row] for row in block.rows]
    total = [_content(printer, cell, is_flat=block.flat) for cell in block.total]
    widths = [len(heading) for heading in block.headings]
    for row in [*rows, total] if total else rows:
        widths = [max(width, len(cell.plain)) for width, cell in zip(widths, row, strict=True)]
    length = sum(widths) + 2 * (len(widths) - 1)
    turned = block.flat and length > UPRIGHT
    columns = _columns(block, widths, crowded=turned and length > ACROSS)
    return TableView(
        title=block.title,
        headings=[HeadingView(text, columns[i]) for i, text in enumerate(block.headings)],
        columns=columns,
        rows=[_placed(row, columns) for row in rows],
        total=_placed(total, columns),
        narrow=len(columns) >= NARROW_FROM,
        turned=turned,
        rule="-" * length,
    )


def _placed(cells: Sequence[_Content], columns: Sequence[ColumnView]) -> list[CellView]:
    return [CellView(*cell, column) for cell, column in zip(cells, columns, strict=bool(cells))]


def _content(printer: Printer, cell: Cell, *, is_flat: bool) -> _Content:
    if isinstance(cell, Formula):
        text = cell.show(printer.flat, None, printer.digits) if is_flat else printer.in_one(cell)
        words = cell.show("words") if printer.spoken else ""
        return _Content(Ready(text), cell.show("text", None, printer.digits), words, math=True)
    if isinstance(cell, tuple):
        return _shape(printer, cell)
    if isinstance(cell, Decimal):
        text = printer.digits.decimal(cell)
    else:
        text = "" if cell is None else printer.digits.result(cell) if isinstance(cell, int) else cell
    return _Content(text, text)


def _shape(printer: Printer, sizes: Sequence[Formula]) -> _Content:
    """Formulas with crosses between them; sums in brackets."""
    axes = [(size.show(printer.flat, None, printer.digits), size) for size in sizes]
    held = [printer.dialect.parentheses.format(text) if is_sum(size) else text for text, size in axes]
    printed = Ready(reduce(printer.dialect.times.format, held) if held else "")
    words = " times ".join(size.show("words") for size in sizes) if printer.spoken else ""
    return _Content(printed, shape_in_words(sizes), words, math=True)


def _columns(block: Table, widths: Sequence[int], *, crowded: bool) -> list[ColumnView]:
    """The columns; those that may break their lines share what is left of the page by their lengths, as far as these count."""
    most = [LONG if i < block.words else LONG_FORMULA if crowded else max(widths) for i in range(len(widths))]
    weights = [min(width, MAX_WEIGHT) if block.flat else 1 for width in widths]
    room = max(sum(weights), ACROSS)
    shares = [round(SPARED * weight / room, 2) if block.flat else SHARE for weight in weights]
    return [ColumnView(i < block.words, width > most[i], width, weights[i], shares[i]) for i, width in enumerate(widths)]


def relations_view(printer: Printer, block: Relations) -> RelationsView:
    rows = [_relation(printer, row) for row in block.rows]
    return RelationsView(rows, [max(map(len, column)) for column in zip(*(row.plain for row in rows), strict=True)])


def _relation(printer: Printer, row: Relation) -> RelationView:
    """The text before the term, the term, the text after it: each in the dialect, in words and plain."""
    low, term, bound = (_formula(printer, part) for part in (row.low, row.term, row.bound))
    low_sign, sign = (RELATIONS.get(printer.dialect.name, {}).get(name, name) for name in (row.low_sign, row.sign))
    low_plain, plain = (PLAIN.get(name, name) for name in (row.low_sign, row.sign))
    return RelationView(
        parts=[Ready(f"{low[0]} {low_sign}".strip()), Ready(term[0]), Ready(f"{sign} {bound[0]}")],
        words=[f"{low[1]} {SPOKEN[row.low_sign]}".strip(), term[1], f"{SPOKEN[row.sign]} {bound[1]}"],
        plain=[f"{low[2]} {low_plain}".strip(), term[2], f"{plain} {bound[2]}"],
        why=row.why,
        math_why=printer.print.text(row.why),
    )


def _formula(printer: Printer, formula: Formula | None) -> tuple[str, str, str]:
    """A formula in the dialect, in words and plain; empty texts for none."""
    if formula is None:
        return "", "", ""
    return printer.in_one(formula), formula.show("words", None, printer.digits), formula.show("text", None, printer.digits)
