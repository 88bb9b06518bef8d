"""GoogLeNet, the first Inception network, with and without the classifiers that help its training."""

from functools import partial
from typing import NamedTuple

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, Member, caffe_pool, conv_relu

SOURCE = "C. Szegedy et al., Going deeper with convolutions (2014); bvlc_googlenet of BVLC Caffe"


class InceptionWidths(NamedTuple):
    """The channels of the six convolutions of an inception module."""

    one: int
    three_reduce: int
    three: int
    five_reduce: int
    five: int
    projection: int


MODULES = {
    "3a": InceptionWidths(64, 96, 128, 16, 32, 32),
    "3b": InceptionWidths(128, 128, 192, 32, 96, 64),
    "4a": InceptionWidths(192, 96, 208, 16, 48, 64),
    "4b": InceptionWidths(160, 112, 224, 24, 64, 64),
    "4c": InceptionWidths(128, 128, 256, 24, 64, 64),
    "4d": InceptionWidths(112, 144, 288, 32, 64, 64),
    "4e": InceptionWidths(256, 160, 320, 32, 128, 128),
    "5a": InceptionWidths(256, 160, 320, 32, 128, 128),
    "5b": InceptionWidths(384, 192, 384, 48, 128, 128),
}
POOLED = {"3b": "pool3/3x3_s2", "4e": "pool4/3x3_s2"}  # after these modules
AUXILIARY = {"4a": "loss1", "4d": "loss2"}


def _inception(net: Builder, name: str, v: InceptionWidths) -> None:
    source = net.last

    def conv(kernel: str, channels: int, source: str = source, **words: int) -> str:
        return conv_relu(net, source, f"{name}/{kernel}", f"{name}/relu_{kernel}", c=channels, **words)

    one = conv("1x1", v.one, w=1)
    three = conv("3x3", v.three, conv("3x3_reduce", v.three_reduce, w=1), w=3, p=1)
    five = conv("5x5", v.five, conv("5x5_reduce", v.five_reduce, w=1), w=5, p=2)
    pooled = caffe_pool(net, source, f"{name}/pool", w=3, s=1, p=1)
    net.add("Concat", one, three, five, conv("pool_proj", v.projection, pooled, w=1), name=f"{name}/output")


def _auxiliary(net: Builder, name: str) -> None:
    """A classifier beside the trunk, which goes on from where it was."""
    trunk = net.last
    with net.stage(name):
        caffe_pool(net, trunk, f"{name}/ave_pool", "AvgPool2d", w=5, s=3)
        conv_relu(net, net.last, f"{name}/conv", f"{name}/relu_conv", c=128, w=1)
        net.add("Linear", name=f"{name}/fc", k=1024)
        net.add("ReLU", name=f"{name}/relu_fc")
        net.add("Dropout", name=f"{name}/drop_fc")
        net.add("Linear", name=f"{name}/classifier", k=CLASSES)
    net.last = trunk


def _lay(auxiliary: dict[str, str], net: Builder) -> None:
    """With auxiliary classifiers it is the network as trained, without its losses."""
    with net.stage("stem"):
        conv_relu(net, net.last, "conv1/7x7_s2", "conv1/relu_7x7", c=64, w=7, s=2, p=3)
        caffe_pool(net, net.last, "pool1/3x3_s2", w=3, s=2)
        net.add("LRN", name="pool1/norm1", n=5)
        conv_relu(net, net.last, "conv2/3x3_reduce", "conv2/relu_3x3_reduce", c=64, w=1)
        conv_relu(net, net.last, "conv2/3x3", "conv2/relu_3x3", c=192, w=3, p=1)
        net.add("LRN", name="conv2/norm2", n=5)
        caffe_pool(net, net.last, "pool2/3x3_s2", w=3, s=2)
    for name, widths in MODULES.items():
        with net.stage(f"inception_{name}"):
            _inception(net, f"inception_{name}", widths)
            if name in POOLED:
                caffe_pool(net, net.last, POOLED[name], w=3, s=2)
        if name in auxiliary:
            _auxiliary(net, auxiliary[name])
    with net.stage("classifier"):
        caffe_pool(net, net.last, "pool5/7x7_s1", "AvgPool2d", w=7, s=1)
        net.add("Dropout", name="pool5/drop_7x7_s1")
        net.add("Linear", name="loss3/classifier", k=CLASSES)
        if not auxiliary:
            net.add("Softmax", name="prob")


TWIST = "with the two auxiliary classifiers, which only training needs; without softmax"
GOOGLENET = Member("googlenet", "GoogLeNet", partial(_lay, {}), (34.2, 12.9))
MODELS = (GOOGLENET.model(SOURCE), GOOGLENET.counted(partial(_lay, AUXILIARY), TWIST).model(SOURCE))
