"""Compares papers with the keys of the whole class: whose sheet do the answers fit? For the assistant; it changes no marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from worksheet.errors import WorksheetError
from worksheet.grading.mark import ANOTHER_SHEET, Mark, MarkedPaper, Remark, Verdict
from worksheet.grading.paper.cells import Key, Value
from worksheet.homework.assignment.assignment import Assignment
from worksheet.homework.mark.grader import Grader

GOOD = 0.75  # of the answers right on the student's own sheet: no other one is looked for
FITS = 0.8  # of the answers right on another sheet
OWN_NETWORK = ""  # the id that stands for the network of the assignment itself
LEAST = 5  # answers


@dataclass
class ClassKeys:
    """The keys of a class. ``ids`` are all its students; the index is made when the first paper needs it."""

    assignment: Assignment
    ids: Iterable[str]

    @cached_property
    def index(self) -> dict[tuple[Key, Value], list[str]]:
        """Whose right answer a value is at a cell, for every cell that is not 0."""
        grader = Grader(self.assignment)
        papers = {OWN_NETWORK: grader.maker.paper(self.assignment.network)}
        owners: dict[tuple[Key, Value], list[str]] = {}
        for student in (OWN_NETWORK, *dict.fromkeys(self.ids)):
            try:
                paper = papers.get(student) or grader.paper(student)
            except WorksheetError:  # no network fits this student, which is reported elsewhere
                continue
            for cell in paper.shown:
                if any(cell.truth):
                    owners.setdefault((cell.key, cell.truth), []).append(student)
        return owners

    def compared(self, marked: MarkedPaper) -> MarkedPaper:
        """The paper, with a remark where it fits the sheet of another student, or the assignment's own network, far better."""
        answered = [mark for mark in marked.marks if mark.value is not None and any(mark.value)]
        right = sum(mark.verdict is Verdict.RIGHT for mark in answered)
        if not self.assignment.variants or len(answered) < LEAST or right >= GOOD * len(answered):
            return marked
        fitting = Counter(owner for mark in answered for owner in self._owners(mark))
        own = fitting.pop(marked.id, 0)
        owner, count = max(fitting.items(), key=lambda item: item[1], default=("", 0))
        if count < FITS * len(answered) or count <= own + 1:
            return marked
        keys = tuple(mark.key for mark in answered if owner in self._owners(mark))
        whose = f"the sheet of {owner}" if owner != OWN_NETWORK else "the assignment's own network"
        says = f"fits {whose} in {count} of {len(answered)} cells, the student's own in {own}"
        return replace(marked, remarks=(*marked.remarks, Remark(ANOTHER_SHEET, "", keys, says)))

    def _owners(self, mark: Mark) -> list[str]:
        assert mark.value is not None
        return self.index.get((mark.key, mark.value), [])
