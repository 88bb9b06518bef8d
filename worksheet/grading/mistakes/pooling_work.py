"""Mistakes in the operations of a pooling layer."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, WHOLE_POOLINGS, WORK

PLACE = 12
_mistake = MistakeGroup(POOLINGS, WORK, source.POOLING)
MISTAKES = (
    _mistake(
        "pool-wh",
        instead("c*{kernel}*{outputs}"),
        "You counted a comparison for each element of the window, but one fewer is needed.",
    ),
    _mistake(
        "pool-input-size",
        putting(W="M", H="N", T="D"),
        "You used the size of the input; there is one window for every output position.",
    ),
    _mistake(
        "pool-no-channels",
        putting(c="1"),
        "You forgot the channels; each of them is pooled separately.",
        documented=True,
        kinds=POOLINGS | WHOLE_POOLINGS,
    ),
    _mistake(
        "pool-zero",
        instead("0"),
        "You treated pooling as free; here its operations count.",
        documented=True,
        kinds=POOLINGS | WHOLE_POOLINGS,
    ),
)
