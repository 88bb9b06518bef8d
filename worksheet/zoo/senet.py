"""Squeeze-and-excitation networks: residual ones, ResNeXt, SENet-154 and BN-Inception, with weighted channels."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, SLASHED, Member, Naming, Words, caffe_pool, conv_bn, conv_relu

SOURCE = "J. Hu, L. Shen and G. Sun, Squeeze-and-excitation networks (2017); the authors' definitions for Caffe"
REDUCTION = 16  # channels by those of the excitation's narrow layer


@frozen
class SenetDesign:
    """The residual blocks. The channels of a block's first two convolutions are given for the first stage."""

    depths: tuple[int, ...]
    reduced: int = 64
    inner: int = 64
    groups: int = 1
    strides_inside: bool = False  # in the 3 x 3 convolution, not in the 1 x 1 before it
    is_154: bool = False  # three convolutions to begin with, 3 x 3 projections, dropout


def _excitation(net: Builder, source: str, name: str, channels: int) -> str:
    """A weight from 0 to 1 for every channel."""
    net.add("GlobalAvgPool", source, name=f"{name}_global_pool")
    down = f"{name}_1x1_down"
    conv_relu(net, net.last, down, f"{down}/relu", c=channels // REDUCTION, w=1)
    net.add("Conv2d", name=f"{name}_1x1_up", c=channels, w=1)
    return net.add("Sigmoid", name=f"{name}_prob")


def _block(net: Builder, name: str, design: SenetDesign, stage: int, *, is_first: bool) -> None:
    source = shortcut = net.last
    scale, width, stride = 2**stage, 256 * 2**stage, 2 if is_first and stage else 1
    before, inside = (1, stride) if design.strides_inside else (stride, 1)
    conv_bn(net, source, f"{name}_1x1_reduce", SLASHED, c=design.reduced * scale, w=1, s=before)
    inner: Words = {"c": design.inner * scale, "g": design.groups}
    conv_bn(net, net.last, f"{name}_3x3", SLASHED, w=3, s=inside, p=1, **inner)
    branch = conv_bn(net, net.last, f"{name}_1x1_increase", SLASHED, relu=False, c=width, w=1)
    weights = _excitation(net, branch, name, width)
    if is_first:
        kernel: Words = {"w": 3, "p": 1} if design.is_154 and stage else {"w": 1}
        shortcut = conv_bn(net, source, f"{name}_1x1_proj", SLASHED, relu=False, c=width, s=stride, **kernel)
    net.add("Axpy", weights, branch, shortcut, name=name)
    net.add("ReLU", name=f"{name}/relu")


def _conv(net: Builder, source: str, block: str, kernel: str, relu: str = "", **words: Any) -> str:
    """A convolution ``block/kernel`` with its normalisation and ReLU."""
    naming = Naming("{0}/bn", f"{block}/relu_{relu or kernel}", "{0}/bn/scale")
    return conv_bn(net, source, f"{block}/{kernel}", naming, **words)


def _stem(net: Builder, *, is_154: bool) -> None:
    with net.stage("stem"):
        if is_154:
            for i, kernel, channels, stride in ((1, "3x3_s2", 64, 2), (2, "3x3", 64, 1), (3, "3x3", 128, 1)):
                _conv(net, net.last, f"conv1_{i}", kernel, c=channels, w=3, s=stride, p=1)
        else:
            _conv(net, net.last, "conv1", "7x7_s2", c=64, w=7, s=2, p=3)
        caffe_pool(net, net.last, "pool1/3x3_s2", w=3, s=2)


def _classifier(net: Builder, *, drops: bool = False) -> None:
    with net.stage("classifier"):
        caffe_pool(net, net.last, "pool5/7x7_s1", "AvgPool2d", w=7, s=1)
        if drops:
            net.add("Dropout", name="pool5/dropout_7x7_s1")
        net.add("Linear", name="classifier", k=CLASSES)
        net.add("Softmax", name="prob")


def _lay(design: SenetDesign, net: Builder) -> None:
    _stem(net, is_154=design.is_154)
    for stage, depth in enumerate(design.depths):
        with net.stage(f"conv{stage + 2}"):
            for i in range(depth):
                _block(net, f"conv{stage + 2}_{i + 1}", design, stage, is_first=not i)
    _classifier(net, drops=design.is_154)


# BN-Inception


class BatchNormInceptionWidths(NamedTuple):
    """The channels of an inception module; no 1 x 1 convolution and no projection where it halves the size."""

    one: int
    three_reduce: int
    three: int
    double_reduce: int
    double: int
    projection: int
    pool: str = "AvgPool2d"


MODULES = {
    "3a": BatchNormInceptionWidths(64, 64, 64, 64, 96, 32),
    "3b": BatchNormInceptionWidths(64, 64, 96, 64, 96, 64),
    "3c": BatchNormInceptionWidths(0, 128, 160, 64, 96, 0),
    "4a": BatchNormInceptionWidths(224, 64, 96, 96, 128, 128),
    "4b": BatchNormInceptionWidths(192, 96, 128, 96, 128, 128),
    "4c": BatchNormInceptionWidths(160, 128, 160, 128, 160, 128),
    "4d": BatchNormInceptionWidths(96, 128, 192, 160, 192, 128),
    "4e": BatchNormInceptionWidths(0, 128, 192, 192, 256, 0),
    "5a": BatchNormInceptionWidths(352, 192, 320, 160, 224, 128),
    "5b": BatchNormInceptionWidths(352, 192, 320, 192, 224, 128, "MaxPool2d"),
}
BEGINNING: dict[str, Words] = {
    "conv1/7x7_s2": {"c": 64, "w": 7, "s": 2, "p": 3},
    "conv2/3x3_reduce": {"c": 64, "w": 1},
    "conv2/3x3": {"c": 192, "w": 3, "p": 1},
}


def _inception(net: Builder, name: str, v: BatchNormInceptionWidths, received: int) -> int:
    """A module and its excitation. Returns the number of channels."""
    source, stride = net.last, 1 if v.one else 2

    def conv(kernel: str, channels: int, source: str = source, **words: Any) -> str:
        return _conv(net, source, name, kernel, c=channels, **words)

    branches = [conv("1x1", v.one, w=1)] if v.one else []
    branches.append(conv("3x3", v.three, conv("3x3_reduce", v.three_reduce, w=1), w=3, s=stride, p=1))
    double = conv("double3x3a", v.double, conv("double3x3_reduce", v.double_reduce, w=1), w=3, p=1)
    branches.append(conv("double3x3b", v.double, double, w=3, s=stride, p=1))
    if v.projection:
        pooled = caffe_pool(net, source, f"{name}/pool", v.pool, w=3, s=1, p=1)
        branches.append(conv("pool_proj", v.projection, pooled, w=1))
    else:
        branches.append(caffe_pool(net, source, f"{name}/pool/3x3_s2", w=3, s=2))
    joined = net.add("Concat", *branches, name=f"{name}/concat")
    channels = v.one + v.three + v.double + (v.projection or received)
    net.add("Mul", joined, _excitation(net, joined, name, channels), name=f"{name}_scale")
    return channels


def _lay_inception(net: Builder) -> None:
    with net.stage("stem"):
        for name, words in BEGINNING.items():
            block, kernel = name.split("/")
            _conv(net, net.last, block, kernel, relu=kernel.removesuffix("_s2"), **words)
            if not kernel.endswith("reduce"):
                caffe_pool(net, net.last, f"pool{block[-1]}/3x3_s2", w=3, s=2)
    channels = 192
    for name, widths in MODULES.items():
        with net.stage(f"inception_{name}"):
            channels = _inception(net, f"inception_{name}", widths, channels)
    _classifier(net)


RESNEXT_50 = SenetDesign((3, 4, 6, 3), 128, 128, 32, strides_inside=True)
RESNEXT_101 = replace(RESNEXT_50, depths=(3, 4, 23, 3))
SENET_154 = SenetDesign((3, 8, 36, 3), 128, 256, 64, strides_inside=True, is_154=True)
ENTRIES = (
    Member("se-resnet50", "SE-ResNet-50", partial(_lay, SenetDesign((3, 4, 6, 3))), (22.37, 6.36)),
    Member("se-resnet101", "SE-ResNet-101", partial(_lay, SenetDesign((3, 4, 23, 3))), (21.75, 5.72)),
    Member("se-resnet152", "SE-ResNet-152", partial(_lay, SenetDesign((3, 8, 36, 3))), (21.34, 5.54)),
    Member("se-resnext50-32x4d", "SE-ResNeXt-50 (32x4d)", partial(_lay, RESNEXT_50), (20.97, 5.54)),
    Member("se-resnext101-32x4d", "SE-ResNeXt-101 (32x4d)", partial(_lay, RESNEXT_101), (19.81, 4.96)),
    Member("senet154", "SENet-154", partial(_lay, SENET_154), (18.68, 4.47)),
    Member("se-bn-inception", "SE-BN-Inception", _lay_inception, (23.62, 7.04)),
)
MODELS = tuple(entry.model(SOURCE) for entry in ENTRIES)
