"""Parameters attributed to layers that have none."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import either, of_nothing
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import POOLINGS, RECTIFIERS, WEIGHTS

PLACE = 5
_mistake = MistakeGroup(POOLINGS, WEIGHTS, source.WHICH_LAYERS)
MISTAKES = (
    _mistake(
        "pool-has-params",
        of_nothing("{kernel}*c"),
        "You gave the pooling window weights, but pooling only selects or averages; it has no parameters.",
        source.both(source.CHOICES, source.WHICH_LAYERS),
    ),
    # Of a vector, every element is a channel.
    _mistake(
        "relu-has-params",
        either(of_nothing("c"), of_nothing("n")),
        "You gave every channel a parameter, but this activation has none; only one with a learned slope does.",
        kinds=RECTIFIERS,
    ),
)
