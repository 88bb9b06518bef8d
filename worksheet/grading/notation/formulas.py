"""Reads a formula as students write it, k(cwh+1) or TeX, into a Formula; refuses anything else in bounded time."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import NamedTuple, NoReturn

from worksheet.errors import FormulaError, WorksheetError, shown
from worksheet.formula import Exact, Formula
from worksheet.formula.parse import FUNCTIONS as ARGUMENTS
from worksheet.formula.tree import Call, Name, Negative, Node, Number, Operation
from worksheet.grading.notation.grouping import MAX_DIGITS, western_digits
from worksheet.grading.notation.symbol_names import SymbolNames
from worksheet.grading.notation.tokens import (
    CLOSE,
    END,
    FRACTION,
    FUNCTION,
    HINTS,
    NAME,
    NO_PLACE,
    NUMBER,
    OPEN,
    SIGN,
    FormulaToken,
    Scanner,
    refuse,
)
from worksheet.language import _, ngettext

MAX_LENGTH = 400  # characters
MAX_DEPTH = 40  # brackets, signs and powers inside one another
MAX_SIDES = 6  # of a chain of equations
MAX_EXPONENT = 6  # of anything except a written number

# How strongly an operation binds. Equal ones associate to the left, powers to the right.
LOOSE, SUM, PRODUCT, BESIDE, UNARY, POWER = range(6)
BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "//": PRODUCT, "^": POWER}
BEGINS = frozenset({NUMBER, NAME, FUNCTION, FRACTION, OPEN})

PRIMES = (7919, 104729, 1299709, 15485863, 32452843, 49979687, 67867967, 86028121, 104395301, 122949823)

NAMED = re.compile(r"\s*#?\s*(?:(?:[^\W\d]|\\?#)[\w\\{} ]*)?", re.DOTALL)  # what may precede an equals sign
BEFORE = re.compile(r"(?:\s|\$|\\\(|\\\[|#)*")
AFTER = re.compile(r"(?:\s|\$|\\\)|\\\])*\Z")


class FormulaRead(NamedTuple):
    """A formula as it was understood. ``alternatives`` are other readings of a text such as 1/2cM, ``dropped`` is the name
    before an equals sign, ``value`` the number after one."""

    formula: Formula
    alternatives: tuple[Formula, ...] = ()
    dropped: str = ""
    value: Exact | None = None

    @property
    def readings(self) -> tuple[Formula, ...]:
        """Every reading, most likely first."""
        return self.formula, *self.alternatives


def formula(text: str, symbols: Collection[str], aliases: Mapping[str, str] | None = None) -> Formula:
    """The formula that a student's text means; an ambiguous text is read from left to right.

    >>> formula("k(cwh+1)", "ckwh").source, formula("⌊(M−w+2p)/s⌋+1", "Mw", {"p": "p_w", "s": "s_w"}).source
    ('k*(c*w*h + 1)', 'floor((M - w + 2*p_w)/s_w) + 1')
    """
    return read_formula(text, symbols, aliases).formula


def read_formula(text: str, symbols: Collection[str], aliases: Mapping[str, str] | None = None) -> FormulaRead:
    """The same, with what was dropped and what is ambiguous.

    ``symbols`` are the names that the formula may contain, ``aliases`` other names for them (``p`` for ``p_w``). Adjacent
    letters are split into these names, the longest first. Adjacent factors are multiplied like any others, from left to
    right: 1/2cM is (1/2)*c*M, and 1/(2cM) is among the alternatives. Raises FormulaError with the column in ``text``.
    """
    if len(text) > MAX_LENGTH:
        raise FormulaError(
            _("a formula of {count} characters is too long; at most {most}").format(count=len(text), most=MAX_LENGTH)
        )
    start, end = BEFORE.match(text).end(), AFTER.search(text).start()  # type: ignore[union-attr]
    names = SymbolNames.of(symbols, aliases or {})
    spans = list(_sides(text, start, end))
    dropped = ""
    if len(spans) > 1 and NAMED.fullmatch(text, *spans[0]) and not _is_formula_of(text, spans, names):
        dropped = text[slice(*spans.pop(0))].strip()
    read, *others = (_read_side(text, span, names) for span in spans)
    values = [_value_beside(text, read, other, span) for other, span in zip(others, spans[1:], strict=True)]
    value = next((value for value in reversed(values) if value is not None), None)
    return read._replace(dropped=dropped, value=value)


def _sides(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sides of equals signs begin and end."""
    equals = [place for place in range(start, end) if text[place] == "="]
    if len(equals) >= MAX_SIDES:
        refuse(text, _(NO_PLACE).format(text=shown("=")), equals[-1], equals[-1] + 1, _(HINTS["="]))
    yield from zip([start, *(place + 1 for place in equals)], [*equals, end], strict=True)


