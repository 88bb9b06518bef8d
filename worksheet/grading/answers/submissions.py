"""The result of reading: each student's answers with their places, and the lines that have no place."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from worksheet.errors import Where
from worksheet.frozen import frozen
from worksheet.grading.answers.bounds import MAX_NOTES, MAX_UNPLACED
from worksheet.grading.paper.cells import Key

SHIFT = 15  # a place is its line, shifted by so many bits, and its cell in the line
LAST, BEST, FIRST = "last", "best", "first"  # which attempt counts
ATTEMPTS = (LAST, BEST, FIRST)
BETWEEN = "\0"  # no text holds it


@frozen
class Unplaced:
    """An answer, or a whole line or file, that has no place. ``cell`` is its number in the line; what is unknown is empty."""

    file: str
    line: int | None
    cell: int | None
    says: str
    student: str = ""
    row: str = ""
    column: str = ""
    answer: str = ""

    def as_data(self) -> dict[str, Any]:
        """Its fields by name."""
        return vars(self).copy()


class AnswerPart(NamedTuple):
    """A student's answers from one file, stored compactly: the texts joined in one, the places as numbers."""

    file: str
    keys: tuple[Key, ...]  # the same object for all who answer the same cells
    joined: str
    places: Sequence[int]
    cell: int  # the same for all if places are only lines; else 0

    def texts(self) -> dict[Key, str]:
        return dict(zip(self.keys, self.joined.split(BETWEEN), strict=True)) if self.keys else {}

    def wheres(self) -> Iterator[tuple[Key, Where]]:
        for key, place in zip(self.keys, self.places, strict=True):
            line, cell = unpack(place, self.cell)
            yield key, Where(self.file, line or None, cell or None)


def unpack(place: int, cell: int) -> tuple[int, int]:
    """The line and the cell of a place; ``cell`` is the same for all if places are only lines, else 0."""
    return (place, cell) if cell else (place >> SHIFT, place & ((1 << SHIFT) - 1))


def compact(places: list[int]) -> Sequence[int]:
    """Places, stored compactly: consecutive ones are a range."""
    if places and places[-1] - places[0] == len(places) - 1:  # they are increasing
        return range(places[0], places[-1] + 1)
    return array("Q", places)


@frozen
class Submission:
    """One student's answers as typed, by cell; blank ones are left out."""

    student: str
    parts: tuple[AnswerPart, ...]

    @property
    def texts(self) -> Mapping[Key, str]:
        """What was typed into each cell."""
        if len(self.parts) == 1:
            return self.parts[0].texts()
        return {key: text for part in self.parts for key, text in part.texts().items()}

    @property
    def places(self) -> Mapping[Key, Where]:
        """The file, the line and the number of the cell in the line of each answer, counted from 1."""
        return {key: where for part in self.parts for key, where in part.wheres()}


class TableColumns(NamedTuple):
    """What the columns of a table were taken for, or may hold if it is not understood: headings with their roles."""

    file: str
    line: int
    layout: str  # in words
    roles: Sequence[tuple[str, str]]
    is_understood: bool = True
    can_be_mapped: bool = True  # a table with a line for each student


@dataclass
class Answers:
    """All that was read. Iterating gives a Submission for every student, in the order in which they first appear.

    ``unplaced`` are the lines without a place, at most 10,000; ``more`` is the number of further ones. ``notes`` are what a
    teacher should know about the files, such as a doubtful encoding.
    """

    parts: dict[str, tuple[AnswerPart, ...]] = field(default_factory=dict)
    unplaced: list[Unplaced] = field(default_factory=list)
    more: int = 0
    notes: list[str] = field(default_factory=list)
    files: int = 0  # that were read
    attempts: dict[str, list[Mapping[Key, str]]] = field(default_factory=dict)  # earlier ones, where the best counts
    columns: list[TableColumns] = field(default_factory=list)

    def __iter__(self) -> Iterator[Submission]:
        return (Submission(student, parts) for student, parts in self.parts.items())

    def __len__(self) -> int:
        return len(self.parts)

    @property
    def students(self) -> tuple[str, ...]:
        """Everyone who answered."""
        return tuple(self.parts)

    def leave(self, unplaced: Unplaced) -> None:
        """List an answer without a place."""
        if len(self.unplaced) < MAX_UNPLACED:
            self.unplaced.append(unplaced)
        else:
            self.more += 1

    def note(self, file: str, says: str) -> None:
        """Note something about a file, once."""
        text = f"{file}: {says}"
        if says and len(self.notes) < MAX_NOTES and text not in self.notes:
            self.notes.append(text)
