"""Mistakes in the number of parameters of a batch normalisation."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import instead
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import BATCH_NORM, WEIGHTS

PLACE = 6
_mistake = MistakeGroup(BATCH_NORM, WEIGHTS, source.NORMALISATION)
MISTAKES = (
    _mistake(
        "bn-4c",
        instead("2*a*c + 2*c"),
        "You counted the running mean and variance too; they are buffers, not parameters.",
        documented=True,
    ),
    _mistake("bn-c", instead("a*c"), "You counted only the scale or only the shift; every channel has both."),
    _mistake(
        "bn-spatial",
        instead("2*a*X"),
        "You counted a scale and a shift for every element, but all positions of a channel share them.",
    ),
)
