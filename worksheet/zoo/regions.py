"""Detectors that propose regions first and look at each of them: Faster R-CNN on VGG-16, R-FCN on residual networks."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from worksheet.layers import Shape
from worksheet.network import Builder, Network
from worksheet.zoo.blocks import HALVING, VggTrunk, builder, conv_relu, fully_connected, shape_of, vgg_trunk
from worksheet.zoo.model import Model
from worksheet.zoo.modules import of_image
from worksheet.zoo.published import SUFFIX
from worksheet.zoo.resnet import RESNET_50, RESNET_101, ResNetTrunk, resnet_trunk

FASTER = "S. Ren, K. He, R. Girshick and J. Sun, Faster R-CNN (2015); the definition of VGG-16 for PASCAL VOC in py-faster-rcnn"
R_FCN = "J. Dai, Y. Li, K. He and J. Sun, R-FCN (2016); the definitions for PASCAL VOC in py-R-FCN"
IMAGE_INFO = "im_info"  # height, width and scale of the image
ANCHORS, COORDINATES, CLASSES = 9, 4, 21
ABSENT = {"matconvnet_absent": 1}  # Caffe's layer takes each region's map as it is
REGIONS, REGIONS_OF_BURDEN = 300, 82  # the most that are kept, and the number that the published figures agree with
BINS = 7  # along each side of a region
PASCAL = (3, 600, 850)


def _builder(name: str, input: Shape, regions: int) -> Builder:
    net = builder(name, input, **{IMAGE_INFO: (3,)})
    of_image(net)
    net.notes.append(
        f"The layers after the proposals run once for each of {regions} regions. How many there are depends on the image; "
        "at most 300 are kept."
    )
    return net


def _propose(net: Builder, source: str, regions: int) -> str:
    """The region proposal network on a map. Returns the name of the regions."""
    _, height, width = shape_of(net, source)
    with net.stage("region proposals"):
        shared = conv_relu(net, source, "rpn_conv/3x3", "rpn_relu/3x3", c=512, w=3, p=1)
        net.add("Conv2d", shared, name="rpn_cls_score", c=2 * ANCHORS, w=1)
        score = net.last
        offsets = net.add("Conv2d", shared, name="rpn_bbox_pred", c=COORDINATES * ANCHORS, w=1)
        net.add("Reshape", score, name="rpn_cls_score_reshape", o_1=2, o_2=ANCHORS * height, o_3=width)
        net.add("Softmax", name="rpn_cls_prob")
        probabilities = net.add("Reshape", name="rpn_cls_prob_reshape", o_1=2 * ANCHORS, o_2=height, o_3=width)
        return net.add("Proposal", probabilities, offsets, IMAGE_INFO, name="proposal", r=regions)


def _faster_rcnn(name: str, input: Shape, regions: int) -> Network:
    net = _builder(name, input, regions)
    trunk = vgg_trunk(net, VggTrunk(pools=(*[HALVING] * 4, {})))
    channels = shape_of(net, trunk)[0]
    proposed = _propose(net, trunk, regions)
    with net.stage("for each region"):
        net.add("RoIPool", trunk, proposed, name="roi_pool5", w=BINS)
        net.add("Reshape", name="fc6/rows", o_1=regions, o_2=channels * BINS**2, facts=ABSENT)
        for i in (6, 7):
            fully_connected(net, f"fc{i}", f"relu{i}", f"drop{i}", 4096)
        shared = net.last
        score = net.add("Linear", shared, name="cls_score", k=CLASSES)
        net.add("Linear", shared, name="bbox_pred", k=COORDINATES * CLASSES)
        net.add("Softmax", score, name="cls_prob")
    return net.network()


def _r_fcn(trunk: ResNetTrunk, name: str, input: Shape, regions: int) -> Network:
    net = _builder(name, input, regions)
    trunk = replace(trunk, atrous={5: 2})
    top = resnet_trunk(net, trunk)
    proposed = _propose(net, f"{trunk.block_name(4, trunk.depths[2] - 1)}_relu", regions)
    with net.stage("score maps"):
        shared = conv_relu(net, top, "conv_new_1", "conv_new_1_relu", c=1024, w=1)
        outputs = {"cls": CLASSES, "loc": 2 * COORDINATES}  # the boxes are the same for all classes
        maps = {"cls": "rfcn_cls", "loc": "rfcn_bbox"}
        for part, channels in outputs.items():
            net.add("Conv2d", shared, name=maps[part], c=channels * BINS**2, w=1)
    with net.stage("for each region"):
        votes = {"cls": "ave_cls_score_rois", "loc": "ave_bbox_pred_rois"}
        for part, channels in outputs.items():
            net.add("PSRoIPool", maps[part], proposed, name=f"psroipooled_{part}_rois", c=channels, w=BINS)
            net.add("AvgPool2d", name=votes[part], w=BINS, s=BINS)
        net.add("Softmax", votes["cls"], name="cls_prob", a=2)
        net.add("Reshape", name="cls_prob_reshape", o_1=regions, o_2=outputs["cls"])
        net.add("Reshape", votes["loc"], name="bbox_pred_reshape", o_1=regions, o_2=outputs["loc"])
    return net.network()


FASTER_RCNN = Model("faster-rcnn-vggvd-pascal", "Faster R-CNN on VGG-VD-16", PASCAL, _faster_rcnn, FASTER, regions=REGIONS)
MODELS = (
    FASTER_RCNN,
    replace(
        FASTER_RCNN,
        name=f"{FASTER_RCNN.name}{SUFFIX}",
        title=f"{FASTER_RCNN.title} of convnet-burden",
        regions=REGIONS_OF_BURDEN,
        twist=f"{REGIONS_OF_BURDEN} regions instead of {REGIONS}",
    ),
    Model("rfcn-res50-pascal", "R-FCN on ResNet-50", PASCAL, partial(_r_fcn, RESNET_50), R_FCN, regions=REGIONS),
    Model("rfcn-res101-pascal", "R-FCN on ResNet-101", PASCAL, partial(_r_fcn, RESNET_101), R_FCN, regions=REGIONS),
)
