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
        "You forgot the input channels; a kernel reaches through all that it reads.",
        source.both(source.PARAMETERS, source.CHOICES),
        documented=True,
    ),
    _mistake("par-no-kernels", putting(k="1"), "You counted a single kernel and forgot how many the layer has."),
    _mistake(
        "par-bias-per-channel",
        either(putting(b="b*c", g="1"), putting(b="b*c/g")),
        "You gave a bias to every slice of a kernel, but a kernel has one for all its slices.",
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-bias-in", putting(b="b*c/k"), "You counted a bias for every input channel; biases belong to the output channels."
    ),
    _mistake(
        "par-out-for-in",
        either(putting(c="k*g"), putting(c="k")),
        "You took the number of output channels where the input channels belong.",
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-1d-kernel",
        where("h", either(putting(h="1", t="1", g="1"), putting(h="1", t="1"))),
        "You took one side of the kernel only, as if it were a line.",
    ),
    _mistake(
        "par-times-positions",
        turned("F*{outputs}"),
        "You multiplied by the places of the output, but one set of weights serves all of them.",
        source.both(source.PARAMETERS, source.CHOICES),
        documented=True,
    ),
    _mistake(
        "par-fc",
        putting(w="M", h="N", t="D", g="1"),
        "You counted a fully connected layer: each kernel as large as the whole input.",
        source.CHOICES,
        kinds=CONVOLUTIONS,
    ),
    _mistake(
        "par-no-groups",
        putting(g="1"),
        "You left the groups out; a kernel reads the channels of its own group only.",
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
        "You divided the biases by the groups too; every kernel has its bias whatever the groups.",
        source.GROUPS,
    ),
)
