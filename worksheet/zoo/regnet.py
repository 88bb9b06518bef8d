"""RegNet-Y with 400 million MACs: four stages of bottlenecks whose widths follow a line."""

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, conv_norm, squeeze, torchvision

PAPER = "I. Radosavovic et al., Designing network design spaces (2020)"
FIRST = 32  # kernels
STAGES = ((48, 1), (104, 3), (208, 6), (440, 6))  # kernels and blocks
GROUP = 8  # channels of a group
SQUEEZED = 0.25  # of the block's input channels


def _block(net: Builder, path: str, width: int, kernels: int, stride: int) -> None:
    source = net.last
    if stride > 1 or width != kernels:
        conv_norm(net, f"{path}.proj", c=kernels, w=1, s=stride)
    kept = net.last
    conv_norm(net, f"{path}.f.a", "ReLU", source, c=kernels, w=1)
    conv_norm(net, f"{path}.f.b", "ReLU", c=kernels, w=3, s=stride, g=kernels // GROUP)
    squeeze(net, f"{path}.f.se", kernels, round(SQUEEZED * width), "ReLU")
    conv_norm(net, f"{path}.f.c", c=kernels, w=1)
    net.add("Add", kept, net.last, name=f"{path}.add")
    net.add("ReLU", name=f"{path}.activation")


def _lay(net: Builder) -> None:
    width = FIRST
    with net.stage("stem"):
        conv_norm(net, "stem", "ReLU", c=width, w=3, s=2)
    for stage, (kernels, blocks) in enumerate(STAGES, 1):
        with net.stage(f"block{stage}"):
            for i in range(blocks):
                _block(net, f"trunk_output.block{stage}.block{stage}-{i}", width, kernels, 1 if i else 2)
                width = kernels
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        net.add("Flatten", name="flatten")
        net.add("Linear", name="fc", k=CLASSES)


MODELS = (torchvision("regnet-y-400mf", "RegNet-Y 400MF", _lay, Weights(74.046, 91.716), paper=PAPER),)
