"""Whose a line of a table is: the columns that hold the ids, addresses or names of a roster, whatever they are called."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from worksheet.grading.answers.bounds import AHEAD
from worksheet.grading.answers.identity import EMAIL_WORDS, FIRST_WORDS, ID_WORDS, SURNAME_WORDS, may_name
from worksheet.grading.answers.records import Records
from worksheet.grading.answers.sheet_layout import fold
from worksheet.grading.answers.students import Students

CERTAIN = frozenset((*ID_WORDS, *EMAIL_WORDS))
Columns = tuple[int, ...]  # one, or a surname and a first name


class Ahead:
    """Records of which the first have been looked at."""

    def __init__(self, records: Records, lines: Iterator[list[str]]) -> None:
        self.above = records.line_num  # the line of the headings
        self.first: list[tuple[int, list[str]]] = []
        for cells in islice(lines, AHEAD):
            self.first.append((records.line_num, cells))
        self._records, self._rest, self._line = records, lines, 0

    @property
    def line_num(self) -> int:
        return self._line or self._records.line_num

    def __iter__(self) -> Iterator[list[str]]:
        for number, cells in self.first:
            self._line = number
            yield cells
        self._line = 0
        yield from self._rest


class Whose(NamedTuple):
    """The columns that name a line's student, those that do so in most lines first."""

    columns: tuple[Columns, ...]
    students: Students
    certain: Columns = ()  # those headed as an id or an address

    @property
    def column(self) -> int:
        """The best single column; -1 if there is none."""
        return next((columns[0] for columns in self.columns if len(columns) == 1), -1)

    def text(self, cells: Sequence[str]) -> str:
        """The text that names the student: the first that is in the roster, else the first that is not blank."""
        texts = [text for columns in self.columns if (text := _text(cells, columns))]
        return next((text for text in texts if self.students.find(text) is not None), texts[0] if texts else "")

    def others(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The students whom a line's columns of ids and addresses name, if they differ."""
        found = dict.fromkeys(self.students.find(_text(cells, (column,))) for column in self.certain)
        students = tuple(id for id in found if id is not None)
        return students if len(students) > 1 else ()


def whose(
    headings: Sequence[str], lines: Sequence[Sequence[str]], student: int, taken: Collection[int], students: Students,
    named: Columns = (),
) -> Whose:  # fmt: skip
    """The columns that name the students of a table: those in which the roster's students are found, or the one whose heading
    says so. ``taken`` are the columns of answers, ``named`` those that a column map gives."""
    words = [fold(heading) for heading in headings]
    if named:
        pairs = (columns for columns in _full_names(words) if set(columns) <= set(named))
        return Whose((*pairs, *((place,) for place in named)), students)
    usual: list[Columns] = [(student,)] if student >= 0 else []
    if students.ids is None:
        return Whose(tuple(usual), students)
    single = (i for i, word in enumerate(words) if i not in taken and may_name(word, words))
    candidates = [*usual, *((i,) for i in single if i != student), *_full_names(words)]
    counts = {columns: _count(lines, columns, students) for columns in candidates}
    found = [columns for columns in sorted(candidates, key=lambda columns: -counts[columns]) if counts[columns]]
    certain = tuple(i for i, word in enumerate(words) if word in CERTAIN and (i,) in found)
    return Whose(tuple(found or usual), students, certain if len(certain) > 1 else ())


def _full_names(words: list[str]) -> list[Columns]:
    """A first name and a surname in two columns."""
    first, last = (next((words.index(word) for word in names if word in words), None) for names in (FIRST_WORDS, SURNAME_WORDS))
    return [] if first is None or last is None else [(first, last)]


def _count(lines: Sequence[Sequence[str]], columns: Columns, students: Students) -> int:
    return sum(students.find(_text(cells, columns)) is not None for cells in lines)


def _text(cells: Sequence[str], columns: Columns) -> str:
    return " ".join(cells[i].strip() for i in columns if i < len(cells)).strip()
