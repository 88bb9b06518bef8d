"""Mistakes in the number of parameters of a layer normalisation."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import instead
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LAYER_NORM, WEIGHTS

PLACE = 18
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "ln-4",
        "You counted a running mean and variance, but this normalisation keeps none; it finds them anew for every row.",
        source.NORMALISATION,
        documented=False,
        kinds=LAYER_NORM,
        roles=WEIGHTS,
        rewrite=instead("a*X + a*b*X + 2*X"),
    ),
)
