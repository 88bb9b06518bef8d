"""``worksheet find``: which sizes make a network's outputs and counts meet conditions."""

from __future__ import annotations

from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, Convention, Dtype, Grouping, Source, Speech, option
from worksheet.cli.panels import SIZES, UNDERSTAND
from worksheet.document import Document

Unknowns = Annotated[
    list[str],
    option(
        "--unknown",
        panel=SIZES,
        help="What is searched for: conv1.p (a layer's number), M (the side of the input), L, B (the batch), alpha (the width), "
        "res4.depth; repeatable.",
    ),
]
Conditions = Annotated[
    list[str],
    option(
        "--so-that",
        panel=SIZES,
        help="A condition, such as 'conv1.output = 56', 'activations <= 16 GiB' or 'macs <= 50 % of now'; repeatable.",
    ),
]
Ranges = Annotated[
    list[str] | None, option("--range", panel=SIZES, help="The range in which an unknown is searched: conv1.p=0..10.")
]


@delivers(tables=True)
def find(
    source: Source,
    unknown: Unknowns,
    so_that: Conditions,
    reading: Reading,
    range: Ranges = None,
    convention: Convention = None,
    digits: Grouping = None,
    language: Speech = "",
    batch: Batch = 1,
    dtype: Dtype = "",
) -> Document:
    """Go backwards: from a wanted output or total to the sizes.

    All solutions within a range, each worked, or the proof that there are none.
    """
    network = reading.network(source)
    return ws.find(
        network, unknown, so_that, convention, ranges=range or (), batch=batch, dtype=dtype, digits=digits, language=language
    )


COMMAND = Command(find, "worksheet find zoo:resnet50-caffe --unknown conv1.p --so-that 'conv1.output = 112'", 5, panel=UNDERSTAND)
