"""SqueezeNet 1.0 and 1.1 as their authors define them for Caffe, and as torchvision does."""

from collections.abc import Sequence
from functools import partial

from worksheet.frozen import frozen
from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, IMAGE, SURVIVES, Member, Words, caffe_pool, conv_relu

SOURCE = (
    "F. Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters (2016); the authors' definition {} for Caffe"
)
TORCHVISION = "torchvision.models.squeezenet{}"
SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)  # of fire2 to fire9; either kind of kernel expands to four times that


@frozen
class SqueezeNetDesign:
    """The first convolution, after which layers there is pooling, and how it ends."""

    first: Words
    pooled: Sequence[int]
    padding: int  # of the last convolution
    ends_in_softmax: bool = True


V1_0 = SqueezeNetDesign({"c": 96, "w": 7, "s": 2}, (1, 4, 8), padding=1)
V1_1 = SqueezeNetDesign({"c": 64, "w": 3, "s": 2}, (1, 3, 5), padding=0)
V1_0_TORCH = SqueezeNetDesign(V1_0.first, V1_0.pooled, padding=0, ends_in_softmax=False)
V1_1_TORCH = SqueezeNetDesign(V1_1.first, V1_1.pooled, padding=0, ends_in_softmax=False)


def _fire(net: Builder, name: str, squeezed: int) -> None:
    source = conv_relu(net, net.last, f"{name}/squeeze1x1", f"{name}/relu_squeeze1x1", c=squeezed, w=1)
    small = conv_relu(net, source, f"{name}/expand1x1", f"{name}/relu_expand1x1", c=4 * squeezed, w=1)
    large = conv_relu(net, source, f"{name}/expand3x3", f"{name}/relu_expand3x3", c=4 * squeezed, w=3, p=1)
    net.add("Concat", small, large, name=f"{name}/concat")


def _lay(design: SqueezeNetDesign, net: Builder) -> None:
    conv_relu(net, net.last, "conv1", "relu_conv1", **design.first)
    for i, squeezed in enumerate((0, *SQUEEZED), 1):
        with net.stage(f"fire{i}" if squeezed else ""):
            if squeezed:
                _fire(net, f"fire{i}", squeezed)
            if i in design.pooled:
                caffe_pool(net, net.last, f"pool{i}", w=3, s=2)
    with net.stage("classifier"):
        net.add("Dropout", name="drop9", facts={} if design.ends_in_softmax else SURVIVES)
        conv_relu(net, net.last, "conv10", "relu_conv10", c=CLASSES, w=1, p=design.padding)
        if design.ends_in_softmax:
            net.add("GlobalAvgPool", name="pool10")
            net.add("Softmax", name="prob")
        else:
            net.add("AvgPool2d", name="pool10", w=13)
            net.add("Permute", name="permute", a_1=2, a_2=3, a_3=1)
            net.add("Flatten", name="flatten")


CAFFE_INPUT = (3, 227, 227)
TWIST = "fed images of 224 x 224; average pooling in windows of 13 x 13; the scores are permuted and flattened, without softmax"
UNPADDED = f"{TWIST}; the last convolution is not padded"
OLDER = Member("squeezenet1-0", "SqueezeNet 1.0", partial(_lay, V1_0), input=CAFFE_INPUT)
NEWER = Member("squeezenet1-1", "SqueezeNet 1.1", partial(_lay, V1_1), input=CAFFE_INPUT)
OLDER_BURDEN = OLDER.counted(partial(_lay, V1_0_TORCH), UNPADDED, errors=(41.9, 19.58), input=IMAGE)
NEWER_BURDEN = NEWER.counted(partial(_lay, V1_1_TORCH), TWIST, errors=(41.81, 19.38), input=IMAGE)
MODELS = (
    *(OLDER.model(SOURCE.format("v1.0")), OLDER_BURDEN.model(TORCHVISION.format("1_0"))),
    *(NEWER.model(SOURCE.format("v1.1")), NEWER_BURDEN.model(TORCHVISION.format("1_1"))),
)
