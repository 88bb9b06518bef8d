"""Mistakes in the memory of the outputs of layers."""

from worksheet.grading.diagnosis.mistake import Mistake
from worksheet.grading.diagnosis.rewrites import batched, turned
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import ANY, OUTPUTS

PLACE = 15
MISTAKES: tuple[Mistake, ...] = (
    Mistake(
        "act-input",
        "You counted what the layer reads, but what it gives is asked for.",
        source.BATCH,
        documented=False,
        kinds=ANY,
        roles=OUTPUTS,
        rewrite=turned("F*X/Y"),
    ),
    Mistake(
        "act-batch",
        "You multiplied by the size of a batch, but one sample is asked for.",
        source.BATCH,
        documented=True,
        kinds=ANY,
        roles=OUTPUTS,
        rewrite=batched,
    ),
    Mistake(
        "act-bwd",
        "You doubled the memory for the backward pass, but only the forward pass is asked for.",
        source.BATCH,
        documented=True,
        kinds=ANY,
        roles=OUTPUTS,
        rewrite=turned("2*F"),
    ),
)
