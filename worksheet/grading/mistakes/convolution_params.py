"""Mistakes in the number of parameters of a convolution."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import either, putting, turned, where
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import CONVOLUTIONS, KERNELS, STORED

PLACE = 4
_mistake = MistakeGroup(KERNELS, STORED, source.PARAMETERS)
# With groups, some mistakes are made with the channels of all groups or with those of one.
MISTAKES = (
    _mistake(
        "par-no-bias",
        putting(b="0"),
        "You forgot the biases; every kernel has one.",
        source.both(source.PARAMETERS, source.CHOICES),
        documented=True,
    ),
    _mistake("par-one-bias", putting(b="b/k"), "You counted one bias for the whole layer, but every kernel has its own."),
    _mistake(
        "par-no-channels",
        putting(c="g"),
        "You forgot the input channels; a kernel extends over all the channels that it reads.",
        source.both(source.PARAMETERS, source.CHOICES),
        documented=True,
    ),
    _mistake("par-no-kernels", putting(k="1"), "You counted a single kernel and forgot the number of kernels."),
    _mistake(
        "par-bias-per-channel",
        either(putting(b="b*c", g="1"), putting(b="b*c/g")),
        "You gave a bias to every slice of a kernel, but a kernel has a single bias.",
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-bias-in", putting(b="b*c/k"), "You counted a bias for every input channel; biases belong to the output channels."
    ),
    _mistake(
        "par-out-for-in",
        either(putting(c="k*g"), putting(c="k")),
        "You used the number of output channels instead of the number of input channels.",
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-1d-kernel",
        where("h", either(putting(h="1", t="1", g="1"), putting(h="1", t="1"))),
        "You used only one side of the kernel, as if it were one-dimensional.",
    ),
    _mistake(
        "par-times-positions",
        turned("F*{outputs}"),
        "You multiplied by the output positions, but all of them share the same weights.",
        source.both(source.PARAMETERS, source.CHOICES),
        documented=True,
    ),
    _mistake(
        "par-fc",
        putting(w="M", h="N", t="D", g="1"),
        "You counted a fully connected layer, with kernels as large as the whole input.",
        source.CHOICES,
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-no-groups",
        putting(g="1"),
        "You left out the groups; a kernel reads only the channels of its own group.",
        source.GROUPS,
        documented=True,
    ),
    _mistake(
        "par-groups-twice",
        putting(c="c/g"),
        "You divided by the groups twice.",
        source.GROUPS,
        documented=True,
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-groups-bias",
        putting(b="b/g"),
        "You divided the biases by the groups too; every kernel has a bias, whatever the number of groups.",
        source.GROUPS,
    ),
)
