"""``worksheet grow``: how the cost of networks grows with the size of the input, the batch, the width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Annotated

import typer

import worksheet as ws
from worksheet import conventions
from worksheet.cli.delivery import check, deliver, network, watched
from worksheet.cli.options import (
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
from worksheet.cli.report import Pictures
from worksheet.errors import Collector, WorksheetError, shown
from worksheet.network import Network

WATCHED = "growing"
RANGE = "such as {}, sizes with commas between, or one size to set it."
Networks = Annotated[
    list[str], typer.Argument(help="The networks, each as for solve.", show_default=False, autocompletion=sources)
]
Side = Annotated[str, typer.Option("--side", help=f"The side of the input: {RANGE.format('112..672')}", show_default=False)]
Samples = Annotated[str, typer.Option("--batch", help=f"The batch: {RANGE.format('1..64')}", show_default=False)]
Width = Annotated[str, typer.Option("--width", help=f"A multiplier of all widths: {RANGE.format('0.25..2')}", show_default=False)]
Length = Annotated[str, typer.Option("--length", help=f"The length of the input: {RANGE.format('64..1024')}", show_default=False)]
Vary = Annotated[
    list[str] | None,
    typer.Option("--vary", help="Anything else that may vary, such as conv1.k=16..256.", show_default=False),
]
Counting = Annotated[
    list[str] | None,
    typer.Option(
        "-c",
        "--convention",
        help="How to count: a name, name:column, or a YAML file; several are drawn in one picture.",
        show_default=False,
        autocompletion=completing(conventions.names),
    ),
]
Columns = Annotated[
    list[str] | None, typer.Option("--column", help="This column alone; may be given several times.", show_default=False)
]
Points = Annotated[int, typer.Option("--points", help="How many sizes a table shows at most.")]


def grow(
    source: Networks,
    side: Side = "",
    batch: Samples = "",
    width: Width = "",
    length: Length = "",
    vary: Vary = None,
    convention: Counting = None,
    column: Columns = None,
    points: Points = 12,
    pictures: Pictures = None,
    output: Output = None,
    format: Format = None,
    digits: PlainGrouping = "en_US",
    input: Input = None,
    skip_unknown: SkipUnknown = False,
    regions: Regions = None,
    kwargs: Kwargs = None,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Show how the cost of networks grows: closed forms, tables, curves, exponents, and which kinds of layer lead where."""
    check(output, format, engine, paper, template, pictures)
    named = {"side": side, "batch": batch, "width": width, "length": length}
    ranges, found = _read(
        {name: text for name, text in named.items() if text}, vary or (), source,
        partial(network, input=input, skip_unknown=skip_unknown, regions=regions, kwargs=kwargs),
    )  # fmt: skip
    made = ws.grow(found, ranges, convention or (), columns=column or (), points=points, digits=digits, progress=watched(WATCHED))
    deliver(made, output, format, engine, paper, template, pictures)


def _read(
    ranges: dict[str, str], vary: Iterable[str], source: Iterable[str], read: Callable[[str], Network]
) -> tuple[dict[str, str], list[Network]]:
    """The ranges and the networks. Raises WorksheetError with the faults of all of them."""
    from worksheet.derive.growth.size_ranges import read_ranges

    faults = Collector()
    for text in vary:
        with faults.catching():
            ranges |= _varied(text)
    found: list[Network] = []
    for one in source:
        with faults.catching():
            found.append(read(one))
    if faults.found:
        with faults.catching():
            read_ranges(ranges)
    faults.raise_any()
    return ranges, found


def _varied(text: str) -> dict[str, str]:
    """``conv1.k=16..256`` as what varies and its range."""
    name, equals, span = text.partition("=")
    if not (name and equals and span):
        raise WorksheetError(f"cannot read {shown(text)}", hint="a name and a range, such as conv1.k=16..256")
    return {name.strip(): span}


COMMAND = Command(grow, "worksheet grow zoo:resnet-50 --side 112..672 -o growth.pdf", 12)
