"""``worksheet explain``: which conventions give a published figure."""

from __future__ import annotations

from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, PlainGrouping, Source, option
from worksheet.cli.panels import COUNT, INPUT
from worksheet.document import Document


@delivers(tables=True)
def explain(
    source: Source,
    total: Annotated[str, option("--total", panel=INPUT, help="The figure as it was printed, such as 4.11G.")],
    reading: Reading,
    digits: PlainGrouping = "en_US",
    batch: Batch = 1,
) -> Document:
    """Find the conventions that give a published total.

    A figure is met to its printed digits: 4.11G is every total from 4,105,000,000 to 4,115,000,000.
    """
    return ws.explain(reading.network(source), total, batch=batch, digits=digits)


COMMAND = Command(explain, "worksheet explain zoo:resnet50 --total 4.11G", 4, panel=COUNT)
