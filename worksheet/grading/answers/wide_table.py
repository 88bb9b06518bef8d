"""Reads a table with a line for each student, or for each attempt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worksheet.grading.answers.attempts import Turns
from worksheet.grading.answers.gathering import Gatherer, OpenAnswers
from worksheet.grading.answers.headings import Wide
from worksheet.grading.answers.records import padded
from worksheet.grading.answers.sheet_layout import Layout, fold
from worksheet.grading.answers.whose import Ahead, Whose
from worksheet.grading.paper.cells import Key

NO_CELL = "its cell is not known: no code of a cell in its question, or more answers than cells"
TWO = "its columns name different students"
ROLE, QUESTION, LEARNER = "role", "question", ("student", "")  # PrairieLearn's: staff try questions too

Found = tuple[Key | None, str, int]  # the cell of the sheet, the answer, and where it is in the line


def read_wide(head: Wide, named_by: Whose, records: Ahead, gatherer: Gatherer, student: str) -> None:
    """Read the answers of all lines; they are those of ``student`` unless columns say whose."""
    packed = [place for each in head.responses for place in (each.place, each.question)]
    width = 1 + max(*packed, *(place for place, _ in head.cells), len(head.words) - 1, 0)
    words = [fold(word) for word in head.words]
    has_objects = any(each.is_object for each in head.responses)
    role, group = (words.index(word) if has_objects and word in words else -1 for word in (ROLE, QUESTION))
    turns = Turns(head.words, gatherer, group)
    for whole in padded(records, width, gatherer.file):
        if role >= 0 and fold(whole[role]) not in LEARNER:
            continue
        block = _block(named_by, whole, gatherer, student)
        found = [each for each in _answers(head, whole, gatherer.layout) if each[1].strip()]
        keys = {key for key, _answer, _place in found if key is not None}
        if not block.why and keys and not turns.counts(block, whole, keys):
            continue
        for key, answer, place in found:
            if key is None:
                gatherer.leave(block.why or NO_CELL, records.line_num, place + 1, block.student, answer=answer)
            else:
                gatherer.put(block, key, answer, records.line_num, place + 1)
    turns.note()


def _block(named_by: Whose, cells: Sequence[str], gatherer: Gatherer, student: str) -> OpenAnswers:
    """The block of a line's student; one without a place, where its columns name different students."""
    if others := named_by.others(cells):
        return OpenAnswers(" and ".join(others), TWO)
    return gatherer.enter(named_by.text(cells) if named_by.columns else student)


def _answers(head: Wide, cells: Sequence[str], layout: Layout) -> Iterator[Found]:
    for place, key in head.cells:
        yield key, cells[place], place
    for response in head.responses:
        for found, answer in response.answers(cells, layout):
            yield found, answer, response.place
