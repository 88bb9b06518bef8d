"""``worksheet zoo``: the built-in networks, as a list or as a table by a convention."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import Delivery
from worksheet.cli.options import (
    Bibtex,
    Caption,
    Command,
    Convention,
    Engine,
    Label,
    Output,
    Paper,
    PlainGrouping,
    TableAlone,
    Template,
    option,
)  # fmt: skip
from worksheet.cli.panels import CONTENT, OUTPUT, UNDERSTAND
from worksheet.cli.waiting import watched
from worksheet.errors import OutputError, WorksheetError, shown

WIDE = 240  # columns of a list that goes to a file or a pipe, unless COLUMNS says otherwise
WATCHED = "Working the zoo out"
LISTED = ("text", "json")  # formats of the list
TABLE = "convnet-burden"


def zoo(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only networks whose names hold one of these.", show_default=False)
    ] = None,
    table: Annotated[
        bool, option("--table", panel=CONTENT, help="A table by a convention: the published one of convnet-burden, or by -c.")
    ] = False,
    convention: Convention = None,
    output: Output = None,
    format: Annotated[
        str | None, option("-f", "--format", panel=OUTPUT, help="text or json; of the table any format of a document.")
    ] = None,
    digits: PlainGrouping = "en_US",
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
    fragment: TableAlone = False,
    caption: Caption = "",
    label: Label = "",
    bibtex: Bibtex = False,
) -> None:
    """List the built-in networks, or tabulate what they cost.

    The list has input, parameters, MACs, source and published error.
    """
    if table:
        delivery = Delivery(output, format, None, engine, paper, template, fragment, caption, label, bibtex)
        delivery.check()
        delivery.deliver(ws.zoo_table(names or (), convention or TABLE, digits=digits, progress=watched(WATCHED)))
        return
    if convention or output or fragment or caption or label or bibtex:
        given = "-c and -o" if convention or output else "--fragment, --caption, --label and --bibtex"
        raise WorksheetError(f"{given} are for the table", hint="worksheet zoo --table")
    if format is not None and format not in LISTED:
        raise OutputError(f"unknown format {shown(format)}", hint="text or json; with --table any format of a document")
    _list(names or (), format)


def _list(names: Sequence[str], format: str | None) -> None:
    entries = ws.zoo_list(names, watched(WATCHED))
    if format == "json":
        typer.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1))
        return
    from rich.console import Console

    from worksheet.writers import terminal

    terminal.show_zoo(entries, Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE))


COMMAND = Command(zoo, "worksheet zoo resnet -f json", 3, panel=UNDERSTAND)
