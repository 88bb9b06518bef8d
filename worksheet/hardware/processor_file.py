"""Reads a processor from its YAML file, or from numbers given one by one; reports every fault at its place."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

from worksheet.conventions.dtypes import data_type
from worksheet.errors import WorksheetError, shown
from worksheet.hardware.hardware import Hardware, Rate
from worksheet.hardware.units import read
from worksheet.schema import WORDS, Context, Field, Forms, ListOf, Located, Parsed, Record, TableOf, read_file

OTHERS = "*"  # in a table of clocks: every data type that has none of its own
PROCESSORS = re.compile(r"([0-9]{1,8})(?:\s+(\S.{0,60}))?", re.ASCII)
PER_CYCLE = re.compile(r"([0-9]{1,9})(?:\s*(fma))?", re.ASCII | re.IGNORECASE)
UNNAMED = "processors"


def own(
    base: Hardware | None, dtype: str, *, processors: int | None, clock: str | None, per_cycle: str | None, bandwidth: str | None
) -> Hardware:
    """A processor by its numbers, for one data type; what is not given is that of ``base``. Raises WorksheetError."""
    given = {"--processors": processors, "--clock": clock, "--per-cycle": per_cycle, "--bandwidth": bandwidth}
    missing = [option for option, value in given.items() if value is None]
    if base is None and missing:
        raise WorksheetError(f"custom hardware also needs {', '.join(missing)}", hint="or name a processor with --on")
    start = base or Hardware("own", "Custom hardware", 0, UNNAMED, {}, Fraction(0))
    rate = start.rate(dtype) if base and None in (clock, per_cycle) else Rate(0, fused=False, clock=Fraction(0))
    if clock is not None:
        rate = replace(rate, clock=read(clock, "clock"))
    if per_cycle is not None:
        rate = Rate(*read_per_cycle(per_cycle), rate.clock)
    return replace(
        start,
        title=f"{start.title}, with other numbers" if base else start.title,
        processors=start.processors if processors is None else read_processors(str(processors))[0],
        rates={**start.rates, dtype: rate},
        bandwidth=start.bandwidth if bandwidth is None else read(bandwidth, "bandwidth"),
    )


def read_processors(text: str) -> tuple[int, str]:
    """A number of processors and what they are called: ``108 streaming multiprocessors``. Raises WorksheetError."""
    match = PROCESSORS.fullmatch(text.strip())
    if not match or not int(match[1]):
        hint = "how many, and what they are called: 108 streaming multiprocessors"
        raise WorksheetError(f"cannot read {shown(text)} as a number of processors", hint=hint)
    return int(match[1]), match[2] or UNNAMED


def read_per_cycle(text: str) -> tuple[int, bool]:
    """Operations in a cycle, or fused multiply-adds: ``128``, ``64 fma``. Raises WorksheetError."""
    match = PER_CYCLE.fullmatch(text.strip())
    if not match or not int(match[1]):
        hint = "operations, such as 128, or fused multiply-adds of two operations each, such as 64 fma"
        raise WorksheetError(f"cannot read {shown(text)} as what one processor does in a cycle", hint=hint)
    return int(match[1]), bool(match[2])


PROCESSOR_COUNT, PER_PROCESSOR = (Parsed(parse, ("string", "integer")) for parse in (read_processors, read_per_cycle))
CLOCK, BANDWIDTH = (Parsed(partial(read, what=what)) for what in ("clock", "bandwidth"))
KEYS = (
    Field("title", WORDS, "The name in print.", "the name of the file"),
    Field("cite", WORDS, "Where the figures are from."),
    Field("processors", PROCESSOR_COUNT, "How many, and what they are called: `4 cores`.", required=True),
    Field(
        "clock",
        Forms(CLOCK, None, TableOf(data_type(OTHERS), CLOCK)),
        'The clock, `1.5 GHz`; or one for each data type: `{fp16: 1.2 GHz, "*": 1.5 GHz}`.',
        required=True,
    ),
    Field(
        "per_cycle",
        TableOf(data_type(), PER_PROCESSOR, least=1, what="data types"),
        "What one processor does in a cycle, by data type: operations, `64`, or fused multiply-adds, `4 fma`.",
        required=True,
    ),
    Field("bandwidth", BANDWIDTH, "Of the memory: `12.8 GB/s`, or GiB/s.", required=True),
    Field("notes", ListOf(WORDS, what="note", repeats=True), "What a reader must know.", "none"),
)  # fmt: skip


class _Processor(Record):
    """The table of keys, which must give a clock for every data type."""

    def read(self, located: Located, context: Context) -> dict[str, Any]:
        given: dict[str, Any] = super().read(located, context)
        clocks = given.get("clock", {})
        if isinstance(clocks, dict) and OTHERS not in clocks and "clock" in given:
            place = located.table()["clock"].where
            for dtype in sorted(given.get("per_cycle", {}).keys() - clocks):
                context.faults.add(
                    WorksheetError(f"no clock for {dtype}", place, f"a line '{OTHERS}: ...' applies to all others")
                )
        return given


HARDWARE = _Processor(KEYS)


def read_hardware(path: Path) -> Hardware:
    """The processor in a YAML file. Raises WorksheetError with all faults of the file."""
    given = read_file(path, HARDWARE)
    number, processor = given["processors"]
    clock = given["clock"] if isinstance(given["clock"], dict) else {OTHERS: given["clock"]}
    rates = {dtype: Rate(count, fused, clock.get(dtype) or clock[OTHERS]) for dtype, (count, fused) in given["per_cycle"].items()}
    title, cite, notes = given.get("title") or path.stem, given.get("cite", ""), given.get("notes", ())
    return Hardware(path.stem, title, number, processor, rates, given["bandwidth"], cite, tuple(filter(None, notes)))
