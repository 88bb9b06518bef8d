"""Figures in larger units, such as 4.09 G or 97.5 MiB: which unit each column has, and how its figures are rounded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from math import floor

from worksheet.document import Cell
from worksheet.errors import WorksheetError, nearest, shown
from worksheet.formula import Exact
from worksheet.formula.scales import PREFIXES
from worksheet.frozen import frozen
from worksheet.hardware.units import BINARY, SCALES
from worksheet.language import _
from worksheet.totals import RoundedAtLeast, is_partial, is_uncounted

BYTE = "B"
SIGNIFICANT = 3  # digits of a figure in larger units; digits before the point are never rounded
COUNTS = {prefix: int(SCALES[prefix]) for prefix in PREFIXES[1:]}
DECIMAL = {f"{prefix}{BYTE}": int(SCALES[prefix]) for prefix in PREFIXES}
BINARY_BYTES = {f"{prefix}{BYTE}": int(SCALES[prefix]) for prefix in BINARY}
BYTES = DECIMAL | BINARY_BYTES
FAMILIES = (COUNTS, DECIMAL, BINARY_BYTES)  # each from small to large
Unit = tuple[str, int]
Units = Mapping[str, Unit]  # by column: the unit and its size


@frozen
class Counted:
    """What a column counts: bytes or not, and how much in all."""

    is_bytes: bool
    total: int | None


def read_units(text: str, columns: Mapping[str, Counted]) -> Units:
    """The units of columns from ``G``, ``G,MiB`` or ``params=M,macs=G``.

    A unit of bytes is for the columns that count bytes, another for the others. A unit without a column's name is the largest
    one: a column whose total is below it has the largest unit that fits. Raises WorksheetError.

    >>> read_units("G,MiB", {"macs": Counted(False, 4 * 10**9), "params": Counted(False, 10**6), "weights": Counted(True, 2**30)})
    {'macs': ('G', 1000000000), 'params': ('M', 1000000), 'weights': ('MiB', 1048576)}
    """
    units: dict[str, Unit] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        name, equals, unit = part.rpartition("=")
        name, unit = name.strip(), unit.strip()
        if equals and name not in columns:
            raise WorksheetError(f"there is no column {shown(name)} that a unit could be for", hint=nearest(name, columns))
        family, size = _family(unit)
        of_bytes = family is not COUNTS
        names = [name] if equals else [each for each, column in columns.items() if column.is_bytes == of_bytes]
        if not names or any(columns[each].is_bytes != of_bytes for each in names):
            what = "bytes" if of_bytes else "anything but bytes"
            raise WorksheetError(f"{shown(part)}: no column here counts {what}", hint=_suggestion(of_bytes=not of_bytes))
        for each in names:
            units[each] = (unit, size) if equals else _that_fits(columns[each].total, family, (unit, size))
    return {name: unit for name, unit in units.items() if unit[1] > 1}


def _that_fits(total: int | None, family: Mapping[str, int], largest: Unit) -> Unit:
    """The largest unit of a family that is not above a total, up to one."""
    if total is None or abs(total) >= largest[1]:
        return largest
    return max((unit for unit in family.items() if unit[1] <= abs(total)), key=lambda unit: unit[1], default=("", 1))


def _family(unit: str) -> tuple[Mapping[str, int], int]:
    """The units that a unit belongs to, and its size. Raises WorksheetError."""
    for family in FAMILIES:
        if unit in family:
            return family, family[unit]
    close = nearest(unit, COUNTS | BYTES)
    raise WorksheetError(f"unknown unit {shown(unit)}", hint=close or _suggestion(of_bytes=False))


def _suggestion(*, of_bytes: bool) -> str:
    return "MB or MiB, for example" if of_bytes else "K, M, G or T; for bytes KB, MB, GB or KiB, MiB, GiB"


def rounded(value: Exact, size: int) -> Decimal:
    """A figure in a unit, to three significant digits, ties to the even digit; a lower bound is rounded down, so it stays one.

    >>> str(rounded(4_089_184_256, 10**9)), str(rounded(25_557_032, 10**3)), str(rounded(0, 10**6)), str(rounded(9_408, 10**6))
    ('4.09', '25557', '0', '0.00941')
    """
    number = Fraction(value) / size
    if not number:
        return Decimal(0)
    power = Decimal(number.numerator) / Decimal(number.denominator)
    decimals = max(0, SIGNIFICANT - 1 - power.adjusted())
    whole = (floor if is_partial(value) else round)(number * 10**decimals)
    made = Decimal(whole).scaleb(-decimals)
    if decimals and len(made.as_tuple().digits) > SIGNIFICANT:  # 9.999 is 10.0
        made = made.quantize(Decimal(1).scaleb(1 - decimals), ROUND_HALF_EVEN)
    return made


def in_units(cell: Cell, unit: Unit | None) -> Cell:
    """A cell in the unit of its column; words and formulas as they are."""
    if not unit or not isinstance(cell, int) or is_uncounted(cell):
        return cell
    figure = rounded(cell, unit[1])
    return RoundedAtLeast(figure) if is_partial(cell) else figure


def heading(label: str, unit: Unit | None) -> str:
    """A column's heading, with its unit."""
    return f"{label} ({unit[0]})" if unit else label


def rounding_note(units: Units) -> str:
    """What a reader must know of rounded figures; empty where there are none."""
    names = ", ".join(dict.fromkeys(unit for unit, _size in units.values()))
    sentence = _("Figures in {units} are rounded to {digits} significant digits; totals are added up exactly, then rounded.")
    return sentence.format(units=names, digits=SIGNIFICANT) if names else ""


def binary_note(units: Units) -> str:
    """The sizes of the binary units that occur."""
    sizes = {unit: size for unit, size in units.values() if unit.endswith(f"i{BYTE}")}
    return " ".join(f"1 {unit} = {size:,} {BYTE}." for unit, size in sizes.items())


def notes(units: Units) -> Sequence[str]:
    """The sentences below a table in larger units."""
    found: Iterable[str] = (rounding_note(units), binary_note(units))
    return [note for note in found if note]