def _is_formula_of(text: str, spans: list[tuple[int, int]], names: SymbolNames) -> bool:
    """Whether what may be a name before an equals sign is the formula, and numbers follow it: kcwh = 23296."""
    try:
        return bool(_read_side(text, spans[0], names).formula.symbols) and not _read_side(text, spans[1], names).formula.symbols
    except FormulaError:
        return False


def _read_side(text: str, span: tuple[int, int], names: SymbolNames) -> FormulaRead:
    tokens = Scanner(_western(text), *span, names).scan()
    read = Formula.of(_FormulaParser(text, tokens).formula())
    divides = any(token.text == "/" for token in tokens)
    other = Formula.of(_FormulaParser(text, tokens, beside=BESIDE).formula()) if divides else read
    return FormulaRead(read, () if _is_equal(read, other) else (other,))


def _value_beside(text: str, read: FormulaRead, other: FormulaRead, span: tuple[int, int]) -> Exact | None:
    """The value after an equals sign; None if the formula is only written in another form there."""
    if not other.formula.symbols and read.formula.symbols:
        return other.formula.at({})
    if not any(_is_equal(one, another) for one in read.readings for another in other.readings):
        refuse(text, _(NO_PLACE).format(text=shown("=")), span[0] - 1, span[0], _(HINTS["="]))
    return None


def _is_equal(one: Formula, other: Formula) -> bool:
    """Whether two readings of a text are equal, tried at a point of primes: c/g*w*h and c/g*(w*h) are."""
    symbols = tuple(dict.fromkeys((*one.symbols, *other.symbols)))
    values = dict(zip(symbols, PRIMES, strict=False)) | dict.fromkeys(symbols[len(PRIMES) :], 53)
    try:
        return one == other or one.at(values) == other.at(values)
    except FormulaError:
        return False


def _western(text: str) -> str:
    try:
        return western_digits(text)
    except WorksheetError as fault:
        raise FormulaError(fault.message, fault.where, fault.hint) from None


