"""Mistakes in the output size of a transposed convolution."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import along_axes, each_axis
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import SIZE, TRANSPOSED

PLACE = 3
_mistake = MistakeGroup(TRANSPOSED, SIZE, source.TRANSPOSED)
MISTAKES = (
    _mistake(
        "ct-forward",
        each_axis("floor((M + 2*p - d*(w - 1) - 1)/s) + 1"),
        "You used the size of an ordinary convolution; a transposed one goes the other way, from small to large.",
        documented=True,
    ),
    _mistake(
        "ct-one-pad", along_axes(p="p/2"), "You removed the padding from only one side; it is removed from both.", documented=True
    ),
    _mistake(
        "ct-no-minus1",
        along_axes(M="M + 1"),
        "You counted a step for every input element, but there is one step fewer than elements.",
    ),
    _mistake(
        "ct-times-s",
        each_axis("M*s"),
        'You multiplied the input by the stride, which is the rule for "same" padding; here kernel and padding matter too.',
        source.SAME,
        documented=True,
    ),
    _mistake("ct-no-outpad", along_axes(o="0"), "You left out the output padding.", documented=True),
)
