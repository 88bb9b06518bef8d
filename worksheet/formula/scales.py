"""A figure in larger units: 98 MB, 727 MFLOPs, 34.125K."""

from __future__ import annotations

from fractions import Fraction

from worksheet.formula.digits import Digits
from worksheet.frozen import frozen

PREFIXES = ("", "K", "M", "G", "T", "P", "E")
BASES = (1000, 1024)


@frozen
class Scale:
    """How a column's figures are written in larger units: rounded in the largest unit that fits, or exactly in every unit."""

    base: int
    unit: str = ""
    exact: bool = False

    def said(self, value: int, digits: Digits | None = None) -> str:
        """A figure in its unit; the unit is chosen before rounding, and ties go to the even number.

        >>> Scale(1024, "B").said(102_440_864), Scale(1000, "FLOPs").said(999_999)
        ('98 MB', '1000 KFLOPs')
        >>> Scale(1024, exact=True).said(62_378_344)
        '60916.3515625K = 59.48862457275390625M'
        >>> Scale(1024, exact=True).said(1536, Digits("de"))
        '1,5K'
        """
        if not self.exact:
            return self._whole(value)
        places = range(1, max(2, self.place(value) + 1))
        text = " = ".join(f"{_decimal(value, self.base**place)}{PREFIXES[place]}{self.unit}" for place in places)
        return text.replace(".", _point(digits))

    def unit_of(self, value: int) -> tuple[str, int]:
        """The unit in which a figure is written, and its size.

        >>> Scale(1024, "B").unit_of(102_440_864)
        ('MB', 1048576)
        """
        place = self.place(value)
        return f"{PREFIXES[place]}{self.unit}", self.base**place

    @property
    def relation(self) -> str:
        """The sign between the figure and its form in units."""
        return "=" if self.exact else "≈"

    def place(self, value: int) -> int:
        """The power of the base that is the largest unit that fits."""
        place = 0
        while place + 1 < len(PREFIXES) and self.base ** (place + 1) <= abs(value):
            place += 1
        return place

    def _whole(self, value: int) -> str:
        place = self.place(value)
        return f"{round(Fraction(value, self.base**place))} {PREFIXES[place]}{self.unit}".strip()


def in_bytes(value: int, digits: Digits | None = None) -> tuple[str, str]:
    """Bytes in units of 1000 and of 1024, to two decimals, ties to the even digit; plain bytes below a thousand.

    >>> in_bytes(528_000_000), in_bytes(999)
    (('528.00 MB', '503.54 MiB'), ('999 B', '999 B'))
    >>> in_bytes(528_000_000, Digits("fr"))
    ('528,00 MB', '503,54 MiB')
    """
    place = Scale(BASES[0]).place(value)
    if not place:
        return f"{value} B", f"{value} B"
    hundredths = (round(Fraction(100 * value, base**place)) for base in BASES)
    decimal, binary = (f"{count // 100}{_point(digits)}{count % 100:02}" for count in hundredths)
    return f"{decimal} {PREFIXES[place]}B", f"{binary} {PREFIXES[place]}iB"


def _point(digits: Digits | None) -> str:
    return digits.point if digits else "."


def _decimal(value: int, by: int) -> str:
    """The exact decimals of a quotient by a power of 10 or 2."""
    digits = 0
    while value * 10**digits % by:
        digits += 1
    scaled = value * 10**digits // by
    return str(scaled) if not digits else f"{scaled // 10**digits}.{abs(scaled) % 10**digits:0{digits}d}"
