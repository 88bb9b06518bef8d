"""LeNet-5 as in the paper of 1998, as it is built today, and the LeNet that comes with Caffe."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import build
from worksheet.zoo.model import Model
from worksheet.zoo.modules import of_image, parameter

PAPER = "Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Gradient-based learning applied to document recognition (1998)"
DIGITS = 10

# Each map of C3 reads only some of the six maps of S2 (the paper's table I): how many maps read how many.
READERS = ((6, 3), (9, 4), (1, 6))


def _subsample(net: Builder, name: str) -> None:
    """Four places become their mean, times a coefficient of the channel plus a bias, squashed."""
    net.add("AvgPool2d", name=name, w=2, s=2)
    net.add("Scale", name=f"{name}/coefficient")
    net.add("Tanh", name=f"{name}/squash")


def _third(net: Builder, side: tuple[int, int]) -> None:
    """C3: feature maps that are read by equally many maps are concatenated, with a group for each reader."""
    source, parts = net.last, []
    for readers, maps in READERS:
        name = f"C3/of {maps}"
        net.last = source
        if readers > 1:
            net.add("Gather", source, name=f"{name}/maps", o_1=readers * maps, o_2=side[0], o_3=side[1])
        parts.append(net.add("Conv2d", name=name, c=readers, w=5, g=readers))
    net.add("Concat", *parts, name="C3")
    net.add("Tanh", name="C3/squash")


def _original(net: Builder) -> None:
    _, height, width = of_image(net)
    side = (max(1, (height - 4) // 2), max(1, (width - 4) // 2))  # of S2's maps; C1 says where an image is too small
    with net.stage("features"):
        net.add("Conv2d", name="C1", c=6, w=5)
        net.add("Tanh", name="C1/squash")
        _subsample(net, "S2")
        _third(net, side)
        _subsample(net, "S4")
        net.add("Conv2d", name="C5", c=120, w=5)
        net.add("Tanh", name="C5/squash")
    with net.stage("classifier"):
        features = net.add("Linear", name="F6", k=84)
        features = net.add("Tanh", name="F6/squash")
        patterns = parameter(net, "patterns", DIGITS, 84, buffer=True)
        net.add("Sub", features, patterns, name="output/difference")
        net.add("Power", name="output/square", e=2)
        net.add("Sum", name="output", a_1=2)


def _modern(net: Builder) -> None:
    with net.stage("features"):
        for i, kernels in enumerate((6, 16), 1):
            net.add("Conv2d", name=f"conv{i}", c=kernels, w=5)
            net.add("ReLU", name=f"relu{i}")
            net.add("MaxPool2d", name=f"pool{i}", w=2, s=2)
    with net.stage("classifier"):
        for i, nodes in enumerate((120, 84), 1):
            net.add("Linear", name=f"fc{i}", k=nodes)
            net.add("ReLU", name=f"relu{i + 2}")
        net.add("Linear", name="fc3", k=DIGITS)


def _caffe(net: Builder) -> None:
    with net.stage("features"):
        for i, kernels in enumerate((20, 50), 1):
            net.add("Conv2d", name=f"conv{i}", c=kernels, w=5)
            net.add("MaxPool2d", name=f"pool{i}", w=2, s=2)
    with net.stage("classifier"):
        net.add("Linear", name="ip1", k=500)
        net.add("ReLU", name="relu1")
        net.add("Linear", name="ip2", k=DIGITS)
        net.add("Softmax", name="prob")


INPUT, CAFFE_INPUT = (1, 32, 32), (1, 28, 28)
CAFFE = "examples/mnist/lenet.prototxt of BVLC Caffe"
MODERN = "ReLU, max-pooling and a linear output, and the second convolution reads every map"
WIDER = "wider, with max-pooling, and one ReLU"
MODELS = (
    Model("lenet-5", "LeNet-5", INPUT, partial(build, _original), PAPER, {"MNIST": 0.95}, "the paper, figure 9"),
    Model("lenet-5-relu", "LeNet-5 with ReLU and max-pooling", INPUT, partial(build, _modern), PAPER, twist=MODERN),
    Model("lenet-caffe", "LeNet of Caffe", CAFFE_INPUT, partial(build, _caffe), CAFFE, twist=WIDER),
)
