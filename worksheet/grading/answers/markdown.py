"""Answers in Markdown: the table of a form filled in, below a line that names the student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat

from worksheet.errors import Where
from worksheet.grading.answers.bounds import MAX_CELLS, TEXT_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import COLUMN_WORDS, NAME_WORDS, ROW_WORDS, headings
from worksheet.grading.answers.layout import fold
from worksheet.grading.answers.records import Listed
from worksheet.grading.answers.students import STUDENT_WORDS, named_student
from worksheet.grading.answers.table import HINT, NoTable, read_table
from worksheet.grading.answers.text import AnswerSource, whole

BAR = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"\s*:?-+:?\s*")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>|~$#+=>.)-])")  # what the writer of forms escapes
ESCAPED_IN_ANSWERS = re.compile(r"\\([|`*_#])")  # a student's \{ is LaTeX
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&#124;": "|"}
ENTITY = re.compile("|".join(ENTITIES))
EMPHASIS = re.compile(r"(\*\*|__|`|\*|_)(.*)\1")
PRINTED = frozenset({*STUDENT_WORDS, *ROW_WORDS, *NAME_WORDS, *COLUMN_WORDS})  # what the form's writer wrote

Line = tuple[int, list[str]]


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    text, note = whole(source, TEXT_BYTES)
    gatherer.note(note)
    student = gatherer.of_file(source.name, source.stem)
    tables = 0
    for named, table in _tables(text):
        student = named or student
        if headings(table[0][1], gatherer.layout) is not None:
            tables += 1
            gatherer.begin(source.name)
            read_table(Listed(iter(table)), gatherer, student)
    if not tables:
        raise NoTable("no table of answers is found", Where(source.name), HINT)


def _tables(text: str) -> Iterator[tuple[str, list[Line]]]:
    """Every table with the student whom the lines above it name."""
    student, table = "", list[Line]()
    for number, line in enumerate(text.splitlines(), 1):
        if _is_row(line):
            cells = _cells(line)
            if table or not all(map(RULE.fullmatch, cells)):
                table.append((number, cells))
            continue
        if table:
            yield student, _plain(table)
            student, table = "", []
        student = _unescaped(named_student(line) or "") or student
    if table:
        yield student, _plain(table)


def _is_row(line: str) -> bool:
    return line.count("|") > 1 or line.lstrip().startswith("|")


def _cells(line: str) -> list[str]:
    cells = BAR.split(line.strip(), maxsplit=MAX_CELLS)
    return [cell.strip() for cell in cells[not cells[0].strip() : len(cells) - (len(cells) > 1 and not cells[-1].strip())]]


def _plain(table: list[Line]) -> list[Line]:
    """The cells without escapes and marks; the line below the headings is left out."""
    first, *rest = table
    if rest and all(map(RULE.fullmatch, rest[0][1])):
        rest = rest[1:]
    heads = [_unescaped(cell) for cell in first[1]]
    ways = [_unescaped if fold(head) in PRINTED else _answer for head in heads]
    plain = (
        (number, [way(cell) for way, cell in zip(chain(ways, repeat(_answer)), cells, strict=False)]) for number, cells in rest
    )
    return [(first[0], heads), *plain]


def _unmarked(text: str) -> str:
    found = EMPHASIS.fullmatch(text)
    return found[2].strip() if found else text


def _entities(text: str) -> str:
    return ENTITY.sub(lambda found: ENTITIES[found[0]], text) if "&" in text else text


def _answer(text: str) -> str:
    return _entities(ESCAPED_IN_ANSWERS.sub(r"\1", _unmarked(text)))


def _unescaped(text: str) -> str:
    return _entities(ESCAPED.sub(r"\1", _unmarked(text)))


ANSWERS = Format("a table in Markdown", (".md", ".markdown"), read)
