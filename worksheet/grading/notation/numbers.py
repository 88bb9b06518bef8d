"""Reads numbers and sizes as people write them: grouped, with a suffix, as an expression; corrects nothing silently."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from worksheet.errors import FormulaError, Where, shown
from worksheet.formula import Exact, digits_named
from worksheet.formula.exact import simplest
from worksheet.grading.notation.formulas import MAX_LENGTH, formula
from worksheet.grading.notation.grouping import MAX_DIGITS, WIDTHLESS, Unreadable, read_digits, refusal, western_digits
from worksheet.grading.notation.suffixes import BYTES_OR_BILLIONS, Suffix, suffix
from worksheet.language import N_, _, either, listed

__all__ = ["NumberRead", "Unreadable", "read_number", "read_size"]

LEAST_DIGITS = 3  # of a rounded figure: with fewer, a forgotten bias would pass as rounding
MAX_SIDES = 6  # of a chain of equations: 64*(3*11*11 + 1) = 64*364 = 23296
MAX_AXES = 8
SPACED = re.compile(r"[0-9]+(?:\.[0-9]{1,4})?(?: +[0-9]+(?:\.[0-9]{1,4})?)+")  # lengths of axes, perhaps not rounded
EXPRESSION = "an expression"
NOT_AFTER = N_("{number} is understood, but not {word} after it")
ALONE = N_("write the number alone")


class NumberRead(NamedTuple):
    """A number as it was understood. ``alternatives`` are its other possible values: another style, 1024 for a k of 1000."""

    value: Exact
    style: str = "plain"  # how its digits are grouped, or EXPRESSION
    decimals: int = 0  # digits after the point
    scale: int = 1  # the factor of the suffix
    suffix: str = ""
    alternatives: tuple[Exact, ...] = ()

    @property
    def digits(self) -> str:
        """The written digits without leading zeros, and without the trailing zeros of a whole number."""
        unit = Fraction(self.scale, 10**self.decimals)
        written = str(abs(int(self.value / unit)))
        return written if self.decimals or self.suffix else written.rstrip("0") or "0"

    def is_rounded(self, wanted: Exact) -> bool:
        """Whether it is ``wanted`` rounded to the written digits, of which there must be at least three."""
        value = self.value
        if value == wanted or self.style == EXPRESSION or len(self.digits) < LEAST_DIGITS:
            return value == wanted
        step = abs(Fraction(value)) / int(self.digits) if int(self.digits) else Fraction(1)
        return 2 * abs(Fraction(wanted) - value) <= step


def plain(value: Exact) -> str:
    """A number in digits without groups."""
    return digits_named("none").result(value)


# Numbers

GROUPED = re.compile(r"\d(?:[\d.,'’ʼ′_ \t\u00a0\u2007-\u2009\u202f\u066b\u066c，．]|\{[,.]\}|\\[, ])*|\.\d+")
TRAILING = re.compile(r"(?P<number>.*?\d)\s*(?P<word>[^\W\d_][^\d()+*/^=]*)", re.DOTALL)
NAMED = re.compile(r"#?\s*[^\W\d][^\d=()+*/^-]*")  # what may precede an equals sign
SIGN = re.compile(r"[-+−–]\s*")
TIMES = frozenset({"x", "X"})


def read_number(text: str, *, suffixes: bool = False) -> NumberRead:
    """The number in a text. ``suffixes``: rounded figures are allowed, such as 73.06 M, 244 MB or 7.31e7.

    Digits may be of any one script. Raises Unreadable with what was understood; nothing is corrected silently.

    >>> read_number("7,30,56,256").value, read_number("64×(3×11²+1)").value, read_number("73.06 M", suffixes=True).value
    (73056256, 23296, 73060000)
    """
    if text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS:
        return NumberRead(int(text))
    sides = _split_sides(_clean(text), text)
    numbers = [_read_signed(side, text, suffixes=suffixes) for side in sides]
    values = dict.fromkeys(number.value for number in numbers)
    if len(values) > 1:
        message = _("the sides of {text} differ: {values}")
        found = listed([plain(value) for value in values])
        raise refusal(message.format(text=shown(text), values=found), text, _("write one number"))
    return numbers[-1]


def _clean(text: str) -> str:
    """The text without invisible signs, surrounding dollars and a leading equals sign."""
    if len(text) > MAX_LENGTH:
        raise refusal(
            _("{count} characters are too many; at most {most}").format(count=len(text), most=MAX_LENGTH), text[:MAX_LENGTH]
        )
    clean = re.sub(f"[{WIDTHLESS}]", "", text).strip().strip("$").strip().removeprefix("=").strip()
    if not any(map(str.isdecimal, clean)):
        raise refusal(_("{text} contains no number").format(text=shown(text)) if clean else _("nothing is written"), text)
    return clean


def _split_sides(clean: str, text: str) -> list[str]:
    """The sides of a chain of equations, as in worked answers, without a name before the first equals sign."""
    sides = [side.strip() for side in clean.split("=")]
    if len(sides) > 1 and NAMED.fullmatch(sides[0]):
        sides = sides[1:]
    if len(sides) > MAX_SIDES:
        raise refusal(_("{text} has more than {most} sides").format(text=shown(text), most=MAX_SIDES), text)
    return sides


def _read_signed(side: str, text: str, *, suffixes: bool) -> NumberRead:
    side = side.lstrip("≈~").lstrip() if suffixes else side
    sign = SIGN.match(side)
    bare = side[sign.end() :] if sign else side
    number = _read_digits(bare, text, suffixes=suffixes) if bare else None
    if number is None:
        return _evaluate(side, text)
    negative = sign is not None and side[0] != "+"
    return number._replace(value=-number.value, alternatives=tuple(-x for x in number.alternatives)) if negative else number


def _read_digits(bare: str, text: str, *, suffixes: bool) -> NumberRead | None:
    """Digits, or digits with a suffix; None for an expression."""
    if GROUPED.fullmatch(bare):
        return _read_grouped(bare, text, suffixes=suffixes)
    found = suffix(bare)
    if found and GROUPED.fullmatch(found.number) and (suffixes or found.sure):
        return _read_scaled(found, text, suffixes=suffixes)
    word = TRAILING.fullmatch(bare)
    if word and GROUPED.fullmatch(word["number"]) and word["word"].strip() not in TIMES:
        read = plain(_read_grouped(word["number"], text, suffixes=False).value)
        raise refusal(_(NOT_AFTER).format(number=read, word=shown(word["word"])), text, _(ALONE))
    return None


def _read_grouped(bare: str, text: str, *, suffixes: bool) -> NumberRead:
    """Digits and separators; a full stop at the end is ignored."""
    digits = read_digits(bare.removesuffix("."), comma=suffixes, original=text)
    if suffixes and digits.alternatives and digits.style == "European":
        raise _ambiguity(bare, text, digits.value, *digits.alternatives)
    return NumberRead(digits.value, digits.style, digits.decimals, alternatives=digits.alternatives)


def _ambiguity(bare: str, text: str, *values: Exact) -> Unreadable:
    readings = either([plain(value) for value in values])
    hint = _("write thousands without a separator, and not three decimals")
    return refusal(_("{text} may mean {readings}").format(text=shown(bare), readings=readings), text, hint)


def _read_scaled(found: Suffix, text: str, *, suffixes: bool) -> NumberRead:
    digits = read_digits(found.number.removesuffix("."), comma=True, original=text)
    value, other = (simplest(Fraction(digits.value) * scale) for scale in (found.scale, found.other))
    if not suffixes and found.scale == 1:
        raise refusal(_(NOT_AFTER).format(number=plain(value), word=shown(found.text)), text, _(ALONE))
    if not suffixes:
        hint = _("write the number alone, with all its digits; a spreadsheet may have shortened it")
        message = _("{text} is understood as {number}, but rounded figures are not accepted here")
        raise refusal(message.format(text=shown(text), number=plain(value)), text, hint)
    if digits.alternatives:
        raise _ambiguity(found.number, text, digits.value, *digits.alternatives)
    if found.text == BYTES_OR_BILLIONS and digits.decimals:
        raise refusal(_("the B of {text} may mean bytes or billions").format(text=shown(text)), text, _("write bytes, or G"))
    return NumberRead(value, digits.style, digits.decimals, found.scale, found.text, () if other == value else (other,))


def _evaluate(side: str, text: str) -> NumberRead:
    """An arithmetic expression, evaluated exactly."""
    try:
        return NumberRead(formula(western_digits(side, text), ()).at({}), EXPRESSION)
    except FormulaError as fault:
        column = max(text.find(side), 0) + (fault.where.column or 1)
        raise Unreadable(fault.message, Where(None, 1, column, text, fault.where.length), fault.hint) from None


# Sizes

PLAINLY = N_("write sizes as 64x56x56, in plain digits")
BETWEEN = re.compile(r"\s*(?:[xX×✕]|\\times|\bby\b)\s*")
USUAL = re.compile(r"[1-9][0-9]{0,29}(?: ?[xX×*] ?[1-9][0-9]{0,29}){0,7}", re.ASCII)
NOT_A_DIGIT = re.compile(r"[^0-9]+", re.ASCII)
CROSS = re.compile(r"\s*(?:[xX×*·∙⋅✕]|\\times|\\cdot|\bby\b)\s*")
COMMA, WIDE_COMMA, SPACES = re.compile(r"\s*[,;]\s*"), re.compile(r"\s*;\s*|\s*,\s+"), re.compile(r"\s+")
BRACKETS = {"(": ")", "[": "]", "{": "}"}
PRINTED = re.compile(r"(?:torch\.)?Size\((\[[^()]*\])\)")  # as PyTorch prints a shape
AXIS = re.compile(r"-?[0-9]+(?:\.[0-9]+)?", re.ASCII)
EITHER_DOT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}", re.ASCII)
ZEROS = re.compile(r"0[0-9]+", re.ASCII)
COMPUTED = re.compile(r"[-+/^⌊⌈²³()\\]|floor|ceil", re.IGNORECASE)


def read_size(text: str) -> tuple[Exact, ...]:
    """The lengths of the axes in a text, from left to right; fractions if a student has not rounded.

    Axes are separated by a times sign, by spaces, or by commas inside brackets or before a space. Raises Unreadable, also for
    a text that may be one number or several axes: 64,112,112.

    >>> read_size("64x56x56"), read_size("(64, 56, 56)"), read_size("9,216")
    ((64, 56, 56), (64, 56, 56), (9216,))
    """
    if USUAL.fullmatch(text):
        return tuple(map(int, NOT_A_DIGIT.split(text)))
    clean = western_digits(_clean(text), text).replace("−", "-")
    printed = PRINTED.fullmatch(clean)
    clean = printed[1] if printed else clean
    enclosed = BRACKETS.get(clean[0]) == clean[-1]
    inner = clean[1:-1].strip() if enclosed else clean
    parts = _split_axes(inner, text, enclosed=enclosed)
    if len(parts) > MAX_AXES:
        raise refusal(_("{text} has more than {most} axes").format(text=shown(text), most=MAX_AXES), text)
    if len(parts) == 1 or not all(AXIS.fullmatch(part) or _is_one_number(part) for part in parts):
        return _read_computed(clean, inner, text)
    return tuple([_read_axis(part, text) for part in parts])


def _split_axes(inner: str, text: str, *, enclosed: bool) -> list[str]:
    """The axes: times signs separate them, else commas, else spaces between three, or two that are not one number."""
    if CROSS.search(inner):
        return CROSS.split(inner)
    if enclosed and COMMA.search(inner):
        return COMMA.split(inner)
    if WIDE_COMMA.search(inner):
        return WIDE_COMMA.split(inner)
    is_number = _is_one_number(inner)
    if SPACED.fullmatch(inner) and (inner.count(" ") > 1 or not is_number):
        return SPACES.split(inner)
    if is_number and (inner.count(",") > 1 or " " in inner or EITHER_DOT.fullmatch(inner)):
        hint = _("write sizes as 64x56x56, a number in plain digits")
        raise refusal(_("{text} may be one number or several").format(text=shown(text)), text, hint)
    return COMMA.split(inner) if "," in inner and not is_number else [inner]


def _is_one_number(inner: str) -> bool:
    """Whether a text is one grouped number."""
    try:
        return isinstance(read_digits(inner).value, int)
    except Unreadable:
        return False


def _read_axis(part: str, text: str) -> Exact:
    """One length among several."""
    if ZEROS.fullmatch(part) or EITHER_DOT.fullmatch(part) or " " in part:
        raise refusal(_("{text} is not the length of an axis").format(text=shown(part)), text, _(PLAINLY))
    digits = read_digits(part.removeprefix("-"), original=text)
    return -digits.value if part.startswith("-") else digits.value


def _read_computed(clean: str, inner: str, text: str) -> tuple[Exact, ...]:
    """A single number or expression, or several between signs that can only separate axes; anything else is refused."""
    parts = BETWEEN.split(inner)
    if len(parts) > 1 and all(part.count("(") == part.count(")") for part in parts):
        return tuple([_read_length(part, text) for part in parts])
    if _is_one_number(inner) or not COMMA.search(inner) or COMPUTED.search(inner):
        return (_read_length(clean, text),)
    raise refusal(_("{text} is not a list of lengths").format(text=shown(text)), text, _(PLAINLY))


def _read_length(part: str, text: str) -> Exact:
    try:
        return read_number(part).value
    except Unreadable as fault:
        raise refusal(
            _("{text} is not the length of an axis: {reason}").format(text=shown(part), reason=fault.message),
            text,
            fault.hint or _(PLAINLY),
        ) from None
