"""Parameters attributed to layers that have none."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import either, of_nothing
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, RECTIFIERS, WEIGHTS

PLACE = 5
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "pool-has-params",
        "You gave the pooling window weights, but it only picks or averages what it sees; nothing is learned.",
        source.both(source.CHOICES, source.WHICH_LAYERS),
        documented=False,
        kinds=POOLINGS,
        roles=WEIGHTS,
        rewrite=of_nothing("{kernel}*c"),
    ),
    Mistake(
        "relu-has-params",
        "You gave every channel a parameter, but this activation learns nothing; one with a learned slope would.",
        source.WHICH_LAYERS,
        documented=False,
        kinds=RECTIFIERS,
        roles=WEIGHTS,
        rewrite=either(of_nothing("c"), of_nothing("n")),  # in a vector, every element is a channel
    ),
)
