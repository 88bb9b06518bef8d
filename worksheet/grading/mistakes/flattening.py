"""Mistakes in the length of a flattened feature map, in its own row or in the linear layer that reads it.

The linear layer knows only the length n; the sizes of the feature map are the further letters of ``paper.flattened``.
"""

from worksheet.grading.diagnosis.mistake import Mistake, Rewrite
from worksheet.grading.diagnosis.rewrites import BATCHES, batched, either, on, putting, where
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import FLATTENING, LINEAR
from worksheet.grading.paper.cells import OPERATIONS, PARAMETER_MEMORY, PARAMETERS, SIZES
from worksheet.grading.paper.flattened import CHANNELS, HEIGHT, POOLED_HEIGHT, POOLED_WIDTH, WIDTH

PLACE = 8
VECTOR = f"{CHANNELS}*{WIDTH}*{HEIGHT}"
ROLES = frozenset({SIZES, PARAMETERS, OPERATIONS, PARAMETER_MEMORY})


def _reading(*vectors: str) -> Rewrite:
    """What a linear layer reads instead of n."""
    return either(*(putting(n=vector) for vector in vectors))


def _mistake(name: str, says: str, found: str, flatten: Rewrite, linear: Rewrite, *, documented: bool) -> Mistake:
    return Mistake(name, says, found, documented, FLATTENING | LINEAR, ROLES, either(on(FLATTENING, flatten), on(LINEAR, linear)))


MISTAKES: tuple[Mistake, ...] = (
    _mistake(
        "flat-channels",
        "You used the number of channels as the length of the vector, but every element of the feature map belongs to it.",
        source.FLATTENING,
        either(where("c", putting(M="1", N="1", D="1")), where("L", putting(n="1"))),
        _reading(CHANNELS),
        documented=True,
    ),
    _mistake(
        "flat-one-side",
        "You multiplied the channels by only one side of the feature map.",
        source.FLATTENING,
        where("c", either(putting(N="1", D="1"), putting(M="1", D="1"))),
        _reading(f"{CHANNELS}*{WIDTH}", f"{CHANNELS}*{HEIGHT}"),
        documented=False,
    ),
    _mistake(
        "flat-input",
        "You used the size of the feature map before the last pooling.",
        source.FLATTENING,
        putting(M=POOLED_WIDTH, N=POOLED_HEIGHT),
        _reading(f"{CHANNELS}*{POOLED_WIDTH}*{POOLED_HEIGHT}"),
        documented=True,
    ),
    _mistake(
        "flat-batch",
        "You included the batch in the length of the vector; each sample has its own vector.",
        source.FLATTENING,
        batched,
        _reading(*(f"{batch}*{VECTOR}" for batch in BATCHES)),
        documented=True,
    ),
)
