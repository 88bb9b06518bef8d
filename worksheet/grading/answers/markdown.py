"""Answers in Markdown: the table of a form filled in, below a line that names the student."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, repeat

from worksheet.errors import Where
from worksheet.grading.answers.answer_table import HINT, NoTable, read_table
from worksheet.grading.answers.bounds import MAX_CELLS, TEXT_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer
from worksheet.grading.answers.headings import headings, known_words
from worksheet.grading.answers.records import NumberedRows
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.answers.students import student_in_line
from worksheet.grading.answers.text import AnswerSource, read_whole

BAR = re.compile(r"(?<!\\)\|")
RULE = re.compile(r"\s*:?-+:?\s*")
ESCAPED = re.compile(r"\\([\\`*_{}\[\]<>|~$#+=>.)-])")  # escaped by the writer of forms
ESCAPED_IN_ANSWERS = re.compile(r"\\([|`*_#])")  # a student's \{ is LaTeX
ENTITIES = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&nbsp;": " ", "&#124;": "|"}
ENTITY = re.compile("|".join(ENTITIES))
EMPHASIS = re.compile(r"(\*\*|__|`|\*|_)(.*)\1")

Line = tuple[int, list[str]]


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    text, note = read_whole(source, TEXT_BYTES)
    gatherer.note(note)
    student = gatherer.of_file(source)
    tables = 0
    for above, table in _tables(text):
        student = above or student
        if headings(table[0][1], gatherer.layout) is not None:
            tables += 1
            gatherer.begin(source.name)
            read_table(NumberedRows(iter(table)), gatherer, student)
    if not tables:
        raise NoTable("no table of answers is found", Where(source.name), HINT)


def _tables(text: str) -> Iterator[tuple[str, list[Line]]]:
    """Every table, with the student named in the lines above it."""
    student, table = "", list[Line]()
    for number, line in enumerate(text.splitlines(), 1):
        if _is_row(line):
            cells = _cells(line)
            if table or not all(map(RULE.fullmatch, cells)):
                table.append((number, cells))
            continue
        if table:
            yield student, _unescape_table(table)
            student, table = "", []
        student = _unescape(student_in_line(line) or "") or student
    if table:
        yield student, _unescape_table(table)


def _is_row(line: str) -> bool:
    return line.count("|") > 1 or line.lstrip().startswith("|")


def _cells(line: str) -> list[str]:
    cells = BAR.split(line.strip(), maxsplit=MAX_CELLS)
    return [cell.strip() for cell in cells[not cells[0].strip() : len(cells) - (len(cells) > 1 and not cells[-1].strip())]]


def _unescape_table(table: list[Line]) -> list[Line]:
    """The cells without escapes and emphasis, and without the line below the headings."""
    first, *rest = table
    if rest and all(map(RULE.fullmatch, rest[0][1])):
        rest = rest[1:]
    heads = [_unescape(cell) for cell in first[1]]
    *filled, _ = known_words()  # columns filled in by the writer of forms
    printed = {word for words in filled for word in words}
    ways = [_unescape if fold(head) in printed else _answer for head in heads]
    plain = (
        (number, [way(cell) for way, cell in zip(chain(ways, repeat(_answer)), cells, strict=False)]) for number, cells in rest
    )
    return [(first[0], heads), *plain]


def _without_emphasis(text: str) -> str:
    emphasis = EMPHASIS.fullmatch(text)
    return emphasis[2].strip() if emphasis else text


def _entities(text: str) -> str:
    return ENTITY.sub(lambda entity: ENTITIES[entity[0]], text) if "&" in text else text


def _answer(text: str) -> str:
    return _entities(ESCAPED_IN_ANSWERS.sub(r"\1", _without_emphasis(text)))


def _unescape(text: str) -> str:
    return _entities(ESCAPED.sub(r"\1", _without_emphasis(text)))


ANSWERS = Format("a table in Markdown", (".md", ".markdown"), read)
