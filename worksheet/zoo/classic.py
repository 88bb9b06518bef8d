"""AlexNet as torchvision has it, in one column without groups, and by the name that BVLC gave it."""

from dataclasses import replace

from worksheet.network import Builder
from worksheet.zoo import alexnet
from worksheet.zoo.blocks import CLASSES, Member, Words
from worksheet.zoo.modules import Weights, torchvision

PAPER = "A. Krizhevsky, One weird trick for parallelizing convolutional neural networks (2014)"
ORIGINAL = "A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet classification with deep convolutional neural networks (2012)"
POOL: Words = {"w": 3, "s": 2}

# The contents of "features", in order: a convolution with its ReLU, or pooling.
TORCHVISION: tuple[Words, ...] = (
    {"c": 64, "w": 11, "s": 4, "p": 2},
    POOL,
    {"c": 192, "w": 5, "p": 2},
    POOL,
    {"c": 384, "w": 3, "p": 1},
    {"c": 256, "w": 3, "p": 1},
    {"c": 256, "w": 3, "p": 1},
    POOL,
)
ONE_COLUMN: tuple[Words, ...] = (
    {"c": 96, "w": 11, "s": 4},
    POOL,
    {"c": 256, "w": 5, "p": 2},
    POOL,
    {"c": 384, "w": 3, "p": 1},
    {"c": 384, "w": 3, "p": 1},
    {"c": 256, "w": 3, "p": 1},
    POOL,
)


def _features(net: Builder, table: tuple[Words, ...]) -> None:
    index = 0
    with net.stage("features"):
        for words in table:
            kinds = ("Conv2d", "ReLU") if "c" in words else ("MaxPool2d",)
            for kind, settings in zip(kinds, (words, {}), strict=False):
                net.add(kind, name=f"features.{index}", **settings)
                index += 1


def _classifier(net: Builder) -> None:
    for index in (0, 3):
        net.add("Dropout", name=f"classifier.{index}")
        net.add("Linear", name=f"classifier.{index + 1}", k=4096)
        net.add("ReLU", name=f"classifier.{index + 2}")
    net.add("Linear", name="classifier.6", k=CLASSES)


def _torchvision(net: Builder) -> None:
    _features(net, TORCHVISION)
    with net.stage("classifier"):
        net.add("AdaptiveAvgPool2d", name="avgpool", w=6)
        net.add("Flatten", name="flatten")
        _classifier(net)


def _one_column(net: Builder) -> None:
    _features(net, ONE_COLUMN)
    with net.stage("classifier"):
        _classifier(net)


BVLC = tuple(
    replace(model, name=f"bvlc-{model.name}", title=f"{model.title} of BVLC Caffe", twist=f"{model.name} by its authors' name")
    for model in alexnet.MODELS
    if model.name in {"alexnet", "caffenet"}
)

TWIST = "the paper's widths without its two groups, its normalisation left out"
MODELS = (
    *BVLC,
    torchvision("alexnet-torchvision", "AlexNet of torchvision", _torchvision, Weights(56.522, 79.066), paper=PAPER),
    Member("alexnet-single-column", "AlexNet in one column", _one_column, twist=TWIST, input=(3, 227, 227)).model(ORIGINAL),
)
