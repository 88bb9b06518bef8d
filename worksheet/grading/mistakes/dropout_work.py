"""Operations attributed to a dropout that does nothing."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import of_nothing
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import DROPOUT, WORK

PLACE = 13
_mistake = MistakeGroup(DROPOUT, WORK, source.SHEET)
MISTAKES = (
    _mistake(
        "drop-train",
        of_nothing("X"),
        "You counted the dropout as in training; in evaluation mode it passes its input through unchanged.",
    ),
)
