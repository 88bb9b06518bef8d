"""ResNet as torchvision has it: in a bottleneck the 3 x 3 convolution takes the stride (v1.5), not the first 1 x 1."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES
from worksheet.zoo.model import Model
from worksheet.zoo.modules import Weights, torchvision

PAPER = "K. He, X. Zhang, S. Ren and J. Sun, Deep residual learning for image recognition (2016)"
WIDTHS = (64, 128, 256, 512)
BASIC = (3, 3)  # kernels of a block
BOTTLENECK = (1, 3, 1)
EXPANSION = {BASIC: 1, BOTTLENECK: 4}  # of the last convolution


def _conv(net: Builder, path: str, norm: str, source: str, **words: Any) -> str:
    net.add("Conv2d", source, name=path, p=words["w"] // 2, nobias=True, **words)
    return net.add("BatchNorm", name=norm)


def _block(net: Builder, path: str, kernels: tuple[int, ...], width: int, stride: int, *, fits: bool) -> None:
    """A residual block; ``fits`` where its input can be added to its output as it is."""
    source = net.last
    for i, kernel in enumerate(kernels, 1):
        last = i == len(kernels)
        words = {"c": width * EXPANSION[kernels] if last else width, "w": kernel, "s": stride if i == kernels.index(3) + 1 else 1}
        branch = _conv(net, f"{path}.conv{i}", f"{path}.bn{i}", net.last, **words)
        if not last:
            net.add("ReLU", name=f"{path}.relu" + (f"_{i}" if i > 1 else ""))
    if not fits:
        words = {"c": width * EXPANSION[kernels], "w": 1, "s": stride}
        source = _conv(net, f"{path}.downsample.0", f"{path}.downsample.1", source, **words)
    net.add("Add", branch, source, name=f"{path}.add")
    net.add("ReLU", name=f"{path}.relu_{len(kernels)}")


def _lay(kernels: tuple[int, ...], depths: Sequence[int], net: Builder) -> None:
    with net.stage("stem"):
        _conv(net, "conv1", "bn1", net.last, c=64, w=7, s=2)
        net.add("ReLU", name="relu")
        net.add("MaxPool2d", name="maxpool", w=3, s=2, p=1)
    for stage, (width, depth) in enumerate(zip(WIDTHS, depths, strict=True), 1):
        with net.stage(f"layer{stage}"):
            for i in range(depth):
                stride = 2 if stage > 1 and i == 0 else 1
                fits = i > 0 or (stride == 1 and EXPANSION[kernels] == 1)
                _block(net, f"layer{stage}.{i}", kernels, width, stride, fits=fits)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=1)
        net.add("Flatten", name="flatten")
        net.add("Linear", name="fc", k=CLASSES)


def resnet(layers: int, kernels: tuple[int, ...], depths: Sequence[int], weights: Weights) -> Model:
    """The ResNet with a number of layers; ``depths`` are the blocks of each stage."""
    twist = "stride in the 3 x 3 convolution (v1.5)" if kernels == BOTTLENECK else ""
    name, title = f"resnet{layers}", f"ResNet-{layers}"
    return torchvision(name, title, partial(_lay, kernels, depths), weights, paper=PAPER, twist=twist)


MODELS = (
    resnet(18, BASIC, (2, 2, 2, 2), Weights(69.758, 89.078)),
    resnet(50, BOTTLENECK, (3, 4, 6, 3), Weights(76.130, 92.862)),
    resnet(101, BOTTLENECK, (3, 4, 23, 3), Weights(77.374, 93.546)),
    resnet(152, BOTTLENECK, (3, 8, 36, 3), Weights(78.312, 94.046)),
)
