"""AlexNet as Caffe defines it, CaffeNet, and both as the table of convnet-burden has them."""

from functools import partial

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, IMAGE, Member, Words, conv_relu, fully_connected

SOURCE = (
    "A. Krizhevsky, I. Sutskever and G. Hinton, ImageNet classification with deep convolutional neural networks (2012); "
    "bvlc_{} of BVLC Caffe"
)
LEAST = (3, 227, 227)
CONVOLUTIONS: tuple[Words, ...] = (
    {"c": 96, "w": 11, "s": 4},
    {"c": 256, "w": 5, "p": 2, "g": 2},
    {"c": 384, "w": 3, "p": 1},
    {"c": 384, "w": 3, "p": 1, "g": 2},
    {"c": 256, "w": 3, "p": 1, "g": 2},
)


@frozen
class AlexNetDesign:
    """What follows the first two convolutions, in order, and the fifth; how pooling rounds."""

    after: tuple[str, ...]
    rounding: str = "unclipped"


ALEXNET = AlexNetDesign(("norm", "pool"))
CAFFENET = AlexNetDesign(("pool", "norm"))
WITHOUT_NORM = AlexNetDesign(("pool",), rounding="")


def _pool(net: Builder, name: str, design: AlexNetDesign) -> None:
    rounding: Words = {design.rounding: True} if design.rounding else {}
    net.add("MaxPool2d", name=name, w=3, s=2, **rounding)


def _lay(design: AlexNetDesign, net: Builder) -> None:
    with net.stage("features"):
        for i, words in enumerate(CONVOLUTIONS, 1):
            conv_relu(net, net.last, f"conv{i}", f"relu{i}", **words)
            for step in {1: design.after, 2: design.after, 5: ("pool",)}.get(i, ()):
                if step == "norm":
                    net.add("LRN", name=f"norm{i}", n=5)
                else:
                    _pool(net, f"pool{i}", design)
    with net.stage("classifier"):
        for i in (6, 7):
            fully_connected(net, f"fc{i}", f"relu{i}", f"drop{i}", 4096)
        net.add("Linear", name="fc8", k=CLASSES)
        net.add("Softmax", name="prob")


TWIST = "without local response normalisation; pooling rounds down"
FIRST = Member("alexnet", "AlexNet", partial(_lay, ALEXNET), input=LEAST)
SECOND = Member("caffenet", "CaffeNet", partial(_lay, CAFFENET), (42.6, 19.7), input=LEAST)
MODELS = (
    FIRST.model(SOURCE.format("alexnet")),
    FIRST.counted(partial(_lay, WITHOUT_NORM), TWIST, errors=(41.8, 19.2)).model("the AlexNet that comes with MatConvNet"),
    SECOND.model(SOURCE.format("reference_caffenet")),
    SECOND.counted(SECOND.lays, "fed images of 224 x 224", input=IMAGE).model(SOURCE.format("reference_caffenet")),
)
