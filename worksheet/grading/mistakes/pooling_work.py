"""Mistakes in the operations of a pooling layer."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import instead, putting
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, WHOLE_POOLINGS, WORK

PLACE = 12
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "pool-wh",
        "You counted a comparison for each element of the window, but the first is compared with nothing.",
        source.POOLING,
        documented=False,
        kinds=POOLINGS,
        roles=WORK,
        rewrite=instead("c*{kernel}*{outputs}"),
    ),
    Mistake(
        "pool-input-size",
        "You used the size of the input; there is one window for every place of the output.",
        source.POOLING,
        documented=False,
        kinds=POOLINGS,
        roles=WORK,
        rewrite=putting(W="M", H="N", T="D"),
    ),
    Mistake(
        "pool-no-channels",
        "You forgot the channels; each of them is pooled by itself.",
        source.POOLING,
        documented=True,
        kinds=POOLINGS | WHOLE_POOLINGS,
        roles=WORK,
        rewrite=putting(c="1"),
    ),
    Mistake(
        "pool-zero",
        "You took pooling to be free; here its work counts.",
        source.POOLING,
        documented=True,
        kinds=POOLINGS | WHOLE_POOLINGS,
        roles=WORK,
        rewrite=instead("0"),
    ),
)
