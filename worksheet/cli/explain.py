"""``worksheet explain``: which ways of counting give a published figure."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import check, deliver, network
from worksheet.cli.options import (
    Batch,
    Command,
    Engine,
    Format,
    Input,
    Kwargs,
    Output,
    Paper,
    PlainGrouping,
    Regions,
    SkipUnknown,
    Source,
    Template,
)  # fmt: skip


def explain(
    source: Source,
    total: Annotated[str, typer.Option("--total", help="The figure as it was printed, such as 4.11G.", show_default=False)],
    output: Output = None,
    format: Format = None,
    digits: PlainGrouping = "en_US",
    input: Input = None,
    batch: Batch = 1,
    skip_unknown: SkipUnknown = False,
    regions: Regions = None,
    kwargs: Kwargs = None,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Find the ways of counting that give a published total, to its printed digits."""
    check(output, format, engine, paper, template)
    found = network(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=kwargs)
    deliver(ws.explain(found, total, batch=batch, digits=digits), output, format, engine, paper, template)


COMMAND = Command(explain, "worksheet explain zoo:resnet50-torchvision --total 4.11G", 5)
