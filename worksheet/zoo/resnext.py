"""ResNeXt: residual networks whose 3 x 3 convolutions come in groups."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, PERMUTED, Member, Naming, conv_bn, pool_and_permute

SOURCE = (
    "S. Xie, R. Girshick, P. Dollár, Z. Tu and K. He, Aggregated residual transformations for deep neural networks (2016); "
    "named as in the definitions for Caffe by soeaver"
)
NAMING = Naming("{0}_bn", "{0}_relu", "{0}_scale")
GROUPS = {"32x4d": (32, 128), "64x4d": (64, 256)}  # groups, and the channels of the first stage's groups together


def _block(net: Builder, name: str, groups: int, channels: int, width: int, stride: int, *, projects: bool) -> None:
    source = shortcut = net.last
    conv_bn(net, source, f"{name}_conv1", NAMING, c=channels, w=1)
    conv_bn(net, net.last, f"{name}_conv2", NAMING, c=channels, w=3, s=stride, p=1, g=groups)
    branch = conv_bn(net, net.last, f"{name}_conv3", NAMING, relu=False, c=width, w=1)
    if projects:
        shortcut = conv_bn(net, source, f"{name}_match_conv", NAMING, relu=False, c=width, w=1, s=stride)
    net.add("Add", shortcut, branch, name=f"{name}_elewise")
    net.add("ReLU", name=f"{name}_elewise_relu")


def _lay(depths: tuple[int, ...], cardinality: str, net: Builder, *, permutes: bool = False) -> None:
    groups, channels = GROUPS[cardinality]
    with net.stage("stem"):
        conv_bn(net, net.last, "conv1", NAMING, c=64, w=7, s=2, p=3)
        net.add("MaxPool2d", name="pool1", w=3, s=2, p=1)
    block = 0
    for stage, depth in enumerate(depths):
        with net.stage(f"stage {stage + 1}"):
            for i in range(depth):
                block += 1
                stride = 2 if stage and not i else 1
                _block(net, f"resx{block}", groups, channels * 2**stage, 256 * 2**stage, stride, projects=not i)
    with net.stage("classifier"):
        if permutes:
            pool_and_permute(net, "pool_ave")
        else:
            net.add("GlobalAvgPool", name="pool_ave")
        net.add("Linear", name="classifier", k=CLASSES)
        if not permutes:
            net.add("Softmax", name="prob")


RESNEXT_50 = Member("resnext50-32x4d", "ResNeXt-50 (32x4d)", partial(_lay, (3, 4, 6, 3), "32x4d"), (22.6, 6.49))
ENTRIES = (
    RESNEXT_50,
    RESNEXT_50.counted(partial(_lay, (3, 4, 6, 3), "32x4d", permutes=True), f"{PERMUTED}; without softmax"),
    Member("resnext101-32x4d", "ResNeXt-101 (32x4d)", partial(_lay, (3, 4, 23, 3), "32x4d"), (21.55, 5.93)),
    Member("resnext101-64x4d", "ResNeXt-101 (64x4d)", partial(_lay, (3, 4, 23, 3), "64x4d"), (20.81, 5.66)),
)
MODELS = tuple(entry.model(SOURCE) for entry in ENTRIES)
