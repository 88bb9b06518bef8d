"""Prints whole numbers in the digit grouping of a locale: 7,30,56,256 or 73,056,256 or 73 056 256."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache

from worksheet.errors import WorksheetError
from worksheet.formula.tree import Exact

PLAIN = "none"
MINUS = "−"
LOCALE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}", re.ASCII)
GROUPED_OPERAND = 10_000  # inside an expression, four digits stay together: (9216 + 1) x 4096, as the sheet writes
MAX_DECIMALS = 6


class Digits:
    """A locale's digit grouping, taken from Babel's CLDR data; ``none`` groups nothing.

    >>> Digits("en_IN").result(73056256), Digits("en_IN").operand(9216), Digits("none").result(73056256)
    ('7,30,56,256', '9216', '73056256')
    """

    def __init__(self, locale: str = PLAIN) -> None:
        self.locale = locale
        self.primary, self.secondary, self.separator, self.point = _grouping(locale)

    def __repr__(self) -> str:
        return f"Digits({self.locale!r})"

    def result(self, value: Exact) -> str:
        """A value by itself: always grouped."""
        if isinstance(value, int):
            return self._group(value)
        return self._fraction(value)

    def operand(self, value: Exact) -> str:
        """A value inside an expression: grouped from five digits on."""
        if isinstance(value, int) and -GROUPED_OPERAND < value < GROUPED_OPERAND:
            return str(value).replace("-", MINUS)
        return self.result(value)

    def decimal(self, value: Decimal) -> str:
        """A rounded number with all its decimals, also those that are 0: 4.09, 25.60."""
        whole, _, decimals = f"{abs(value):f}".partition(".")
        sign = MINUS if value < 0 else ""
        return sign + self._group(int(whole)) + (f"{self.point}{decimals}" if decimals else "")

    def _group(self, value: int) -> str:
        text = str(abs(value))
        sign = MINUS if value < 0 else ""
        if not self.separator or len(text) <= self.primary:
            return sign + text
        head, groups = text[: -self.primary], [text[-self.primary :]]
        while head:
            groups.append(head[-self.secondary :])
            head = head[: -self.secondary]
        return sign + self.separator.join(reversed(groups))

    def _fraction(self, value: Fraction) -> str:
        scale = 10**MAX_DECIMALS
        if scale % value.denominator:
            return f"{self._group(value.numerator)}/{self._group(value.denominator)}"
        whole, rest = divmod(abs(value), 1)
        decimals = str(rest * scale).zfill(MAX_DECIMALS).rstrip("0")
        sign = MINUS if value < 0 else ""
        return f"{sign}{self._group(int(whole))}{self.point}{decimals}" if decimals else sign + self._group(int(whole))


# Babel's data for the locales of the package's own conventions: importing Babel takes longer than solving a sheet.
FREQUENT = {PLAIN: (3, 3, "", "."), "en_IN": (3, 2, ",", "."), "en_US": (3, 3, ",", ".")}


@lru_cache(maxsize=64)
def _grouping(locale: str) -> tuple[int, int, str, str]:
    """Sizes of the last and the other groups, the separator and the decimal point."""
    return FREQUENT.get(locale) or _babel_grouping(locale)


def _babel_grouping(locale: str) -> tuple[int, int, str, str]:
    from babel import Locale, UnknownLocaleError, numbers

    try:
        if not LOCALE.fullmatch(locale):
            raise ValueError
        parsed = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError, TypeError):
        hint = "a locale such as en_IN, en_US, de_CH or fr_FR, or none"
        raise WorksheetError(f"unknown digit grouping {locale[:40]!r}", hint=hint) from None
    primary, secondary = parsed.decimal_formats[None].grouping
    return primary, secondary, numbers.get_group_symbol(parsed), numbers.get_decimal_symbol(parsed)


@cache
def digits_named(locale: str) -> Digits:
    """The digits of a locale, made once. Raises WorksheetError for an unknown one."""
    return Digits(locale)
