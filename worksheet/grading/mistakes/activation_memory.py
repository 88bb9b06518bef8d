"""Mistakes in the memory of the outputs of layers."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import batched, turned
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import ANY, OUTPUTS

PLACE = 15
_mistake = MistakeGroup(ANY, OUTPUTS, source.BATCH)
MISTAKES = (
    _mistake("act-input", turned("F*X/Y"), "You counted the layer's input, but its output is asked for."),
    _mistake("act-batch", batched, "You multiplied by a batch size, but one sample is asked for.", documented=True),
    _mistake(
        "act-bwd",
        turned("2*F"),
        "You doubled the memory for the backward pass, but only the forward pass is asked for.",
        documented=True,
    ),
)
