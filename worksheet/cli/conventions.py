"""``worksheet conventions``: the ways of counting, and each of them as a page."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet import conventions as ways
from worksheet.cli.delivery import check, deliver
from worksheet.cli.options import Command, Engine, Format, Output, Paper, Template, completing


def conventions(
    name: Annotated[
        str | None,
        typer.Argument(
            help="One of them, or a YAML file of your own; the list of all without.",
            show_default=False,
            autocompletion=completing(ways.names),
        ),
    ] = None,
    output: Output = None,
    format: Format = None,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """List the ways of counting, or print one of them: rules, formulas kind by kind, known faults."""
    check(output, format, engine, paper, template)
    deliver(ws.convention_page(name) if name else ws.convention_list(), output, format, engine, paper, template)


COMMAND = Command(conventions, "worksheet conventions fvcore -o fvcore.pdf", 6)
