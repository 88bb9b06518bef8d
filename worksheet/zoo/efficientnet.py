"""EfficientNet-B0: inverted residual blocks with squeeze and excitation, found by search."""

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.modules import Weights, conv_norm, squeeze, torchvision

PAPER = "M. Tan and Q. Le, EfficientNet: rethinking model scaling for convolutional neural networks (2019), table 1"
FIRST = 32  # kernels
WIDER = 4  # the last convolution multiplies the channels by this
SQUEEZED = 4  # the squeeze leaves this part of the block's input channels


@frozen
class Stage:
    """A row of the paper's table: expansion, size of the kernel, stride of the first block, kernels, blocks."""

    expansion: int
    kernel: int
    stride: int
    kernels: int
    blocks: int


B0 = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)


def _block(net: Builder, path: str, width: int, stage: Stage, stride: int) -> None:
    source, wide, part = net.last, width * stage.expansion, 0
    if stage.expansion > 1:
        conv_norm(net, f"{path}.block.0", "SiLU", c=wide, w=1)
        part = 1
    conv_norm(net, f"{path}.block.{part}", "SiLU", c=wide, w=stage.kernel, s=stride, g=wide)
    squeeze(net, f"{path}.block.{part + 1}", wide, width // SQUEEZED, "SiLU")
    conv_norm(net, f"{path}.block.{part + 2}", c=stage.kernels, w=1)
    if stride == 1 and width == stage.kernels:
        net.add("Add", net.last, source, name=f"{path}.add")


def _lay(net: Builder) -> None:
    width = FIRST
    with net.stage("features.0"):
        conv_norm(net, "features.0", "SiLU", c=width, w=3, s=2)
    for number, stage in enumerate(B0, 1):
        with net.stage(f"features.{number}"):
            for i in range(stage.blocks):
                _block(net, f"features.{number}.{i}", width, stage, 1 if i else stage.stride)
                width = stage.kernels
    with net.stage("features.8"):
        conv_norm(net, "features.8", "SiLU", c=WIDER * width, w=1)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        net.add("Flatten", name="flatten")
        net.add("Dropout", name="classifier.0")
        net.add("Linear", name="classifier.1", k=CLASSES)


MODELS = (torchvision("efficientnet-b0", "EfficientNet-B0", _lay, Weights(77.692, 93.532), paper=PAPER),)
