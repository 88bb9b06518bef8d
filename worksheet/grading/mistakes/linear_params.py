"""Mistakes in the number of parameters of a linear layer."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LINEAR, STORED

PLACE = 7
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "lin-no-bias",
        "You forgot the biases; every output node has one.",
        source.PARAMETERS,
        documented=True,
        kinds=LINEAR,
        roles=STORED,
        rewrite=putting(b="0"),
    ),
    Mistake(
        "lin-bias-in",
        "You counted a bias for every input; biases belong to the output nodes.",
        source.PARAMETERS,
        documented=True,
        kinds=LINEAR,
        roles=STORED,
        rewrite=putting(b="b*n/k"),
    ),
    Mistake(
        "lin-one-bias",
        "You counted one bias for the whole layer, but every output node has its own.",
        source.PARAMETERS,
        documented=False,
        kinds=LINEAR,
        roles=STORED,
        rewrite=putting(b="b/k"),
    ),
)
