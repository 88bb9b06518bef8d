"""``worksheet conventions``: the conventions for counting, and each of them as a page."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet import conventions as known
from worksheet.cli.delivery import delivers
from worksheet.cli.options import Command, Speech, completing
from worksheet.cli.panels import UNDERSTAND
from worksheet.document import Document


@delivers(tables=True)
def conventions(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A convention, or your own YAML file; without one, all are listed.",
            show_default=False,
            autocompletion=completing(known.names),
        ),
    ] = None,
    language: Speech = "",
) -> Document:
    """List the conventions, or print one: rules, formulas, faults."""
    return ws.convention_page(name, language=language) if name else ws.convention_list()


COMMAND = Command(conventions, "worksheet conventions fvcore -o fvcore.pdf", 2, panel=UNDERSTAND)
