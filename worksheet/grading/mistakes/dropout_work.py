"""Operations attributed to a dropout that does nothing."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import of_nothing
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import DROPOUT, WORK

PLACE = 13
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "drop-train",
        "You counted the dropout as in training; in evaluation mode it passes everything on.",
        source.SHEET,
        documented=False,
        kinds=DROPOUT,
        roles=WORK,
        rewrite=of_nothing("X"),
    ),
)
