"""``worksheet compare``: conventions side by side, the difference derived."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, Conventions, PlainGrouping, sources
from worksheet.cli.panels import COUNT
from worksheet.document import Document


@delivers(tables=True)
def compare(
    reading: Reading,
    source: Annotated[
        str | None,
        typer.Argument(
            help="The network, as for solve; without one the formulas are compared kind by kind.",
            show_default=False,
            autocompletion=sources,
        ),
    ] = None,
    convention: Conventions = None,
    digits: PlainGrouping = "en_US",
    batch: Batch = 1,
) -> Document:
    """Derive why the totals of conventions differ, kind by kind."""
    if source is None:
        return ws.compare_conventions(convention or (), digits=digits)
    return ws.compare(reading.network(source), convention or (), batch=batch, digits=digits)


COMMAND = Command(compare, "worksheet compare zoo:resnet50 -c torchinfo -c fvcore -o difference.pdf", 3, panel=COUNT)
