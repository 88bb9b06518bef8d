"""Quantities with units: reads 1410 MHz and 1555 GB/s exactly, prints 19.49 TFLOP/s and 7.211 µs to several digits."""

from __future__ import annotations

import re
from fractions import Fraction

from worksheet.errors import WorksheetError, shown
from worksheet.formula import Exact
from worksheet.formula.digits import MINUS

THOUSANDS = ("a", "f", "p", "n", "µ", "m", "", "k", "M", "G", "T", "P", "E", "Z")
UNSCALED = THOUSANDS.index("")
DIGITS = 4  # that are printed
BINARY = ("Ki", "Mi", "Gi", "Ti")
SCALES = {prefix: Fraction(1000) ** (i - UNSCALED) for i, prefix in enumerate(THOUSANDS)}
SCALES |= {"K": Fraction(1000), "u": Fraction(1, 10**6)} | {prefix: Fraction(1024) ** i for i, prefix in enumerate(BINARY, 1)}
QUANTITY = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,12})?)\s*([A-Za-zµ]*(?:/s)?)", re.ASCII)
UNITS = {  # by what a unit measures: its sign, an example, the largest that is accepted
    "clock": ("Hz", "1410 MHz", Fraction(10**12)),
    "bandwidth": ("B/s", "1555 GB/s", Fraction(10**18)),
    "energy": ("J", "3.7 pJ", Fraction(1)),
}


def read(text: str, what: str) -> Fraction:
    """A quantity of a clock (``1.41 GHz``), a bandwidth (``900 GB/s``) or an energy (``0.9 pJ``), exactly, in Hz, B/s or J.

    Raises WorksheetError for another unit, no unit, zero or a quantity too large.

    >>> read("1.41 GHz", "clock"), read("1 MiB/s", "bandwidth")
    (Fraction(1410000000, 1), Fraction(1048576, 1))
    """
    unit, example, maximum = UNITS[what]
    match = QUANTITY.fullmatch(text.strip())
    prefix = match[2].removesuffix(unit) if match and match[2].endswith(unit) else "?"
    if not match or prefix not in SCALES:
        raise WorksheetError(f"cannot read {shown(text)} as a {what}", hint=_hint(text, unit, example))
    value = Fraction(match[1]) * SCALES[prefix]
    if not 0 < value <= maximum:
        raise WorksheetError(f"a {what} of {shown(text)}", hint=f"more than 0 and at most {said(maximum, unit)}")
    return value


def _hint(text: str, unit: str, example: str) -> str:
    """The quantity with a decimal point, and its unit in capitals and small letters as they are written."""
    meant = text.strip().replace(",", ".") if text.count(",") == 1 else text.strip()
    start = len(meant) - len(unit)
    corrected = meant[:start] + unit if meant[start:].lower() == unit.lower() else meant
    match = QUANTITY.fullmatch(corrected) if corrected != text.strip() else None
    is_read = match and match[2].endswith(unit) and match[2].removesuffix(unit) in SCALES
    return f"write {corrected}" if is_read else f"a number and a unit, such as {example}"


def said(value: Exact, unit: str, digits: int = DIGITS, point: str = ".") -> str:
    """A quantity in the unit that leaves one to three digits before the point, rounded to ``digits`` digits; ties to even.

    >>> said(Fraction(19491840000000), "FLOP/s"), said(Fraction(1, 10**7) * 3, "s"), said(0, "s"), said(999_960, "")
    ('19.49 TFLOP/s', '300.0 ns', '0 s', '1.000 M')
    """
    if not value:
        return f"0 {unit}".strip()
    rounded = significant(value, digits)
    place = 0
    while abs(rounded) >= 1000 ** (place + 1) and UNSCALED + place + 1 < len(THOUSANDS):
        place += 1
    while abs(rounded) < Fraction(1000) ** place and UNSCALED + place > 0:
        place -= 1
    return f"{plain(rounded / Fraction(1000) ** place, digits, point)} {THOUSANDS[UNSCALED + place]}{unit}".strip()


def significant(value: Exact, digits: int = DIGITS) -> Fraction:
    """A number rounded to ``digits`` significant digits, ties to the even digit.

    >>> significant(Fraction(1949184, 155500)), significant(140_553_600, 3)
    (Fraction(1253, 100), Fraction(141000000, 1))
    """
    number = Fraction(value)
    unit = Fraction(10) ** (_exponent(number) - digits + 1)
    return round(number / unit) * unit if number else number


def plain(value: Exact, digits: int = DIGITS, point: str = ".") -> str:
    """A number with ``digits`` significant digits without a unit: 12.53, 0.1250, 1253.

    >>> plain(Fraction(1, 8)), plain(Fraction(125349, 10)), plain(0)
    ('0.1250', '12530', '0')
    """
    if not value:
        return "0"
    rounded = significant(value, digits)
    decimals = max(0, digits - 1 - _exponent(rounded))
    scaled = str(int(abs(rounded) * 10**decimals)).zfill(decimals + 1)
    sign = MINUS if rounded < 0 else ""
    return sign + (f"{scaled[:-decimals]}{point}{scaled[-decimals:]}" if decimals else scaled)


def _exponent(number: Fraction) -> int:
    """The power of ten of the first digit.

    >>> _exponent(Fraction(1, 8)), _exponent(Fraction(999)), _exponent(Fraction(1000))
    (-1, 2, 3)
    """
    number = abs(number) or Fraction(1)
    power = len(str(number.numerator)) - len(str(number.denominator))
    return power if number >= Fraction(10) ** power else power - 1
