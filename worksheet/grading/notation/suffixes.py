"""What may follow a number: a factor (73.06 M, 7.31e7, 7.3 crore), what is counted (FLOPs), or both (244 MB, 1.8 GFLOPs)."""

from __future__ import annotations

import re
from typing import NamedTuple

from worksheet.grading.notation.grouping import MAX_DIGITS
from worksheet.grading.notation.signs import TIMES
from worksheet.grading.notation.words import ALL, BYTE, FACTORS, POWERS, Nouns, folded, has_noun


class Suffix(NamedTuple):
    """``scale`` is the factor of the suffix, ``other`` another possible one: 1024 for the 1000 of a k. ``sure`` means that
    only a short form is written this way; 7*10^7 is an expression too. ``foreign`` is a unit that the column does not have."""

    number: str  # what precedes it
    text: str
    scale: int = 1
    other: int = 1
    power: int = 0  # of ten; how many decimals an exact figure has
    sure: bool = True
    foreign: str = ""

    @property
    def is_power(self) -> bool:
        """Whether the power of ten is written out: before e8 a mantissa has one digit before its point."""
        return self.text[:1] in ("e", "E") or "10" in self.text


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
TEN = rf"{TIMES}\s*10\s*(?:(?:\^|\*\*)\s*[{{(]?\+?(?P<power>[0-9]{{1,2}})[}})]?|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{{1,2}}))"
POWER = re.compile(rf"(?P<number>.*?\d)\s*(?P<text>[eE]\+?(?P<e>[0-9]{{1,2}})|{TEN})", re.DOTALL)
AFTER = re.compile(r"(?P<number>.*[\d)\]}⌋⌉⁰¹²³⁴⁵⁶⁷⁸⁹]\.?)(?P<text>[^\d)\]}⌋⌉]*)", re.DOTALL)
IN_BRACKETS = re.compile(r"(?P<number>.*\d.*?)(?P<text>[(\[][^()\[\]\d]+[)\]])", re.DOTALL)
PREFIX = re.compile(r"(?P<prefix>[kKMGT])(?P<binary>i?)(?P<rest>.*)", re.DOTALL)
MAX_WORDS = 3  # of a factor and of what is counted together, when they are split at spaces


def noun_after(text: str, own: Nouns) -> Suffix | None:
    """The text without what it counts at its end, and the factor before that; None if no known words follow."""
    match = IN_BRACKETS.fullmatch(text) or AFTER.fullmatch(text)
    found = read_words(match["text"].strip(), own) if match else None
    if match is None or found is None:
        return None
    inner = noun_after(match["number"].strip(), own) if match["text"][0] in "([" else None
    if inner:  # 7.3 lakh (FLOPs)
        return inner._replace(foreign=inner.foreign or found.foreign)
    return found._replace(number=match["number"].strip())


def read_words(words: str, own: Nouns) -> Suffix | None:
    """The factor and the noun that words say: FLOPs, MFLOPs, million parameters; None if they are not known."""
    if not words or has_noun(words, own):
        return Suffix("", words) if words else None
    for scale, other, power, noun in _factors(words):
        if not noun or has_noun(noun, ALL):
            return Suffix("", words, scale, other, power, foreign="" if not noun or has_noun(noun, own) else noun)
    return Suffix("", words, foreign=words) if words != BYTE and has_noun(words, ALL) else None


def _factors(words: str) -> list[tuple[int, int, int, str]]:
    """Each way to begin with a factor: it, another possible one, its power of ten, and the words after it."""
    found = []
    parts = folded(words).split()
    for count in range(1, min(len(parts), MAX_WORDS) + 1):
        power = FACTORS.get(" ".join(parts[:count]).rstrip("."))
        if power:
            found.append((10**power, 10**power, power, " ".join(parts[count:])))
    prefix = PREFIX.fullmatch(words)
    if prefix:
        power = POWERS[prefix["prefix"]]
        decimal, binary = 10**power, 1024 ** (power // 3)
        scales = (binary, decimal) if prefix["binary"] else (decimal, binary)
        found.append((*scales, power, prefix["rest"].strip(" -.")))
    first = words[:2] if words[:2] in FACTORS else words[:1]
    if first in FACTORS and not first.isascii():  # 万次运算 has no spaces
        found.append((10 ** FACTORS[first], 10 ** FACTORS[first], FACTORS[first], words[len(first) :].strip()))
    return found


def power_of_ten(text: str) -> Suffix | None:
    """A power of ten at the end of a text; None if there is none."""
    match = POWER.fullmatch(text)
    if match is None:
        return None
    power = int(match["e"] or match["power"] or match["raised"].translate(RAISED))
    if power > MAX_DIGITS:
        return None
    return Suffix(match["number"], match["text"], 10**power, 10**power, power, sure=bool(match["e"]))
