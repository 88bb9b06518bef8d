"""Reads numbers as people write them: grouped, short, with what they count, as an expression; corrects nothing silently."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from worksheet.errors import FormulaError, Where, shown
from worksheet.formula import Exact, digits_named
from worksheet.formula.exact import simplest
from worksheet.grading.notation.formulas import MAX_LENGTH, formula
from worksheet.grading.notation.grouping import (
    MAX_DIGITS,
    WIDTHLESS,
    GroupedDigits,
    Unreadable,
    read_digits,
    refusal,
    western_digits,
)
from worksheet.grading.notation.suffixes import Suffix, noun_after, power_of_ten, read_words
from worksheet.grading.notation.words import BYTE, DASHES, Nouns, is_zero
from worksheet.language import N_, _, either, listed

LEAST_DIGITS = 3  # of a rounded figure: with fewer, a forgotten bias would pass as rounding
MAX_SIDES = 6  # of a chain of equations: 64*(3*11*11 + 1) = 64*364 = 23296
EXPRESSION, IN_WORDS = "an expression", "in words"
NOT_AFTER = N_("{number} is understood, but not {word} after it")
NOT_BEFORE = N_("{number} is understood, but not {word} before it")
ALONE = N_("write the number alone")
NO_NOUNS: Nouns = frozenset()


class NumberRead(NamedTuple):
    """A number as it was understood. ``alternatives`` are its other possible values: another style, 1024 for a k of 1000."""

    value: Exact
    style: str = "plain"  # how its digits are grouped, or EXPRESSION, or IN_WORDS
    decimals: int = 0  # digits after the point
    scale: int = 1  # the factor of the suffix
    suffix: str = ""
    alternatives: tuple[Exact, ...] = ()
    power: int = 0  # of ten, of the suffix

    @property
    def digits(self) -> str:
        """The written digits without leading zeros, and without the trailing zeros of a whole number."""
        unit = Fraction(self.scale, 10**self.decimals)
        written = str(abs(int(self.value / unit)))
        return written if self.decimals or self.suffix else written.rstrip("0") or "0"

    @property
    def is_short(self) -> bool:
        """Whether its digits end before the ones, so that it may be rounded: 73.06 M is short, 73.056256 M is not."""
        return self.power > self.decimals or self.scale not in (1, 10**self.power)

    @property
    def is_rough(self) -> bool:
        """Whether it may stand for other values too: a short form, or a whole number that ends in zeros."""
        return self.style not in (EXPRESSION, IN_WORDS) and (self.is_short or self.value % 10 == 0)

    @property
    def has_few_digits(self) -> bool:
        """Whether it has fewer digits than a rounded figure needs."""
        return self.style not in (EXPRESSION, IN_WORDS) and len(self.digits) < LEAST_DIGITS

    def is_rounded(self, wanted: Exact, least: int = LEAST_DIGITS) -> bool:
        """Whether it is ``wanted`` rounded to the written digits, of which there must be at least three."""
        value = self.value
        if value == wanted or self.style in (EXPRESSION, IN_WORDS) or len(self.digits) < least:
            return value == wanted
        step = abs(Fraction(value)) / int(self.digits) if int(self.digits) else Fraction(1)
        return 2 * abs(Fraction(wanted) - value) <= step


def plain(value: Exact) -> str:
    """A number in digits without groups."""
    return digits_named("none").result(value)


# Numbers

GROUPED = re.compile(r"\d(?:[\d.,'’ʼ′_ \t\u00a0\u2007-\u2009\u202f\u066b\u066c，．]|\{[,.]\}|\\[, ])*|\.\d+")
USUAL = re.compile(r"[0-9]+|[1-9][0-9]{0,2}(?:,[0-9]{3})+|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}", re.ASCII)
TRAILING = re.compile(r"(?P<number>.*?\d)\s*(?P<word>[^\W\d_][^\d()+*/^=]*)", re.DOTALL)
HYPHEN = r"(?<=[^\W\d])-(?=[^\W\d])"
NAMED = re.compile(rf"#?\s*[^\W\d](?:[^\d=()+*/^-]|{HYPHEN})*")  # what may precede an equals sign
LABELLED = re.compile(rf"(?P<name>#?\s*[^\W\d](?:[^\d=()+*/^:：-]|{HYPHEN})*)(?P<sign>[:：]?)\s*(?P<rest>[-+−–(\d].*)", re.DOTALL)
SIGN = re.compile(r"[-+−–]\s*")
FIRST_DIGITS = tuple("123456789")
CROSSES = frozenset({"x", "X"})
ABOUT = "≈~≃≅∼"
ROUGHLY = re.compile(
    r"(?:approx(?:\.|imately)?|about|around|circa|ca\.?|etwa|rund|environ|env\.|aprox\.|约|約)\s*(?=[\d+-])", re.I
)
SYMBOLS = re.compile(r"[^\W\dxX_]\s*[(+*·×-]|[(+*·×-]\s*[^\W\dxX_]")  # a letter beside a sign of a formula
DEGREES = (r"\approx", r"\sim", r"\simeq")


def read_number(text: str, *, suffixes: bool = False, nouns: Nouns = NO_NOUNS) -> NumberRead:
    """The number in a text. ``suffixes``: rounded figures are allowed, such as 73.06 M, 244 MB or 7.31e7. ``nouns`` are what it
    may count: 23,296 parameters.

    Digits may be of any one script. Raises Unreadable with what was understood; nothing is corrected silently.

    >>> read_number("7,30,56,256").value, read_number("64×(3×11²+1)").value, read_number("73.056256 M").value
    (73056256, 23296, 73056256)
    """
    if text.isdigit() and text.isascii() and len(text) <= MAX_DIGITS:
        return NumberRead(int(text))
    clean = clean_text(text)
    if clean[:1] not in FIRST_DIGITS and is_zero(clean, nouns):
        return NumberRead(0, IN_WORDS)
    _check_digits(clean, text)
    sides = split_sides(clean, text, nouns)
    *worked, last = sides
    read = (_read_beside(side, text, suffixes=suffixes, nouns=nouns) for side in worked)
    numbers = [*filter(None, read), _read_signed(last, text, suffixes=suffixes, nouns=nouns)]
    values = dict.fromkeys(number.value for number in numbers)
    if len(values) > 1:
        message = _("the sides of {text} differ: {values}")
        found = listed([plain(value) for value in values])
        raise refusal(message.format(text=shown(text), values=found), text, _("write one number"))
    return numbers[-1]


def _read_beside(side: str, text: str, *, suffixes: bool, nouns: Nouns) -> NumberRead | None:
    """A side before the last; None if it is the formula in symbols: k(cwh+1) = 23296."""
    try:
        return _read_signed(side, text, suffixes=suffixes, nouns=nouns)
    except Unreadable:
        if SYMBOLS.search(side):
            return None
        raise


def usual_number(text: str) -> tuple[Exact, ...]:
    """The number in digits, perhaps in groups separated by commas; empty for anything else."""
    if len(text) > MAX_DIGITS or not USUAL.fullmatch(text):
        return ()
    return (int(text.replace(",", "")),)


def clean_text(text: str) -> str:
    """The text without invisible signs, surrounding dollars, a leading equals sign and signs of approximation."""
    if len(text) > MAX_LENGTH:
        raise refusal(
            _("{count} characters are too many; at most {most}").format(count=len(text), most=MAX_LENGTH), text[:MAX_LENGTH]
        )
    clean = re.sub(f"[{WIDTHLESS}]", "", text).strip().strip("$").strip().removeprefix("=").strip()
    for command in DEGREES:
        clean = clean.removeprefix(command)
    return ROUGHLY.sub("", clean.lstrip(ABOUT).strip())


def _check_digits(clean: str, text: str) -> None:
    if any(map(str.isdecimal, clean)):
        return
    if clean in DASHES:
        raise refusal(_("a dash may mean 0 or that nothing is written"), text, _("write 0 for none"))
    raise refusal(_("{text} contains no number").format(text=shown(text)) if clean else _("nothing is written"), text)


def split_sides(clean: str, text: str, nouns: Nouns = NO_NOUNS) -> list[str]:
    """The sides of a chain of equations, as in worked answers, without a name before the first equals sign."""
    sides = [side.strip() for side in clean.split("=")]
    if len(sides) > MAX_SIDES:
        raise refusal(_("{text} has more than {most} sides").format(text=shown(text), most=MAX_SIDES), text)
    if len(sides) > 1 and NAMED.fullmatch(sides[0]):
        _check_name(sides[0], sides[-1], text, nouns)
        return sides[1:]
    label = LABELLED.fullmatch(sides[0])
    if label and (label["sign"] or _is_own(label["name"], nouns)):
        _check_name(label["name"], label["rest"], text, nouns)
        sides[0] = label["rest"]
    return sides


def _is_own(name: str, nouns: Nouns) -> bool:
    found = _last_words(name, nouns)
    return found is not None and not found.foreign and found.scale == 1


def _last_words(name: str, nouns: Nouns) -> Suffix | None:
    """What the last words of a name count: number of parameters."""
    words = name.strip("# \t").split()
    tries = (read_words(" ".join(words[start:]), nouns) for start in range(max(0, len(words) - 3), len(words)))
    return next((found for found in tries if found), None)


def _check_name(name: str, rest: str, text: str, nouns: Nouns) -> None:
    """Refuse a name that is the unit of another column, or a factor: MACs: 5, GFLOPs = 0.73."""
    is_symbol = len(name.strip()) == 1  # k = 4096
    found = _last_words(name, nouns) if nouns and not is_symbol else None
    if found is None or (not found.foreign and found.scale == 1):
        return
    message = _(NOT_BEFORE).format(number=shown(rest), word=shown(name.strip()))
    raise refusal(message, text, _(ALONE))


def _read_signed(side: str, text: str, *, suffixes: bool, nouns: Nouns) -> NumberRead:
    side = side.lstrip(ABOUT).lstrip()
    if GROUPED.fullmatch(side):
        return _read_grouped(side, text, suffixes=suffixes)
    noun = found = noun_after(side, nouns)
    power = power_of_ten(noun.number) if noun and noun.scale == 1 else power_of_ten(side)
    if power:
        found = power._replace(foreign=noun.foreign if noun else "")
    bare = found.number if found else side
    sign = SIGN.match(bare)
    bare = bare[sign.end() :] if sign else bare
    number = _read_digits(bare, text, found, suffixes=suffixes) if bare else None
    if number is None:
        return _read_expression(side, text, noun)
    negative = sign is not None and side[0] != "+"
    return number._replace(value=-number.value, alternatives=tuple(-x for x in number.alternatives)) if negative else number


def _read_expression(side: str, text: str, noun: Suffix | None) -> NumberRead:
    """An expression, perhaps with what it counts after it."""
    return _evaluate(noun.number if noun and noun.scale == 1 and not noun.foreign else side, text)


def _read_digits(bare: str, text: str, found: Suffix | None, *, suffixes: bool) -> NumberRead | None:
    """Digits, or digits with a suffix; None for an expression."""
    if found and GROUPED.fullmatch(bare) and (suffixes or found.sure or "." in bare or "," in bare):
        return _read_scaled(bare, found, text, suffixes=suffixes)
    if found:
        return None
    if GROUPED.fullmatch(bare):  # after a sign
        return _read_grouped(bare, text, suffixes=suffixes)
    word = TRAILING.fullmatch(bare)
    if word and GROUPED.fullmatch(word["number"]) and word["word"].strip() not in CROSSES:
        if word["word"].strip() == BYTE:
            raise _bytes_or_billions(text)
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


def _bytes_or_billions(text: str) -> Unreadable:
    return refusal(_("the B of {text} may mean bytes or billions").format(text=shown(text)), text, _("write bytes, or G"))


def _read_scaled(bare: str, found: Suffix, text: str, *, suffixes: bool) -> NumberRead:
    """Digits with a factor, with what they count, or with both."""
    if found.scale == 1:
        number = _read_grouped(bare, text, suffixes=suffixes)
        if found.text == BYTE and number.decimals:
            raise _bytes_or_billions(text)
    else:
        digits = _decimals(read_digits(bare.removesuffix("."), comma=True, original=text), bare, found, text)
        value, other = (simplest(Fraction(digits.value) * scale) for scale in (found.scale, found.other))
        others = () if other == value else (other,)
        number = NumberRead(value, digits.style, digits.decimals, found.scale, found.text, others, found.power)
    if found.foreign:
        raise Unreadable.meaning(
            number.value, refusal(_(NOT_AFTER).format(number=plain(number.value), word=shown(found.foreign)), text, _(ALONE))
        )
    if number.is_short and not suffixes:
        hint = _("write the number alone, with all its digits; a spreadsheet may have shortened it")
        message = _("{text} is understood as {number}, but rounded figures are not accepted here")
        message = message.format(text=shown(text), number=plain(number.value))
        raise Unreadable.meaning(number.value, refusal(message, text, hint), number)
    return number


def _decimals(digits: GroupedDigits, bare: str, found: Suffix, text: str) -> GroupedDigits:
    """Three digits after a point are decimals before a factor, and after a comma before a power of ten; 1,234 k is doubtful."""
    if not digits.alternatives:
        return digits
    if digits.style == "European" or found.is_power:
        return GroupedDigits(digits.alternatives[0], "plain", 3)
    raise _ambiguity(bare, text, digits.value, *digits.alternatives)


def _evaluate(side: str, text: str) -> NumberRead:
    """An arithmetic expression, evaluated exactly."""
    try:
        return NumberRead(formula(western_digits(side, text), ()).at({}), EXPRESSION)
    except FormulaError as fault:
        column = max(text.find(side), 0) + (fault.where.column or 1)
        raise Unreadable(fault.message, Where(None, 1, column, text, fault.where.length), fault.hint) from None
