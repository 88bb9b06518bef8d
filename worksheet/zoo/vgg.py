"""The networks of Oxford's VGG: the fast, medium and slow ones of 2014, and the very deep ones."""

from collections.abc import Mapping
from functools import partial

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, Member, VggTrunk, Words, caffe_pool, conv_relu, fully_connected, vgg_trunk

RETURN = (
    "K. Chatfield, K. Simonyan, A. Vedaldi and A. Zisserman, Return of the devil in the details (2014); "
    "the authors' definitions for Caffe"
)
VERY_DEEP = (
    "K. Simonyan and A. Zisserman, Very deep convolutional networks for large-scale image recognition (2014); "
    "the authors' definitions for Caffe"
)
ATROUS = "W. Liu, A. Rabinovich and A. Berg, ParseNet (2015): VGG-16 with its fully connected layers cut down to convolutions"


@frozen
class VggDesign:
    """Five convolutions with normalisation and pooling after some of them, by number."""

    convolutions: tuple[Words, ...]
    norms: tuple[int, ...]
    pools: Mapping[int, Words]


def _same(channels: int) -> Words:
    return {"c": channels, "w": 3, "p": 1}


OVERLAPPING, TIGHT, COARSE = {"w": 3, "s": 2}, {"w": 2, "s": 2}, {"w": 3, "s": 3}
FAST = VggDesign(
    ({"c": 64, "w": 11, "s": 4}, {"c": 256, "w": 5, "p": 2}, *[_same(256)] * 3),
    norms=(1, 2),
    pools={1: OVERLAPPING, 2: OVERLAPPING, 5: OVERLAPPING},
)
MEDIUM = VggDesign(
    ({"c": 96, "w": 7, "s": 2}, {"c": 256, "w": 5, "s": 2, "p": 1}, *[_same(512)] * 3),
    norms=(1, 2),
    pools={1: OVERLAPPING, 2: OVERLAPPING, 5: OVERLAPPING},
)
SLOW = VggDesign(
    ({"c": 96, "w": 7, "s": 2}, {"c": 256, "w": 5}, *[_same(512)] * 3), norms=(1,), pools={1: COARSE, 2: TIGHT, 5: COARSE}
)


def _classifier(net: Builder, widths: tuple[int, ...] = (4096, 4096)) -> None:
    with net.stage("classifier"):
        for i, width in enumerate(widths, 6):
            fully_connected(net, f"fc{i}", f"relu{i}", f"drop{i}", width)
        net.add("Linear", name="fc8", k=CLASSES)
        net.add("Softmax", name="prob")


def _lay(design: VggDesign, width: int, net: Builder) -> None:
    """``width`` is that of the layer before the classes."""
    with net.stage("features"):
        for i, words in enumerate(design.convolutions, 1):
            conv_relu(net, net.last, f"conv{i}", f"relu{i}", **words)
            if i in design.norms:
                net.add("LRN", name=f"norm{i}", n=5)
            if i in design.pools:
                caffe_pool(net, net.last, f"pool{i}", **design.pools[i])
    _classifier(net, (4096, width))


def _lay_very_deep(depths: tuple[int, ...], net: Builder) -> None:
    vgg_trunk(net, VggTrunk(depths))
    _classifier(net)


def _lay_atrous(net: Builder) -> None:
    vgg_trunk(net)
    with net.stage("classifier"):
        for i, words in ((6, {"w": 3, "p": 3, "d": 3}), (7, {"w": 1})):
            conv_relu(net, net.last, f"fc{i}", f"relu{i}", c=1024, **words)
            net.add("Dropout", name=f"drop{i}")
        net.add("Conv2d", name="fc8", c=CLASSES, w=1)
        net.add("Softmax", name="prob")


DEVIL = (
    Member("vgg-f", "VGG-F", partial(_lay, FAST, 4096), (41.4, 19.1)),
    Member("vgg-m", "VGG-M", partial(_lay, MEDIUM, 4096), (36.9, 15.5)),
    Member("vgg-s", "VGG-S", partial(_lay, SLOW, 4096), (37.0, 15.8)),
    Member("vgg-m-2048", "VGG-M-2048", partial(_lay, MEDIUM, 2048), (37.1, 15.8)),
    Member("vgg-m-1024", "VGG-M-1024", partial(_lay, MEDIUM, 1024), (37.8, 16.1)),
    Member("vgg-m-128", "VGG-M-128", partial(_lay, MEDIUM, 128), (40.8, 18.4)),
)
DEEP = (
    Member("vgg16", "VGG-VD-16", partial(_lay_very_deep, (2, 2, 3, 3, 3)), (28.5, 9.9)),
    Member("vgg19", "VGG-VD-19", partial(_lay_very_deep, (2, 2, 4, 4, 4)), (28.7, 9.9)),
    Member("vgg16-atrous", "VGG-VD-16, atrous", _lay_atrous, source=ATROUS),
)
MODELS = (*(entry.model(RETURN) for entry in DEVIL), *(entry.model(VERY_DEEP) for entry in DEEP))
