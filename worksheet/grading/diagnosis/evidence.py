"""If several mistakes explain an answer, ranks them by the student's other rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from worksheet.grading.diagnosis.diagnose import AND, Diagnoser
from worksheet.grading.mark import Mark, Verdict
from worksheet.grading.paper.cells import Cell, Paper

SURE = 3  # a mistake made this often is a habit: labels without other support give way to it


def narrow_labels(paper: Paper, diagnoser: Diagnoser, marks: Sequence[Mark]) -> tuple[Mark, ...]:
    """The marks with the labels of each ordered by how often the student makes the mistake elsewhere, minus how often it could
    have been made and was not; and narrowed if one of them is a habit."""
    unclear = [mark for mark in marks if len(mark.labels) > 1]
    if not unclear:
        return tuple(marks)
    made = Counter(label for mark in marks for label in mark.labels)
    avoided = _count_avoided(paper, diagnoser, marks, {label for mark in unclear for label in mark.labels})

    def support(label: str) -> int:
        return made[label] - avoided[label]

    def narrow(mark: Mark) -> Mark:
        if len(mark.labels) < 2:
            return mark
        ranked = sorted(mark.labels, key=support, reverse=True)  # stable: ties keep the order of the catalogue
        habit = made[ranked[0]] >= SURE and not avoided[ranked[0]]
        return replace(mark, labels=tuple(label for label in ranked if not habit or made[label] > 1))

    return tuple(narrow(mark) for mark in marks)


def _count_avoided(paper: Paper, diagnoser: Diagnoser, marks: Sequence[Mark], labels: set[str]) -> Counter[str]:
    """How many right answers each of these mistakes would have made wrong."""
    wanted = {label for label in labels if AND not in label}
    right = [paper.cells[mark.key] for mark in marks if mark.verdict is Verdict.RIGHT]
    return Counter(
        label for cell in right if not cell.asked.is_total for label in wanted if _is_visible(paper, diagnoser, cell, label)
    )


def _is_visible(paper: Paper, diagnoser: Diagnoser, cell: Cell, label: str) -> bool:
    """Whether a mistake would have changed a cell's value."""
    known: dict[object, bool] = paper.remembered.setdefault("shows", {})
    key = cell.key, label
    if key not in known:
        wrong = [each.formulas for each in diagnoser.singles(cell.asked) if each.label == label]
        known[key] = any(cell.at(cell.values, formulas) != cell.truth for formulas in wrong)
    return known[key]
