"""Reads YAML so that every value still knows its file, line and column; nothing in it can run or grow."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from worksheet.errors import Collector, Where, WorksheetError, nearest, shifted, shown

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where PyYAML was built with it
MAX_BYTES = 1 << 20
MAX_DEPTH = 20
MAX_TEXT = 10_000  # characters of one value


@dataclass(frozen=True)
class Marked:
    """A scalar's text, a list or a mapping, with its place. All scalars are texts: the reader of a field says its type."""

    value: str | list[Marked] | dict[str, Marked]
    where: Where
    keys: dict[str, Where]  # of a mapping

    def text(self) -> str:
        """The scalar's text; WorksheetError where it is none."""
        if not isinstance(self.value, str):
            raise WorksheetError("expected one value here, not a list or a table", self.where)
        if len(self.value) > MAX_TEXT:
            raise WorksheetError(f"a text of {len(self.value):,} characters; at most {MAX_TEXT:,}", self.where)
        return self.value

    def items(self) -> list[Marked]:
        """The list's items; WorksheetError where it is none."""
        if not isinstance(self.value, list):
            raise WorksheetError("expected a list here", self.where, "one item a line, each behind a '- '")
        return self.value

    def table(self) -> dict[str, Marked]:
        """The mapping's entries; WorksheetError where it is none."""
        if not isinstance(self.value, dict):
            raise WorksheetError("expected 'key: value' lines here", self.where)
        return self.value

    def fields(self, known: Collection[str], required: Collection[str], faults: Collector) -> dict[str, Marked]:
        """The mapping's entries of known keys; unknown and missing ones are added to the faults."""
        table = self.table()
        for key in table:
            if key not in known:
                faults.add(WorksheetError(f"unknown key {shown(key)}", self.keys[key], nearest(key, known)))
        for key in required:
            if key not in table:
                faults.add(WorksheetError(f"the key {key!r} is missing", self.where))
        return {key: value for key, value in table.items() if key in known}

    def within(self, fault: WorksheetError) -> WorksheetError:
        """A fault inside this scalar's text, told as a place in the file."""
        return fault.located(shifted(fault.where, self.where))


def read_text(path: Path, most: int = MAX_BYTES) -> str:
    """A text file of bounded size. Raises WorksheetError for one that is missing, too large or not UTF-8."""
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(most + 1)
    except IsADirectoryError:
        raise WorksheetError("is a folder, not a file", where) from None
    except FileNotFoundError:
        raise WorksheetError("no such file", where) from None
    except OSError as fault:
        raise WorksheetError(f"cannot be read: {fault.strerror}", where) from None
    if len(data) > most:
        raise WorksheetError(f"is larger than {most // 1024:,} KiB, too large to be meant", where)
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as fault:
        before = data[: fault.start]
        line, column = before.count(b"\n") + 1, fault.start - before.rfind(b"\n")
        place = Where(str(path), line, column)
        hint = "save the file as UTF-8"
        raise WorksheetError(f"is not UTF-8 text: byte 0x{data[fault.start]:02x}", place, hint) from None


def parse(text: str, file: str, first_line: int = 1) -> Marked:
    """The YAML document in ``text``, whose first line is ``first_line`` of the file. Raises WorksheetError with the place."""
    try:
        _check_depth(text, file, first_line)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        problem = fault.problem or "not YAML"
        raise WorksheetError(f"not readable as YAML: {problem}", _Places(text, file, first_line).at(mark)) from None
    except (yaml.YAMLError, RecursionError) as fault:
        reason = str(fault).splitlines()[0] if str(fault) else "nested too deep"
        raise WorksheetError(f"not readable as YAML: {reason}", Where(file, first_line)) from None
    places = _Places(text, file, first_line)
    return places.marked(root) if root else Marked({}, Where(file, first_line), {})


def _check_depth(text: str, file: str, first_line: int) -> None:
    """Refuse deep nesting before anything recurses into it."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise WorksheetError(f"nested more than {MAX_DEPTH} deep", _Places(text, file, first_line).at(event.start_mark))


class _Places:
    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.lines = text.split("\n")
        self.file = file
        self.first_line = first_line
        self.seen: set[int] = set()

    def at(self, start: Any, end: Any = None) -> Where:
        if start is None:
            return Where(self.file, self.first_line)
        line = self.lines[start.line] if start.line < len(self.lines) else ""
        same = end is not None and end.line == start.line
        length = end.column - start.column if same else len(line) - start.column
        return Where(self.file, self.first_line + start.line, start.column + 1, line, max(1, length))

    def marked(self, node: yaml.Node) -> Marked:
        where = self.at(node.start_mark, node.end_mark)
        if id(node) in self.seen:
            raise WorksheetError("anchors and aliases are not read", where, "write the value out")
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return Marked(node.value, self.inside(node, where), {})
        if isinstance(node, yaml.SequenceNode):
            return Marked([self.marked(item) for item in node.value], where, {})
        return self.mapping(node, where)

    def inside(self, node: Any, where: Where) -> Where:
        """The place of a scalar's first character, behind the quote where there is one."""
        quoted = node.style in ("'", '"')
        return replace(where, column=(where.column or 0) + 1) if quoted else where

    def mapping(self, node: Any, where: Where) -> Marked:
        entries: dict[str, Marked] = {}
        keys: dict[str, Where] = {}
        for key_node, value_node in node.value:
            key = self.marked(key_node)
            if key.text() in entries:
                raise WorksheetError(f"the key {shown(key.text())} is given twice", key.where)
            entries[key.text()] = self.marked(value_node)
            keys[key.text()] = key.where
        return Marked(entries, where, keys)
