"""The time of a network on some hardware as data: as JSON, and layer by layer as a table."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from worksheet.derive.roofline import hardware_report
from worksheet.derive.roofline.hardware_report import number
from worksheet.derive.roofline.time_bounds import COMPUTE, MEMORY, Roofline, TimeBound
from worksheet.document import Cell, Table
from worksheet.hardware import Energies
from worksheet.hardware.units import plain

NANO = 10**9
COLUMNS = {
    "no": "No.",
    "name": "Layer",
    "operations": "Operations",
    "bytes": "Bytes",
    "compute_ns": "Compute (ns)",
    "memory_ns": "Memory (ns)",
    "ns": "At least (ns)",
    "bound_by": "Bound by",
}


def data(found: Roofline, table: Energies) -> dict[str, Any]:
    """The figures of the report: operations and bytes are whole numbers, times are seconds."""
    hardware = found.hardware
    return {
        "name": found.network.name,
        "input": list(found.network.input),
        "batch": found.batch,
        "types": {**found.types, "operations": found.dtype},
        "convention": found.side.label if found.side else None,
        "factor": found.factor,
        "hardware": hardware_report.data(hardware),
        "peak": number(found.peak),
        "ridge": float(hardware.ridge(found.dtype)),
        "totals": {**_together(found.bounds), "least_bytes": found.least_bytes},
        "seconds": {"layers": float(found.time), "overlapped": float(found.overlapped), "fused": float(found.fused)},
        "bound_by": {what: len(found.bound_by(what)) for what in (COMPUTE, MEMORY)},
        "kinds": [{"kind": kind, "layers": len(bounds), **_together(bounds)} for kind, bounds in found.by_kind().items()],
        "layers": [_layer(bound) for bound in found.bounds],
        "energy": _energy(found, table) if table.knows(found.dtype) else None,
    }


def layer_table(found: Roofline) -> Table:
    """A line for each layer, all times in one unit."""
    total = (None, "Total", found.operations, found.bytes, None, None, _nanoseconds(found.time), None)
    rows = tuple(map(_layer_line, found.bounds))
    return Table(tuple(COLUMNS.values()), rows, total, words=2, labels=2, keys=tuple(COLUMNS))


def _layer_line(bound: TimeBound) -> tuple[Cell, ...]:
    times = map(_nanoseconds, (bound.compute, bound.memory, bound.time))
    load = bound.load
    return (load.row.no, load.row.name, load.operations, load.bytes, *times, bound.binds)


def _nanoseconds(seconds: Fraction) -> Decimal:
    return Decimal(plain(seconds * NANO))


def _together(bounds: Iterable[TimeBound]) -> dict[str, Any]:
    bounds = list(bounds)
    operations, moved = (sum(getattr(bound.load, name) for bound in bounds) for name in ("operations", "bytes"))
    return {
        "operations": operations,
        "bytes": moved,
        "intensity": operations / moved if moved else None,
        "seconds": float(sum((bound.time for bound in bounds), Fraction(0))),
    }


def _layer(bound: TimeBound) -> dict[str, Any]:
    load = bound.load
    return {
        "no": load.row.no,
        "name": load.row.name,
        "kind": load.row.kind,
        "operations": load.operations,
        "weight_bytes": load.weights,
        "bytes": load.bytes,
        "intensity": float(load.intensity) if load.intensity is not None else None,
        "compute_seconds": float(bound.compute),
        "memory_seconds": float(bound.memory),
        "seconds": float(bound.time),
        "bound_by": bound.binds or None,
    }


def _energy(found: Roofline, table: Energies) -> dict[str, Any]:
    multiplications, additions = found.multiplications_and_additions()
    arithmetic, least, most = map(float, found.energy(table))
    operations = {"source": table.title, "multiplications": multiplications, "additions": additions}
    return {**operations, "arithmetic_joules": arithmetic, "memory_joules": [least, most]}
