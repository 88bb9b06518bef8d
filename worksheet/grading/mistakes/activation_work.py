"""Mistakes in the operations of a ReLU and similar activations."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import RECTIFIERS, WORK

PLACE = 11
_mistake = MistakeGroup(RECTIFIERS, WORK, source.RELU)
MISTAKES = (
    _mistake("relu-once", instead("X"), "You counted the comparison for each element, but not the assignment.", documented=True),
    _mistake(
        "relu-zero",
        instead("0"),
        "You treated the activation as free; here its comparisons and assignments count.",
        documented=True,
    ),
    _mistake(
        "relu-no-channels", putting(c="1"), "You forgot the channels; the activation applies to every element of every channel."
    ),
)
