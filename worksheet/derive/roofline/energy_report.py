"""The energy of a network's operations and memory traffic, worked from a published table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction

from worksheet.derivation import Step
from worksheet.derive.roofline.hardware_report import near
from worksheet.derive.roofline.time_bounds import Roofline
from worksheet.document import Block, Text, Title, Working
from worksheet.formula import Digits, Exact
from worksheet.hardware import Energies
from worksheet.hardware.units import said

PICO = Fraction(1, 10**12)
ENERGY = (
    "An estimate for {}, after {} Multiplications and additions alone; comparisons, divisions and functions are not in that "
    "table. It gives an access to DRAM of {} bytes a range. Caches, control and the idle chip come on top; newer processes take "
    "less."
)


def energy_blocks(found: Roofline, table: Energies, digits: Digits) -> Iterator[Block]:
    """The estimate with its steps; empty if the table has no figures for the data type."""
    if not table.knows(found.dtype):
        return
    yield Title("Energy")
    cite = table.cite if table.cite.endswith(".") else f"{table.cite}."
    yield Text(ENERGY.format(table.process, cite, table.access_bytes))
    products, sums = found.multiplications_and_additions()
    arithmetic, least, most = found.energy(table)
    each: dict[str, Exact] = {"e_m": table.multiplication[found.dtype] / PICO, "e_a": table.addition[found.dtype] / PICO}
    note = f"In pJ. N_m: multiplications, N_a: additions; e_m and e_a: what one on {found.dtype} numbers takes."
    steps = [_joules("E_c", "N_m*e_m + N_a*e_a", each | {"N_m": products, "N_a": sums}, arithmetic, note, digits)]
    for symbol, word, access, joules in (("E_l", "least", table.access_least, least), ("E_h", "most", table.access_most, most)):
        values: dict[str, Exact] = {"Q": found.bytes, "k": table.access_bytes, "e_d": access / PICO}
        note = f"Memory, {word}: accesses of k = {table.access_bytes} bytes at e_d each."
        steps.append(_joules(symbol, "Q/k*e_d", values, joules, note, digits))
    yield Working("All layers", tuple(steps))
    low, high = (said((arithmetic + memory) / found.batch, "J", point=digits.point) for memory in (least, most))
    yield Text(f"Together {low} to {high} for each sample.")


def _joules(symbol: str, formula: str, values: Mapping[str, Exact], joules: Fraction, note: str, digits: Digits) -> Step:
    """A step in pJ, with its value in a larger unit."""
    return near(symbol, formula, values, joules / PICO, f"pJ, {said(joules, 'J', point=digits.point)}", note)
