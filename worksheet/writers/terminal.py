"""Prints a document on a terminal: headings and tables in colour, worked steps below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from worksheet.document import Bullets, Document, Question, Text
from worksheet.document.solution import laid_out
from worksheet.errors import printable
from worksheet.formula.dialects import TEXT
from worksheet.language import _, speaking
from worksheet.writers.small_print import Setting
from worksheet.writers.view import view
from worksheet.writers.views import (
    AnswersView,
    ChapterView,
    LayerView,
    PictureView,
    RelationsView,
    SectionView,
    StepView,
    TableView,
    Viewed,
    WorkingView,
)
from worksheet.writers.writer import Printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from worksheet.derive.catalogue import ZooEntry

MARGIN = 4
NUMBER_WIDTH, GAP, MIN_WIDTH = 10, 3, 5  # of the answer table: its first column, between columns, of a column of words


def show(result: Printable, console: Console) -> None:
    """Print every block, as wide as the console; the formula reference only where no layer is worked below it."""
    document = laid_out(result)
    with speaking(document.language):
        _show(document, console)


def _show(document: Document, console: Console) -> None:
    names = view(document, Setting(TEXT, width=max(40, console.width - MARGIN)))
    chapters = [block.anchor for block in names["blocks"] if isinstance(block, ChapterView)]
    _line(console, names["title"], "bold")
    if names["course"]:
        _line(console, names["course"], "dim")
    for block in names["blocks"]:
        if not (isinstance(block, ChapterView) and block.anchor == "formulas" and "working" in chapters):
            _block(block, console)


def show_zoo(entries: Sequence[ZooEntry], console: Console) -> None:
    """Print the list of the zoo."""
    from rich import box
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("Name", "Input", "Parameters", "MACs", "Network", "Source", "Published error"):
        table.add_column(heading, overflow="fold", justify="right" if heading in {"Parameters", "MACs"} else "left")
    for entry in entries:
        errors = ", ".join(f"{name} {value:g} %" for name, value in entry.errors.items())
        sizes = ("x".join(map(str, entry.input)), f"{entry.parameters:,}", f"{entry.macs:,}")
        twist = f"{entry.title}; {entry.twist}" if entry.twist else entry.title
        table.add_row(entry.name, *sizes, twist, entry.source, errors)
    console.print(table)


def _block(block: Viewed, console: Console) -> None:
    if print_block := BLOCKS.get(type(block)):
        print_block(block, console)


def _chapter(chapter: ChapterView, console: Console) -> None:
    if not chapter.anchor:
        _line(console, f"\n{chapter.title}", "bold")
    for block in chapter.blocks:
        _block(block, console)


def _question(question: Question, console: Console) -> None:
    for line in filter(None, (question.text, f"{_('Counting:')} {question.counting}", *question.notes)):
        _line(console, line)


def _text(text: Text, console: Console) -> None:
    _line(console, f"\n{text.text}", "italic" if text.note else "")


def _bullets(bullets: Bullets, console: Console) -> None:
    for item in bullets.items:
        _line(console, f"- {item}")


def _picture(picture: PictureView, console: Console) -> None:
    _line(console, f"\n[{picture.words}]", "dim")


def _line(console: Console, text: str, style: str = "") -> None:
    from rich.text import Text

    console.print(Text(printable(text)), style=style)


# Tables


def _plain_table(view: TableView, console: Console) -> None:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    if view.title:
        _line(console, f"\n{view.title}", "bold")
    table = Table(box=box.SIMPLE_HEAD, show_footer=bool(view.total))
    for i, heading in enumerate(view.headings):
        footer = Text(printable(view.total[i].plain)) if view.total else ""
        is_text = heading.column.words
        table.add_column(Text(printable(heading.text)), footer, justify="left" if is_text else "right", overflow="fold")
    for row in view.rows:
        table.add_row(*[Text(printable(cell.plain)) for cell in row])
    console.print(table)


def _answers(view: AnswersView, console: Console) -> None:
    from rich.text import Text

    table = _columns(view, console.width)
    blanks = [""] * (len(view.labels) - 1)
    for part in view.parts:
        if part.title:
            table.add_row("", Text(printable(part.title)), *blanks, *part.totals, style="bold")
        for entry in part.entries:
            table.add_row(str(entry.no), *[Text(printable(label)) for label in entry.labels], *entry.cells)
    if view.chosen:
        table.add_section()
        table.add_row("", _("Rows shown"), *blanks, *view.chosen, style="bold")
    console.print(table)


def _columns(view: AnswersView, width: int) -> Table:
    """The answer table without its rows; columns of words break their lines where figures may not."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column(_("No."), justify="right")
    cells = [entry.cells for part in view.parts for entry in part.entries]
    widths = [max(map(len, column)) for column in zip(*cells, [total.split(" ")[0] for total in view.totals], strict=True)]
    left = width - NUMBER_WIDTH - sum(width + GAP for width in widths)
    fits = left // len(view.labels) - GAP >= MIN_WIDTH
    for i, label in enumerate(view.labels):
        most = left // len(view.labels) - GAP if fits else None
        table.add_column(label, footer="" if i else _("Total"), overflow="fold", max_width=most)
    for heading, total, least in zip(view.headings, view.totals, widths, strict=True):
        text = Text(printable(heading))
        table.add_column(text, footer=total, justify="right", overflow="fold", min_width=least if fits else None)
    return table


