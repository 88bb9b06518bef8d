"""Compares new marks with old ones after a corrected key or another policy: what changed for whom, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from worksheet.document import Block, Bullets, Document, Table, Text, Title
from worksheet.frozen import frozen
from worksheet.grading.mark import Mark, MarkedPaper, PaperDecision, Verdict
from worksheet.grading.paper.cells import Key
from worksheet.grading.results.amounts import Sums, cell_name, count_of, decimal, handed_in, number, one_line
from worksheet.grading.results.old_marks import OldMark, Students
from worksheet.grading.results.phrases import VERDICTS
from worksheet.grading.results.stable_json import labels
from worksheet.grading.results.streams import MarkStream

MAX_LISTED = 300  # students in the document; its data has them all
MAX_CHANGES = 200_000  # cells that are kept
MAX_NAMED = 60  # new and missing students
MAX_WHY = 4  # changes listed for a student in the document


@frozen
class CellChange:
    """A cell whose points or verdict changed. ``before`` or ``after`` is None if the cell was not asked."""

    key: Key
    before: OldMark | None
    after: OldMark | None
    why: str

    @property
    def verdicts(self) -> tuple[str, str]:
        """Old and new verdict in words."""
        before, after = (VERDICTS[side.verdict] if side else "not asked" for side in (self.before, self.after))
        return before, after

    @property
    def gain(self) -> Fraction:
        """New points minus old ones; a cell that was not marked has none."""
        return _value(self.after) - _value(self.before)


@frozen
class ChangedStudent:
    """A student in both classes whose marks changed. Points are empty if the paper was not marked."""

    id: str
    name: str
    before: str
    after: str
    changes: tuple[CellChange, ...]
    decisions: tuple[PaperDecision, ...] = ()  # about the new paper

    @property
    def gain(self) -> Fraction | None:
        """None if one of the two is not marked."""
        return Fraction(self.after) - Fraction(self.before) if self.before and self.after else None


class Regrade(MarkStream):
    """Compares the newly marked class with the old marks, student by student."""

    def __init__(self, old: Students) -> None:
        self.old = dict(old)
        self.changed: list[ChangedStudent] = []
        self.new: list[str] = []
        self.same = self.kept = self.cells = 0
        self.students = self.papers = 0

    def add(self, marked: MarkedPaper, sums: Sums) -> None:
        self.students += 1
        self.papers += not marked.absent
        old = self.old.pop(marked.id, None)
        if old is None:
            self.new.append(marked.id)
            return
        after = "" if marked.failed or marked.absent else decimal(sums.points)
        changes = tuple(self.changes(old.cells, marked))
        if not changes and after == old.points:
            self.same += 1
            return
        self.cells += len(changes)
        kept = changes[: max(0, MAX_CHANGES - self.kept)]
        self.kept += len(kept)
        self.changed.append(ChangedStudent(marked.id, marked.name, old.points, after, kept, marked.decisions))

    def changes(self, old: Any, marked: MarkedPaper) -> Iterator[CellChange]:
        """The cells that changed; those that are no longer asked come last."""
        here = set()
        for mark in marked.marks:
            here.add(mark.key)
            before = old.get(mark.key)
            points = "" if mark.verdict is Verdict.UNMARKED else decimal(mark.points)
            if before is None or before.points != points or before.verdict != mark.verdict:
                why = _why(before, mark) if old else "not marked before"
                yield CellChange(mark.key, before, OldMark(points, mark.verdict, mark.answer), why)
        for key in old if not marked.failed else ():
            if key not in here:
                yield CellChange(key, old[key], None, "not handed in now" if marked.absent else "asked no more")

    @property
    def missing(self) -> list[str]:
        """Students of the old marks who are missing in the new ones."""
        return list(self.old)

    # The report

    def report(self, title: str = "", course: str = "", digits: str = "en_US") -> Document:
        """The document; its data is what is written as JSON."""
        heading = f"{title}: what changed" if title else "What changed in the marks"
        return Document(heading, tuple(self.blocks()), self.data(), course, digits)

    def blocks(self) -> Iterator[Block]:
        yield Text(" ".join(self.overview()))
        changes = [(student, change) for student in self.changed for change in student.changes]
        if changes:
            yield Title("Why")
            yield _table(
                "Verdict before and now", [(" → ".join(change.verdicts), student, change) for student, change in changes]
            )
            yield Title("Where")
            yield _table("Cell", [(cell_name(change.key), student, change) for student, change in changes])
        if self.changed:
            yield Title("Who")
            rows = tuple(map(_line, self.changed[:MAX_LISTED]))
            yield Table(("id", "Name", "What changed", "before", "now", "change"), rows, words=3)
            if len(self.changed) > MAX_LISTED:
                yield Text(f"And {len(self.changed) - MAX_LISTED:,} more; the JSON of this comparison has all of them.")
        for heading, names in (("New students", self.new), ("Students who are missing now", self.missing)):
            if names:
                yield Title(heading)
                more = f" and {len(names) - MAX_NAMED:,} more" if len(names) > MAX_NAMED else ""
                yield Bullets((", ".join(map(one_line, names[:MAX_NAMED])) + more,))

    def overview(self) -> Iterator[str]:
        yield f"{handed_in(self.papers, self.students)}."
        gains = [student.gain for student in self.changed if student.gain is not None]
        yield f"{count_of(len(self.changed) + self.same, 'student')} compared, {len(self.changed):,} with other marks:"
        up, down = sum(gain > 0 for gain in gains), sum(gain < 0 for gain in gains)
        yield f"{up:,} with more points, {down:,} with fewer, {len(self.changed) - up - down:,} with as many or not marked."
        if gains:
            yield f"In all {_signed(sum(gains, Fraction(0)))} points, in {count_of(self.cells, 'cell')}."
        if self.cells > self.kept:
            yield f"The tables list the first {self.kept:,} of them."

    def data(self) -> dict[str, Any]:
        """The same as data."""
        transitions = Counter(
            (_name(change.before), _name(change.after)) for student in self.changed for change in student.changes
        )
        return {
            "compared": len(self.changed) + self.same,
            "unchanged": self.same,
            "cells": self.cells,
            "transitions": [{"before": old, "after": new, "cells": many} for (old, new), many in transitions.most_common()],
            "students": [
                {
                    "id": student.id,
                    "name": student.name,
                    "before": _number(student.before),
                    "after": _number(student.after),
                    "cells": [_entry(change) for change in student.changes],
                    "decisions": [{"points": number(each.change), "reason": each.reason} for each in student.decisions],
                }
                for student in self.changed
            ],
            "new": self.new,
            "missing": self.missing,
        }


def _why(before: OldMark | None, mark: Mark) -> str:
    """Why a cell has different marks, as far as the marks show."""
    if mark.decided:
        return f"decided: {one_line(mark.decided)}"
    if before is None:
        return "not asked before"
    if before.answer is not None and before.answer.strip() != mark.answer.strip():
        return "another answer"
    if before.verdict == mark.verdict:
        return "the same verdict, worth other points"
    names = (
        "" if mark.verdict is Verdict.RIGHT else ", ".join(labels(mark) or mark.conventions or map(cell_name, mark.carried_from))
    )
    return f"{VERDICTS[before.verdict]} before, {VERDICTS[mark.verdict]} now{f': {names}' if names else ''}"


def _table(heading: str, changes: list[tuple[str, ChangedStudent, CellChange]]) -> Table:
    """Changes grouped by name, most frequent first."""
    cells: Counter[str] = Counter()
    students: dict[str, set[str]] = {}
    points: dict[str, Fraction] = {}
    for name, student, change in changes:
        cells[name] += 1
        students.setdefault(name, set()).add(student.id)
        points[name] = points.get(name, Fraction(0)) + change.gain
    rows = [(name, many, len(students[name]), _signed(points[name])) for name, many in cells.most_common(MAX_LISTED)]
    total = ("", sum(cells.values()), len({student.id for _, student, _ in changes}), _signed(sum(points.values(), Fraction(0))))
    return Table((heading, "cells", "students", "points"), tuple(rows), total)


def _line(student: ChangedStudent) -> tuple[str, ...]:
    points = student.before or "–", student.after or "–", _signed(student.gain)
    return one_line(student.id), one_line(student.name), _summary(student), *points


def _summary(student: ChangedStudent) -> str:
    changes = [f"{cell_name(change.key)}: {change.why}" for change in student.changes[:MAX_WHY]]
    more = [f"{len(student.changes) - MAX_WHY} more"] if len(student.changes) > MAX_WHY else []
    decided = [f"decided, {_signed(each.change)}: {one_line(each.reason)}" for each in student.decisions]
    return "; ".join([*decided, *changes, *more])


def _entry(change: CellChange) -> dict[str, Any]:
    row, column = change.key
    sides = {"before": change.before, "after": change.after}
    marks = {name: side and {"points": _number(side.points), "verdict": side.verdict.value} for name, side in sides.items()}
    return {"row": row, "column": column, "answer": change.after.answer if change.after else None, **marks, "why": change.why}


def _name(side: OldMark | None) -> str | None:
    return side.verdict.value if side else None


def _value(side: OldMark | None) -> Fraction:
    return Fraction(side.points) if side and side.points else Fraction(0)


def _number(points: str) -> int | float | None:
    return number(Fraction(points)) if points else None


def _signed(value: Fraction | None) -> str:
    """A difference with its sign."""
    if value is None:
        return ""
    return f"+{decimal(value)}" if value > 0 else decimal(value).replace("-", "−")
