"""The styles in which people group the digits of a number, and the value of a number in each of them."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction
from typing import Any, NamedTuple

from worksheet.errors import Where, WorksheetError, shown
from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.language import N_, _

MAX_DIGITS = 30  # of one number, before and after its point together


class Unreadable(WorksheetError):
    """A text that is neither a number nor a size: what was understood, and how to write it instead.

    ``meant`` is the value that was understood nevertheless, ``number`` a short form of it where only that is refused.
    """

    meant: Exact | None = None
    number: Any = None

    @classmethod
    def meaning(cls, value: Exact, fault: Unreadable, number: Any = None) -> Unreadable:
        """The same fault with what was understood."""
        fault.meant, fault.number = value, number
        return fault


class GroupedDigits(NamedTuple):
    """A number without sign as it was written: its value, the style of its groups and how many decimals it has."""

    value: Exact
    style: str
    decimals: int = 0
    alternatives: tuple[Exact, ...] = ()  # the value of the same digits in another style


NARROW = "\u00a0\u2007\u2008\u2009\u202f"  # non-breaking spaces: these group digits and never separate two numbers
WIDTHLESS = "\u200b\u200e\u200f\u2060\ufeff"  # copied along from a web page or a right-to-left text
APOSTROPHES = "'’ʼ′"
# Variants of a sign, among them those of TeX.
SAME = {"{,}": ",", "{.}": ".", r"\,": " ", r"\ ": " ", "\u066c": ",", "\u066b": ".", "，": ",", "．": ".", "\t": " "}
SAME |= dict.fromkeys(NARROW, " ") | dict.fromkeys(APOSTROPHES, "'")
TO_SAME = re.compile("|".join(map(re.escape, SAME)))

# A grouped number never begins with a zero: 0,500 is a decimal number or nothing.
THREES, INDIAN = r"[1-9][0-9]{0,2}(?:%s[0-9]{3})+", r"[1-9][0-9]?(?:%s[0-9]{2})+%s[0-9]{3}"
# Each style with its pattern and the sign before its decimals.
STYLES = tuple(
    (style, re.compile(rf"({pattern.replace('%s', re.escape(separator))})(?:{point}([0-9]+))?", re.ASCII), separator)
    for style, separator, pattern, point in (
        ("plain", "", "[0-9]+", r"\."),
        ("western", ",", THREES, r"\."),
        ("Indian", ",", INDIAN, r"\."),
        ("European", ".", THREES, ","),
        ("with spaces", " ", THREES, "[.,]"),
        ("Indian, with spaces", " ", INDIAN, r"\."),
        ("Swiss", "'", THREES, r"[.,]"),
        ("with underscores", "_", THREES, r"\."),
        ("Indian, with underscores", "_", INDIAN, r"\."),
    )
)
DECIMAL_COMMA = re.compile(r"([0-9]+),([0-9]+)", re.ASCII)
EITHER = re.compile(r"([1-9][0-9]{0,2})([.,])([0-9]{3})", re.ASCII)  # 1.234 or 1,234: over a thousand, or over one
KNOWN = N_("digits are grouped as in 73056256, 73,056,256, 7,30,56,256, 73 056 256, 73.056.256 or 73'056'256")


def read_digits(text: str, *, comma: bool = False, original: str = "") -> GroupedDigits:
    """The unsigned number in a text. ``comma``: a single comma may precede decimals.

    A dot before three digits is a European thousand; the decimal number is kept among the alternatives. Raises Unreadable,
    about ``original``, for anything that fits no style.
    """
    original = original or text
    if sum(map(str.isdecimal, text)) > MAX_DIGITS:
        raise refusal(_("{text} has more than {most} digits").format(text=shown(original), most=MAX_DIGITS), original)
    plain = western_digits(TO_SAME.sub(lambda sign: SAME[sign.group()], text), original)
    for style, pattern, separator in STYLES:
        found = pattern.fullmatch(plain)
        if found:
            whole, decimals = found[1].replace(separator, "") if separator else found[1], found[2] or ""
            return _with_alternative(plain, style, _value(whole, decimals), len(decimals))
    found = DECIMAL_COMMA.fullmatch(plain)
    if found and comma:
        return GroupedDigits(_value(found[1], found[2]), "decimal comma", len(found[2]))
    hint = _("{known}; a decimal point is a dot").format(known=_(KNOWN)) if found else _(KNOWN)
    raise refusal(_("the digits of {text} are not grouped in any known way").format(text=shown(original)), original, hint)


def _with_alternative(plain: str, style: str, value: Exact, decimals: int) -> GroupedDigits:
    """1.234 fits two styles with two values; the comma of 1,234 may also be a European decimal comma."""
    either = EITHER.fullmatch(plain)
    if not either:
        return GroupedDigits(value, style, decimals)
    return GroupedDigits(
        int(either[1] + either[3]), "European" if either[2] == "." else style, 0, (_value(either[1], either[3]),)
    )


def _value(whole: str, decimals: str) -> Exact:
    if not decimals:
        return int(whole)
    return simplest(Fraction(int(whole + decimals), 10 ** len(decimals)))


def western_digits(text: str, original: str = "") -> str:
    """The text with the digits of its script (Devanagari, Arabic, full width) as 0 to 9. Raises Unreadable if a text mixes
    scripts: that is a typing error or a trick, not a number."""
    if text.isascii():
        return text
    scripts = {ord(sign) - unicodedata.decimal(sign) for sign in text if sign.isdecimal()}
    if len(scripts) > 1:
        raise refusal(_("{text} mixes digits of different scripts").format(text=shown(original or text)), original or text)
    return "".join([str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text])


def refusal(message: str, text: str, hint: str | None = None, start: int = 0, length: int = 0) -> Unreadable:
    """The error about a part of a text, or all of it."""
    return Unreadable(message, Where(None, 1, start + 1, text, length or max(1, len(text))), hint)
