"""Prints a document on a terminal: headings and tables in colour, worked steps below them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from worksheet.document import Bullets, Document, Question, Text
from worksheet.document.solution import laid_out
from worksheet.errors import printable
from worksheet.formula.dialects import TEXT
from worksheet.language import _, space, speaking
from worksheet.writers.fitted_tables import FittedColumn, broken, columns_of
from worksheet.writers.small_print import Setting
from worksheet.writers.terminal_tables import show_table
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

    from worksheet.derive.catalogue import ZooEntry

MARGIN = 4


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

    def column(heading: str, cells: Iterable[str], *, words: bool = False) -> FittedColumn:
        return FittedColumn(heading, tuple(cells), words=words)

    twists = [f"{entry.title}; {entry.twist}" if entry.twist else entry.title for entry in entries]
    errors = [", ".join(f"{name} {value:g} %" for name, value in entry.errors.items()) for entry in entries]
    columns = (
        column("Name", (entry.name for entry in entries), words=True),
        column("Input", ("x".join(map(str, entry.input)) for entry in entries)),
        column("Parameters", (f"{entry.parameters:,}" for entry in entries)),
        column("MACs", (f"{entry.macs:,}" for entry in entries)),
        column("Network", twists, words=True),
        column("Source", (entry.source for entry in entries), words=True),
        column("Published error", errors, words=True),
    )
    show_table(console, columns)


def _block(block: Viewed, console: Console) -> None:
    if print_block := BLOCKS.get(type(block)):
        print_block(block, console)


def _chapter(chapter: ChapterView, console: Console) -> None:
    if not chapter.anchor:
        _line(console, f"\n{chapter.title}", "bold")
    for block in chapter.blocks:
        _block(block, console)


def _question(question: Question, console: Console) -> None:
    for line in filter(None, (question.text, f"{_('Counting:')}{space()}{question.counting}", *question.notes)):
        _line(console, line)


def _text(text: Text, console: Console) -> None:
    _line(console, f"\n{text.text}", "italic" if text.note else "")


def _bullets(bullets: Bullets, console: Console) -> None:
    for item in bullets.items:
        _line(console, f"- {item}")


def _picture(picture: PictureView, console: Console) -> None:
    _line(console, f"\n[{picture.words}]", "dim")


def _line(console: Console, text: str, style: str = "") -> None:
    from rich.padding import Padding
    from rich.text import Text

    words = text.lstrip(" ")
    line = Text(printable(words))
    indent = len(text) - len(words)
    console.print(Padding(line, (0, 0, 0, indent), expand=False) if indent else line, style=style)


# Tables


def _plain_table(view: TableView, console: Console) -> None:
    if view.title:
        _line(console, f"\n{view.title}", "bold")
    show_table(console, columns_of(view))


def _answers(view: AnswersView, console: Console) -> None:
    rows: list[tuple[str, ...]] = []
    styles: list[str] = []
    blanks = [""] * (len(view.labels) - 1)
    for part in view.parts:
        if part.title:
            rows.append(("", part.title, *blanks, *part.totals))
            styles.append("bold")
        rows += [(str(entry.no), *entry.labels, *entry.cells) for entry in part.entries]
        styles += [""] * len(part.entries)
    if view.chosen:
        rows.append(("", _("Rows shown"), *blanks, *view.chosen))
        styles.append("bold")
    cells = list(zip(*rows, strict=True)) or [()] * (1 + len(view.labels) + len(view.headings))
    headings = (_("No."), *view.labels, *view.headings)
    feet = ("", _("Total"), *blanks, *view.totals)
    columns = [
        FittedColumn(heading, tuple(texts), foot, words=1 <= i <= len(view.labels))
        for i, (heading, texts, foot) in enumerate(zip(headings, cells, feet, strict=True))
    ]
    show_table(console, columns, styles, last=1 if view.chosen else 0)


# Formulas and steps


def _section(section: SectionView, console: Console) -> None:
    from rich.rule import Rule

    title, *rest = broken(section.title, console.width - MARGIN, hanging="")
    console.print(Rule(title, align="left", style="dim"))
    for further in rest:
        _line(console, further)
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
    console.print(Text.assemble("\n", (_("No. {no}").format(no=layer.no) + _(": "), "bold"), " ".join(filter(None, words))))
    if layer.reads:
        _line(console, "  " + _("Reads {inputs}.").format(inputs=layer.reads), "dim")
    if layer.values:
        _line(console, f"  {', '.join(layer.values)}", "dim")


def _steps(steps: Sequence[StepView], console: Console) -> None:
    width = max((len(step.plain_label) for step in steps), default=0)
    for step in steps:
        texts = ["  " * line.continues + line.text for line in step.lines]
        if step.lead:
            _line(console, f"  {step.lead}", "italic")
        _lines(console, f"  {step.label:<{width}} ", texts, step.remark)
        if step.hole:
            _line(console, f"  {step.label:<{width}} = ________")
        if step.note:
            _line(console, f"  {step.note}", "italic")


def _lines(console: Console, label: str, lines: Iterable[str], remark: str = "") -> None:
    texts = list(lines)
    for i, line in enumerate(texts):
        start = label if i == 0 else " " * len(label)
        end = f" ({printable(remark)})" if remark and i == len(texts) - 1 else ""
        _hung(console, start + line + end, len(label) + len(line) - len(line.lstrip("= ≈")))


def _hung(console: Console, line: str, column: int) -> None:
    """Print a line; one that is too long goes on below, from this column on where enough is left of the terminal."""
    from rich.text import Text

    if len(line) > console.width:
        indent = line[: len(line) - len(line.lstrip())]
        hanging = " " * (column if column < console.width // 2 else len(indent) + MARGIN)
        line = "\n".join(broken(line.lstrip(), console.width, indent, hanging))
    console.print(Text(line), soft_wrap=True)


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
