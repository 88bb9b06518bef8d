"""Reads YAML so that every value keeps its file, line and column; nothing in it can run code or expand."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import yaml

from worksheet.errors import Where, WorksheetError, shifted, shown
from worksheet.frozen import frozen
from worksheet.nearby import meant

LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml's, where PyYAML was built with it
MAX_BYTES = 1 << 20
MAX_DEPTH = 20
MAX_TEXT = 10_000  # characters of one value
MAX_QUOTED = 60  # characters of a line in a hint
STARTS = tuple("%@`&*!|>")  # mean something at the start of a value
QUOTES = ("'", '"')
SAMPLE = 64  # bytes in which zeros are searched for
SAVE = "save the file as UTF-8"


class WrongForm(WorksheetError):
    """One value, a list or a table where another of them is expected; the example of the key says more than a general hint."""


@frozen
class Located:
    """A scalar's text, a list or a mapping, with its place. All scalars are texts: the table of fields gives them their types."""

    value: str | list[Located] | dict[str, Located]
    where: Where
    keys: dict[str, Where]  # of a mapping
    repeated: tuple[WorksheetError, ...] = ()  # keys of a mapping that are given twice; the first value is kept

    def text(self) -> str:
        """The scalar's text. Raises WorksheetError for anything else."""
        if not isinstance(self.value, str):
            raise WrongForm("expected one value here, not a list or a table", self.where)
        if len(self.value) > MAX_TEXT:
            raise WorksheetError(f"a text of {len(self.value):,} characters; at most {MAX_TEXT:,}", self.where)
        return self.value

    def items(self) -> list[Located]:
        """The list's items. Raises WorksheetError for anything else."""
        if not isinstance(self.value, list):
            raise WrongForm("expected a list here", self.where, "one item per line, each after '- '")
        return self.value

    def one_or_more(self) -> list[Located]:
        """The list's items, or a single value as a list of one. Raises WorksheetError for anything else."""
        return [self] if self.value and isinstance(self.value, str) else self.items()

    def table(self) -> dict[str, Located]:
        """The mapping's entries. Raises WorksheetError for anything else."""
        if not isinstance(self.value, dict):
            raise WrongForm("expected 'key: value' lines here", self.where)
        return self.value

    def within(self, fault: WorksheetError) -> WorksheetError:
        """A fault inside this scalar's text, located in the file."""
        return fault.located(shifted(fault.where, self.where))


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """A text file of bounded size, UTF-8 or UTF-16 with its mark. Raises WorksheetError for any other."""
    where = Where(str(path))
    try:
        with path.open("rb") as file:
            data = file.read(max_bytes + 1)
    except IsADirectoryError:
        raise WorksheetError("is a folder, not a file", where) from None
    except FileNotFoundError:
        raise WorksheetError("no such file", where, meant(path)) from None
    except OSError as fault:
        raise WorksheetError(f"cannot be read: {fault.strerror}", where) from None
    if len(data) > max_bytes:
        raise WorksheetError(f"is larger than {max_bytes // 1024:,} KiB; this cannot be a worksheet file", where)
    return _decoded(data, str(path)).replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes, file: str) -> str:
    """A file's bytes as text: UTF-8, or UTF-16 by its mark, as Windows programs write it. Raises WorksheetError."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise WorksheetError("is in UTF-32", Where(file), SAVE)
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise WorksheetError("is not UTF-16, as its first bytes say", Where(file), SAVE) from None
    if b"\0" in data[:SAMPLE]:
        raise WorksheetError("holds zero bytes, as UTF-16 without a mark does", Where(file), SAVE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        before = data[: fault.start]
        line, column = before.count(b"\n") + 1, fault.start - before.rfind(b"\n")
        place = Where(file, line, column)
        raise WorksheetError(f"is not UTF-8 text: byte 0x{data[fault.start]:02x}", place, SAVE) from None


def parse(text: str, file: str, first_line: int = 1) -> Located:
    """The YAML document in ``text``, whose first line is ``first_line`` of the file. Raises WorksheetError with the place."""
    try:
        _check_depth(text, file, first_line)
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark or fault.context_mark
        problem = fault.problem or "not YAML"
        where = _Places(text, file, first_line).at(mark)
        raise WorksheetError(f"not readable as YAML: {problem}", where, _yaml_hint(where.text, problem)) from None
    except (yaml.YAMLError, RecursionError) as fault:
        reason = str(fault).splitlines()[0] if str(fault) else "nested too deeply"
        raise WorksheetError(f"not readable as YAML: {reason}", Where(file, first_line)) from None
    places = _Places(text, file, first_line)
    return places.located(root) if root else Located({}, Where(file, first_line), {})


def _yaml_hint(line: str, problem: str) -> str | None:
    """How to write a line that YAML refuses, where it is one of the usual mistakes."""
    key, colon, value = line.partition(": ")
    if "\t" in line[: len(line) - len(line.lstrip())]:
        return "indent with spaces, not with tabs"
    if "mapping values" in problem and colon and ": " in value:
        return f'a text with a colon is quoted: {key.strip()}: "{value.strip()[:MAX_QUOTED]}"'
    if colon and value.lstrip()[:1] in STARTS:
        return f'a text that begins with {value.lstrip()[0]} is quoted: {key.strip()}: "{value.strip()[:MAX_QUOTED]}"'
    if "',' or" in problem:
        return "a bracket that is opened, [ or {, is closed, and commas separate what is in it"
    if "expected ':'" in problem:
        return "a line before this one has no colon and space after its key"
    return "list items begin with '- ', keys end with a colon and a space" if line.strip() else None


def _check_depth(text: str, file: str, first_line: int) -> None:
    """Refuse deep nesting before anything recurses into it."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise WorksheetError(f"nested more than {MAX_DEPTH} deep", _Places(text, file, first_line).at(event.start_mark))


class _Places:
    """The places of a document's nodes."""

    def __init__(self, text: str, file: str, first_line: int) -> None:
        self.lines = text.split("\n")
        self.file = file
        self.first_line = first_line
        self.seen: set[int] = set()

    def at(self, start: Any, end: Any = None, skip: int = 0) -> Where:
        """The place between two marks, as far as its first line goes; it begins ``skip`` characters after the first mark."""
        if start is None:
            return Where(self.file, self.first_line)
        line = self.lines[start.line] if start.line < len(self.lines) else ""
        same = end is not None and end.line == start.line
        length = end.column - start.column if same else len(line) - start.column
        return Where(self.file, self.first_line + start.line, start.column + 1 + skip, line, max(1, length))

    def located(self, node: yaml.Node) -> Located:
        is_quoted = isinstance(node, yaml.ScalarNode) and node.style in QUOTES
        where = self.at(node.start_mark, node.end_mark, skip=is_quoted)
        if id(node) in self.seen:
            raise WorksheetError("anchors and aliases are not read", where, "write the value out")
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return Located(node.value, where, {})
        if isinstance(node, yaml.SequenceNode):
            return Located([self.located(item) for item in node.value], where, {})
        return self.mapping(node, where)

    def mapping(self, node: Any, where: Where) -> Located:
        entries: dict[str, Located] = {}
        keys: dict[str, Where] = {}
        repeated: list[WorksheetError] = []
        for key_node, value_node in node.value:
            key = self.located(key_node)
            name = key.text()
            value = self.located(value_node)
            if name in entries:
                repeated.append(WorksheetError(f"the key {shown(name)} is given twice", key.where))
            else:
                entries[name], keys[name] = value, key.where
        return Located(entries, where, keys, tuple(repeated))
