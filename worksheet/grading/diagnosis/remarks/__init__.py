"""Remarks on a whole paper: one slip that explains many cells, found by computing the paper again. They change no marks."""

from collections.abc import Sequence

from worksheet.grading.diagnosis.remarks.column_factor import column_factor
from worksheet.grading.diagnosis.remarks.columns_exchanged import columns_exchanged
from worksheet.grading.diagnosis.remarks.one_mistake import one_mistake
from worksheet.grading.diagnosis.remarks.rows_shifted import rows_shifted
from worksheet.grading.mark import Mark, Remark
from worksheet.grading.paper.cells import Paper

FINDERS = (rows_shifted, columns_exchanged, column_factor, one_mistake)  # the first explanation of a cell counts


def remarks_on(paper: Paper, marks: Sequence[Mark]) -> tuple[Remark, ...]:
    """What one slip explains in many cells of a paper, each cell once."""
    found: list[Remark] = []
    explained: set[object] = set()
    for finder in FINDERS:
        for remark in finder(paper, marks):
            if explained.isdisjoint(remark.keys):
                found.append(remark)
                explained.update(remark.keys)
    return tuple(found)


__all__ = ["remarks_on"]
