"""MobileNet of the first, second and third version: depthwise convolutions, mixed by 1 x 1 convolutions."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, IMAGE, build
from worksheet.zoo.model import Model
from worksheet.zoo.modules import Weights, conv_norm, round_channels, squeeze, torchvision

# The first version: kernels and stride of each pair of convolutions

FIRST_PAPER = (
    "A. Howard et al., MobileNets: efficient convolutional neural networks for mobile vision applications (2017), table 1"
)
PAIRS = ((64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *((512, 1),) * 5, (1024, 2), (1024, 1))


def _first(net: Builder) -> None:
    width = 32
    with net.stage("conv0"):
        conv_norm(net, "conv0", "ReLU", c=width, w=3, s=2)
    for i, (kernels, stride) in enumerate(PAIRS, 1):
        with net.stage(f"conv{i}"):
            conv_norm(net, f"conv{i}.depthwise", "ReLU", c=width, w=3, s=stride, g=width)
            conv_norm(net, f"conv{i}.pointwise", "ReLU", c=kernels, w=1)
        width = kernels
    with net.stage("classifier"):
        net.add("GlobalAvgPool", name="avgpool")
        net.add("Linear", name="fc", k=CLASSES)
        net.add("Softmax", name="prob")


# The second version: expansion, kernels, repetitions and the stride of the first block

SECOND_PAPER = "M. Sandler et al., MobileNetV2: inverted residuals and linear bottlenecks (2018), table 2"
BOTTLENECKS = ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1))


def _inverted_residual(net: Builder, path: str, width: int, expansion: int, kernels: int, stride: int) -> None:
    """A block that widens, convolves depthwise and narrows again without an activation."""
    source, wide, part = net.last, width * expansion, 0
    if expansion > 1:
        conv_norm(net, f"{path}.conv.0", "ReLU6", c=wide, w=1)
        part = 1
    conv_norm(net, f"{path}.conv.{part}", "ReLU6", c=wide, w=3, s=stride, g=wide)
    net.add("Conv2d", name=f"{path}.conv.{part + 1}", c=kernels, w=1, nobias=True)
    net.add("BatchNorm", name=f"{path}.conv.{part + 2}")
    if stride == 1 and width == kernels:
        net.add("Add", source, net.last, name=f"{path}.add")


def _second(net: Builder) -> None:
    width, block = 32, 0
    with net.stage("features.0"):
        conv_norm(net, "features.0", "ReLU6", c=width, w=3, s=2)
    for expansion, kernels, repetitions, first_stride in BOTTLENECKS:
        for i in range(repetitions):
            block += 1
            with net.stage(f"features.{block}"):
                _inverted_residual(net, f"features.{block}", width, expansion, kernels, first_stride if i == 0 else 1)
            width = kernels
    with net.stage(f"features.{block + 1}"):
        conv_norm(net, f"features.{block + 1}", "ReLU6", c=1280, w=1)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="adaptive_avg_pool2d", called="F.adaptive_avg_pool2d", w=1)
        net.add("Flatten", name="flatten")
        net.add("Dropout", name="classifier.0")
        net.add("Linear", name="classifier.1", k=CLASSES)


# The third version

THIRD_PAPER = "A. Howard et al., Searching for MobileNetV3 (2019), tables 1 and 2"


@frozen
class InvertedResidual:
    """A row of the paper's tables: size of the kernel, width inside, kernels, SE where it squeezes, activation, stride."""

    kernel: int
    wide: int
    kernels: int
    squeeze: str
    activation: str
    stride: int


RE, HS = "ReLU", "Hardswish"
SE, NO = "squeeze and excitation", ""
LARGE_BLOCKS = (
    InvertedResidual(3, 16, 16, NO, RE, 1),
    InvertedResidual(3, 64, 24, NO, RE, 2),
    InvertedResidual(3, 72, 24, NO, RE, 1),
    InvertedResidual(5, 72, 40, SE, RE, 2),
    *(InvertedResidual(5, 120, 40, SE, RE, 1),) * 2,
    InvertedResidual(3, 240, 80, NO, HS, 2),
    InvertedResidual(3, 200, 80, NO, HS, 1),
    *(InvertedResidual(3, 184, 80, NO, HS, 1),) * 2,
    InvertedResidual(3, 480, 112, SE, HS, 1),
    InvertedResidual(3, 672, 112, SE, HS, 1),
    InvertedResidual(5, 672, 160, SE, HS, 2),
    *(InvertedResidual(5, 960, 160, SE, HS, 1),) * 2,
)
SMALL_BLOCKS = (
    InvertedResidual(3, 16, 16, SE, RE, 2),
    InvertedResidual(3, 72, 24, NO, RE, 2),
    InvertedResidual(3, 88, 24, NO, RE, 1),
    InvertedResidual(5, 96, 40, SE, HS, 2),
    *(InvertedResidual(5, 240, 40, SE, HS, 1),) * 2,
    InvertedResidual(5, 120, 48, SE, HS, 1),
    InvertedResidual(5, 144, 48, SE, HS, 1),
    InvertedResidual(5, 288, 96, SE, HS, 2),
    *(InvertedResidual(5, 576, 96, SE, HS, 1),) * 2,
)


def _squeezing_residual(net: Builder, path: str, width: int, block: InvertedResidual) -> None:
    """An inverted residual block with or without squeeze and excitation before it narrows."""
    source, part = net.last, 0
    if block.wide != width:
        conv_norm(net, f"{path}.block.0", block.activation, c=block.wide, w=1)
        part = 1
    words: dict[str, Any] = {"c": block.wide, "w": block.kernel, "s": block.stride, "g": block.wide}
    conv_norm(net, f"{path}.block.{part}", block.activation, **words)
    if block.squeeze:
        part += 1
        squeeze(net, f"{path}.block.{part}", block.wide, round_channels(block.wide // 4), RE, "Hardsigmoid")
    conv_norm(net, f"{path}.block.{part + 1}", c=block.kernels, w=1)
    if block.stride == 1 and width == block.kernels:
        net.add("Add", net.last, source, name=f"{path}.add")


def _third(blocks: Sequence[InvertedResidual], head: int, net: Builder) -> None:
    width = 16
    with net.stage("features.0"):
        conv_norm(net, "features.0", HS, c=width, w=3, s=2)
    for i, block in enumerate(blocks, 1):
        with net.stage(f"features.{i}"):
            _squeezing_residual(net, f"features.{i}", width, block)
        width = block.kernels
    last = f"features.{len(blocks) + 1}"
    with net.stage(last):
        conv_norm(net, last, HS, c=6 * width, w=1)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        net.add("Flatten", name="flatten")
        net.add("Linear", name="classifier.0", k=head)
        net.add(HS, name="classifier.1")
        net.add("Dropout", name="classifier.2")
        net.add("Linear", name="classifier.3", k=CLASSES)


SMALL, LARGE = partial(_third, SMALL_BLOCKS, 1024), partial(_third, LARGE_BLOCKS, 1280)
MODELS = (
    Model("mobilenet-v1", "MobileNet v1", IMAGE, partial(build, _first), FIRST_PAPER, {"top-1": 29.4}, "the paper, table 8"),
    torchvision("mobilenet-v2", "MobileNet v2", _second, Weights(71.878, 90.286), paper=SECOND_PAPER),
    torchvision("mobilenet-v3-small", "MobileNet v3, small", SMALL, Weights(67.668, 87.402), paper=THIRD_PAPER),
    torchvision("mobilenet-v3-large", "MobileNet v3, large", LARGE, Weights(74.042, 91.340), paper=THIRD_PAPER),
)
