"""What each column of a table was taken for, in words that a column map can hold."""

from __future__ import annotations

from worksheet.grading.answers.column_map import IGNORED, STUDENT, cell_name, names
from worksheet.grading.answers.headings import HeadingForm, Headings, Long
from worksheet.grading.answers.submissions import TableColumns
from worksheet.grading.answers.whose import Whose

LONG, FORM, WIDE = "a line for each answer", "a line for each layer", "a line for each student"


def columns_of(head: Headings, named_by: Whose, file: str, line: int) -> TableColumns:
    """The roles of all columns of a table."""
    naming = {place: STUDENT for columns in named_by.columns for place in columns}
    if isinstance(head, Long):
        words, roles = LONG, {head.row: "row", head.column: "column", head.answer: "answer"}
    elif isinstance(head, HeadingForm):
        words, roles = FORM, {head.row: "row", head.name: "layer"} | dict(head.columns)
    else:
        words, roles = WIDE, {place: cell_name(key) for place, key in head.cells}
        for each in head.responses:
            roles[each.place] = names(each.keys) if each.keys else "by its question" if each.question >= 0 else "by its fields"
    roles = naming | roles
    return TableColumns(
        file, line, words, [(heading, roles.get(i, IGNORED)) for i, heading in enumerate(head.words)], can_be_mapped=words == WIDE
    )
