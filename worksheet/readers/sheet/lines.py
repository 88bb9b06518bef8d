"""One line of a sheet becomes one layer: ``conv1 = Conv2d: 64c 11w 4s 2p <- input``."""

import re

from worksheet.errors import Collector, SheetError, Where, shown
from worksheet.frozen import frozen
from worksheet.layers import Kind, kinds
from worksheet.layers.spelling import Given, hyperparameters, unknown_word, vocabulary

MAX_LINE = 500
NAME = r"[A-Za-z_][\w.]*"
PARTS = re.compile(rf"(?P<indent>\s*)(?:(?P<name>{NAME})\s*=(?!=)\s*)?(?P<body>.*?)(?:\s*<-(?P<inputs>.*))?$", re.ASCII)
WORDS = re.compile(r"(?P<arrow>(?:\S+\s*)?(?:->|→)\s*\S*)|\S+")
NUMBER = re.compile(r"(?P<number>[-+]?[0-9]+)(?P<word>[A-Za-z_]*)", re.ASCII)
INTEGER = re.compile(r"[-+]?[0-9]{1,12}", re.ASCII)
SHARES = "@"  # @conv1: shares the weights of conv1


@frozen
class SheetLine:
    """A line of the file with its position; in a block, with the numbers of one use filled in."""

    file: str
    number: int
    text: str
    full: str = ""  # with its comment, as a fault prints it

    def where(self, column: int = 1, length: int = 1) -> Where:
        return Where(self.file, self.number, column, self.full or self.text, length)

    @property
    def whole(self) -> Where:
        """The position of the line's whole text."""
        start = len(self.text) - len(self.text.lstrip())
        return self.where(start + 1, max(1, len(self.text.strip())))


@frozen
class LayerReference:
    """The name of a layer where a line refers to it."""

    name: str
    where: Where


@frozen
class LayerStatement:
    """The parts of a line: ``name = body <- inputs``; ``start`` is the column of the body's first character, from 0."""

    line: SheetLine
    name: LayerReference | None
    body: str
    start: int
    inputs: tuple[LayerReference, ...]


@frozen
class ParsedLayer:
    """A layer as a line describes it, before the names that it reads are looked up."""

    kind: Kind
    hyperparameters: dict[str, int]
    pattern: str
    shares: LayerReference | None


def parse_statement(line: SheetLine) -> LayerStatement:
    """The parts of a line. Raises SheetError for a line that is too long or has no name after an arrow."""
    if len(line.text) > MAX_LINE:
        raise SheetError(f"a line of {len(line.text):,} characters; at most {MAX_LINE}", line.where())
    match = PARTS.match(line.text)
    assert match is not None  # the pattern takes any line
    name = LayerReference(match["name"], line.where(match.start("name") + 1, len(match["name"]))) if match["name"] else None
    inputs = _references(line, match["inputs"], match.start("inputs")) if match["inputs"] is not None else ()
    return LayerStatement(line, name, match["body"].rstrip(), match.start("body"), inputs)


def _references(line: SheetLine, text: str, start: int) -> tuple[LayerReference, ...]:
    references = []
    for part in text.split(","):
        name = part.strip()
        column = start + len(part) - len(part.lstrip()) + 1
        if not re.fullmatch(NAME, name, re.ASCII):
            what = f"{shown(name)} is not the name of a layer" if name else "a name is missing after the arrow"
            raise SheetError(what, line.where(column, max(1, len(name))), "name the layers to read, such as Add <- conv1, relu_2")
        references.append(LayerReference(name, line.where(column, len(name))))
        start += len(part) + 1
    return tuple(references)


def parse_layer(statement: LayerStatement, rank: int | None = None) -> ParsedLayer:
    """The layer that a line describes. Raises SheetError with all faults of the line at their columns.

    ``rank`` is the number of axes of the network's input, for hints.
    """
    line = statement.line
    before, colon, words = statement.body.partition(":")
    name = before.strip()
    kind = _kind(name, statement, rank)
    _refuse_bare_numbers(kind, words, line.where(statement.start + len(before + colon) + 2, max(1, len(words.strip()))))
    faults = Collector()
    settings: list[Given] = []
    pattern, shares = "", None
    for match in WORDS.finditer(words):
        text, where = match.group(), line.where(statement.start + len(before + colon) + match.start() + 1, len(match.group()))
        with faults.catching():
            if text.startswith(SHARES):
                shares = LayerReference(text[1:], where)
            elif kind.spelling.pattern and not pattern and not NUMBER.fullmatch(text):
                pattern = text
            else:
                settings += _read_word(kind, text, bool(match["arrow"]), where)
    faults.raise_any()
    if kind.spelling.pattern and not pattern:
        raise SheetError(f"{kind.name} needs {kind.spelling.pattern}", line.whole, f"an example: {kind.spelling.example}")
    return ParsedLayer(kind, hyperparameters(kind, settings, line.whole), pattern, shares)


