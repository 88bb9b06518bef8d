"""Parses the text format of protocol buffers into messages in which every value keeps its line and column."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from worksheet.errors import Collector, SheetError, Where, shown

if TYPE_CHECKING:
    from lark import Lark, Token

MAX_DEPTH = 50
MAX_FIELDS = 400_000
MAX_SYNTAX_FAULTS = 20
MAX_GUESSES = 200
LAYER = re.compile(r"^[ \t]*layers?\b\s*(?::\s*)?\{", re.MULTILINE)  # where reading resumes after a fault

# A name, its colon and a value on one line are one terminal, a name and its brace another: most lines of a network
# are a single token, which halves the time for a file. No pattern can match a text in two ways.
NUMBER = r"0[xX][0-9a-fA-F]+|(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?[fF]?"
WORD = rf"(?:-[ \t]*)?(?:{NUMBER}|[A-Za-z_]\w*)(?![\w.])"
STRING = r""""[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\\\n]*(?:\\.[^'\\\n]*)*\'"""
GRAMMAR = rf"""
start: field*
field: PAIR _END?                                     -> pair_field
     | PAIR_OF_TEXT STRING* _END?                     -> pair_field
     | NAME ":" _value _END?                          -> value_field
     | NAME ":"? "[" (item ("," item)*)? "]" _END?    -> list_field
     | _opened _END?                                  -> block_field
     | NAME ":"? _message _END?                       -> value_field
_opened: OPEN_BRACE field* "}}" | OPEN_ANGLE field* ">"
item: _value | _message
_value: word | texts
word: WORD
texts: STRING+
_message: braces | angles
braces: BRACE field* "}}"                             -> message
angles: ANGLE field* ">"                              -> message

PAIR.9: /[A-Za-z_]\w*[ \t]*:[ \t]*{WORD}/
PAIR_OF_TEXT.9: /[A-Za-z_]\w*[ \t]*:[ \t]*(?:{STRING})/
OPEN_BRACE.8: /[A-Za-z_]\w*\s*(?::\s*)?\{{/
OPEN_ANGLE.8: /[A-Za-z_]\w*\s*(?::\s*)?</
NAME: /[A-Za-z_]\w*|\[[\w.\/ ]+\]/
WORD: /{WORD}/
STRING: /{STRING}/
BRACE: "{{"
ANGLE: "<"
_END: /[,;]/
%ignore /(?:\s|#[^\n]*)+/
"""
TERMINALS = {
    **dict.fromkeys(("PAIR", "PAIR_OF_TEXT", "NAME", "OPEN_BRACE", "OPEN_ANGLE"), "a field"),
    **dict.fromkeys(("WORD", "STRING"), "a value"),
    **dict.fromkeys(("BRACE", "ANGLE", "LBRACE"), "'{'"),
    "RBRACE": "'}'",
    "MORETHAN": "'>'",
    "LSQB": "'['",
    "RSQB": "']'",
    "COLON": "':'",
    "COMMA": "','",
}
SPLIT = re.compile(r"(\w+)[ \t]*:[ \t]*")
ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9a-fA-F]{1,2})|(.))", re.DOTALL)
ESCAPED = {"n": "\n", "t": "\t", "r": "\r", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}


@dataclass(slots=True)
class PrototxtScalar:
    """A number, word or text, as the file has it; the reader of the field decides which it must be."""

    text: str
    quoted: bool
    line: int
    column: int
    length: int


@dataclass(slots=True)
class PrototxtMessage:
    """The fields between two braces: every name with its values in file order. ``depth`` is 1 where no message is inside."""

    line: int
    column: int
    length: int = 1
    depth: int = 1
    fields: dict[str, list[PrototxtScalar | PrototxtMessage]] = field(default_factory=dict)


FieldValue = PrototxtScalar | PrototxtMessage


