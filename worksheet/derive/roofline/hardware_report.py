"""Prints processors: their peaks and ridge points as worked steps, or all that come with the package as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from worksheet import hardware as known
from worksheet.derivation import Step
from worksheet.document import Block, Bullets, Cell, Document, Table, Text, Title, Working
from worksheet.formula import Digits, Exact, Formula
from worksheet.formula.digits import MAX_DECIMALS
from worksheet.hardware import Hardware, operation
from worksheet.hardware.units import plain, said, significant

GIGA = 10**9
FUSED_PEAK, PLAIN_PEAK = Formula("n*f*(2*m)"), Formula("n*f*o")
COLUMNS = {
    "name": "Name", "title": "Hardware", "type": "Type", "peak": "Peak (operations/s)", "bandwidth": "Bandwidth (B/s)",
    "ridge": "Ridge point (operations/B)",
}  # fmt: skip
SHOWN = 6  # significant digits of a step's value
PEAK = "Peak = processors × clock × operations per cycle; a fused multiply-add is two operations."


def hardware_report(on: str | Hardware = "", *, digits: str = "en_US") -> Document:
    """One processor with its peaks worked, or, without one, all that come with the package as a table. Raises WorksheetError."""
    grouping = Digits(digits)
    if on:
        one = known.hardware(on)
        blocks = (*about(one), Title("By type of numbers"), *(_work_peak(one, dtype, grouping) for dtype in one.rates))
        return Document(one.title, blocks, data(one), digits=grouping.locale)
    every = [known.hardware(name) for name in known.names()]
    rows = [row for hardware in every for row in _summary(hardware, grouping)]
    headings = ("Name", "Hardware", "Type", "Peak", "Bandwidth", "Ridge point")
    note = Text("The ridge point is in operations for each byte: below it, memory binds.")
    listed = {"hardware": [data(hardware) for hardware in every]}
    blocks = (Text(PEAK), Table(headings, tuple(rows), words=3), note)
    return Document("Hardware", blocks, listed, digits=grouping.locale, main=_plain_table(every))


def _plain_table(every: Iterable[Hardware]) -> Table:
    """The same with plain figures, each line complete: operations and bytes in a second, operations for each byte."""
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (one.name, one.title, dtype, _figure(one.peak(dtype)), _figure(one.bandwidth), _rounded(one.ridge(dtype)))
        for one in every
        for dtype in one.rates
    )
    return Table(tuple(COLUMNS.values()), rows, words=3, labels=3, keys=tuple(COLUMNS))


def _rounded(value: Fraction) -> Cell:
    return _figure(Fraction(significant(value, SHOWN)))


def _figure(value: Fraction) -> int | Decimal:
    """A figure of a table: an int if it is whole."""
    return value.numerator if value.denominator == 1 else Decimal(value.numerator) / value.denominator


def _summary(hardware: Hardware, digits: Digits) -> Iterator[tuple[Cell, ...]]:
    """A row for each type of numbers; name and bandwidth on the first."""
    for i, dtype in enumerate(hardware.rates):
        first = not i
        peak = said(hardware.peak(dtype), f"{operation(dtype)}/s", point=digits.point)
        bandwidth = said(hardware.bandwidth, "B/s", point=digits.point)
        ridge = plain(hardware.ridge(dtype), point=digits.point)
        yield (hardware.name * first, hardware.title * first, dtype, peak, bandwidth * first, ridge)


def peak_blocks(hardware: Hardware, dtype: str, digits: Digits) -> Iterator[Block]:
    """A processor: where its figures are from, its peak and its ridge point as worked steps."""
    yield Title("The hardware")
    yield from about(hardware)
    yield _work_peak(hardware, dtype, digits)


def _work_peak(hardware: Hardware, dtype: str, digits: Digits) -> Working:
    return Working(f"Peak and ridge point, {dtype}", tuple(peak_steps(hardware, dtype, digits)))


def about(hardware: Hardware) -> Iterator[Block]:
    """The source of a processor's figures, and notes on them."""
    source = f" Figures from {hardware.cite}." if hardware.cite else ""
    yield Text(f"{hardware.title}.{source} {PEAK}")
    if hardware.notes:
        yield Bullets(hardware.notes)


def peak_steps(hardware: Hardware, dtype: str, digits: Digits) -> Iterator[Step]:
    """Processors x clock x operations per cycle; and the ridge point, where the roof becomes flat."""
    rate, unit = hardware.rate(dtype), operation(dtype)
    values: dict[str, Exact] = {"n": hardware.processors, "f": rate.clock / GIGA, "m" if rate.fused else "o": rate.count}
    per = "m: fused multiply-adds of each in a cycle, two operations each" if rate.fused else "o: operations of each in a cycle"
    note = f"n: {hardware.processor}; f: clock in GHz; {per}."
    peak, formula = hardware.peak(dtype), FUSED_PEAK if rate.fused else PLAIN_PEAK
    text = said(peak, f"{unit}/s", point=digits.point)
    yield near("P", formula, values, peak / GIGA, f"G{unit}/s" if text.endswith(f" G{unit}/s") else f"G{unit}/s, {text}", note)
    speeds = {"P": peak / GIGA, "beta": hardware.bandwidth / GIGA}
    note = "beta: the memory's bandwidth in GB/s. Layers with fewer operations for each byte are bound by memory."
    yield near("I_r", "P/beta", speeds, hardware.ridge(dtype), f"{unit}/B", note)


def near(
    symbol: str, formula: str | Formula, values: Mapping[str, Exact], value: Fraction, remark: str = "", note: str = ""
) -> Step:
    """A step whose value is rounded if it has more digits than are shown; whole numbers and short decimals stay."""
    shown = value if _is_short(value) else round(significant(value, SHOWN), MAX_DECIMALS)
    result: Exact = shown.numerator if shown.denominator == 1 else shown
    shown_values = {name: v if _terminates(v) else round(Fraction(v), MAX_DECIMALS) for name, v in values.items()}
    formula = formula if isinstance(formula, Formula) else Formula(formula)
    return Step(symbol, "", (symbol,), formula, shown_values, result, remark=remark, note=note, rounded=shown != value)


def _terminates(value: Exact) -> bool:
    """Whether a number is printed with all of its decimals."""
    return not 10**MAX_DECIMALS % Fraction(value).denominator


def _is_short(value: Fraction) -> bool:
    return _terminates(value) and (value.denominator == 1 or significant(value, 2 * SHOWN) == value)


def data(hardware: Hardware) -> dict[str, Any]:
    """A processor's figures: whole numbers, except for the ridge point and fractions of a unit."""
    return {
        "name": hardware.name,
        "title": hardware.title,
        "processors": hardware.processors,
        "bandwidth": number(hardware.bandwidth),
        "types": {dtype: _rate_data(hardware, dtype) for dtype in hardware.rates},
        "cite": hardware.cite,
        "notes": list(hardware.notes),
    }


def _rate_data(hardware: Hardware, dtype: str) -> dict[str, Any]:
    rate, peak, ridge = hardware.rates[dtype], number(hardware.peak(dtype)), float(hardware.ridge(dtype))
    return {"clock": number(rate.clock), "per_cycle": rate.operations, "fused": rate.fused, "peak": peak, "ridge": ridge}


def number(value: Fraction) -> int | float:
    """A figure for JSON: an int if it is whole."""
    return value.numerator if value.denominator == 1 else float(value)
