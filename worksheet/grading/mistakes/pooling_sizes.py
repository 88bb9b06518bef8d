"""Mistakes in the output size of a pooling layer."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import along_axes, each_axis, rounding
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, SIZE

PLACE = 2
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "pool-ceil",
        "You rounded up, but here a window that does not fit is dropped.",
        source.FRACTIONS,
        documented=True,
        kinds=POOLINGS,
        roles=SIZE,
        rewrite=rounding("ceil"),
    ),
    Mistake(
        "pool-stride1",
        "You moved the window by single places and left its stride out.",
        source.STRUCTURE,
        documented=False,
        kinds=POOLINGS,
        roles=SIZE,
        rewrite=along_axes(s="1"),
    ),
    Mistake(
        "pool-div",
        "You divided the input by the stride, which is right only where windows neither overlap nor leave anything over.",
        source.STRUCTURE,
        documented=False,
        kinds=POOLINGS,
        roles=SIZE,
        rewrite=each_axis("floor(M/s)"),
    ),
    Mistake(
        "pool-divw",
        "You divided the input by the window's size, but the window moves by its stride.",
        source.STRUCTURE,
        documented=False,
        kinds=POOLINGS,
        roles=SIZE,
        rewrite=each_axis("floor(M/w)"),
    ),
)
