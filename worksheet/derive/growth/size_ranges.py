"""Reads the ranges over which a network grows, and chooses the sizes to evaluate and those that a table shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import ceil, floor, gcd, lcm

from worksheet.drawing.axes import ROUND
from worksheet.errors import Collector, WorksheetError, shown
from worksheet.formula import Exact
from worksheet.formula.exact import simplest
from worksheet.frozen import frozen
from worksheet.varied import BATCH, WIDTH

WORDS = {"side": "M", "batch": BATCH, "width": WIDTH, "length": "L"}  # what varies, in words and as a symbol
EXAMPLES = {"M": "112..672", BATCH: "1..64", WIDTH: "0.25..2", "L": "64..1024"}
NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6}|/[0-9]{1,6})?"
BETWEEN = re.compile(rf"({NUMBER})\s*\.\.\s*({NUMBER})", re.ASCII)
LISTED = re.compile(rf"{NUMBER}(?:\s*,\s*{NUMBER}){{0,199}}", re.ASCII)
LARGEST = 10**6
MAX_EVALUATED = 1_000  # sizes; of a longer range this many are chosen
DOUBLINGS_FROM = 8  # times the least size: a range up to there or further is shown in doublings


@frozen
class SizeRange:
    """What varies, from its least to its greatest size; a single size is set and does not vary. ``listed`` are given sizes."""

    name: str  # as ``worksheet.varied`` reads it
    least: Exact
    most: Exact
    listed: tuple[Exact, ...] = ()

    @property
    def is_single(self) -> bool:
        return self.least == self.most

    @property
    def is_wide(self) -> bool:
        """Whether its greatest size is many times the least."""
        return self.most >= DOUBLINGS_FROM * self.least

    def __str__(self) -> str:
        return ", ".join(map(size_text, self.listed)) if self.listed else f"{size_text(self.least)} to {size_text(self.most)}"


def read_ranges(texts: Mapping[str, str]) -> list[SizeRange]:
    """The ranges of a command line, by what varies: ``side``, ``batch``, ``width``, ``length`` or a name of ``varied``.

    Raises WorksheetError with all faults.
    """
    if not isinstance(texts, Mapping):
        raise WorksheetError(f"{type(texts).__name__} does not say what varies", hint='such as {"side": "112..672"}')
    faults = Collector()
    spans: list[SizeRange] = []
    for name, text in texts.items():
        with faults.catching():
            spans.append(range_of(name, text))
    names = [span.name for span in spans]
    for name in dict.fromkeys(name for name in names if names.count(name) > 1):
        faults.add(WorksheetError(f"{name} is given twice", hint="one range for each"))
    if not texts:
        faults.add(WorksheetError("no range given", hint="a range, such as --side 112..672 or --batch 1..64"))
    faults.raise_any()
    return spans


def range_of(name: str, text: str) -> SizeRange:
    """One range: ``112..672``, sizes separated by commas, or a single one. Raises WorksheetError.

    >>> range_of("side", "112..672"), range_of("width", "0.25, 1/2, 1").listed
    (SizeRange(name='M', least=112, most=672, listed=()), (Fraction(1, 4), Fraction(1, 2), 1))
    """
    symbol = WORDS.get(name, name)
    between, listed = BETWEEN.fullmatch(text.strip()), LISTED.fullmatch(text.strip())
    if not (between or listed):
        example = EXAMPLES.get(symbol, "1..16")
        raise WorksheetError(
            f"cannot read the range {shown(text)} of {name}", hint=f"such as {example}, or sizes separated by commas"
        )
    sizes = [_number(name, word) for word in (between.groups() if between else text.split(","))]
    least, most = sizes[0], sizes[-1]
    if sizes != sorted(set(sizes)) and not (between and least == most):
        order = f"{size_text(most)}..{size_text(least)}" if between else ", ".join(map(size_text, sorted(set(sizes))))
        raise WorksheetError(f"the range {shown(text)} of {name} goes backwards", hint=f"write {order}")
    if most > LARGEST:
        raise WorksheetError(f"the range {shown(text)} of {name} is too large", hint=f"sizes up to {LARGEST:,}")
    return SizeRange(symbol, least, most, tuple(sizes) if listed and len(sizes) > 1 else ())


def _number(name: str, word: str) -> Exact:
    top, _, bottom = word.strip().partition("/")
    if bottom and not int(bottom):
        raise WorksheetError(f"{name} cannot be {shown(word.strip())}: it divides by 0")
    number = simplest(Fraction(top) / int(bottom or 1))
    if not number:
        raise WorksheetError(f"{name} cannot be 0", hint="sizes begin above 0")
    return number


def size_text(size: Exact) -> str:
    """A size as it is read: decimals where they end, else a fraction.

    >>> size_text(224), size_text(Fraction(1, 4)), size_text(Fraction(1, 3))
    ('224', '0.25', '1/3')
    """
    if isinstance(size, int):
        return str(size)
    return f"{float(size):g}" if 10**6 % size.denominator == 0 else str(size)


def evaluated_sizes(span: SizeRange, step: Exact) -> list[Exact]:
    """The sizes that a network is evaluated for: all multiples of its step, or evenly chosen ones of a long range."""
    if span.listed:
        return [size for size in span.listed if (size / Fraction(step)).denominator == 1]
    first, last = ceil(span.least / Fraction(step)), floor(span.most / Fraction(step))
    count = last - first + 1
    if count <= MAX_EVALUATED:
        return [simplest(i * step) for i in range(first, last + 1)]
    if span.is_wide:
        between = (round(first * (last / first) ** (i / (MAX_EVALUATED - 1))) for i in range(MAX_EVALUATED))
        doubled = (first * 2**i for i in range((last // first).bit_length()))
        places = sorted({*between, *doubled})
    else:
        distance = next(d for d in _round_numbers() if count <= d * (MAX_EVALUATED - 1))
        places = [*range(first, last, distance), last]
    return [simplest(i * step) for i in places]


def how_many(span: SizeRange, step: Exact) -> int:
    """The number of multiples of a step in a range."""
    return floor(span.most / Fraction(step)) - ceil(span.least / Fraction(step)) + 1


def shown_sizes(span: SizeRange, fitting: Sequence[Exact], unit: Exact, period: int, now: Exact, most: int) -> list[Exact]:
    """The sizes of a table, at most ``most`` of the fitting ones: the first, the last, and round ones in between.

    Doublings where the range is wide; else multiples or parts of the roundings' period (in units, from the size ``now``).
    """
    if len(fitting) <= most or span.listed:
        return list(fitting)
    ends = {fitting[0], fitting[-1]}
    if span.is_wide:
        return sorted(ends | (set(_doublings(fitting[0], unit, most)) & set(fitting)))
    for step in _steps(fitting, unit, period):
        start = fitting[0] + (now - fitting[0]) % step if period > 1 else fitting[0]
        if (fitting[-1] - start) // step < most:
            chosen = ends | ({start + i * step for i in range(most)} & set(fitting))
            if len(chosen) <= most:
                return sorted(chosen)
    return sorted(ends)


def _doublings(first: Exact, unit: Exact, most: int) -> Iterable[Exact]:
    """Doublings, and as many sizes in between as there is room for."""
    parts = max(1, most // (LARGEST.bit_length() // 2))
    start = Fraction(first) / unit
    return (simplest(round(start * Fraction(2 ** (i / parts))) * unit) for i in range(LARGEST.bit_length() * parts))


def _steps(fitting: Sequence[Exact], unit: Exact, period: int) -> Iterable[Exact]:
    """Distances, the smallest first."""
    parts = [d for d in range(1, period + 1) if period % d == 0]
    if period > 1:
        yield from (d * unit for d in parts)
        yield from (period * unit * 2**i for i in range(1, 30))
        return
    common = reduce(gcd, [int(size / Fraction(unit)) for size in (fitting[0], fitting[-1])])
    yield from (unit * d for d in range(1, common + 1) if common % d == 0)
    yield from (unit * common * distance for distance in _round_numbers())


def _round_numbers() -> Iterable[int]:
    return (factor * 10**i for i in range(9) for factor in ROUND)


def common_step(steps: Iterable[Exact]) -> Exact:
    """The least common multiple of steps.

    >>> common_step([Fraction(1, 32), Fraction(1, 8)]), common_step([1, 1])
    (Fraction(1, 8), 1)
    """
    fractions = [Fraction(step) for step in steps]
    return simplest(Fraction(lcm(*(f.numerator for f in fractions)), gcd(*(f.denominator for f in fractions))))