# Formulas and steps


def _section(section: SectionView, console: Console) -> None:
    from rich.rule import Rule

    console.print(Rule(section.title, align="left", style="dim"))
    for entry in section.legend:
        _line(console, f"  {entry.symbols:<4} {entry.meaning}", "dim")
    for line in section.statements:
        _lines(console, f"  {line.label}: ", line.lines)
    if section.note:
        _line(console, f"  {section.note}", "italic")


def _relations(relations: RelationsView, console: Console) -> None:
    for row in relations.rows:
        low, term, bound = row.plain
        left, middle, right = relations.widths
        _lines(console, f"  {low:>{left}} {term:<{middle}} {bound:<{right}}   ", [row.why])


def _working(working: WorkingView, console: Console) -> None:
    if working.layer:
        _layer(working.layer, console)
    else:
        _line(console, f"\n{working.title}", "bold")
        if working.intro:
            _line(console, f"  {working.intro}")
    _steps(working.steps, console)
    if working.twins:
        _line(console, "  " + _("The same layer with the same numbers: No. {rows}.").format(rows=working.twins), "italic")


def _layer(layer: LayerView, console: Console) -> None:
    from rich.text import Text

    words = (
        printable(layer.name), f"({_('Input')})", layer.input or "____", "→", f"({layer.kind})", layer.spec, "→",
        f"({_('Output')})",
        layer.output or "____",
    )  # fmt: skip
    console.print(Text.assemble("\n", (_("No. {no}").format(no=layer.no) + ": ", "bold"), " ".join(filter(None, words))))
    if layer.reads:
        _line(console, "  " + _("Reads {inputs}.").format(inputs=layer.reads), "dim")
    if layer.values:
        _line(console, f"  {', '.join(layer.values)}", "dim")


def _steps(steps: Sequence[StepView], console: Console) -> None:
    width = max((len(step.plain_label) for step in steps), default=0)
    for step in steps:
        texts = ["  " * line.continues + line.text for line in step.lines]
        _lines(console, f"  {step.label:<{width}} ", texts, step.remark)
        if step.hole:
            _line(console, f"  {step.label:<{width}} = ________")
        if step.note:
            _line(console, f"  {step.note}", "italic")


def _lines(console: Console, label: str, lines: Iterable[str], remark: str = "") -> None:
    from rich.text import Text

    texts = list(lines)
    for i, line in enumerate(texts):
        start = label if i == 0 else " " * len(label)
        end = f" ({printable(remark)})" if remark and i == len(texts) - 1 else ""
        console.print(Text(start + line + end), soft_wrap=True)


BLOCKS: dict[type, Callable[[Any, Console], None]] = {
    ChapterView: _chapter,
    Question: _question,
    AnswersView: _answers,
    TableView: _plain_table,
    Text: _text,
    Bullets: _bullets,
    PictureView: _picture,
    SectionView: _section,
    RelationsView: _relations,
    WorkingView: _working,
}
