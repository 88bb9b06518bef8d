"""``worksheet formulas``: the formula reference."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import check, deliver
from worksheet.cli.options import Command, Counting, Engine, Format, Output, Paper, Template, completing
from worksheet.layers import kind_named


def formulas(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Kinds of layers; all of them by default.", show_default=False, autocompletion=completing(ws.kinds)),
    ] = None,
    output: Output = None,
    format: Format = None,
    convention: Counting = None,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Print the formula reference: symbols, output sizes, the way of counting in small steps, textbook quantities."""
    check(output, format, engine, paper, template)
    for name in kinds or ():
        kind_named(name)
    deliver(ws.formulas(convention, kinds or ()), output, format, engine, paper, template)


COMMAND = Command(formulas, "worksheet formulas Conv2d MaxPool2d -o reference.pdf", 2)
