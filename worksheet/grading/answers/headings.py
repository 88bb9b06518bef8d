"""Headings: how a table of answers is laid out, recognised by its first line."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from worksheet.frozen import frozen
from worksheet.grading.answers.sheet_layout import Layout, fold
from worksheet.grading.answers.students import STUDENT_WORDS
from worksheet.grading.paper.cells import Key
from worksheet.language import Language, current, everywhere

ROW_WORDS = ("row", "s no", "sno", "s nr", "sl no", "sr no", "no", "nr", "row no", "row number", "#")
NAME_WORDS = ("layer", "layer name", "name")
COLUMN_WORDS = ("column", "question", "quantity", "field", "what")
ANSWER_WORDS = ("answer", "answers", "value", "response", "text")
WORDS = (  # the usual words, with the messages of sheets and forms
    (STUDENT_WORDS, ("student", "Student ID")),
    (ROW_WORDS, ("row", "No.")),
    (NAME_WORDS, ("layer", "Layer", "Name")),
    (COLUMN_WORDS, ("column",)),
    (ANSWER_WORDS, ("answer",)),
)
SILENT = frozenset((  # headings of columns without answers
    "kind", "type", "layer", "layer name", "layer type", "name", "row", "column", "specification", "spec", "input",
    "input size", "worth", "marks", "points", "max", "score", "remark", "remarks", "comment", "comments", "feedback", "date",
    "time", "timestamp", "start time", "completion time", "email", "e mail", "email address", "e mail address",
    "group", "section", "class", "department",
    "first name", "last name", "surname", "full name", "student name",
))  # fmt: skip


@frozen
class Long:
    """A line for each answer; the numbers of its cells, -1 where the table has no such column."""

    student: int
    row: int
    column: int
    answer: int
    width: int
    by_name: bool = False
    words: tuple[str, ...] = ()  # the line itself, which is repeated where files were joined


@frozen
class HeadingForm:
    """A line for each layer; ``columns`` are the cells with answers, and the words above them."""

    student: int
    row: int
    name: int
    columns: tuple[tuple[int, str], ...]
    strange: tuple[tuple[int, str], ...]  # headings that are not recognised


@frozen
class Wide:
    """A line for each student; ``cells`` are the places of the answers."""

    student: int
    cells: tuple[tuple[int, Key], ...]
    strange: tuple[tuple[int, str], ...]


Headings = Long | HeadingForm | Wide


def headings(cells: Sequence[str], layout: Layout) -> Headings | None:
    """How the table below these cells is laid out; None if they are not headings."""
    words = [fold(cell) for cell in cells]
    student, row, name, column, answer = (_first(words, names) for names in known_words())
    if max(row, name) >= 0 and min(column, answer) >= 0:
        return Long(student, row if row >= 0 else name, column, answer, len(cells), row < 0, tuple(cells))
    roles = {student, row, name}
    asked = tuple((i, word) for i, word in enumerate(cells) if i not in roles and layout.column(word) is not None)
    if asked and max(row, name) >= 0:
        return HeadingForm(student, row, name, asked, _strange(cells, words, roles | {i for i, _ in asked}))
    places = [(i, layout.heading(word)) for i, word in enumerate(cells) if i != student]
    answers = tuple((i, key) for i, key in places if key is not None)
    if answers:
        return Wide(student, answers, _strange(cells, words, {student, *(i for i, _ in answers)}))
    return None


def known_words() -> tuple[tuple[str, ...], ...]:
    """The words above students, rows, layers, columns and answers: the usual ones, and those that a sheet or form prints."""
    return _known_words(current())


@lru_cache(maxsize=16)
def _known_words(_: Language) -> tuple[tuple[str, ...], ...]:
    return tuple(
        tuple(dict.fromkeys((*usual, *(fold(word) for message in printed for word in everywhere(message)))))
        for usual, printed in WORDS
    )


def missing_headings(cells: Sequence[str], layout: Layout) -> Long | None:
    """The long layout, student, row, column, answer, if the line of headings is missing and this is the first answer."""
    is_answer = len(cells) == 4 and layout.row(cells[1]) is not None and layout.column(cells[2]) is not None
    return Long(0, 1, 2, 3, 4) if is_answer else None


def _first(words: list[str], names: Sequence[str]) -> int:
    return next((words.index(name) for name in names if name in words), -1)


def _strange(cells: Sequence[str], words: list[str], used: set[int]) -> tuple[tuple[int, str], ...]:
    return tuple((i, cells[i]) for i, word in enumerate(words) if word and word not in SILENT and i not in used)
