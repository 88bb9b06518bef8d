"""Reads the sheet notation: front matter in YAML, then one layer a line in the words of the AI61002 worksheet."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from worksheet.errors import Collector, SheetError, Where
from worksheet.layers import Shape
from worksheet.network import INPUT, Heading, Network, Node
from worksheet.readers.reader import Reader, ReadOptions
from worksheet.readers.sheet.body import SheetBody
from worksheet.readers.sheet.front_matter import FENCE, FRONT_MATTER, HOMEWORK, closing_line
from worksheet.readers.sheet.lines import SheetLine
from worksheet.schema import Context, parse, read_text
from worksheet.sizes import follow, sized


def read_sheet(path: Path, options: ReadOptions) -> Network:
    """The network in a ``.sheet`` file, whose notation docs/sheet.md describes.

    ``options.inputs`` replaces the shapes of its inputs, the main one first. Raises WorksheetError with every fault at its line
    and column.
    """
    return _SheetReader(path, read_text(path)).network(options.inputs)


class _SheetReader:
    """One file; its faults are collected."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.file = str(path)
        self.text = text
        self.lines = text.split("\n")
        self.faults = Collector()
        self.further: dict[str, Shape | None] = {}  # inputs beside the main one

    def where(self, line: int, column: int = 1, length: int = 1) -> Where:
        return Where(self.file, line, column, self.lines[line - 1], length)

    def network(self, inputs: Sequence[Shape]) -> Network:
        input = inputs[0] if inputs else None
        if not self.text.strip():
            hint = "front matter with an input, then a layer a line: see docs/sheet.md"
            raise SheetError("is empty", Where(self.file), hint)
        end = self.front_matter_end()
        heading, stated = self.heading(end, input)
        shape = input or stated
        nodes = self.nodes(end, len(shape) if shape else None)
        if self.faults.found:  # layers are checked as far as sizes are known, so that all faults are reported at once
            follow({INPUT: shape, **self.further}, nodes, self.faults)
            self.faults.raise_any()
        further = {name: shape for name, shape in self.further.items() if shape} | dict(
            zip(self.further, inputs[1:], strict=False)
        )
        network = Network(self.path.stem, shape or (), tuple(nodes), heading, self.file, further)
        sized(network)
        return network

    # Front matter

    def front_matter_end(self) -> int:
        """The number of the line that closes the front matter; 0 where there is none."""
        end = closing_line(self.lines)
        if not end and self.lines[0].rstrip() == FENCE:
            raise SheetError("the front matter is not closed", self.where(1, 1, 3), "a second line of ---")
        return end

    def heading(self, end: int, input: Shape | None) -> tuple[Heading, Shape | None]:
        """The heading and the input shape from the front matter."""
        if not end:
            if input is None:
                hint = "begin the file with\n---\ninput: 3 x 227 x 227\n---".replace("\n", "\n        ")
                self.faults.add(SheetError("there is no front matter, so the input is not known", self.where(1), hint))
            return Heading(), None
        values: dict[str, Any] = {}
        with self.faults.catching():
            table = parse("\n".join(self.lines[1 : end - 1]), self.file, first_line=2)
            values = FRONT_MATTER.read(table, Context(self.faults, self.path.parent))
            if input is None and "input" not in table.table():
                hint = "input: channels x height x width, such as input: 3 x 227 x 227"
                self.faults.add(SheetError("the key 'input' is missing", self.where(1, 1, 3), hint))
        self.further = values.pop("inputs", {})
        stated: Shape | None = values.pop("input", None)
        return Heading(**{key: value for key, value in values.items() if key != HOMEWORK}), stated

    # Layers

    def nodes(self, end: int, rank: int | None) -> list[Node]:
        body = SheetBody(self.faults, self.further, rank)
        nodes = body.read(self.layer_lines(end))
        if not nodes and not self.faults.found:
            place = Where(self.file, len(self.lines))
            self.faults.add(SheetError("there is no layer", place, "a layer a line, such as ReLU"))
        return nodes

    def layer_lines(self, end: int) -> Iterator[SheetLine]:
        """The lines after the front matter that are not blank, without comments."""
        for line_number, line in enumerate(self.lines[end:], end + 1):
            text = line.split("#", 1)[0].rstrip()
            if text:
                yield SheetLine(self.file, line_number, text, line)


READER = Reader(takes="a .sheet file", read=read_sheet, suffixes=(".sheet",))
