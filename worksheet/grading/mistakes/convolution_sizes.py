"""Mistakes in the output size of a convolution."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import along_axes, each_axis, one_inside, one_less, putting, restructured, rounding
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import CONVOLUTIONS, SIZE

PLACE = 1
_mistake = MistakeGroup(CONVOLUTIONS, SIZE, source.STRUCTURE)
MISTAKES = (
    _mistake("out-one-pad", along_axes(p="p/2"), "You padded only one side of the input; both sides are padded."),
    _mistake("out-no-pad", along_axes(p="0", q="0"), "You left out the padding, as if the kernel had to stay inside the input."),
    _mistake("out-4p", along_axes(p="2*p"), "You doubled the padding once too often; the padding is given for each side."),
    _mistake("out-no-plus1", restructured(one_less), "You counted the steps of the kernel and forgot its first position."),
    _mistake(
        "out-ceil",
        rounding("ceil"),
        "You rounded up, but a last step that does not fit is not taken.",
        source.both(source.FRACTIONS, source.ROUNDED_DOWN),
        documented=True,
    ),
    _mistake(
        "out-nofloor",
        rounding(""),
        "You did not round, but there are only whole positions of the kernel.",
        source.both(source.FRACTIONS, source.ROUNDED_DOWN),
        documented=True,
    ),
    _mistake(
        "out-plus1-inside", restructured(one_inside), "You added the one before dividing by the stride; it is added afterwards."
    ),
    _mistake("out-no-stride", along_axes(s="1"), "You left out the stride and moved the kernel one element at a time."),
    _mistake("out-no-kernel", each_axis("floor((M + 2*p + q)/s) + 1"), "You did not subtract the kernel size."),
    _mistake(
        "out-no-dilation",
        along_axes(d="1"),
        "You left out the dilation; it spreads the kernel over more of the input.",
        source.DILATION,
        documented=True,
    ),
    _mistake(
        "out-dil-dw",
        each_axis("floor((M + 2*p + q - d*w)/s) + 1"),
        "You multiplied the kernel size by the dilation, but dilation only widens the gaps between its elements.",
        source.DILATION,
        documented=True,
    ),
    _mistake(
        "out-same-tf",
        each_axis("ceil(M/s)"),
        'You divided the input by the stride, which is the rule for "same" padding; here the padding is given.',
        source.SAME,
        documented=True,
    ),
    _mistake("out-swap-wh", putting(w="h", h="w"), "You swapped the width and the height of the kernel."),
)
