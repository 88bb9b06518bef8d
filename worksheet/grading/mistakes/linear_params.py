"""Mistakes in the number of parameters of a linear layer."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import LINEAR, STORED

PLACE = 7
_mistake = MistakeGroup(LINEAR, STORED, source.PARAMETERS)
MISTAKES = (
    _mistake("lin-no-bias", putting(b="0"), "You forgot the biases; every output node has one.", documented=True),
    _mistake(
        "lin-bias-in",
        putting(b="b*n/k"),
        "You counted a bias for every input; biases belong to the output nodes.",
        documented=True,
    ),
    _mistake("lin-one-bias", putting(b="b/k"), "You counted one bias for the whole layer, but every output node has its own."),
)
