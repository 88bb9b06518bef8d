"""Reads conditions such as ``conv1.output = 56`` or ``macs <= 50 % of now``, and ranges such as ``conv1.p=0..10``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from worksheet.errors import NetworkError, Where, shown
from worksheet.formula import Exact
from worksheet.frozen import frozen

MAX_LENGTH = 300  # characters of a condition
RELATION = re.compile(r"<=|>=|==|≤|≥|=|<|>")
SAME = {"==": "=", "≤": "<=", "≥": ">="}
SIGNS = {"<=": "≤", ">=": "≥"}
SHAPE = re.compile(r"[0-9]{1,12}(?: ?[x×] ?[0-9]{1,12}){1,7}", re.ASCII)
NUMBER = r"(?P<whole>[0-9]{1,3}(?:[,_][0-9]{3}){1,6}|[0-9]{1,24})(?:\.(?P<decimals>[0-9]{1,12})|/(?P<below>[0-9]{1,6}))?"
SIZE = re.compile(NUMBER + r" ?(?P<prefix>[kKMGTPE]?)(?P<binary>i?)(?P<unit>[A-Za-z]{0,8})", re.ASCII)
PART = re.compile(NUMBER + r" ?(?P<percent>%|per cent|percent|times)? ?of (?P<of>.+)", re.ASCII)
PERCENT = {"%": 100, "per cent": 100, "percent": 100}
POWERS = "KMGTPE"
UNITS = frozenset({"", "b", "byte", "bytes", "flop", "flops", "mac", "macs", "op", "ops"})  # after a number
NOW = "now"
RANGE = re.compile(r"(?P<name>[^=]{1,200})=(?P<least>[^=]{1,40}?)\.\.(?P<most>[^=]{1,40})")
RANGE_HINT = "such as conv1.p=0..10"
HINT = "such as conv1.output = 56, conv1.output = 64x56x56, conv1.W <= conv1.M, activations <= 16 GiB or macs <= 50 % of now"


class ConditionSide(NamedTuple):
    """A figure that a condition names: of a layer, or of the whole network where no layer is named."""

    owner: str
    word: str
    where: Where

    @property
    def name(self) -> str:
        return f"{self.owner}.{self.word}" if self.owner else self.word


@frozen
class AskedCondition:
    """A condition as it was read: a figure, a relation, and a number, a shape, or a part of a figure or of its present value."""

    text: str
    left: ConditionSide
    relation: str  # = <= >= < >
    number: Exact = 1  # that the right side is, or is multiplied by
    shape: tuple[int, ...] = ()
    right: ConditionSide | None = None
    now: bool = False  # the right side is what the left one is now
    right_text: str = ""

    @property
    def sign(self) -> str:
        """The relation in print."""
        return SIGNS.get(self.relation, self.relation)


def read_condition(text: str, where: Where | None = None) -> AskedCondition:
    """Read a condition. Raises NetworkError that points into it.

    >>> read_condition("macs <= 50 % of now").number, read_condition("activations <= 16 GiB").number
    (Fraction(1, 2), 17179869184)
    """
    return _Reader(text, where or Where("so-that", 1)).condition()


class _Reader:
    """Reads one condition."""

    def __init__(self, text: str, where: Where) -> None:
        self.text = text
        self.base = where
        if len(text) > MAX_LENGTH:
            raise NetworkError(f"a condition of {len(text):,} characters is too long; at most {MAX_LENGTH}", where)

    def place(self, start: int, end: int) -> Where:
        """The place of a part of the text, without the spaces around it."""
        part = self.text[start:end]
        start += len(part) - len(part.lstrip())
        column = (self.base.column or 1) + start
        return Where(self.base.file, self.base.line or 1, column, self.base.text or self.text, max(1, len(part.strip())))

    def condition(self) -> AskedCondition:
        sign = RELATION.search(self.text)
        if not sign:
            message = f"expected a condition, found {shown(self.text)}, which has none of = <= >= < >"
            raise NetworkError(message, self.place(0, len(self.text)), HINT)
        relation = SAME.get(sign.group(), sign.group())
        left = self.side(0, sign.start())
        start, amount = sign.end(), self.text[sign.end() :].strip()
        if not amount:
            raise NetworkError(
                f"expected a number or a figure after {sign.group()!r}, found the end", self.place(start, start), HINT
            )
        again = RELATION.search(self.text, start)
        if again:
            message = f"expected one relation, found a second one, {again.group()!r}"
            raise NetworkError(message, self.place(*again.span()), "one condition each: give the option again")
        return self.right(AskedCondition(self.text.strip(), left, relation, right_text=amount), start, amount)

    def side(self, start: int, end: int) -> ConditionSide:
        text = self.text[start:end].strip()
        if not text:
            raise NetworkError("expected a figure before the relation, found nothing", self.place(start, end), HINT)
        owner, _, word = text.rpartition(".")
        return ConditionSide(owner, word, self.place(start, end))

    def right(self, asked: AskedCondition, start: int, amount: str) -> AskedCondition:
        place = self.place(start, len(self.text))
        if SHAPE.fullmatch(amount):
            if asked.relation != "=":
                raise NetworkError(
                    f"a shape can be met with = alone, not with {asked.relation}", place, "one side: conv1.W <= 56"
                )
            return self.with_(asked, shape=tuple(map(int, re.split(r" ?[x×] ?", amount))))
        part = PART.fullmatch(amount)
        if part:
            factor = _number(part) / PERCENT.get(part["percent"] or "", 1)
            return self.of(asked, _plain(factor), len(self.text.rstrip()) - len(part["of"]), part["of"])
        size = SIZE.fullmatch(amount)
        if size and (size["prefix"] or not size["binary"]) and size["unit"].lower() in UNITS:
            base = 1024 if size["binary"] else 1000
            power = POWERS.index(size["prefix"].upper()) + 1 if size["prefix"] else 0
            return self.with_(asked, number=_plain(_number(size) * base**power))
        if amount[0].isdigit() or amount[0] == "-":
            hint = "a whole number from 0 on, followed by K M G T or Ki Mi Gi Ti where it is large: 300M, 16 GiB, 1.5G"
            raise NetworkError(f"expected a number, found {shown(amount)}", place, hint)
        return self.of(asked, 1, start, amount)

    def of(self, asked: AskedCondition, factor: Exact, start: int, text: str) -> AskedCondition:
        """A part of a figure, or of what the left one is now."""
        if text.strip() == NOW:
            return self.with_(asked, number=factor, now=True)
        return self.with_(asked, number=factor, right=self.side(start, len(self.text)))

    @staticmethod
    def with_(asked: AskedCondition, **more: object) -> AskedCondition:
        return AskedCondition(**{**vars(asked), **more})


def _number(parts: re.Match[str]) -> Fraction:
    decimals = parts["decimals"] or ""
    number = Fraction(int(re.sub(r"[,_]", "", parts["whole"]) + decimals), 10 ** len(decimals))
    below = int(parts["below"] or 1)
    return number / below if below else Fraction(0)


def _plain(number: Fraction) -> Exact:
    return number.numerator if number.denominator == 1 else number


class AskedRange(NamedTuple):
    """From where to where an unknown is searched."""

    least: Exact
    most: Exact


def read_range(text: str) -> tuple[str, AskedRange]:
    """Read ``conv1.p=0..10``, or ``alpha=1/4..2``. Raises NetworkError that points into it."""
    parts = RANGE.fullmatch(text.strip())
    if not parts:
        where = Where("range", 1, 1, text[:MAX_LENGTH], max(1, min(len(text), MAX_LENGTH)))
        raise NetworkError(f"expected a range, found {shown(text)}", where, RANGE_HINT)
    ends = []
    for group in ("least", "most"):
        number = re.fullmatch(NUMBER, parts[group].strip(), re.ASCII)
        if not number:
            where = Where("range", 1, parts.start(group) + 1, text.strip(), len(parts[group]))
            raise NetworkError(f"expected a number from 0 on, found {shown(parts[group])}", where, RANGE_HINT)
        ends.append(_plain(_number(number)))
    if ends[0] > ends[1]:
        where = Where("range", 1, parts.start("least") + 1, text.strip(), parts.end("most") - parts.start("least"))
        raise NetworkError(f"the range from {ends[0]} to {ends[1]} is empty", where, "the smaller end comes first")
    return parts["name"].strip(), AskedRange(*ends)
