"""Parses a formula's text into its tree in bounded time; rejects everything else with position and reason."""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from worksheet.errors import FormulaError, Where, shown
from worksheet.formula.tree import Call, Name, Negative, Node, Number, Operation

MAX_LENGTH = 2_000  # characters
MAX_TOKENS = 400
MAX_DEPTH = 50  # parentheses, signs and powers inside one another
MAX_DIGITS = 30
MAX_EXPONENT = 64

# The functions, each with its smallest and its largest number of arguments.
FUNCTIONS = {"floor": (1, 1), "ceil": (1, 1), "max": (1, 20), "min": (1, 20), "gcd": (2, 2), "root": (1, 1)}

BRACKETS = ("floor", "ceil")  # those printed as brackets

# How strongly an operation binds; operations are left-associative, powers right-associative.
LOOSE, SUM, PRODUCT, SIGN, POWER = range(5)
BINDING = {"+": SUM, "-": SUM, "*": PRODUCT, "/": PRODUCT, "**": POWER}

NAME = re.compile(r"[A-Za-z]+(?:_[A-Za-z0-9]+)?", re.ASCII)
TOKEN = re.compile(
    r"(?P<space>[ \t\n]+)|(?P<number>[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<sign>\*\*|[-+*/(),])|(?P<bad>.)",
    re.ASCII | re.DOTALL,
)
HINTS = {
    "^": "a power is written **",
    "=": "a formula is an expression, without an equals sign",
    ".": "only whole numbers; there are no attributes",
    "×": "multiplication is written *",
    "·": "multiplication is written *",
    "−": "minus is written -",
    "÷": "division is written /",
    "[": "group with round parentheses",
    "{": "group with round parentheses",
}


class Token(NamedTuple):
    """A number, name or sign of a text, or its end; positions count from 0."""

    kind: str  # number, name, sign or end
    text: str
    position: int


def parse(text: str) -> Node:
    """The tree of a formula such as ``k*(c*w*h + 1)``. Raises FormulaError with the column of the fault."""
    if len(text) > MAX_LENGTH:
        raise FormulaError(f"a formula of {len(text):,} characters is too long; at most {MAX_LENGTH:,}")
    return _Parser(text).formula()


def is_name(text: str) -> bool:
    """Whether a text can name a symbol: letters, optionally one subscript, and not a function's name."""
    return NAME.fullmatch(text) is not None and text not in FUNCTIONS


class _Parser:
    """Precedence climbing over a bounded list of tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.depth = 0
        self.next = 0
        self.tokens = self.scan()

    def scan(self) -> list[Token]:
        tokens = []
        for match in TOKEN.finditer(self.text):
            kind = match.lastgroup or "bad"
            if kind == "space":
                continue
            token = Token(kind, match.group(), match.start())
            if kind == "bad":
                self.refuse(f"{shown(token.text)} has no place in a formula", token, HINTS.get(token.text))
            tokens.append(token)
        if len(tokens) > MAX_TOKENS:
            self.refuse(f"more than {MAX_TOKENS} numbers, names and signs", tokens[MAX_TOKENS])
        return [*tokens, Token("end", "", len(self.text.rstrip()))]

    def refuse(self, message: str, token: Token, hint: str | None = None) -> NoReturn:
        start = self.text.rfind("\n", 0, token.position) + 1
        line = self.text[start:].split("\n", 1)[0]
        line_number = self.text.count("\n", 0, token.position) + 1
        where = Where(None, line_number, token.position - start + 1, line, max(1, len(token.text)))
        raise FormulaError(message, where, hint)

    def take(self) -> Token:
        token = self.tokens[self.next]
        self.next += 1
        return token

    def peek(self) -> Token:
        return self.tokens[self.next]

    def expect(self, sign: str, why: str) -> None:
        token = self.take()
        if token.text != sign:
            self.refuse(f"expected {sign!r} {why}, found {self.name_of(token)}", token)

    def name_of(self, token: Token) -> str:
        return "the end" if token.kind == "end" else shown(token.text)

    def formula(self) -> Node:
        node = self.expression(LOOSE)
        token = self.peek()
        if token.kind != "end":
            hint = "multiplication needs a *" if token.kind in ("name", "number") or token.text == "(" else None
            self.refuse(f"expected an operation or the end, found {self.name_of(token)}", token, hint)
        return node

    def expression(self, floor: int) -> Node:
        """A chain of operations that bind more strongly than ``floor``."""
        left = self.operand(floor)
        while (binding := BINDING.get(self.peek().text, LOOSE)) > floor:
            sign = self.take()
            right = self.power(sign) if sign.text == "**" else self.expression(binding)
            left = Operation(sign.text, left, right)
        return left

    def inside(self, floor: int, opening: Token) -> Node:
        """An expression inside another: after a parenthesis, a sign or a power."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"nested more than {MAX_DEPTH} deep", opening)
        node = self.expression(floor)
        self.depth -= 1
        return node

    def power(self, sign: Token) -> Node:
        exponent = self.inside(POWER - 1, sign)
        if isinstance(exponent, Name) or (isinstance(exponent, Number) and exponent.value <= MAX_EXPONENT):
            return exponent
        return self.refuse(f"an exponent is a whole number from 0 to {MAX_EXPONENT} or one symbol", sign)

    def operand(self, floor: int) -> Node:
        token = self.take()
        if token.kind == "number":
            return self.number(token)
        if token.kind == "name":
            return self.call(token) if self.peek().text == "(" else self.name(token)
        if token.text == "(":
            node = self.inside(LOOSE, token)
            self.expect(")", "to close the parenthesis")
            return node
        if token.text == "-":
            return Negative(self.inside(SUM if floor < PRODUCT else SIGN, token))  # -a*b is the negative of a product
        return self.refuse(f"expected a number, a symbol or '(', found {self.name_of(token)}", token)

    def number(self, token: Token) -> Number:
        if len(token.text) > MAX_DIGITS:
            self.refuse(f"a number of {len(token.text)} digits is too long; at most {MAX_DIGITS}", token)
        return Number(int(token.text))

    def name(self, token: Token) -> Name:
        if token.text in FUNCTIONS:
            self.refuse(f"{token.text} needs its argument in parentheses", token)
        if not is_name(token.text):
            self.refuse(f"{shown(token.text)} cannot name a symbol", token, "letters, with at most one subscript: k, p_w, alpha")
        return Name(token.text)

    def call(self, token: Token) -> Call:
        if token.text not in FUNCTIONS:
            hint = f"known functions: {', '.join(sorted(FUNCTIONS))}; multiplication needs a *"
            self.refuse(f"{shown(token.text)} is not a function", token, hint)
        self.take()
        arguments = [self.inside(LOOSE, token)]
        while self.peek().text == ",":
            self.take()
            arguments.append(self.inside(LOOSE, token))
        self.expect(")", f"to close {token.text}(")
        least, most = FUNCTIONS[token.text]
        if not least <= len(arguments) <= most:
            exactly = "one argument" if most == 1 else f"{most} arguments"
            expected = exactly if least == most else f"{least} to {most} arguments"
            self.refuse(f"{token.text} takes {expected}, not {len(arguments)}", token)
        return Call(token.text, tuple(arguments))
