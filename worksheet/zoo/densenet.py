"""DenseNet: every layer reads all that the block's layers before it gave."""

from functools import partial

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, Member, Naming, conv_bn

SOURCE = (
    "G. Huang, Z. Liu, L. van der Maaten and K. Weinberger, Densely connected convolutional networks (2016); torchvision.models"
)
BOTTLENECK = 4  # channels between a layer's convolutions, by those that it adds


def _layer(net: Builder, name: str, growth: int) -> None:
    features = net.last
    net.add("BatchNorm", name=f"{name}.norm1")
    net.add("ReLU", name=f"{name}.relu1")
    conv_bn(net, net.last, f"{name}.conv1", Naming(f"{name}.norm2", f"{name}.relu2"), c=BOTTLENECK * growth, w=1)
    added = net.add("Conv2d", name=f"{name}.conv2", c=growth, w=3, p=1, nobias=True)
    net.add("Concat", features, added, name=f"{name}.concat")


def _transition(net: Builder, name: str, channels: int) -> None:
    net.add("BatchNorm", name=f"{name}.norm")
    net.add("ReLU", name=f"{name}.relu")
    net.add("Conv2d", name=f"{name}.conv", c=channels, w=1, nobias=True)
    net.add("AvgPool2d", name=f"{name}.pool", w=2, s=2)


def _lay(depths: tuple[int, ...], growth: int, net: Builder, *, in_windows: bool = False) -> None:
    channels = 2 * growth
    with net.stage("stem"):
        naming = Naming("features.norm0", "features.relu0")
        conv_bn(net, net.last, "features.conv0", naming, c=channels, w=7, s=2, p=3)
        net.add("MaxPool2d", name="features.pool0", w=3, s=2, p=1)
    for block, depth in enumerate(depths, 1):
        with net.stage(f"denseblock{block}"):
            for i in range(1, depth + 1):
                _layer(net, f"features.denseblock{block}.denselayer{i}", growth)
        channels += depth * growth
        if block < len(depths):
            channels //= 2
            with net.stage(f"transition{block}"):
                _transition(net, f"features.transition{block}", channels)
    with net.stage("classifier"):
        net.add("BatchNorm", name="features.norm5")
        net.add("ReLU", name="relu", called="F.relu")
        if in_windows:
            net.add("AvgPool2d", name="avgpool", w=7, s=7)
        else:
            net.add("GlobalAvgPool", name="avgpool", called="F.adaptive_avg_pool2d")
        net.add("Flatten", name="flatten")
        net.add("Linear", name="classifier", k=CLASSES)


DESIGNS = {  # layers of each block, growth, errors
    "121": ((6, 12, 24, 16), 32, (25.35, 7.83)),
    "161": ((6, 12, 36, 24), 48, (22.35, 6.2)),
    "169": ((6, 12, 32, 32), 32, (24.0, 7.0)),
    "201": ((6, 12, 48, 32), 32, (22.8, 6.43)),
}
TWIST = "average pooling in windows of 7 x 7"
MODELS = tuple(
    member.model(SOURCE)
    for size, (depths, growth, errors) in DESIGNS.items()
    for plain in [Member(f"densenet{size}", f"DenseNet-{size}", partial(_lay, depths, growth), errors)]
    for member in (plain, plain.counted(partial(_lay, depths, growth, in_windows=True), TWIST))
)
