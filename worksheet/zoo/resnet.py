"""Residual networks: 34 layers, and 18 as convnet-burden has them; 50 to 152 as their authors define them for Caffe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from functools import partial

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, PERMUTED, Member, Naming, caffe_pool, conv_bn, pool_and_permute

PAPER = "K. He, X. Zhang, S. Ren and J. Sun, Deep residual learning for image recognition (2015)"
CAFFE = f"{PAPER}; the authors' definitions for Caffe"
TORCHVISION = f"{PAPER}; torchvision.models"
STEM = Naming("bn_{0}", "{0}_relu", "scale_{0}")
NAMING = Naming("bn{1}", "{0}_relu", "scale{1}", prefix="res")


@frozen
class ResNetTrunk:
    """How many blocks the stages 2 to 5 have, and what detectors and segmenters change in them."""

    depths: tuple[int, ...]
    numbered: bool = True  # the blocks of stages 3 and 4 are a, b1, b2, ... instead of a, b, c, ...
    first_bias: bool = False
    pool_padding: int = 0
    atrous: Mapping[int, int] = field(default_factory=dict)  # dilation of the stages that keep the size of their input

    def block_name(self, stage: int, i: int) -> str:
        """res3b2 or res3c."""
        is_numbered = self.numbered and stage in {3, 4} and i
        return f"res{stage}b{i}" if is_numbered else f"res{stage}{'abcdefghi'[i]}"


RESNET_50 = ResNetTrunk((3, 4, 6, 3), numbered=False, first_bias=True)
RESNET_101 = ResNetTrunk((3, 4, 23, 3))
RESNET_152 = ResNetTrunk((3, 8, 36, 3))


def _bottleneck(net: Builder, name: str, width: int, stride: int, dilation: int, *, projects: bool) -> None:
    """1 x 1, 3 x 3 and 1 x 1 around which the input passes, projected where its size changes."""
    source = shortcut = net.last
    if projects:
        shortcut = conv_bn(net, source, f"{name}_branch1", NAMING, relu=False, c=4 * width, w=1, s=stride)
    conv_bn(net, source, f"{name}_branch2a", NAMING, c=width, w=1, s=stride)
    conv_bn(net, net.last, f"{name}_branch2b", NAMING, c=width, w=3, p=dilation, d=dilation)
    branch = conv_bn(net, net.last, f"{name}_branch2c", NAMING, relu=False, c=4 * width, w=1)
    net.add("Add", shortcut, branch, name=name)
    net.add("ReLU", name=f"{name}_relu")


def resnet_trunk(net: Builder, trunk: ResNetTrunk) -> str:
    """Lay conv1, pool1 and the stages 2 to 5. Returns the last layer's name."""
    with net.stage("stem"):
        conv_bn(net, net.last, "conv1", STEM, bias=trunk.first_bias, c=64, w=7, s=2, p=3)
        caffe_pool(net, net.last, "pool1", w=3, s=2, p=trunk.pool_padding)
    for stage, depth in enumerate(trunk.depths, 2):
        dilation = trunk.atrous.get(stage, 1)
        halves = stage > 2 and stage not in trunk.atrous
        with net.stage(f"res{stage}"):
            for i in range(depth):
                stride = 2 if halves and not i else 1
                _bottleneck(net, trunk.block_name(stage, i), 2 ** (stage + 4), stride, dilation, projects=not i)
    return net.last


def _lay(trunk: ResNetTrunk, net: Builder) -> None:
    resnet_trunk(net, trunk)
    with net.stage("classifier"):
        caffe_pool(net, net.last, "pool5", "AvgPool2d", w=7, s=1)
        net.add("Linear", name="fc1000", k=CLASSES)
        net.add("Softmax", name="prob")


# torchvision's networks of basic blocks


def _basic(net: Builder, name: str, width: int, stride: int, *, projects: bool) -> None:
    source = shortcut = net.last
    conv_bn(net, source, f"{name}.conv1", Naming(f"{name}.bn1", f"{name}.relu1"), c=width, w=3, s=stride, p=1)
    branch = conv_bn(net, net.last, f"{name}.conv2", Naming(f"{name}.bn2", ""), relu=False, c=width, w=3, p=1)
    if projects:
        naming = Naming(f"{name}.downsample.1", "")
        shortcut = conv_bn(net, source, f"{name}.downsample.0", naming, relu=False, c=width, w=1, s=stride)
    net.add("Add", branch, shortcut, name=f"{name}.add")
    net.add("ReLU", name=f"{name}.relu2")


def _lay_basic(depths: tuple[int, ...], net: Builder, *, permutes: bool = False) -> None:
    """As in torch, or with the feature map permuted before it is flattened, as in MatConvNet."""
    with net.stage("stem"):
        conv_bn(net, net.last, "conv1", Naming("bn1", "relu"), c=64, w=7, s=2, p=3)
        net.add("MaxPool2d", name="maxpool", w=3, s=2, p=1)
    for stage, depth in enumerate(depths, 1):
        with net.stage(f"layer{stage}"):
            for i in range(depth):
                is_smaller = stage > 1 and not i
                _basic(net, f"layer{stage}.{i}", 2 ** (stage + 5), 1 + is_smaller, projects=is_smaller)
    with net.stage("classifier"):
        if permutes:
            pool_and_permute(net, "avgpool")
        else:
            net.add("GlobalAvgPool", name="avgpool")
            net.add("Flatten", name="flatten")
        net.add("Linear", name="fc", k=CLASSES)


RESNET_18 = Member("resnet18", "ResNet-18", partial(_lay_basic, (2, 2, 2, 2)), (30.24, 10.92))
BASIC = (
    RESNET_18.counted(partial(_lay_basic, (2, 2, 2, 2), permutes=True), PERMUTED),
    Member("resnet34", "ResNet-34", partial(_lay_basic, (3, 4, 6, 3)), (26.7, 8.58)),
)
BOTTLENECKS = (
    Member("resnet50-caffe", "ResNet-50 of Caffe", partial(_lay, RESNET_50), (24.6, 7.7)),
    Member("resnet101-caffe", "ResNet-101 of Caffe", partial(_lay, RESNET_101), (23.4, 7.0)),
    Member("resnet152-caffe", "ResNet-152 of Caffe", partial(_lay, RESNET_152), (23.0, 6.7)),
)
MODELS = (*(entry.model(TORCHVISION) for entry in BASIC), *(entry.model(CAFFE) for entry in BOTTLENECKS))
