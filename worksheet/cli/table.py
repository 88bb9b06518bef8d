"""``worksheet table``: networks side by side, as a paper compares them."""

from __future__ import annotations

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, Conventions, LargerUnit, Networks, PlainGrouping, TableColumns, comma_separated
from worksheet.cli.panels import COUNT
from worksheet.cli.waiting import watched
from worksheet.document import Document
from worksheet.errors import Collector
from worksheet.network import Network

WATCHED = "counting"


@delivers(tables=True)
def table(
    source: Networks,
    reading: Reading,
    convention: Conventions = None,
    columns: TableColumns = "",
    unit: LargerUnit = "",
    batch: Batch = 1,
    digits: PlainGrouping = "en_US",
) -> Document:
    """Compare networks in one table, as a paper does.

    Parameters, MACs, FLOPs, memory and published errors; with -c what a convention counts.
    """
    faults = Collector()
    networks: list[Network] = []
    for each in source:
        with faults.catching():
            networks.append(reading.network(each))
    faults.raise_any()
    shown = comma_separated(columns)
    return ws.table(networks, convention or (), columns=shown, unit=unit, batch=batch, digits=digits, progress=watched(WATCHED))


COMMAND = Command(table, "worksheet table zoo:resnet18 zoo:mobilenet-v2 --unit G --fragment -o networks.tex", 4, panel=COUNT)
