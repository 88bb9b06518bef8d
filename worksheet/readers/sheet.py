"""Reads the sheet notation: front matter in YAML, then one layer a line in the words of the AI61002 worksheet."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields
from pathlib import Path

from worksheet import conventions
from worksheet.errors import Collector, SheetError, Where, WorksheetError, shown
from worksheet.formula import Digits
from worksheet.layers import Shape
from worksheet.marked import Marked, parse, read_text
from worksheet.network import INPUT, Heading, Network, Node
from worksheet.readers.reader import Options, Reader, shape
from worksheet.readers.sheet_body import Body
from worksheet.readers.sheet_layers import NAME, Line
from worksheet.sizes import follow, sized

FENCE = "---"
HOMEWORK = "homework"
BRACKETS = ("exact", "always")


def read_sheet(path: Path, options: Options) -> Network:
    """The network in a ``.sheet`` file. Raises WorksheetError with every fault of the file at its line and column."""
    return _Sheet(path, read_text(path)).network(options.input)


class _Sheet:
    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.file = str(path)
        self.text = text
        self.lines = text.split("\n")
        self.faults = Collector()
        self.further: dict[str, Shape | None] = {}  # inputs beside the main one

    def where(self, line: int, column: int = 1, length: int = 1) -> Where:
        return Where(self.file, line, column, self.lines[line - 1], length)

    def network(self, input: Shape | None) -> Network:
        if not self.text.strip():
            hint = "front matter with an input, then a layer a line: see docs/sheet.md"
            raise SheetError("is empty", Where(self.file), hint)
        end = self.front_matter_end()
        heading, stated = self.heading(end, input)
        nodes = self.nodes(end, self.further)
        if self.faults.found:  # layers are checked as far as sizes are known, so that all faults are reported at once
            follow({INPUT: input or stated, **self.further}, nodes, self.faults)
            self.faults.raise_any()
        network = Network(
            self.path.stem,
            input or stated or (),
            tuple(nodes),
            heading,
            self.file,
            {name: shape for name, shape in self.further.items() if shape},
        )
        sized(network)
        return network

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
            entries = table.fields([*names, "input", "inputs", HOMEWORK], (), self.faults)
        entries.pop(HOMEWORK, None)  # read where homework is read
        if "inputs" in entries:
            self.read_further(entries.pop("inputs"))
        for name, entry in entries.items():
            with self.faults.catching():
                texts[name] = " ".join(entry.text().split())
        stated = self.checked(entries, texts)
        if input is None and "input" not in entries:
            hint = "input: channels x height x width, such as input: 3 x 227 x 227"
            self.faults.add(SheetError("the key 'input' is missing", self.where(1, 1, 3), hint))
        return Heading(**{name: texts.get(name, "") for name in names}), stated

    def read_further(self, marked: Marked) -> None:
        """The inputs beside the main one: a name and a shape each."""
        table: dict[str, Marked] = {}
        with self.faults.catching():
            table = marked.table()
        for name, entry in table.items():
            self.further[name] = None
            try:
                if not re.fullmatch(NAME, name, re.ASCII) or name == INPUT:
                    raise SheetError(f"{shown(name)} cannot name an input", marked.keys[name], "letters, digits and underscores")
                self.further[name] = shape(entry.text())
            except WorksheetError as fault:
                self.faults.add(fault if fault.where.line else fault.located(entry.where))

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

    def nodes(self, end: int, further: Iterable[str]) -> list[Node]:
        body = Body(self.faults, further)
        nodes = body.read(self.layer_lines(end))
        if not nodes and not self.faults.found:
            place = Where(self.file, len(self.lines))
            self.faults.add(SheetError("there is no layer", place, "a layer a line, such as ReLU"))
        return nodes

    def layer_lines(self, end: int) -> Iterator[Line]:
        """Each line that says something, comments cut off."""
        for number, line in enumerate(self.lines[end:], end + 1):
            text = line.split("#", 1)[0].rstrip()
            if text.strip():
                yield Line(self.file, number, text, line)


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

READER = Reader(takes="a .sheet file", read=read_sheet, suffixes=(".sheet",))
