"""MobileNet as shicai defines it for Caffe: each convolution split into one by channel and one across channels."""

from typing import Any

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, Member, Naming, conv_bn

SOURCE = "A. Howard et al., MobileNets (2017); the definition for Caffe by shicai"
BLOCKS = {  # stride and channels
    "2_1": (1, 64),
    "2_2": (2, 128),
    "3_1": (1, 128),
    "3_2": (2, 256),
    "4_1": (1, 256),
    "4_2": (2, 512),
    **{f"5_{i}": (1, 512) for i in range(1, 6)},
    "5_6": (2, 1024),
    "6": (1, 1024),
}


def _conv(net: Builder, name: str, suffix: str = "", **words: Any) -> None:
    naming = Naming("{0}/bn", f"relu{name}{suffix}", "{0}/scale")
    conv_bn(net, net.last, f"conv{name}{suffix}", naming, **words)


def _lay(net: Builder) -> None:
    with net.stage("stem"):
        _conv(net, "1", c=32, w=3, s=2, p=1)
    received = 32
    for name, (stride, channels) in BLOCKS.items():
        with net.stage(f"conv{name}"):
            _conv(net, name, "/dw", c=received, w=3, s=stride, p=1, g=received)
            _conv(net, name, "/sep", c=channels, w=1)
        received = channels
    with net.stage("classifier"):
        net.add("GlobalAvgPool", name="pool6")
        net.add("Conv2d", name="fc7", c=CLASSES, w=1)
        net.add("Softmax", name="prob")


MODELS = (Member("mobilenet-v1-caffe", "MobileNet v1 of Caffe", _lay, (29.4,)).model(SOURCE),)
