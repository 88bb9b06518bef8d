"""Mistakes in the output size of a convolution."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import along_axes, each_axis, one_inside, one_less, putting, restructured, rounding
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import CONVOLUTIONS, SIZE

PLACE = 1
_mistake = MistakeGroup(CONVOLUTIONS, SIZE, source.STRUCTURE)
MISTAKES = (
    _mistake("out-one-pad", along_axes(p="p/2"), "You padded one side of the input only; the padding is put on both."),
    _mistake("out-no-pad", along_axes(p="0", q="0"), "You left the padding out, as if the kernel had to stay inside the input."),
    _mistake("out-4p", along_axes(p="2*p"), "You doubled the padding once too often; it is given for one side."),
    _mistake("out-no-plus1", restructured(one_less), "You counted the steps of the kernel and forgot the place where it starts."),
    _mistake(
        "out-ceil",
        rounding("ceil"),
        "You rounded up, but a last step that does not fit is dropped.",
        source.both(source.FRACTIONS, source.ROUNDED_DOWN),
        documented=True,
    ),
    _mistake(
        "out-nofloor",
        rounding(""),
        "You did not round, but a kernel cannot stand at a part of a place.",
        source.both(source.FRACTIONS, source.ROUNDED_DOWN),
        documented=True,
    ),
    _mistake("out-plus1-inside", restructured(one_inside), "You added the one before dividing by the stride; it belongs behind."),
    _mistake("out-no-stride", along_axes(s="1"), "You moved the kernel by single places and left the stride out."),
    _mistake("out-no-kernel", each_axis("floor((M + 2*p + q)/s) + 1"), "You did not subtract the size of the kernel."),
    _mistake(
        "out-no-dilation",
        along_axes(d="1"),
        "You left the dilation out; it spreads the kernel over more of the input.",
        source.DILATION,
        documented=True,
    ),
    _mistake(
        "out-dil-dw",
        each_axis("floor((M + 2*p + q - d*w)/s) + 1"),
        "You multiplied the kernel's size by the dilation, but only the gaps between its elements grow.",
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
    _mistake("out-swap-wh", putting(w="h", h="w"), "You exchanged the width and the height of the kernel."),
)
