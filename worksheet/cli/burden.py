"""``worksheet burden``: memory and flops of a network at its own size, at other sizes and over its depth."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Command, PlainGrouping, Source, option
from worksheet.document import Document
from worksheet.readers.zoo import PREFIX
from worksheet.zoo import published

Scales = Annotated[str | None, option("--scales", help="Factors for the input's size; 0.5,1,1.5,2,2.5,3 by default.")]
Images = Annotated[int, typer.Option("--batch", help="How many images at a time, in the table of sizes.", min=1)]
Until = Annotated[
    str,
    option(
        "--until", help="The layer whose features are wanted; by default that of the published report, else the last feature map."
    ),
]
Plain = Annotated[
    bool, typer.Option("--plain", help="The network of that name itself, where the one published is a variant of it.")
]


@delivers(pictures=True)
def burden(
    source: Source,
    reading: Reading,
    scales: Scales = None,
    batch: Images = 128,
    until: Until = "",
    plain: Plain = False,
    digits: PlainGrouping = "en_US",
) -> Document:
    """Report what a network of images costs in memory and flops, as convnet-burden counts: in total, at other sizes, by depth."""
    row = published(source.removeprefix(PREFIX)) if source.startswith(PREFIX) and not plain else None
    network = reading.network(f"{PREFIX}{row.model.name}" if row else source)
    wanted = [scale.strip() for scale in scales.split(",")] if scales is not None else None
    return ws.burden(network, published=row, scales=wanted, batch=batch, until=until, digits=digits)


COMMAND = Command(burden, "worksheet burden zoo:resnet50-caffe --until res5c_relu -o resnet-50.pdf", 7, alias="report")
