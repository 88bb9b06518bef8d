"""``worksheet explain``: which conventions give a published figure."""

from __future__ import annotations

from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, PlainGrouping, Source, option
from worksheet.document import Document


@delivers()
def explain(
    source: Source,
    total: Annotated[str, option("--total", help="The figure as it was printed, such as 4.11G.")],
    reading: Reading,
    digits: PlainGrouping = "en_US",
    batch: Batch = 1,
) -> Document:
    """Find the conventions that give a published total, to its printed digits."""
    return ws.explain(reading.network(source), total, batch=batch, digits=digits)


COMMAND = Command(explain, "worksheet explain zoo:resnet50 --total 4.11G", 5)
