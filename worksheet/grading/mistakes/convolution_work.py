"""Mistakes in the operations of a convolution."""

from worksheet.grading.diagnosis.mistake import MistakeGroup
from worksheet.grading.diagnosis.rewrites import batched, instead, putting, turned, where
from worksheet.grading.mistakes import _sources as source
from worksheet.grading.mistakes._kinds import CONVOLUTIONS, KERNELS, WORK

PLACE = 9
_mistake = MistakeGroup(CONVOLUTIONS, WORK, source.POSITIONS)
MISTAKES = (
    _mistake(
        "ops-2mac",
        instead("2*k*c/g*{kernel}*{outputs}"),
        "You counted multiplications and additions separately, and left out the biases.",
        source.TWICE,
        documented=True,
    ),
    _mistake(
        "ops-2mac-bias",
        instead("2*k*(c/g*{kernel} + b)*{outputs}", then=turned("2*F")),
        "You counted every operation twice, including the biases.",
        source.TWICE,
        documented=True,
    ),
    _mistake(
        "ops-mul-add",
        instead("k*(2*c/g*{kernel} - 1)*{outputs}"),
        "You counted multiplications and additions separately, with one addition fewer than multiplications.",
        source.TWICE,
        documented=True,
    ),
    _mistake(
        "ops-no-bias",
        putting(b="0"),
        "You did not count the addition of the bias.",
        source.NO_BIAS,
        documented=True,
        kinds=KERNELS,
    ),
    _mistake(
        "ops-input-size",
        putting(W="M", H="N", T="D"),
        "You used the size of the input; there is one result for every output position.",
        documented=True,
    ),
    _mistake("ops-one-side", where("H", putting(H="1", T="1")), "You multiplied by only one side of the output."),
    _mistake(
        "ops-no-kernels", putting(k="1"), "You counted the work of a single kernel and forgot how many there are.", kinds=KERNELS
    ),
    _mistake(
        "ops-no-channels",
        putting(c="g"),
        "You forgot the input channels; a kernel extends over all the channels that it reads.",
        kinds=KERNELS,
    ),
    _mistake(
        "ops-params",
        instead("k*(c/g*{kernel} + b)"),
        "You gave the number of parameters; each of them is used at every output position.",
    ),
    _mistake(
        "ops-no-groups",
        putting(g="1"),
        "You left out the groups; a kernel reads only the channels of its own group.",
        source.GROUPS,
        documented=True,
        kinds=KERNELS,
    ),
    _mistake(
        "ops-batch",
        batched,
        "You multiplied by a batch size, but one sample is asked for.",
        source.BATCH,
        documented=True,
        kinds=KERNELS,
    ),
)
