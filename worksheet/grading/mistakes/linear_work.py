"""Mistakes in the operations of a linear layer."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LINEAR, WORK

PLACE = 10
_mistake = MistakeGroup(LINEAR, WORK, source.TWICE)
MISTAKES = (
    _mistake(
        "lin-ops-2x",
        instead("2*n*k"),
        "You counted multiplications and additions separately, and left out the biases.",
        documented=True,
    ),
    _mistake("lin-ops-no-bias", putting(b="0"), "You did not count the addition of the bias.", source.NO_BIAS, documented=True),
)
