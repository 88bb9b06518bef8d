"""Prints a solution on a terminal: the answer table in colour, the worked rows below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from worksheet.derivation import Derivation
from worksheet.errors import printable
from worksheet.formula.dialects import TEXT
from worksheet.writers.small_print import Setting
from worksheet.writers.view import view

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from worksheet.derive import ZooEntry

MARGIN = 4

NUMBER_WIDTH, GAP, LEAST_WIDTH = 10, 3, 5  # of the answer table: its first column, between columns, of a column of words


def show(derivation: Derivation, console: Console) -> None:
    """Print the heading, the table and every worked row, as wide as the console."""
    from rich.rule import Rule
    from rich.text import Text

    names = view(derivation, Setting(TEXT, width=max(40, console.width - MARGIN)))
    console.print(Text(printable(names["title"]), style="bold"))
    for line in filter(
        None, (names["course"], names["question"] if names["table"] else "", f"Counting: {names['counting']}", *names["notes"])
    ):
        console.print(Text(printable(line)), style="dim" if line == names["course"] else "")
    if names["table"]:
        console.print(_table(names, console.width))
    for figure in names["figures"]:
        console.print(Text(f"\n{printable(figure.title)}", style="bold"))
        console.print(Text(f"  {printable(figure.intro)}"))
        _steps(figure.steps, console)
    for section in names["sections"] if not names["rows"] else ():
        console.print(Rule(section.title, align="left", style="dim"))
        for entry in section.legend:
            console.print(Text(f"  {entry.symbols:<4} {entry.meaning}", style="dim"))
        for line in section.statements:
            _lines(console, f"  {line.label}: ", line.lines)
        if section.note:
            console.print(Text(f"  {printable(section.note)}", style="italic"))
    for row in names["rows"]:
        _row(row, console)


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


def _table(names: dict[str, Any], width: int) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_footer=True)
    table.add_column("S. No.", justify="right")
    figures = [*(entry.cells for entry in names["table"]), [total.split(" ")[0] for total in names["totals"]]]
    widths = [max(map(len, column)) for column in zip(*figures, strict=True)]
    left = width - NUMBER_WIDTH - sum(width + GAP for width in widths)  # for the words, which may break where figures may not
    fits = left // len(names["labels"]) - GAP >= LEAST_WIDTH
    for i, label in enumerate(names["labels"]):
        most = left // len(names["labels"]) - GAP if fits else None
        table.add_column(label, footer="" if i else "Total", overflow="fold", max_width=most)
    for heading, total, least in zip(names["headings"], names["totals"], widths, strict=True):
        text = Text(printable(heading))
        table.add_column(text, footer=total, justify="right", overflow="fold", min_width=least if fits else None)
    blanks = [""] * (len(names["labels"]) - 1)
    for part in names["parts"]:
        if part.title:
            table.add_row("", Text(printable(part.title)), *blanks, *part.totals, style="bold")
        for entry in part.entries:
            table.add_row(str(entry.no), *[Text(printable(label)) for label in entry.labels], *entry.cells)
    if names["chosen"]:
        table.add_section()
        table.add_row("", "Rows shown", *blanks, *names["chosen"], style="bold")
    return table


def _row(row: Any, console: Console) -> None:
    from rich.text import Text

    words = [
        printable(row.name),
        "(Input)",
        row.input or "____",
        "→",
        f"({row.kind})",
        row.spec,
        "→",
        "(Output)",
        row.output or "____",
    ]
    console.print(Text.assemble("\n", (f"S. No. {row.no}: ", "bold"), " ".join(filter(None, words))))
    if row.reads:
        console.print(Text(f"  Reads {row.reads}.", style="dim"))
    if row.values:
        console.print(Text(f"  {', '.join(row.values)}", style="dim"))
    _steps(row.steps, console)
    if row.twins:
        console.print(Text(f"  The same layer with the same numbers: S. No. {row.twins}.", style="italic"))


def _steps(steps: Sequence[Any], console: Console) -> None:
    from rich.text import Text

    width = max(len(step.plain_label) for step in steps)
    for step in steps:
        texts = ["  " * line.continues + line.text for line in step.lines]
        _lines(console, f"  {step.label:<{width}} ", texts, step.remark)
        if step.hole:
            console.print(Text(f"  {step.label:<{width}} = ________"))
        if step.note:
            console.print(Text(f"  {printable(step.note)}", style="italic"))


def _lines(console: Console, label: str, lines: Sequence[str], remark: str = "") -> None:
    from rich.text import Text

    for i, line in enumerate(lines):
        start = label if i == 0 else " " * len(label)
        end = f" ({printable(remark)})" if remark and i == len(lines) - 1 else ""
        console.print(Text(start + line + end), soft_wrap=True)
