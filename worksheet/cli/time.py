"""``worksheet time``: the least time that a network takes on some hardware, layer by layer; the hardware that is known."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import worksheet as ws
from worksheet import hardware
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import Batch, Command, Convention, Dtype, PlainGrouping, option, sources
from worksheet.cli.panels import CONTENT, COUNT, HARDWARE
from worksheet.conventions.dtypes import STORES, stored
from worksheet.document import Document
from worksheet.errors import WorksheetError
from worksheet.hardware.hardware import STANDARD_TYPE

AnySource = Annotated[
    str | None,
    typer.Argument(
        metavar="[SOURCE]", help="The network; without one, the hardware is printed.", show_default=False, autocompletion=sources
    ),
]
On = Annotated[str | None, option("--on", panel=HARDWARE, help="The hardware: a name, or a YAML file.", offers=hardware.names)]
Processors = Annotated[int | None, option("--processors", panel=HARDWARE, help="How many processors, cores.", least=1)]
Clock = Annotated[str | None, option("--clock", panel=HARDWARE, help="The clock, such as 1.41GHz.")]
PerCycle = Annotated[
    str | None,
    option("--per-cycle", panel=HARDWARE, help="Operations of one processor in a cycle, or fused multiply-adds: 128, 64fma."),
]
Bandwidth = Annotated[str | None, option("--bandwidth", panel=HARDWARE, help="The bandwidth of the memory, such as 900GB/s.")]
Worked = Annotated[str, option("--rows", panel=CONTENT, help="Work these rows, such as 3-7,12; else the longest of each kind.")]
Energy = Annotated[Path | None, option("--energy", panel=HARDWARE, help="A YAML file with other energies of operations.")]


@delivers(pictures=True, tables=True)
def time(
    reading: Reading,
    source: AnySource = None,
    on: On = None,
    processors: Processors = None,
    clock: Clock = None,
    per_cycle: PerCycle = None,
    bandwidth: Bandwidth = None,
    batch: Batch = 1,
    dtype: Dtype = "",
    convention: Convention = None,
    rows: Worked = "",
    energy: Energy = None,
    digits: PlainGrouping = "en_US",
) -> Document:
    """Give a lower bound on the time on a processor.

    Operations against bytes, layer by layer. Without a network, the hardware is printed.
    """
    numbers = {"processors": processors, "clock": clock, "per_cycle": per_cycle, "bandwidth": bandwidth}
    machine = _hardware(on, dtype, numbers)
    if source is None:
        return ws.hardware_report(machine or "", digits=digits)
    if machine is None:
        hint = f"--on with one of {', '.join(hardware.names())}, or --processors, --clock, --per-cycle and --bandwidth"
        raise WorksheetError("no hardware given", hint=hint)
    network = reading.network(source)
    table = hardware.energies(energy) if energy is not None else None
    return ws.timing(
        network, machine, batch=batch, dtype=dtype, convention=convention or "", rows=rows, energy=table, digits=digits
    )


def _hardware(on: str | None, dtype: str, numbers: dict[str, int | str | None]) -> hardware.Hardware | None:
    """What is named, with other numbers where they are given; None where nothing is."""
    base = hardware.hardware(on) if on else None
    if all(value is None for value in numbers.values()):
        return base
    type_of = stored(dtype or (base.standard if base else STANDARD_TYPE))[STORES[1]]
    return hardware.own(base, type_of, **numbers)  # type: ignore[arg-type]


COMMAND = Command(time, "worksheet time zoo:resnet50 --on a100 --dtype fp16 --batch 32 -o time.pdf", 6, panel=COUNT)
