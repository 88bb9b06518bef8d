"""Answers as JSON: one student's, a list of students', or a list of single answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from worksheet.errors import Where, WorksheetError
from worksheet.grading.answers.bounds import JSON_CONTAINERS, JSON_VALUES, TEXT_BYTES
from worksheet.grading.answers.format import Format
from worksheet.grading.answers.gathering import Gatherer, OpenAnswers
from worksheet.grading.answers.headings import ANSWER_WORDS, COLUMN_WORDS, NAME_WORDS, ROW_WORDS
from worksheet.grading.answers.identity import EMAIL_WORDS, ID_WORDS
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.answers.text import AnswerSource, clean, read_whole

HINT = '{"student": "20CS30001", "answers": {"4": {"flops": "224,095,232"}}}, or a list of such'
STUDENT_WORDS = (*ID_WORDS, *EMAIL_WORDS)
LISTS = ("students", "submissions", "answers")  # names of the list of students
DEEP = 2  # levels that are quoted of a value that should be a text


class Pairs(tuple[tuple[str, Any], ...]):
    """A JSON object as it is written: a name may occur twice."""

    __slots__ = ()

    def first(self, words: tuple[str, ...]) -> Any:
        """The value of the first of these words that is a name here."""
        names = {fold(name): value for name, value in reversed(self)}
        return next((names[word] for word in words if word in names), None)


def read(source: AnswerSource, gatherer: Gatherer) -> None:
    text, note = read_whole(source, TEXT_BYTES, lines=False)
    gatherer.note(note)
    where = Where(source.name)
    if text.count("{") + text.count("[") > JSON_CONTAINERS or text.count(",") > JSON_VALUES:
        raise WorksheetError(f"holds more than {JSON_VALUES:,} values", where)
    try:
        data = json.loads(text, object_pairs_hook=Pairs, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as fault:
        lines = text.splitlines()
        line = lines[fault.lineno - 1] if fault.lineno <= len(lines) else ""
        raise WorksheetError(f"is not JSON: {fault.msg}", Where(source.name, fault.lineno, fault.colno, line), HINT) from None
    except RecursionError:
        raise WorksheetError("is nested too deep", where, HINT) from None
    read_document(data, gatherer, gatherer.of_file(source), where)


def read_document(data: Any, gatherer: Gatherer, student: str, where: Where) -> None:
    """Read the answers in a document that has been parsed; they are those of ``student`` unless it says whose. Raises
    WorksheetError if there are none."""
    _Reading(gatherer, student).document(data, where)


class _Reading:
    """Passes the answers of a document to the gatherer."""

    def __init__(self, gatherer: Gatherer, student: str) -> None:
        self.gatherer = gatherer
        self.student = student  # whose answers they are, if the document does not say

    def document(self, data: Any, where: Where) -> None:
        if isinstance(data, Pairs):
            students = next((value for name, value in data if fold(name) in LISTS and _are_students(value)), None)
            data = [data] if students is None else students
        if not isinstance(data, list) or not data:
            raise WorksheetError("no answers are found", where, HINT)
        for number, entry in enumerate(data, 1):
            self.entry(entry, f"entry {number}")

    def entry(self, entry: Any, place: str) -> None:
        """One student's answers, or one answer."""
        if not isinstance(entry, Pairs):
            self.gatherer.leave(f"unreadable: {place} does not belong to a student", answer=_text(entry))
            return
        student = entry.first(STUDENT_WORDS)
        block = self.gatherer.enter(self.student if student is None else _text(student))
        answers = entry.first(("answers",))
        if isinstance(answers, list):
            for i, each in enumerate(answers, 1):
                self.line(block, each, f"{place}, answer {i}")
        elif isinstance(answers, Pairs):
            self.rows(block, answers)
        elif answers is None and _row(entry) is not None:
            self.line(block, entry, place)
        elif answers is None:
            self.rows(block, tuple(pair for pair in entry if fold(pair[0]) not in STUDENT_WORDS))
        else:
            self.gatherer.leave(f"unreadable: the answers of {place} are neither rows nor a list", answer=_text(answers))

    def rows(self, block: OpenAnswers, rows: tuple[tuple[str, Any], ...]) -> None:
        """{"4": {"flops": ...}}, or {"4 flops": ...}."""
        for row, value in rows:
            if isinstance(value, Pairs):
                for column, answer in value:
                    self.put(block, row, column, answer)
                continue
            key = self.gatherer.layout.heading(clean(row))
            if key is not None:
                self.put(block, str(key[0]), key[1], value)
            elif value is not None:
                self.gatherer.leave(block.why or "unknown row", 0, 0, block.student, row, "", _text(value))

    def line(self, block: OpenAnswers, entry: Any, place: str) -> None:
        """{"row": 4, "column": "flops", "answer": ...}, or {"row": 4, "params": ..., "flops": ...}."""
        row = _row(entry) if isinstance(entry, Pairs) else None
        if row is None:
            self.gatherer.leave(f"unreadable: {place} names no row", student=block.student, answer=_text(entry))
            return
        column = entry.first(COLUMN_WORDS)
        if column is not None:
            self.put(block, _text(row), _text(column), entry.first(ANSWER_WORDS))
            return
        for name, value in entry:
            if self.gatherer.layout.column(clean(name)) is not None:
                self.put(block, _text(row), name, value)

    def put(self, block: OpenAnswers, row: str, column: str, answer: Any) -> None:
        text = _text(answer)
        if text:
            self.gatherer.put_words(block, clean(row), clean(column), text, 0, 0)


def _are_students(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, Pairs) and each.first(STUDENT_WORDS) is not None for each in value)


def _row(entry: Pairs) -> Any:
    row = entry.first(ROW_WORDS)
    return entry.first(NAME_WORDS) if row is None else row


def _text(value: Any) -> str:
    """A value as it was typed; sizes in a list as 64x56x56."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return "x".join(map(clean, value[:100]))
    return "".join(_excerpt(value, 0))[:1000]


def _excerpt(value: Any, depth: int) -> Iterator[str]:
    """The beginning of a value that should be a text."""
    if depth > DEEP:
        yield "…"
    elif isinstance(value, Pairs):
        yield "{" + ", ".join(f"{clean(name)}: {''.join(_excerpt(each, depth + 1))}" for name, each in value[:5]) + "}"
    elif isinstance(value, list):
        yield "[" + ", ".join("".join(_excerpt(each, depth + 1)) for each in value[:5]) + "]"
    else:
        yield _text(value)[:100]


ANSWERS = Format("JSON", (".json",), read)
