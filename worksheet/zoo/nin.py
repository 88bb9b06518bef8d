"""Network in network: 1 x 1 convolutions between the others, and the mean of a feature map as the score of its class."""

from collections.abc import Sequence
from functools import partial

from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import Builder
from worksheet.zoo.blocks import IMAGE, Words, build, caffe_pool, conv_relu
from worksheet.zoo.model import Model

PAPER = "M. Lin, Q. Chen and S. Yan, Network in network (2014); the author's definition for Caffe"


@frozen
class NinBlock:
    """A convolution, the kernels of the 1 x 1 convolutions after it, and the pooling (its kind, its window)."""

    first: Words
    mixed: tuple[int, int]
    pool: tuple[str, Words]


LARGEST, MEAN = "MaxPool2d", "AvgPool2d"
HALVING: Words = {"w": 3, "s": 2}
IMAGENET = (
    NinBlock({"c": 96, "w": 11, "s": 4}, (96, 96), (LARGEST, HALVING)),
    NinBlock({"c": 256, "w": 5, "p": 2}, (256, 256), (LARGEST, HALVING)),
    NinBlock({"c": 384, "w": 3, "p": 1}, (384, 384), (LARGEST, HALVING)),
    NinBlock({"c": 1024, "w": 3, "p": 1}, (1024, 1000), (MEAN, {"w": 6, "s": 1})),
)
CIFAR = (
    NinBlock({"c": 192, "w": 5, "p": 2}, (160, 96), (LARGEST, HALVING)),
    NinBlock({"c": 192, "w": 5, "p": 2}, (192, 192), (MEAN, HALVING)),
    NinBlock({"c": 192, "w": 3, "p": 1}, (192, 10), (MEAN, {"w": 8, "s": 1})),
)


def _lay(parts: Sequence[NinBlock], dropped: Sequence[int], net: Builder) -> None:
    """``dropped`` are the blocks followed by dropout."""
    for i, part in enumerate(parts, 1):
        with net.stage(f"part {i}"):
            conv_relu(net, net.last, f"conv{i}", f"relu_conv{i}", **part.first)
            for j, kernels in enumerate(part.mixed, 2 * i - 1):
                conv_relu(net, net.last, f"cccp{j}", f"relu_cccp{j}", c=kernels, w=1)
            kind, window = part.pool
            caffe_pool(net, net.last, f"pool{i}", kind, **window)
            if i in dropped:
                net.add("Dropout", name=f"drop{i}")
    net.add("Softmax", name="prob")


def _model(
    name: str, title: str, parts: Sequence[NinBlock], dropped: Sequence[int], input: Shape, errors: dict[str, float]
) -> Model:
    lays = partial(build, partial(_lay, parts, dropped))
    return Model(name, title, input, lays, PAPER, errors, "the author's page of the definition (Caffe's model zoo)")


MODELS = (
    _model("nin-imagenet", "NiN for ImageNet", IMAGENET, (3,), IMAGE, {"top-1": 40.64}),
    _model("nin-cifar10", "NiN for CIFAR-10", CIFAR, (1, 2), (3, 32, 32), {"CIFAR-10": 10.4}),
)