def _kind(name: str, statement: LayerStatement, rank: int | None) -> Kind:
    if name in kinds():
        return kinds()[name]
    from worksheet.readers.sheet.foreign import CALL, in_words, laid_out, meant

    line, start = statement.line, statement.start + 1
    if call := CALL.fullmatch(statement.body):
        hint = in_words(call) or meant(call["name"], rank)
        where = line.where(start, len(statement.body))
        raise SheetError("this is how a program writes a layer, not a sheet", where, hint)
    where = line.where(start, max(1, len(name)))
    first = name.split(maxsplit=1)[0] if name.split() else ""
    if first in kinds():
        raise SheetError(f"a colon is missing after {first}", where, f"{first}: {name[len(first) :].strip()}")
    raise SheetError(f"unknown layer {shown(name)}", where, laid_out(statement.body) or meant(name, rank))


def _refuse_bare_numbers(kind: Kind, words: str, where: Where) -> None:
    """Refuse several numbers without letters at once, with the letters that they probably have."""
    numbers = words.split()
    letters = [word.word for word in kind.spelling.words]
    if len(numbers) > 1 and not kind.spelling.listed and all(INTEGER.fullmatch(number) for number in numbers):
        meant = " ".join(number + letter for number, letter in zip(numbers, letters, strict=False))
        meant = meant if letters else "->".join(numbers) if kind.spelling.arrow and len(numbers) == 2 else ""
        hint = f"write {kind.name}: {meant}" if meant else None
        raise SheetError("the numbers have no letters after them", where, hint)


def _read_word(kind: Kind, text: str, is_arrow: bool, where: Where) -> list[Given]:
    if is_arrow:
        return _arrow_settings(kind, text, where)
    settings = _list_settings(kind, text, where)
    return settings or _letter_setting(kind, text, where)


def _list_settings(kind: Kind, text: str, where: Where) -> list[Given]:
    """The numbers of a list such as 256x6x6, where the kind takes one."""
    spelling = kind.spelling
    parts = text.split(spelling.separator)
    if not spelling.listed or not all(INTEGER.fullmatch(part) for part in parts):
        return []
    if len(parts) > len(spelling.listed):
        raise SheetError(f"{kind.name} takes at most {len(spelling.listed)} numbers, not {len(parts)}", where)
    return [Given(name, int(part), where) for name, part in zip(spelling.listed, parts, strict=False)]


def _arrow_settings(kind: Kind, body: str, where: Where) -> list[Given]:
    if not kind.spelling.arrow:
        raise SheetError(f"{kind.name} has no arrow", where, f"an example: {kind.spelling.example}")
    before, after = (part.strip() for part in re.split("->|→", body, maxsplit=1))
    settings = []
    for name, text in zip(kind.spelling.arrow, (before, after), strict=True):
        if not text and name == kind.spelling.arrow[0]:
            continue  # the input follows from the shape above
        if not INTEGER.fullmatch(text):
            what = f"{shown(text)} is not a whole number" if text else "a number is missing after the arrow"
            raise SheetError(what, where, f"an example: {kind.spelling.example}")
        settings.append(Given(name, int(text), where))
    return settings


def _letter_setting(kind: Kind, text: str, where: Where) -> list[Given]:
    if text in kind.spelling.flags:
        return [Given(*kind.spelling.flags[text], where)]
    words = vocabulary(kind)
    match = NUMBER.fullmatch(text)
    if match and match["word"] and len(match["number"]) <= 12:
        name = match["word"].replace("_", "")
        if name not in words:
            raise unknown_word(kind, match["word"], where)
        return [Given(name, int(match["number"]), where)]
    if match and not match["word"]:
        hint = f"{text}{next(iter(words))}?" if words else f"{kind.name} takes no numbers"
        hint = f"write ->{text}" if kind.spelling.arrow else hint
        raise SheetError(f"the number {shown(text)} has no letter after it", where, hint)
    if text in words:
        raise SheetError(f"{text} has no number", where, f"an example: {kind.spelling.example}")
    from worksheet.readers.sheet.foreign import word_meant

    hint = word_meant(kind, text) or f"an example: {kind.spelling.example}"
    raise SheetError(f"cannot read {shown(text)}", where, hint)
