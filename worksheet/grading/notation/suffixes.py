"""The suffixes of rounded figures and their factors: 73.06 M, 244 MB, 232.9 MiB, 7.31e7, 7.3 crore."""

from __future__ import annotations

import re
from typing import NamedTuple

from worksheet.grading.notation.grouping import MAX_DIGITS


class Suffix(NamedTuple):
    """``scale`` is the factor of the suffix, ``other`` another possible one: 1024 for the 1000 of a k. ``sure`` means that
    only a rounded figure is written this way; 7.31*10^7 is an expression too."""

    number: str  # what precedes it
    text: str
    scale: int
    other: int
    sure: bool = True


COUNTED = r"(?i:flops?|macs?|ops?|param(?:eter)?s?|weights?)"
BYTES = "B|[Bb]ytes?"
SI = re.compile(rf"(?P<number>.*\d\.?)\s*(?P<suffix>(?P<prefix>[kKMGT]?)(?P<binary>i?)(?:{BYTES})?\s*(?:{COUNTED})?)", re.DOTALL)
WORDED = re.compile(rf"(?P<number>.*\d\.?)\s*(?P<suffix>(?P<word>[A-Za-z]+)\s*(?:{COUNTED}|{BYTES})?)", re.DOTALL)
RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
TEN = r"(?:[x×·*]|\\times|\\cdot)\s*10\s*(?:(?:\^|\*\*)\s*\{?(?P<power>[0-9]{1,2})\}?|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,2}))"
POWER = re.compile(rf"(?P<number>.*?\d)\s*(?P<suffix>[eE]\+?(?P<e>[0-9]{{1,2}})|{TEN})", re.DOTALL)

POWERS = {"": 0, "k": 1, "K": 1, "M": 2, "G": 3, "T": 4}
OF_TEN = {3: "thousand", 5: "lakh lakhs lac", 6: "million millions mn", 7: "crore crores cr", 9: "billion billions bn"}
WORDS = {word: 10**power for power, words in (OF_TEN | {12: "trillion"}).items() for word in words.split()}
BYTES_OR_BILLIONS = "B"


def suffix(text: str) -> Suffix | None:
    """The suffix of a text; None if it has no known one."""
    for pattern, read in READERS:
        match = pattern.fullmatch(text)
        suffix_read = read(match) if match and match["suffix"] else None
        if suffix_read:
            return suffix_read
    return None


def _si(match: re.Match[str]) -> Suffix | None:
    power = POWERS[match["prefix"]]
    decimal, binary = 1000**power, 1024**power
    if match["suffix"] == BYTES_OR_BILLIONS:
        return Suffix(match["number"], match["suffix"], 1, 10**9)
    if not match["binary"]:
        return Suffix(match["number"], match["suffix"], decimal, binary)
    return Suffix(match["number"], match["suffix"], binary, decimal) if power else None


def _worded(match: re.Match[str]) -> Suffix | None:
    scale = WORDS.get(match["word"].lower())
    return Suffix(match["number"], match["suffix"], scale, scale) if scale else None


def _power(match: re.Match[str]) -> Suffix | None:
    exponent = int(match["e"] or match["power"] or match["raised"].translate(RAISED))
    if exponent > MAX_DIGITS:
        return None
    return Suffix(match["number"], match["suffix"], 10**exponent, 10**exponent, sure=bool(match["e"]))


READERS = ((SI, _si), (WORDED, _worded), (POWER, _power))