class PrototxtSource:
    """A file's name and lines, from which the position of a value follows."""

    def __init__(self, file: str, text: str) -> None:
        self.file = file
        self.text = text
        self.lines = text.split("\n")
        self.guesses = MAX_GUESSES

    def may_guess(self) -> bool:
        """Whether to look for the nearest known name once more: that is slow, and a file may be full of faults."""
        self.guesses -= 1
        return self.guesses >= 0

    def at(self, line: int, column: int, length: int = 1) -> Where:
        return Where(self.file, line, column, self.lines[line - 1], length)

    def of(self, value: FieldValue) -> Where:
        """The position of a value; for a message, that of its name."""
        return self.at(value.line, value.column, value.length)


def parse(source: PrototxtSource) -> PrototxtMessage:
    """The message in a file. Raises WorksheetError with every syntax fault at its line and column.

    After a fault, reading resumes at the next layer, so that all layers with faults are reported at once.
    """
    _check_bounds(source)
    faults = Collector()
    start = 0
    root = PrototxtMessage(1, 1)
    while start >= 0:
        try:
            root = _parse_from(source, start)
            start = -1
        except _GrammarFault as fault:
            faults.add(fault.fault)
            following = LAYER.search(source.text, max(fault.position, start) + 1)
            start = following.start() if following and len(faults.found) < MAX_SYNTAX_FAULTS else -1
    faults.raise_any()
    return root


def _check_bounds(source: PrototxtSource) -> None:
    """Refuse what is too large before it is parsed: every field has a colon, a brace or a comma."""
    fields = sum(source.text.count(sign) for sign in ":{<,;")
    fields += max(source.text.count('"'), source.text.count("'")) // 2
    if fields > 2 * MAX_FIELDS:
        raise SheetError(f"has about {fields // 2:,} fields; at most {MAX_FIELDS:,} are read", Where(source.file))


class _GrammarFault(Exception):
    """A syntax fault, with the offset in the text at which parsing stopped."""

    def __init__(self, fault: SheetError, position: int) -> None:
        super().__init__(fault.message)
        self.fault = fault
        self.position = position


def _parse_from(source: PrototxtSource, start: int) -> PrototxtMessage:
    """The message that starts at an offset in the text."""
    from lark.exceptions import UnexpectedCharacters, UnexpectedInput

    before = source.text.count("\n", 0, start)  # the parser counts from the offset
    try:
        root: Any = _parser().parse(source.text[start:])  # the transformer builds a message instead of a tree
    except UnexpectedInput as fault:
        is_sign = isinstance(fault, UnexpectedCharacters)
        fault_found = _fault_of_character(source, before, fault) if is_sign else _fault_of_token(source, before, fault)
        position = start + (fault.pos_in_stream or 0) if fault.pos_in_stream is not None else len(source.text)
        raise _GrammarFault(fault_found, position) from None
    deepest = _too_deep(root)
    if deepest:
        message = f"messages are nested {root.depth - 1:,} deep; at most {MAX_DEPTH}"
        raise _GrammarFault(SheetError(message, source.of(deepest)), len(source.text))
    assert isinstance(root, PrototxtMessage)
    return root


def _too_deep(root: PrototxtMessage) -> PrototxtMessage | None:
    """The first message below the maximum depth."""
    if root.depth <= MAX_DEPTH + 1:
        return None
    message = root
    for _ in range(MAX_DEPTH + 1):
        inner = [value for values in message.fields.values() for value in values if isinstance(value, PrototxtMessage)]
        message = max(inner, key=lambda value: value.depth)
    return message


def _fault_of_character(source: PrototxtSource, before: int, fault: Any) -> SheetError:
    """The fault of a character that no token begins with."""
    line = before + fault.line
    where = source.at(line, fault.column)
    sign = where.text[fault.column - 1 : fault.column]
    if sign in ('"', "'"):
        return SheetError("the text that begins here is not closed on the same line", where, f"close it with {sign}")
    hint = "a template's placeholder: replace it with its value" if sign == "$" else _describe_expected(fault.allowed)
    return SheetError(f"cannot read {shown(where.text[fault.column - 1 :], 20)}", where, hint)


