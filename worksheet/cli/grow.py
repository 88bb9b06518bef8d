"""``worksheet grow``: how the cost of networks grows with the size of the input, the batch, the width."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Command, Conventions, Grouping, Networks, Speech, option
from worksheet.cli.panels import CONTENT, SIZES, UNDERSTAND
from worksheet.cli.waiting import watched
from worksheet.document import Document
from worksheet.errors import Collector, WorksheetError, shown
from worksheet.network import Network

WATCHED = "growing"
RANGE = "{}, sizes separated by commas, or one size to set it."
Side = Annotated[str, option("--side", panel=SIZES, help=f"The side of the input: {RANGE.format('112..672')}")]
Samples = Annotated[str, option("--batch", panel=SIZES, help=f"The batch: {RANGE.format('1..64')}")]
Width = Annotated[str, option("--width", panel=SIZES, help=f"A multiplier of all widths: {RANGE.format('0.25..2')}")]
Length = Annotated[str, option("--length", panel=SIZES, help=f"The length of the input: {RANGE.format('64..1024')}")]
Vary = Annotated[list[str] | None, option("--vary", panel=SIZES, help="Anything else that may vary, such as conv1.k=16..256.")]
Columns = Annotated[list[str] | None, option("--column", panel=CONTENT, help="This column alone; may be given several times.")]
Points = Annotated[int, option("--points", panel=CONTENT, default=True, help="How many sizes a table shows at most.")]


@delivers(pictures=True, tables=True)
def grow(
    source: Networks,
    reading: Reading,
    side: Side = "",
    batch: Samples = "",
    width: Width = "",
    length: Length = "",
    vary: Vary = None,
    convention: Conventions = None,
    column: Columns = None,
    points: Points = 12,
    digits: Grouping = None,
    language: Speech = "",
) -> Document:
    """Show how cost grows with the input, the batch or the width.

    Closed forms, tables, curves, exponents, and which kinds of layer lead where.
    """
    named = {"side": side, "batch": batch, "width": width, "length": length}
    ranges, networks = _read({name: text for name, text in named.items() if text}, vary or (), source, reading.network)
    return ws.grow(
        networks, ranges, convention or (), columns=column or (), points=points, digits=digits, progress=watched(WATCHED),
        language=language,
    )  # fmt: skip


def _read(
    ranges: dict[str, str], vary: Iterable[str], sources: Iterable[str], read: Callable[[str], Network]
) -> tuple[dict[str, str], list[Network]]:
    """The ranges and the networks. Raises WorksheetError with the faults of all of them."""
    from worksheet.derive.growth.size_ranges import read_ranges

    faults = Collector()
    for text in vary:
        with faults.catching():
            ranges |= _varied(text)
    networks: list[Network] = []
    for source in sources:
        with faults.catching():
            networks.append(read(source))
    if faults.found:
        with faults.catching():
            read_ranges(ranges)
    faults.raise_any()
    return ranges, networks


def _varied(text: str) -> dict[str, str]:
    """``conv1.k=16..256`` as what varies and its range."""
    name, equals, span = text.partition("=")
    if not (name and equals and span):
        raise WorksheetError(f"cannot read {shown(text)}", hint="a name and a range, such as conv1.k=16..256")
    return {name.strip(): span}


COMMAND = Command(grow, "worksheet grow zoo:resnet50 --side 112..672 -o growth.pdf", 4, panel=UNDERSTAND)
