"""The summary of a feedback sheet: each mistake that was made in several rows, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from worksheet.grading.mark import ANOTHER_SHEET, MISTAKE, MarkedPaper, Verdict
from worksheet.grading.paper.cells import Row
from worksheet.language import _

MAX_NAMED = 3  # mistakes
FEWEST = 2  # rows in which a mistake is made before it is one of the whole paper


def whole_paper(marked: MarkedPaper) -> Iterator[str]:
    """A sentence for each slip that explains a column; not known mistakes, nor what only assistants read."""
    yield from (found.says for found in marked.remarks if found.kind not in {MISTAKE, ANOTHER_SHEET})


def repeated_mistakes(marked: MarkedPaper, says_of: Callable[[str], str]) -> Iterator[str]:
    """A sentence for each mistake that explains answers in several rows, the most frequent first."""
    rows: dict[str, dict[Row, None]] = {}
    for mark in marked.marks:
        if mark.verdict is Verdict.MISTAKE and mark.labels and isinstance(mark.key[0], int):
            rows.setdefault(says_of(mark.labels[0]), {})[mark.key[0]] = None
    repeated = sorted((item for item in rows.items() if len(item[1]) >= FEWEST), key=lambda item: -len(item[1]))
    for says, places in repeated[:MAX_NAMED]:
        yield _("Rows {rows}: {mistake}").format(rows=", ".join(map(str, places)), mistake=says)
