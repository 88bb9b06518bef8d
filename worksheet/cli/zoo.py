"""``worksheet zoo``: the built-in networks."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import watched
from worksheet.cli.options import Command
from worksheet.errors import OutputError, shown

WIDE = 240  # columns of a table that goes to a file or a pipe


def zoo(
    names: Annotated[
        list[str] | None, typer.Argument(help="Only networks whose names hold one of these.", show_default=False)
    ] = None,
    format: Annotated[str, typer.Option("-f", "--format", help="text or json.")] = "text",
) -> None:
    """List the built-in networks: input, parameters, MACs, source, published error."""
    entries = ws.zoo_list(names or (), watched("Working the zoo out"))
    if format == "json":
        typer.echo(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=1))
    elif format == "text":
        from rich.console import Console

        from worksheet.writers import terminal

        terminal.show_zoo(entries, Console(highlight=False, width=None if sys.stdout.isatty() else WIDE))
    else:
        raise OutputError(f"unknown format {shown(format)}", hint="text or json")


COMMAND = Command(zoo, "worksheet zoo resnet -f json", 3)
