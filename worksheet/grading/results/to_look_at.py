"""What a person must look at, first in the class report: answers that cannot be read, flags, remarks on whole papers."""

from __future__ import annotations

from collections.abc import Iterator

from worksheet.document import Block, Table, Text, Title
from worksheet.grading.diagnosis.remarks.figures import rows_in_words
from worksheet.grading.mark import FLAGS, Mark, Remark, Verdict
from worksheet.grading.results.amounts import cell_name, one_line
from worksheet.grading.results.statistics import Statistics

MAX_LINES = 50  # of one list
MAX_ANSWER = 40  # letters of an answer


def to_look_at(results: Statistics) -> Iterator[Block]:
    """Remarks on papers, then the answers that could not be read, then those with a flag."""
    if results.remarks:
        yield Title(f"Papers with one mistake in many cells: {len(results.remarks):,}")
        lines = tuple(_remarked_line(*each) for each in results.remarks[:MAX_LINES])
        yield Table(("Student", "Column", "Rows", "What happened"), lines, words=4)
    unreadable, flagged = results.cells_with(Verdict.UNREADABLE), results.flags.total()
    for title, marks, many in (
        ("Answers that could not be read", results.unreadable, unreadable),
        ("Answers with a flag", results.flagged, flagged),
    ):
        if not marks:
            continue
        yield Title(f"{title}: {many:,}")
        yield Table(("Student", "Cell", "Answer", "Why"), tuple(_marked_line(*each) for each in marks[:MAX_LINES]), words=4)
        if many > MAX_LINES:
            yield Text(f"And {many - MAX_LINES:,} more: the sheet Cells of marks.xlsx has all of them.")


def _remarked_line(student: str, found: Remark) -> tuple[str, ...]:
    return one_line(student), found.column, rows_in_words(found.keys), one_line(found.says)


def _marked_line(student: str, mark: Mark) -> tuple[str, ...]:
    """A mark that a person must look at: whose, where, what was written, and why."""
    why = mark.says if mark.verdict is Verdict.UNREADABLE else "; ".join(FLAGS.get(flag, flag) for flag in mark.flags)
    return one_line(student), cell_name(mark.key), one_line(mark.answer, MAX_ANSWER), one_line(why)
