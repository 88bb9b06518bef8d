"""Mistakes in the operations of a linear layer."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LINEAR, WORK

PLACE = 10
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "lin-ops-2x",
        "You counted every multiplication and every addition by itself, and no biases.",
        source.TWICE,
        documented=True,
        kinds=LINEAR,
        roles=WORK,
        rewrite=instead("2*n*k"),
    ),
    Mistake(
        "lin-ops-no-bias",
        "You did not count the adding of the bias.",
        source.NO_BIAS,
        documented=True,
        kinds=LINEAR,
        roles=WORK,
        rewrite=putting(b="0"),
    ),
)
