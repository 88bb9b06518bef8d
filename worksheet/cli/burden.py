"""``worksheet burden``: memory and flops of a network at its own size, at other sizes and over its depth."""

from __future__ import annotations

from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Command, PlainGrouping, Source, option
from worksheet.cli.panels import CONTENT, COUNT, INPUT, SIZES
from worksheet.document import Document
from worksheet.readers.zoo import PREFIX
from worksheet.zoo import published

Scales = Annotated[
    str | None, option("--scales", panel=SIZES, help="Factors for the input's size; 0.5,1,1.5,2,2.5,3 by default.")
]
Images = Annotated[
    int, option("--batch", panel=SIZES, default=True, help="How many images at a time, in the table of sizes.", least=1)
]
Until = Annotated[
    str,
    option(
        "--until",
        panel=CONTENT,
        help="The layer whose features are wanted; by default that of the published report, else the last feature map.",
    ),
]
Plain = Annotated[
    bool, option("--plain", panel=INPUT, help="The network of that name itself, where the one published is a variant of it.")
]


@delivers(pictures=True, tables=True)
def burden(
    source: Source,
    reading: Reading,
    scales: Scales = None,
    batch: Images = 128,
    until: Until = "",
    plain: Plain = False,
    digits: PlainGrouping = "en_US",
) -> Document:
    """Memory and flops at other sizes of the image, and over the depth.

    The figures and the form are those of the reports of convnet-burden.
    """
    row = published(source.removeprefix(PREFIX)) if source.startswith(PREFIX) and not plain else None
    network = reading.network(f"{PREFIX}{row.model.name}" if row else source)
    wanted = [scale.strip() for scale in scales.split(",")] if scales is not None else None
    return ws.burden(network, published=row, scales=wanted, batch=batch, until=until, digits=digits)


COMMAND = Command(burden, "worksheet burden zoo:resnet50-caffe --until res5c_relu -o burden.pdf", 5, panel=COUNT, alias="report")
