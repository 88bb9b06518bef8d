"""Reads the sheet notation: front matter in YAML, then one layer a line in the words of the AI61002 worksheet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

from worksheet import conventions
from worksheet.errors import Collector, SheetError, Where, WorksheetError, nearest, shown
from worksheet.formula import Digits
from worksheet.layers import Kind, kinds
from worksheet.layers.spelling import Given, hyperparameters, unknown_word, vocabulary
from worksheet.marked import Marked, parse, read_text
from worksheet.network import Heading, Network, Node, Shape, chained
from worksheet.readers.reader import Reader, shape
from worksheet.sizes import follow

FENCE = "---"
LONGEST_LINE = 500
MOST_LAYERS = 20_000
BRACKETS = ("exact", "always")

WORDS = re.compile(r"(?P<arrow>(?:\S+\s*)?(?:->|→)\s*\S*)|\S+")
NUMBER = re.compile(r"(?P<number>[-+]?[0-9]+)(?P<word>[A-Za-z_]*)", re.ASCII)
UNKNOWN = "?"  # the input of a layer that stands behind one which could not be read


def read_sheet(path: Path, input: Shape | None = None) -> Network:
    """The network in a ``.sheet`` file. Raises WorksheetError with every fault of the file at its line and column."""
    return _Sheet(path, read_text(path)).network(input)


class _Sheet:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.file = str(path)
        self.text = text
        self.lines = text.split("\n")
        self.faults = Collector()

    def where(self, line: int, column: int = 1, length: int = 1) -> Where:
        return Where(self.file, line, column, self.lines[line - 1], length)

    def network(self, input: Shape | None) -> Network:
        if not self.text.strip():
            hint = "front matter with an input, then a layer a line: see docs/sheet.md"
            raise SheetError("is empty", Where(self.file), hint)
        end = self.front_matter_end()
        heading, stated = self.heading(end, input)
        nodes = self.nodes(end)
        follow(input or stated, nodes, self.faults)
        self.faults.raise_any()
        return Network(self.path.stem, input or stated or (), tuple(nodes), heading, self.file)

    # Front matter

    def front_matter_end(self) -> int:
        """The number of the line that closes the front matter; 0 where there is none."""
        if self.lines[0].rstrip() != FENCE:
            return 0
        for number, line in enumerate(self.lines[1:], 2):
            if line.rstrip() == FENCE:
                return number
        raise SheetError("the front matter is not closed", self.where(1, 1, 3), "a second line of ---")

    def heading(self, end: int, input: Shape | None) -> tuple[Heading, Shape | None]:
        if not end:
            if input is None:
                hint = "begin the file with\n---\ninput: 3 x 227 x 227\n---".replace("\n", "\n        ")
                self.faults.add(SheetError("there is no front matter, so the input is not known", self.where(1), hint))
            return Heading(), None
        try:
            table = parse("\n".join(self.lines[1 : end - 1]), self.file, first_line=2)
        except WorksheetError as fault:
            self.faults.add(fault)
            return Heading(), None
        return self.fields(table, input)

    def fields(self, table: Marked, input: Shape | None) -> tuple[Heading, Shape | None]:
        texts: dict[str, str] = {}
        names = [field.name for field in fields(Heading)]
        entries: dict[str, Marked] = {}
        with self.faults.catching():
            entries = table.fields([*names, "input"], (), self.faults)
        for name, entry in entries.items():
            with self.faults.catching():
                texts[name] = " ".join(entry.text().split())
        stated = self.checked(entries, texts)
        if input is None and "input" not in entries:
            hint = "input: channels x height x width, such as input: 3 x 227 x 227"
            self.faults.add(SheetError("the key 'input' is missing", self.where(1, 1, 3), hint))
        return Heading(**{name: texts.get(name, "") for name in names}), stated

    def checked(self, entries: dict[str, Marked], texts: dict[str, str]) -> Shape | None:
        """The input shape; faults of the other keys' values are noted, each at its place."""
        stated: Shape | None = None
        for name, text in texts.items():
            try:
                if name == "input":
                    stated = shape(text)
                elif name in CHECKS:
                    texts[name] = CHECKS[name](self.path, text)
            except WorksheetError as fault:
                inner = [fault.located(entries[name].where)] if not fault.where.line else fault.faults
                self.faults.found.extend(inner)
        return stated

    # Layers

    def nodes(self, end: int) -> list[Node]:
        nodes: list[Node] = []
        broken = False
        for number, line in self.layer_lines(end):
            try:
                node = self.node(number, line)
                nodes.append(replace(node, inputs=(UNKNOWN,)) if broken else node)
                broken = False
            except WorksheetError as fault:
                self.faults.add(fault)
                broken = True
        if not nodes and not broken:
            place = Where(self.file, len(self.lines))
            self.faults.add(SheetError("there is no layer", place, "a layer a line, such as ReLU"))
        return chained(nodes)

    def layer_lines(self, end: int) -> Iterator[tuple[int, str]]:
        """Number and text of each line with a layer, comments cut off."""
        found = 0
        for number, line in enumerate(self.lines[end:], end + 1):
            text = line.split("#", 1)[0].rstrip()
            if not text.strip():
                continue
            found += 1
            if found > MOST_LAYERS:
                raise SheetError(f"more than {MOST_LAYERS:,} layers", self.where(number))
            yield number, text

    def node(self, number: int, line: str) -> Node:
        if len(line) > LONGEST_LINE:
            raise SheetError(f"a line of {len(line):,} characters; at most {LONGEST_LINE}", self.where(number))
        before, colon, words = line.partition(":")
        name = before.strip()
        start = len(before) - len(before.lstrip()) + 1
        kind = self.kind(name, self.where(number, start, len(name)))
        place = self.where(number, start, len(line) - start + 1)
        given = self.given(kind, number, words, len(before + colon))
        return Node("", kind, hyperparameters(kind, given, place), where=place)

    def kind(self, name: str, where: Where) -> Kind:
        if name in kinds():
            return kinds()[name]
        first = name.split(maxsplit=1)[0] if name.split() else ""
        if first in kinds():
            raise SheetError(f"a colon is missing behind {first}", where, f"{first}: {name[len(first) :].strip()}")
        raise SheetError(f"unknown layer {shown(name)}", where, nearest(name, kinds()))

    def given(self, kind: Kind, line: int, words: str, offset: int) -> list[Given]:
        faults = Collector()
        given: list[Given] = []
        for found in WORDS.finditer(words):
            where = self.where(line, offset + found.start() + 1, len(found.group()))
            with faults.catching():
                given += self.arrow(kind, found.group(), where) if found["arrow"] else self.word(kind, found.group(), where)
        faults.raise_any()
        return given

    def arrow(self, kind: Kind, text: str, where: Where) -> list[Given]:
        if not kind.spelling.arrow:
            raise SheetError(f"{kind.name} has no arrow", where, f"an example: {kind.spelling.example}")
        before, after = (part.strip() for part in re.split("->|→", text, maxsplit=1))
        given = []
        for name, number in zip(kind.spelling.arrow, (before, after), strict=True):
            if not number and name == kind.spelling.arrow[0]:
                continue  # the shape above tells the input
            if not re.fullmatch(r"[-+]?[0-9]{1,12}", number, re.ASCII):
                what = f"{shown(number)} is not a whole number" if number else "a number is missing behind the arrow"
                raise SheetError(what, where, f"an example: {kind.spelling.example}")
            given.append(Given(name, int(number), where))
        return given

    def word(self, kind: Kind, text: str, where: Where) -> list[Given]:
        if text in kind.spelling.flags:
            return [Given(*kind.spelling.flags[text], where)]
        words = vocabulary(kind)
        number = NUMBER.fullmatch(text)
        if number and number["word"] and len(number["number"]) <= 12:
            name = number["word"].replace("_", "")
            if name not in words:
                raise unknown_word(kind, number["word"], where)
            return [Given(name, int(number["number"]), where)]
        if number and not number["word"]:
            hint = f"{text}{next(iter(words))}?" if words else f"{kind.name} takes no numbers"
            raise SheetError(f"the number {shown(text)} has no letter behind it", where, hint)
        if text in words:
            raise SheetError(f"{text} lacks its number", where, f"an example: {kind.spelling.example}")
        close = nearest(text, [*words, *kind.spelling.flags]) if text.isalpha() else None
        raise SheetError(f"cannot read {shown(text)}", where, close or f"an example: {kind.spelling.example}")


def _convention(path: Path, text: str) -> str:
    """A convention's name, or the path of its file, which stands relative to the sheet."""
    name = str(path.parent / text) if text.endswith(conventions.SUFFIXES) else text
    conventions.convention(name)
    return name


def _digits(_: Path, text: str) -> str:
    return Digits(text).locale


def _brackets(_: Path, text: str) -> str:
    if text not in BRACKETS:
        raise WorksheetError(f"brackets are {' or '.join(BRACKETS)}, not {shown(text)}")
    return text


CHECKS = {"convention": _convention, "digits": _digits, "brackets": _brackets}

READER = Reader(suffixes=(".sheet",), read=read_sheet)
