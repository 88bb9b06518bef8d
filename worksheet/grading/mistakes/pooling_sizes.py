"""Mistakes in the output size of a pooling layer."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import along_axes, each_axis, rounding
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, SIZE

PLACE = 2
_mistake = MistakeGroup(POOLINGS, SIZE, source.STRUCTURE)
MISTAKES = (
    _mistake(
        "pool-ceil",
        rounding("ceil"),
        "You rounded up, but here a window that does not fit is dropped.",
        source.FRACTIONS,
        documented=True,
    ),
    _mistake("pool-left-out", each_axis("M"), "You left the pooling out: your map is as large as before it."),
    _mistake("pool-stride1", along_axes(s="1"), "You left out the stride and moved the window one element at a time."),
    _mistake(
        "pool-div",
        each_axis("floor(M/s)"),
        "You divided the input by the stride, which is right only if the windows neither overlap nor leave a remainder.",
    ),
    _mistake(
        "pool-divw", each_axis("floor(M/w)"), "You divided the input by the window size, but the window moves by its stride."
    ),
)
