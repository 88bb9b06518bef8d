"""Mistakes in the operations of a ReLU and similar activations."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import RECTIFIERS, WORK

PLACE = 11
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "relu-once",
        "You counted the comparison of each element, but not the assignment.",
        source.RELU,
        documented=True,
        kinds=RECTIFIERS,
        roles=WORK,
        rewrite=instead("X"),
    ),
    Mistake(
        "relu-zero",
        "You took the activation to be free; here its comparisons and assignments count.",
        source.RELU,
        documented=True,
        kinds=RECTIFIERS,
        roles=WORK,
        rewrite=instead("0"),
    ),
    Mistake(
        "relu-no-channels",
        "You forgot the channels; the activation works on every element of every channel.",
        source.RELU,
        documented=False,
        kinds=RECTIFIERS,
        roles=WORK,
        rewrite=putting(c="1"),
    ),
)
