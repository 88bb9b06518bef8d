"""Mistakes in the number of parameters of a multi-head attention."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import putting, turned
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import MULTIHEAD, STORED, WEIGHTS

PLACE = 17
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "mha-no-out",
        "You forgot the projection that mixes the heads in the end.",
        source.FORMULA,
        documented=False,
        kinds=MULTIHEAD,
        roles=WEIGHTS,
        rewrite=turned("F - n**2 - b*n"),
    ),
    Mistake(
        "mha-no-bias",
        "You forgot the biases of the projections.",
        source.FORMULA,
        documented=False,
        kinds=MULTIHEAD,
        roles=STORED,
        rewrite=putting(b="0"),
    ),
)
