"""Mistakes in the number of parameters of a multi-head attention."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import putting, turned
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import MULTIHEAD, STORED, WEIGHTS

PLACE = 17
_mistake = MistakeGroup(MULTIHEAD, WEIGHTS, source.FORMULA)
MISTAKES = (
    _mistake("mha-no-out", turned("F - n**2 - b*n"), "You forgot the output projection, which combines the heads."),
    _mistake("mha-no-bias", putting(b="0"), "You forgot the biases of the projections.", roles=STORED),
)
