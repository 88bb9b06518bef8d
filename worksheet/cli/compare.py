"""``worksheet compare``: ways of counting side by side, the difference derived."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet import conventions
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
    Template,
    completing,
    sources,
)  # fmt: skip


def compare(
    source: Annotated[
        str | None,
        typer.Argument(
            help="The network, as for solve; without one the formulas are compared kind by kind.",
            show_default=False,
            autocompletion=sources,
        ),
    ] = None,
    convention: Annotated[
        list[str] | None,
        typer.Option(
            "-c",
            "--convention",
            help="A way of counting, twice or more: a name, name:column, or a YAML file.",
            show_default=False,
            autocompletion=completing(conventions.names),
        ),
    ] = None,
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
    """Lay ways of counting side by side, and derive the difference of their totals kind by kind."""
    check(output, format, engine, paper, template)
    if source is None:
        report = ws.compare_conventions(convention or (), digits=digits)
    else:
        found = network(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=kwargs)
        report = ws.compare(found, convention or (), batch=batch, digits=digits)
    deliver(report, output, format, engine, paper, template)


COMMAND = Command(compare, "worksheet compare zoo:resnet50-torchvision -c torchinfo -c fvcore -o difference.pdf", 4)