class _FormulaParser:
    """Precedence climbing over a bounded list of tokens. ``beside`` is how strongly adjacent factors bind."""

    def __init__(self, text: str, tokens: list[FormulaToken], beside: int = PRODUCT) -> None:
        self.text = text
        self.tokens = tokens
        self.beside = beside
        self.depth = 0
        self.next = 0

    def refuse(self, message: str, token: FormulaToken, hint: str | None = None) -> NoReturn:
        refuse(self.text, message, token.start, token.end, hint)

    def take(self) -> FormulaToken:
        token = self.tokens[self.next]
        self.next += token.kind != END
        return token

    def peek(self) -> FormulaToken:
        return self.tokens[self.next]

    def quote(self, token: FormulaToken) -> str:
        return _("the end") if token.kind == END else shown(self.text[token.start : token.end])

    def formula(self) -> Node:
        node = self.expression(LOOSE)
        token = self.peek()
        if token.kind != END:
            hint = _("this bracket was not opened") if token.kind == CLOSE else None
            self.refuse(_("expected an operation or the end, found {text}").format(text=self.quote(token)), token, hint)
        return node

    def binding(self, token: FormulaToken) -> int:
        if token.kind in BEGINS:
            return self.beside
        return BINDING.get(token.text, LOOSE) if token.kind == SIGN else LOOSE

    def expression(self, floor: int) -> Node:
        """A chain of operations that bind more strongly than ``floor``."""
        left = self.operand(floor)
        while (binding := self.binding(self.peek())) > floor:
            left = self.operation(left, binding)
        return left

    def operation(self, left: Node, binding: int) -> Node:
        token = self.peek()
        if token.kind in BEGINS:
            if token.kind == NUMBER:
                hint = _("a number goes before the letters; write * for a product, ^ for a power")
                self.refuse(_("the number {text} follows another part directly").format(text=self.quote(token)), token, hint)
            return Operation("*", left, self.expression(binding))
        self.take()
        if token.text == "^":
            return Operation("**", left, self.exponent(left, token))
        right = self.expression(binding)
        return Call("floor", (Operation("/", left, right),)) if token.text == "//" else Operation(token.text, left, right)

    def inside(self, floor: int, opening: FormulaToken) -> Node:
        """An expression inside another: after a bracket, a sign or a power."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(_("nested more than {most} deep").format(most=MAX_DEPTH), opening)
        node = self.expression(floor)
        self.depth -= 1
        return node

    def exponent(self, base: Node, sign: FormulaToken) -> Node:
        """A symbol or a small number; for a written base, any number whose power has no more digits than a number may have."""
        node = self.inside(POWER - 1, sign)
        if isinstance(node, Name):
            return node
        if isinstance(node, Number) and isinstance(node.value, int):
            return self.power(base, node, sign)
        return self.wrong_exponent(sign)

    def power(self, base: Node, node: Number, sign: FormulaToken) -> Node:
        written = isinstance(base, Number) and len(str(base.value.numerator)) * node.value <= MAX_DIGITS + 1
        return node if node.value <= MAX_EXPONENT or written else self.wrong_exponent(sign)

    def wrong_exponent(self, sign: FormulaToken) -> NoReturn:
        self.refuse(_("an exponent is a whole number from 0 to {most} or one symbol").format(most=MAX_EXPONENT), sign)

    def operand(self, floor: int) -> Node:
        token = self.take()
        if token.kind in OPERANDS:
            return OPERANDS[token.kind](self, token)
        if token.kind == SIGN and token.text == "-":
            return Negative(self.inside(SUM if floor < PRODUCT else UNARY, token))  # -a*b is the negative of a product
        if token.kind == SIGN and token.text == "+" and floor == LOOSE:
            return self.inside(SUM, token)
        return self.refuse(_("expected a number, a symbol or a bracket, found {text}").format(text=self.quote(token)), token)

    def number(self, token: FormulaToken) -> Node:
        return Number(token.value)

    def name(self, token: FormulaToken) -> Node:
        return Name(token.text)

    def bracket(self, token: FormulaToken) -> Node:
        node = self.inside(LOOSE, token)
        self.close(token)
        return Call(token.of, (node,)) if token.of else node

    def close(self, opening: FormulaToken) -> None:
        token = self.take()
        if token.kind != CLOSE or token.text != opening.text:
            message = _("expected {close} for {open}, found {text}")
            self.refuse(message.format(close=repr(opening.text), open=self.quote(opening), text=self.quote(token)), token)

    def fraction(self, token: FormulaToken) -> Node:
        over, under = self.braces(token), self.braces(token)
        return Operation("/", over, under)

    def braces(self, fraction: FormulaToken) -> Node:
        token = self.take()
        if token.kind != OPEN or token.text != "}":
            message = _("{command} takes two parts in braces, found {text}")
            self.refuse(message.format(command=self.quote(fraction), text=self.quote(token)), token)
        return self.bracket(token)

    def call(self, token: FormulaToken) -> Node:
        opening = self.take()
        if opening.kind != OPEN or opening.of:
            self.refuse(_("{function} needs its argument in brackets").format(function=token.text), token)
        arguments = [self.inside(LOOSE, token)]
        while self.peek().kind == SIGN and self.peek().text == ",":
            self.take()
            arguments.append(self.inside(LOOSE, token))
        self.close(opening)
        least, most = ARGUMENTS[token.text]
        if not least <= len(arguments) <= most:
            message = _("{function} takes {least} to {most} arguments, not {count}")
            if least == most:
                message = ngettext(
                    "{function} takes {most} argument, not {count}", "{function} takes {most} arguments, not {count}", most
                )
            self.refuse(message.format(function=token.text, least=least, most=most, count=len(arguments)), token)
        return Call(token.text, tuple(arguments))


OPERANDS = {
    NUMBER: _FormulaParser.number,
    NAME: _FormulaParser.name,
    OPEN: _FormulaParser.bracket,
    FRACTION: _FormulaParser.fraction,
    FUNCTION: _FormulaParser.call,
}
