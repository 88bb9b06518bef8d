"""Headings: how a table of answers is laid out, recognised by its first line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from worksheet.frozen import frozen
from worksheet.grading.answers.column_map import STUDENT
from worksheet.grading.answers.identity import EMAIL_WORDS, ID_WORDS, is_own_number, is_passed_over
from worksheet.grading.answers.responses import Response, codes, joined, objects, responses
from worksheet.grading.answers.sheet_layout import Layout, fold
from worksheet.grading.paper.cells import Key
from worksheet.language import Language, current, everywhere

ROW_WORDS = ("row", "s no", "sno", "s nr", "sl no", "sr no", "no", "nr", "row no", "row number", "#")
NAME_WORDS = ("layer", "layer name", "name")
COLUMN_WORDS = ("column", "question", "quantity", "field", "what")
ANSWER_WORDS = ("answer", "answers", "value", "response", "text")
WORDS = (  # the usual words, with the messages of sheets and forms
    ((*ID_WORDS, *EMAIL_WORDS), ("student", "Student ID")),
    (ROW_WORDS, ("row", "No.")),
    (NAME_WORDS, ("layer", "Layer", "Name")),
    (COLUMN_WORDS, ("column",)),
    (ANSWER_WORDS, ("answer",)),
)
QUESTION_NUMBER = re.compile(r"\s*\d{1,20}\s*:\s*(.*)", re.DOTALL)  # Canvas: "1234567: Row 1, output size"


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
    words: tuple[str, ...]


@frozen
class Wide:
    """A line for each student; ``cells`` are the places of the answers."""

    student: int
    cells: tuple[tuple[int, Key], ...]
    strange: tuple[tuple[int, str], ...]
    words: tuple[str, ...]
    responses: tuple[Response, ...] = ()
    named: tuple[int, ...] = ()  # the columns that a map says name the student


Headings = Long | HeadingForm | Wide


def headings(cells: Sequence[str], layout: Layout) -> Headings | None:
    """How the table below these cells is laid out; None if they are not headings."""
    if layout.mapped and (mapped := _mapped(cells, layout)) is not None:
        return mapped
    words = [fold(cell) for cell in cells]
    if (packed := objects(words)) and (student := _first(words, known_words()[0])) >= 0:
        return Wide(student, (), (), tuple(cells), packed)
    usable = ["" if is_own_number(word, words) else word for word in words]
    student, row, name, column, answer = (_first(usable, names) for names in known_words())
    if max(row, name) >= 0 and min(column, answer) >= 0:
        return Long(student, row if row >= 0 else name, column, answer, len(cells), row < 0, tuple(cells))
    roles = {student, row, name}
    asked = tuple((i, word) for i, word in enumerate(cells) if i not in roles and layout.column(word) is not None)
    if asked and max(row, name) >= 0:
        return HeadingForm(student, row, name, asked, _strange(cells, words, roles | {i for i, _ in asked}), tuple(cells))
    places = [(i, cell_of(word, layout)) for i, word in enumerate(cells) if i != student]
    answers = tuple((i, key) for i, key in places if key is not None)
    packed = joined(cells, layout) or (() if answers else responses(cells, layout))
    if not answers and not packed:
        return None
    used = {student, *(i for i, _ in answers), *(i for each in packed for i in (each.place, each.question))}
    return Wide(student, answers, _strange(cells, words, used), tuple(cells), packed)


def _mapped(cells: Sequence[str], layout: Layout) -> Wide | None:
    """A table whose headings a column map names; what the map does not name is understood as usual."""
    words = [fold(cell) for cell in cells]
    roles = {i: layout.mapped[word] for i, word in enumerate(words) if word in layout.mapped}
    if not any(isinstance(role, tuple) for role in roles.values()):
        return None
    named = tuple(i for i, role in roles.items() if role == STUDENT)
    others = {i: key for i, cell in enumerate(cells) if i not in roles and (key := cell_of(cell, layout)) is not None}
    single = {i: role[0] for i, role in roles.items() if isinstance(role, tuple) and len(role) == 1}
    packed = tuple(Response(i, role) for i, role in roles.items() if isinstance(role, tuple) and len(role) > 1)
    student = named[0] if named else _first(words, known_words()[0])
    strange = _strange(cells, words, {student, *roles, *others})
    return Wide(student, tuple(sorted((single | others).items())), strange, tuple(cells), packed, named)


def cell_of(heading: str, layout: Layout) -> Key | None:
    """The cell that a heading of a wide table names: by itself, after the number of a question, or by a code in brackets."""
    key = layout.heading(heading)
    if key is not None or is_passed_over(fold(heading)):
        return key
    if numbered := QUESTION_NUMBER.fullmatch(heading):
        key = layout.heading(numbered[1])
    if key is None:
        coded = codes(heading, layout)
        key = coded[0] if len(coded) == 1 else layout.question(heading)
    return key


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
    return tuple((i, cells[i]) for i, word in enumerate(words) if word and not is_passed_over(word) and i not in used)
