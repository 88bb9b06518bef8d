"""Splits a student's formula into numbers, symbols and signs; adjacent letters are split by the table of symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple, NoReturn

from worksheet.errors import FormulaError, Where, WorksheetError, nearest, shown
from worksheet.formula import Exact
from worksheet.formula.dialects import GREEK
from worksheet.grading.notation.grouping import NARROW, WIDTHLESS, read_digits
from worksheet.grading.notation.signs import CROSSES, DOTS, STARS
from worksheet.grading.notation.symbol_names import SymbolNames
from worksheet.language import N_, _

MAX_TOKENS = 200

# The function that a word before a bracket means.
FUNCTIONS = {"floor": "floor", "int": "floor", "ceil": "ceil", "ceiling": "ceil", "max": "max", "min": "min", "gcd": "gcd"}

NUMBER, NAME, FUNCTION, FRACTION = "number", "name", "function", "fraction"
OPEN, CLOSE, SIGN, END = "open", "close", "sign", "end"


class FormulaToken(NamedTuple):
    """``text`` is a symbol's or function's name, a sign, or the bracket that closes an opening one."""

    kind: str
    text: str
    start: int  # in the text that was typed
    end: int
    value: Exact = 0
    of: str = ""  # of an opening bracket: the function that it means


LETTERS = {letter: name for name, letter in GREEK.items()}
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
LOWERED = ("plain", "braced", "deep", "low")  # the ways to write a subscript

SIGNS = dict.fromkeys(STARS + CROSSES + DOTS, "*") | dict.fromkeys("-−–﹣－", "-") | dict.fromkeys("/÷⁄∕", "/")
SIGNS |= {"+": "+", "＋": "+", "**": "^", "^": "^", "//": "//", ",": ","}
SIGNS |= {r"\cdot": "*", r"\times": "*", r"\ast": "*", r"\div": "/"}
OPENING = {"(": ")", "[": "]", "{": "}", r"\{": r"\}", r"\lbrack": r"\rbrack", "⌊": "⌋", "⌈": "⌉", "（": "）"}
OPENING |= {r"\lfloor": "⌋", r"\lceil": "⌉"}
CLOSING = {sign: sign for sign in OPENING.values()} | {r"\rfloor": "⌋", r"\rceil": "⌉"}
ROUNDING = {"⌋": "floor", "⌉": "ceil"}
FRACTIONS = frozenset({r"\frac", r"\dfrac", r"\tfrac"})
SIZING = frozenset(rf"\{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in ("", "l", "r"))
SKIPPED = SIZING | {r"\left", r"\right", r"\displaystyle", r"\textstyle", r"\quad", r"\qquad"}

NO_PLACE = N_("{text} has no place in a formula")
HINTS = {
    "=": N_("one formula, at most with the name of what it gives before an equals sign"),
    ".": N_("a decimal point goes between digits; there are no attributes"),
    "%": N_("there is no remainder in these formulas"),
    ":": N_("division is written /"),
    "|": N_("write floor(...) or ceil(...)"),
}
TIMES = N_("multiplication is written * or ×; the letter x means it between numbers only")

UPRIGHT = r"\\(?:mathrm|mathit|mathsf|mathbf|text|textrm|textit|operatorname)\s*"
LETTER = "[A-Za-z" + "".join(LETTERS) + "]"
GAP = "[,.]"
NUMBERS = r"[0-9]+(?:(?:%s\{,\}|\\,|['’ʼ_" + NARROW + r"])[0-9]+)*(?:\.[0-9]+)*"
PATTERN = (
    rf"(?P<space>\s|\\[,;:! ]|[~{NARROW}{WIDTHLESS}\u2062])"
    rf"|(?P<number>{NUMBERS})"
    r"|(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]+)"
    rf"|(?P<run>(?:{LETTER}+|\\(?:{'|'.join(GREEK)})(?![A-Za-z])|{UPRIGHT}\{{\s*(?P<upright>[A-Za-z]+)\s*\}})"
    rf"(?:_(?:(?P<plain>[A-Za-z0-9]+)|\{{\s*(?P<braced>[A-Za-z0-9]+)\s*\}}"
    rf"|\{{\s*{UPRIGHT}\{{\s*(?P<deep>[A-Za-z0-9]+)\s*\}}\s*\}})|(?P<low>[₀₁₂₃₄₅₆₇₈₉]+))?)"
    r"|(?P<command>\\(?:[A-Za-z]+|[{}]))"
    r"|(?P<sign>\*\*|//|[^\w\s])"
    r"|(?P<bad>.)"
)
SCANNERS = {inside_call: re.compile(PATTERN % ("" if inside_call else ",|"), re.DOTALL) for inside_call in (True, False)}


def refuse(text: str, message: str, start: int, end: int, hint: str | None = None) -> NoReturn:
    """Raise FormulaError about a part of the text."""
    first = text.rfind("\n", 0, start) + 1
    line = text[first:].split("\n", 1)[0]
    where = Where(None, text.count("\n", 0, start) + 1, start - first + 1, line, max(1, end - start))
    raise FormulaError(message, where, hint)


class Scanner:
    """Reads a text from left to right."""

    def __init__(self, text: str, start: int, end: int, names: SymbolNames) -> None:
        self.text = text
        self.names = names
        self.next = start
        self.end = end
        self.tokens: list[FormulaToken] = []
        self.calls: list[bool] = []  # for every open bracket, whether it holds the arguments of a function

    def scan(self) -> list[FormulaToken]:
        while self.next < self.end:
            match = SCANNERS[bool(self.calls) and self.calls[-1]].match(self.text, self.next, self.end)
            assert match is not None  # the last branch matches any sign
            self.next = match.end()
            for token in KINDS[match.lastgroup or "bad"](self, match):
                self.add(token)
        return [*self.tokens, FormulaToken(END, "", self.end, self.end)]

    def add(self, token: FormulaToken) -> None:
        if token.kind == OPEN:
            self.calls.append(bool(self.tokens) and self.tokens[-1].kind == FUNCTION)
        if token.kind == CLOSE and self.calls:
            self.calls.pop()
        if len(self.tokens) >= MAX_TOKENS:
            refuse(self.text, _("more than {most} numbers, symbols and signs").format(most=MAX_TOKENS), token.start, token.end)
        self.tokens.append(token)

    def space(self, __: re.Match[str]) -> Iterator[FormulaToken]:
        return iter(())

    def number(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        try:
            digits = read_digits(match[0])
        except WorksheetError as fault:
            refuse(self.text, fault.message, *match.span(), fault.hint)
        if digits.alternatives and "." in match[0]:
            message = _("{text} may be a thousand or a decimal number").format(text=match[0])
            refuse(self.text, message, *match.span(), _("write it without the dot"))
        yield FormulaToken(NUMBER, match[0], *match.span(), digits.value)

    def raised(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        yield FormulaToken(SIGN, "^", match.start(), match.end())
        yield FormulaToken(NUMBER, match[0], *match.span(), int(match[0].translate(SUPERSCRIPTS)[:3]))

    def sign(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        yield self.make_sign(match[0], match)

    def make_sign(self, sign: str, match: re.Match[str]) -> FormulaToken:
        if sign in SIGNS:
            return FormulaToken(SIGN, SIGNS[sign], *match.span())
        if sign in OPENING:
            return FormulaToken(OPEN, OPENING[sign], *match.span(), 0, ROUNDING.get(OPENING[sign], ""))
        if sign in CLOSING:
            return FormulaToken(CLOSE, CLOSING[sign], *match.span())
        return refuse(self.text, _(NO_PLACE).format(text=shown(sign)), *match.span(), _(HINTS.get(sign, "")) or None)

    def command(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        name = match[0]
        if name in SKIPPED:
            return
        if name in FRACTIONS:
            yield FormulaToken(FRACTION, name, *match.span())
        elif name[1:] in FUNCTIONS:
            yield FormulaToken(FUNCTION, FUNCTIONS[name[1:]], *match.span())
        elif name in SIGNS or name in OPENING or name in CLOSING:
            yield self.make_sign(name, match)
        else:
            known = sorted({*SIGNS, *OPENING, *CLOSING, *FRACTIONS, r"\max", r"\min"} - SIZING)
            commands = [command for command in known if command.startswith("\\") and command[1:].isalpha()]
            refuse(
                self.text, _("{text} is not part of a formula").format(text=shown(name)), *match.span(), nearest(name, commands)
            )

    def bad(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        return refuse(self.text, _(NO_PLACE).format(text=shown(match[0])), *match.span())

    # Letters

    def run(self, match: re.Match[str]) -> Iterator[FormulaToken]:
        """Adjacent letters, with the subscript of the last."""
        word, places = self.spell(match)
        if word in ("x", "X") and self.is_times(word):
            yield FormulaToken(SIGN, "*", *match.span())
            return
        function = self.function(word)
        if function:
            word = word[: -len(function)]
        parts = self.split_indexed(word) if not function else self.names.split(word)
        if parts is None or (not match["plain"] and "_" in word and "_" not in parts[-1]):
            self.refuse_unknown(word, places, match.span())
        place = 0
        for part in parts:
            start = places[min(place, len(places) - 1)]
            place += len(part)
            end = places[place] if place < len(places) else match.end()
            yield FormulaToken(NAME, self.names.known[part], start, max(end, start + 1))
        if function:
            yield FormulaToken(FUNCTION, FUNCTIONS[function.lower()], places[place], match.end())

    def spell(self, match: re.Match[str]) -> tuple[str, list[int]]:
        """The letters as the table of symbols spells them, with the place of each in the text."""
        group = next((name for name in LOWERED if match[name]), "")
        subscript = match[group].translate(SUBSCRIPTS) if group else ""
        first = match.start("upright") if match["upright"] else match.start()
        body = match["upright"] or re.match(rf"\\[A-Za-z]+|{LETTER}+", match[0])[0]  # type: ignore[index]
        word, places = "", []
        if body.startswith("\\"):
            word, places = body[1:], [first] * (len(body) - 1)
        else:
            for offset, letter in enumerate(body):
                spelt = LETTERS.get(letter, letter)
                word += spelt
                places += [first + offset] * len(spelt)
        if subscript:
            word += f"_{subscript}"
            places += [match.start(group), *range(match.start(group), match.end(group))]
        return word, places

    def is_times(self, letter: str) -> bool:
        """Whether an x between numbers is a times sign; also between brackets and numbers, unless it names a symbol."""
        before, after = self.tokens[-1] if self.tokens else None, self.text[self.next : self.end].lstrip()[:1]
        if before is None or not after:
            return False
        if before.kind == NUMBER and after.isdecimal():
            return True
        opened = after.isdecimal() or after in OPENING
        return letter not in self.names.known and opened and before.kind in (NUMBER, CLOSE)

    def function(self, word: str) -> str:
        """The function name at the end of a word, if a bracket follows and the letters before it are known."""
        if self.text[self.next : self.end].lstrip()[:1] not in ("(", "[", "{", "（", "\\"):
            return ""
        for name in sorted(FUNCTIONS, key=len, reverse=True):
            if word.lower().endswith(name) and self.names.split(word[: -len(name)]) is not None:
                return word[-len(name) :]
        return ""

    def split_indexed(self, word: str) -> list[str] | None:
        """The names in a word; if digits follow, x1 is x_1 when there is such a symbol."""
        digits = re.compile("[0-9]+").match(self.text, self.next, self.end)
        if digits and "_" not in word:
            parts = self.names.split(f"{word}_{digits[0]}")
            if parts and parts[-1].endswith(f"_{digits[0]}"):
                self.next = digits.end()
                return parts
        return self.names.split(word)

    def refuse_unknown(self, word: str, places: list[int], span: tuple[int, int]) -> NoReturn:
        if word.lower() in FUNCTIONS:
            refuse(self.text, _("{function} needs its argument in brackets").format(function=word), *span)
        start, letter = self.names.find_unknown(word)
        place = places[min(start, len(places) - 1)] if places else span[0]
        swapped = letter.swapcase()
        message = _("{letter} is not {other}: small and capital letters differ")
        case = message.format(letter=letter, other=swapped) if swapped in self.names.known else None
        symbols = ", ".join(sorted(self.names.symbols))
        known = _("symbols here: {symbols}").format(symbols=symbols) if symbols else _("only numbers here")
        hint = _(TIMES) if letter in ("x", "X") else case or known
        message = _("{text} is not a symbol of this row").format(text=shown(letter or word))
        refuse(self.text, message, place, place + max(1, len(letter)), hint)


KINDS = {
    "space": Scanner.space,
    "number": Scanner.number,
    "raised": Scanner.raised,
    "run": Scanner.run,
    "command": Scanner.command,
    "sign": Scanner.sign,
    "bad": Scanner.bad,
}
