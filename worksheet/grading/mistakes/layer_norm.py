"""Mistakes in the number of parameters of a layer normalisation."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import instead
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LAYER_NORM, WEIGHTS

PLACE = 18
_mistake = MistakeGroup(LAYER_NORM, WEIGHTS, source.NORMALISATION)
MISTAKES = (
    _mistake(
        "ln-4",
        instead("a*X + a*b*X + 2*X"),
        "You counted a running mean and variance, but layer normalisation stores none; it computes them for every row.",
    ),
)
