"""SSD, which detects objects in one pass on feature maps of several sizes: on VGG-16 for 300 and 512 pixels, and on MobileNet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import NamedTuple

from worksheet.network import INPUT, Builder
from worksheet.zoo.blocks import HALVING, Member, VggTrunk, Words, conv_relu, shape_of, vgg_trunk
from worksheet.zoo.modules import of_image

PAPER = "W. Liu et al., SSD: single shot multibox detector (2015)"
VGG = f"{PAPER}; the authors' definitions for Caffe"
MOBILE = f"{PAPER}, on A. Howard et al., MobileNets (2017); MobileNet-SSD for Caffe by chuanqi305"
CLASSES = 21  # of PASCAL VOC, with the background
COORDINATES = 4


class BoxSource(NamedTuple):
    """A map on which objects are detected: what its layers are called after, which layer makes it, boxes at each place."""

    name: str
    layer: str
    boxes: int


def _head(net: Builder, source: BoxSource, kernel: Words) -> list[str]:
    """Box offsets and class scores as vectors, and the boxes themselves."""
    heads = []
    for part, outputs in (("loc", COORDINATES), ("conf", CLASSES)):
        name = f"{source.name}_mbox_{part}"
        net.add("Conv2d", source.layer, name=name, c=source.boxes * outputs, **kernel)
        net.add("Permute", name=f"{name}_perm", a_1=2, a_2=3, a_3=1)
        heads.append(net.add("Flatten", name=f"{name}_flat"))
    return [*heads, net.add("PriorBox", source.layer, INPUT, name=f"{source.name}_mbox_priorbox", a=source.boxes)]


def _detect(net: Builder, sources: Iterable[BoxSource], kernel: Words, kept: int) -> None:
    """The heads on all maps, and the detections that are kept of them."""
    with net.stage("heads"):
        offsets, scores, boxes = zip(*(_head(net, source, kernel) for source in sources), strict=True)
    with net.stage("detection"):
        located = net.add("Concat", *offsets, name="mbox_loc", a=1)
        net.add("Concat", *scores, name="mbox_conf", a=1)
        classified = net.last
        prior = net.add("Concat", *boxes, name="mbox_priorbox", a=2)
        places = shape_of(net, classified)[0] // CLASSES
        net.add("Reshape", classified, name="mbox_conf_reshape", o_1=places, o_2=CLASSES)
        net.add("Softmax", name="mbox_conf_softmax")
        flat = net.add("Flatten", name="mbox_conf_flatten")
        net.add("DetectionOutput", located, flat, prior, name="detection_out", k=kept)


# On VGG-16

STEP: Words = {"w": 3, "s": 2, "p": 1}
VALID: Words = {"w": 3}
TRUNK = VggTrunk(pools=(*[HALVING] * 4, {"w": 3, "s": 1, "p": 1}))
Extras = Mapping[str, tuple[int, int, Words]]
EXTRAS_300: Extras = {  # channels, and how the second convolution of a pair gets to a smaller map
    "conv6": (256, 512, STEP),
    "conv7": (128, 256, STEP),
    "conv8": (128, 256, VALID),
    "conv9": (128, 256, VALID),
}
LAST_512: Words = {"w": 4, "p": 1}
EXTRAS_512 = {name: (narrow, wide, STEP) for name, (narrow, wide, _) in EXTRAS_300.items()} | {"conv10": (128, 256, LAST_512)}
EXTRAS_BURDEN = {**EXTRAS_300, "conv10": (128, 256, LAST_512)}


def _lay_vgg(extras: Extras, boxes: tuple[int, ...], net: Builder) -> None:
    of_image(net)
    vgg_trunk(net, TRUNK)
    with net.stage("extra layers"):
        conv_relu(net, net.last, "fc6", "relu6", c=1024, w=3, p=6, d=6)
        conv_relu(net, net.last, "fc7", "relu7", c=1024, w=1)
        for name, (narrow, wide, words) in extras.items():
            conv_relu(net, net.last, f"{name}_1", f"{name}_1_relu", c=narrow, w=1)
            conv_relu(net, net.last, f"{name}_2", f"{name}_2_relu", c=wide, **words)
        net.add("Normalize", "relu4_3", name="conv4_3_norm")
    layers = {"conv4_3_norm": "conv4_3_norm", "fc7": "relu7"} | {f"{name}_2": f"{name}_2_relu" for name in extras}
    sources = [BoxSource(*pair, number) for pair, number in zip(layers.items(), boxes, strict=True)]
    _detect(net, sources, {"w": 3, "p": 1}, kept=200)


# On MobileNet

STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)  # of the depthwise convolutions, conv1/dw to conv13/dw
WIDTHS = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)  # of the 1 x 1 convolutions after them
EXTRAS_MOBILE = {14: (256, 512), 15: (128, 256), 16: (128, 256), 17: (64, 128)}


def _conv(net: Builder, name: str, **words: int) -> None:
    conv_relu(net, net.last, name, f"{name}/relu", **words)


def _lay_mobilenet(kept: int, net: Builder) -> None:
    of_image(net)
    with net.stage("MobileNet"):
        _conv(net, "conv0", c=32, w=3, s=2, p=1)
        received = 32
        for i, (stride, channels) in enumerate(zip(STRIDES, WIDTHS, strict=True), 1):
            _conv(net, f"conv{i}/dw", c=received, w=3, s=stride, p=1, g=received)
            _conv(net, f"conv{i}", c=channels, w=1)
            received = channels
    with net.stage("extra layers"):
        for i, (narrow, wide) in EXTRAS_MOBILE.items():
            _conv(net, f"conv{i}_1", c=narrow, w=1)
            _conv(net, f"conv{i}_2", c=wide, w=3, s=2, p=1)
    names = ("conv11", "conv13", *(f"conv{i}_2" for i in EXTRAS_MOBILE))
    sources = [BoxSource(name, f"{name}/relu", 6 if i else 3) for i, name in enumerate(names)]
    _detect(net, sources, {"w": 1}, kept)


BOXES_300, BOXES_512 = (4, 6, 6, 6, 4, 4), (4, 6, 6, 6, 6, 4, 4)
INPUT_300, INPUT_512 = (3, 300, 300), (3, 512, 512)
TWIST = "conv8_2 and conv9_2 have a stride of 1 and no padding"
SSD_300 = Member("ssd-pascal-vggvd-300", "SSD300 on VGG-VD-16", partial(_lay_vgg, EXTRAS_300, BOXES_300), input=INPUT_300)
SSD_512 = Member("ssd-pascal-vggvd-512", "SSD512 on VGG-VD-16", partial(_lay_vgg, EXTRAS_512, BOXES_512), input=INPUT_512)
SSD_MOBILE = Member("ssd-pascal-mobilenet-ft", "SSD300 on MobileNet", partial(_lay_mobilenet, 100), input=INPUT_300)
MODELS = (
    *(SSD_300.model(VGG), SSD_512.model(VGG)),
    SSD_512.counted(partial(_lay_vgg, EXTRAS_BURDEN, BOXES_512), TWIST).model(VGG),
    SSD_MOBILE.model(MOBILE),
    SSD_MOBILE.counted(partial(_lay_mobilenet, 200), "200 detections are kept instead of 100").model(MOBILE),
)
