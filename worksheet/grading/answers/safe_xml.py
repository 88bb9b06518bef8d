"""Checks the XML of a workbook before a library reads it: no document types or entities, bounded in depth and number."""

from __future__ import annotations

from xml.parsers import expat

from worksheet.errors import Where, WorksheetError, shown
from worksheet.grading.answers.bounds import XLSX_DEPTH, XLSX_ELEMENTS

LONGEST = 65_536  # characters of one tag or comment
MAX_LISTED = 1000  # formulas without a value
CELL, FORMULA, VALUE, INLINE, TEXT = "c", "f", "v", "t", "text"


class Checker:
    """Checks all parts of one file. ``formulas`` is whether there are any; ``without_value`` are the places of those without
    a value."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.elements = 0
        self.formulas = False
        self.without_value: list[str] = []

    def check(self, part: str, data: bytes) -> None:
        """Refuse a part that could do harm. A part that is not XML is left to the library. Raises WorksheetError."""
        parser = expat.ParserCreate(namespace_separator=" ")
        handlers = _Handlers(self, part)
        parser.StartElementHandler = handlers.start
        parser.EndElementHandler = handlers.end
        parser.CharacterDataHandler = handlers.text
        parser.CommentHandler = handlers.long
        parser.ProcessingInstructionHandler = lambda _, data: handlers.long(data)
        parser.StartDoctypeDeclHandler = handlers.refuse
        parser.EntityDeclHandler = handlers.refuse
        try:
            parser.Parse(data, True)  # noqa: FBT003  # whole: in pieces, one long tag would be read again and again
        except (expat.ExpatError, ValueError, LookupError):  # LookupError: an unknown encoding
            return


class _Handlers:
    """Handles the tags of one part."""

    def __init__(self, checker: Checker, part: str) -> None:
        self.checker = checker
        self.part = part
        self.depth = 0
        self.cell = self.tag = ""
        self.inside: set[str] = set()  # of a cell

    def refuse(self, *_: object) -> None:
        raise self.fault("declares a document type or entities, which no workbook does")

    def fault(self, says: str) -> WorksheetError:
        return WorksheetError(f"its part {shown(self.part)} {says}", Where(self.checker.file))

    def long(self, text: str) -> None:
        if len(text) > LONGEST:
            raise self.fault(f"has a tag or comment of more than {LONGEST:,} characters")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.checker.elements += 1
        self.depth += 1
        if self.checker.elements > XLSX_ELEMENTS:
            raise self.fault(f"is too large: more than {XLSX_ELEMENTS:,} elements")
        if self.depth > XLSX_DEPTH:
            raise self.fault(f"nests more than {XLSX_DEPTH} elements")
        if len(name) + sum(map(len, attributes)) + sum(map(len, attributes.values())) > LONGEST:
            self.long(" " * (LONGEST + 1))
        tag = name.rpartition(" ")[2]
        if tag == CELL:
            self.cell = attributes.get("r", "")
            self.inside = set()
        else:
            self.inside.add(tag)
        self.tag = tag

    def text(self, _: str) -> None:
        if self.tag in {VALUE, INLINE}:
            self.inside.add(TEXT)

    def end(self, name: str) -> None:
        self.depth -= 1
        self.tag = ""
        if name.rpartition(" ")[2] == CELL and FORMULA in self.inside:
            self.checker.formulas = True
            if TEXT not in self.inside and len(self.checker.without_value) < MAX_LISTED:
                self.checker.without_value.append(f"{self.part} {self.cell}"[:100])
