"""Gradebooks: small tables of points that Moodle and Canvas import. A paper without points leaves its cell empty: no change."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path

from worksheet.frozen import frozen
from worksheet.grading.mark import MarkedPaper
from worksheet.grading.results.amounts import Sums, decimal
from worksheet.grading.results.streams import FileStream, Unplaced
from worksheet.spreadsheet import guarded

Line = Sequence[str]


@frozen
class GradebookLayout:
    """How a system wants its table: the lines above the students, of the homework's title and most points; a student's cells
    before the points."""

    head: Callable[[str, str], Iterable[Line]]
    student: Callable[[str, str], Line]


def _moodle(title: str, _: str) -> Iterable[Line]:
    return (("idnumber", title),)


def _canvas(title: str, most: str) -> Iterable[Line]:
    """Canvas needs more than three columns, of which Section is the last before the points."""
    return (("Student", "ID", "SIS User ID", "SIS Login ID", "Section", title), ("Points Possible", "", "", "", "", most))


LAYOUTS: Mapping[str, GradebookLayout] = {
    "moodle": GradebookLayout(_moodle, lambda student, _: (student,)),
    "canvas": GradebookLayout(_canvas, lambda student, name: (name, "", student, "", "")),
}


class Gradebook(FileStream):
    """One gradebook. Points have a decimal point and no grouping: Canvas reads 1,234 as 1.234."""

    def __init__(self, path: Path, layout: GradebookLayout, title: str, most: Fraction) -> None:
        super().__init__(path)
        self.layout = layout
        self.lines = csv.writer(self.beside)
        for line in layout.head(title, decimal(most)):
            self.lines.writerow(map(guarded, line))

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        is_marked = not (marked.failed or marked.absent or sums.unmarked)
        points = decimal(sums.points) if is_marked else ""
        self.lines.writerow([*map(guarded, self.layout.student(marked.id, marked.name)), points])

    def close(self, _: tuple[Unplaced, ...]) -> None:
        self.beside.close()
