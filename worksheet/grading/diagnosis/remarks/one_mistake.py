"""One known mistake that is made in many rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worksheet.grading.diagnosis.remarks.figures import LEAST, rows_in_words
from worksheet.grading.mark import MISTAKE, Mark, Remark, Verdict
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper.cells import Paper
from worksheet.language import _


def one_mistake(_paper: Paper, marks: Sequence[Mark]) -> Iterator[Remark]:
    """A remark for each mistake that is the first explanation of at least three answers."""
    by_label: dict[str, list[Mark]] = {}
    for mark in marks:
        if mark.verdict is Verdict.MISTAKE and mark.labels and mark.labels[0] in known_mistakes():
            by_label.setdefault(mark.labels[0], []).append(mark)
    for label, made in by_label.items():
        if len(made) >= LEAST:
            keys = tuple(mark.key for mark in made)
            says = _("In rows {rows}: {mistake}").format(rows=rows_in_words(keys), mistake=_(known_mistakes()[label].says))
            yield Remark(MISTAKE, made[0].key[1], keys, says)
