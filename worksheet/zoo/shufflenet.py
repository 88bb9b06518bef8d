"""ShuffleNet v2: half of the channels pass a block as they are, and a shuffle mixes the halves."""

from typing import Any

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, torchvision

PAPER = "N. Ma et al., ShuffleNet V2: practical guidelines for efficient CNN architecture design (2018), table 5"
STAGES = {"stage2": (116, 4), "stage3": (232, 8), "stage4": (464, 4)}  # kernels and blocks
FIRST, LAST = 24, 1024  # kernels


def _conv(net: Builder, path: str, number: int, *, relu: bool = True, **words: Any) -> int:
    """A convolution, its normalisation and a ReLU as parts ``path.number`` onwards; returns the number of the next part."""
    net.add("Conv2d", name=f"{path}.{number}", p=words["w"] // 2, nobias=True, **words)
    net.add("BatchNorm", name=f"{path}.{number + 1}")
    if relu:
        net.add("ReLU", name=f"{path}.{number + 2}")
    return number + 2 + relu


def _depthwise(net: Builder, path: str, number: int, width: int, stride: int) -> int:
    return _conv(net, path, number, relu=False, c=width, w=3, s=stride, g=width)


def _block(net: Builder, path: str, width: int, kernels: int, stride: int) -> None:
    source, half = net.last, kernels // 2
    if stride > 1:
        next_part = _depthwise(net, f"{path}.branch1", 0, width, stride)
        _conv(net, f"{path}.branch1", next_part, c=half, w=1)
        kept, worked = net.last, source
    else:
        kept = net.add("Slice", source, name=f"{path}.chunk", a=1, f=0, c=half)
        worked = net.add("Slice", source, name=f"{path}.chunk_2", a=1, f=half, c=half)
    net.last = worked
    branch = f"{path}.branch2"
    next_part = _conv(net, branch, 0, c=half, w=1)
    next_part = _depthwise(net, branch, next_part, half, stride)
    _conv(net, branch, next_part, c=half, w=1)
    net.add("Concat", kept, net.last, name=f"{path}.cat")
    net.add("ChannelShuffle", name=f"{path}.channel_shuffle", g=2)


def _lay(net: Builder) -> None:
    width = FIRST
    with net.stage("conv1"):
        _conv(net, "conv1", 0, c=FIRST, w=3, s=2)
        net.add("MaxPool2d", name="maxpool", w=3, s=2, p=1)
    for stage, (kernels, blocks) in STAGES.items():
        with net.stage(stage):
            for i in range(blocks):
                _block(net, f"{stage}.{i}", width, kernels, 1 if i else 2)
                width = kernels
    with net.stage("classifier"):
        _conv(net, "conv5", 0, c=LAST, w=1)
        net.add("Mean", name="mean", a_1=2, a_2=3)
        net.add("Linear", name="fc", k=CLASSES)


MODELS = (torchvision("shufflenet-v2-x1-0", "ShuffleNet v2", _lay, Weights(69.362, 88.316), paper=PAPER),)
