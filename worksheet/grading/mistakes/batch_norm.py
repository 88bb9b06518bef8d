"""Mistakes in the number of parameters of a batch normalisation."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import instead
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import BATCH_NORM, WEIGHTS

PLACE = 6
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "bn-4c",
        "You counted the running mean and variance too; they are stored, but not learned.",
        source.NORMALISATION,
        documented=True,
        kinds=BATCH_NORM,
        roles=WEIGHTS,
        rewrite=instead("2*a*c + 2*c"),
    ),
    Mistake(
        "bn-c",
        "You counted only one of scale and shift; every channel has both.",
        source.NORMALISATION,
        documented=False,
        kinds=BATCH_NORM,
        roles=WEIGHTS,
        rewrite=instead("a*c"),
    ),
    Mistake(
        "bn-spatial",
        "You counted scale and shift for every element, but all places of a channel share them.",
        source.NORMALISATION,
        documented=False,
        kinds=BATCH_NORM,
        roles=WEIGHTS,
        rewrite=instead("2*a*X"),
    ),
)