def _fault_of_token(source: PrototxtSource, before: int, fault: Any) -> SheetError:
    """The fault of an unexpected token, or of a file that ends too early."""
    token = fault.token
    opened = [value for value in fault.state.value_stack if getattr(value, "type", "") in OPENING]
    if token.type == "$END" and opened:
        last = opened[-1]
        name = last.split(":")[0].rstrip("{< \t\n")
        where = source.at(before + last.line, last.column, len(name) or 1)
        return SheetError(f"{name or 'the message'} is not closed: the file ends before its '}}'", where)
    if token.type == "$END":
        last_line = len(source.lines)
        where = source.at(last_line, len(source.lines[-1]) + 1)
        return SheetError("the file ends in the middle of a field", where, _describe_expected(fault.expected))
    where = source.at(before + token.line, token.column, len(token.split("\n")[0]))
    return SheetError(f"did not expect {shown(str(token), 30)} here", where, _describe_expected(fault.expected))


OPENING = frozenset({"OPEN_BRACE", "OPEN_ANGLE", "BRACE", "ANGLE"})


def _describe_expected(terminals: Any) -> str | None:
    """What was expected at the position of a fault, in words."""
    words = sorted({TERMINALS[name] for name in terminals or () if name in TERMINALS}, key=list(TERMINALS.values()).index)
    return f"expected {' or '.join(words)}" if 0 < len(words) < 4 else None


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer, v_args

    @v_args(inline=True)
    class MessageBuilder(Transformer[Any, Any]):
        """Builds each message as soon as it is parsed. A field is a name with its values."""

        def start(self, *fields: Any) -> PrototxtMessage:
            return _fill(PrototxtMessage(1, 1), fields)

        def pair_field(self, token: Token, *more: Token) -> tuple[str, list[FieldValue]]:
            match = SPLIT.match(token)
            assert match
            scalar = _scalar(token[match.end() :], token, match.end())
            scalar.text += "".join(map(_unquote, more))
            return match[1], [scalar]

        def word(self, token: Token) -> PrototxtScalar:
            return _scalar(token, token)

        def texts(self, first: Token, *more: Token) -> PrototxtScalar:
            scalar = _scalar(first, first)
            scalar.text += "".join(map(_unquote, more))
            return scalar

        def item(self, value: FieldValue) -> FieldValue:
            return value

        def message(self, opening: Token, *fields: Any) -> PrototxtMessage:
            return _fill(PrototxtMessage(opening.line or 1, opening.column or 1), fields)

        def block_field(self, opening: Token, *fields: Any) -> tuple[str, list[FieldValue]]:
            name = opening[:-1].rstrip().rstrip(":").rstrip()
            return name, [_fill(PrototxtMessage(opening.line or 1, opening.column or 1, len(name)), fields)]

        def value_field(self, name: Token, value: FieldValue) -> tuple[str, list[FieldValue]]:
            return str(name), [value]

        def list_field(self, name: Token, *items: FieldValue) -> tuple[str, list[FieldValue]]:
            return str(name), list(items)

    return Lark(GRAMMAR, parser="lalr", transformer=MessageBuilder(), maybe_placeholders=False)


def _fill(message: PrototxtMessage, fields: Any) -> PrototxtMessage:
    for name, values in fields:
        message.fields.setdefault(name, []).extend(values)
        for value in values:
            if isinstance(value, PrototxtMessage) and value.depth >= message.depth:
                message.depth = value.depth + 1
    return message


def _scalar(text: str, token: Token, offset: int = 0) -> PrototxtScalar:
    quoted = text[0] in "\"'"
    plain = _unquote(text) if quoted else text.replace(" ", "").replace("\t", "")
    return PrototxtScalar(plain, quoted, token.line or 1, (token.column or 1) + offset, len(text))


def _unquote(text: str) -> str:
    """A text without its quotes, with its escapes resolved."""
    inner = text[1:-1]
    return ESCAPE.sub(_unescape, inner) if "\\" in inner else inner


def _unescape(match: re.Match[str]) -> str:
    octal, hexadecimal, sign = match.groups()
    if sign is not None:
        return ESCAPED.get(sign, sign)
    return chr(int(octal, 8) if octal is not None else int(hexadecimal, 16))
