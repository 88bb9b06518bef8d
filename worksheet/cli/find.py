"""``worksheet find``: which sizes make a network's outputs and counts meet conditions."""

from __future__ import annotations

from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, Convention, Dtype, PlainGrouping, Source, option
from worksheet.document import Document

Unknowns = Annotated[
    list[str],
    option(
        "--unknown",
        help="What is searched for: conv1.p (a layer's number), M (the side of the input), L, B (the batch), alpha (the width), "
        "res4.depth; several by giving it again.",
    ),
]
Conditions = Annotated[
    list[str],
    option(
        "--so-that",
        help="A condition, such as 'conv1.output = 56', 'activations <= 16 GiB' or 'macs <= 50 % of now'; several by giving it "
        "again.",
    ),
]
Ranges = Annotated[list[str] | None, option("--range", help="The range in which an unknown is searched: conv1.p=0..10.")]


@delivers()
def find(
    source: Source,
    unknown: Unknowns,
    so_that: Conditions,
    reading: Reading,
    range: Ranges = None,
    convention: Convention = None,
    digits: PlainGrouping = "en_US",
    batch: Batch = 1,
    dtype: Dtype = "",
) -> Document:
    """Find the sizes that meet conditions: all solutions within a range, each worked, or the proof that there are none."""
    network = reading.network(source)
    return ws.find(network, unknown, so_that, convention, ranges=range or (), batch=batch, dtype=dtype, digits=digits)


COMMAND = Command(find, "worksheet find zoo:resnet50-caffe --unknown conv1.p --so-that 'conv1.output = 112'", 13)
