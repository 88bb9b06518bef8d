"""Networks that give every pixel a class: FCN in three resolutions, DeepLab v2 on VGG-16 and on ResNet-101."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from worksheet.layers import Shape
from worksheet.network import INPUT, Builder, Network, Node
from worksheet.zoo.blocks import SURVIVES, Member, VggTrunk, builder, conv_relu, shape_of, vgg_trunk
from worksheet.zoo.model import Model
from worksheet.zoo.modules import of_image
from worksheet.zoo.resnet import RESNET_101, ResNetTrunk, resnet_trunk

FCN = (
    "E. Shelhamer, J. Long and T. Darrell, Fully convolutional networks for semantic segmentation (2014); "
    "the authors' definitions for PASCAL VOC"
)
DEEPLAB = (
    "L.-C. Chen, G. Papandreou, I. Kokkinos, K. Murphy and A. Yuille, DeepLab (2016): version 2; "
    "the authors' definitions for PASCAL VOC"
)
CLASSES = 21
FCN_INPUT, DEEPLAB_INPUT = (3, 384, 384), (3, 513, 513)


def _upsample(net: Builder, name: str, factor: int) -> str:
    """A transposed convolution whose kernel is twice the factor."""
    return net.add("ConvTranspose2d", name=name, c=CLASSES, w=2 * factor, s=factor, nobias=True)


def _fuse(net: Builder, pool: int, upsampled: str) -> None:
    """Add the scores of a lower layer, cropped to those of the higher ones."""
    score = net.add("Conv2d", f"pool{pool}", name=f"score_pool{pool}", c=CLASSES, w=1)
    cropped = net.add("Crop", score, upsampled, name=f"score_pool{pool}c", a=2)
    net.add("Add", upsampled, cropped, name=f"fuse_pool{pool}")


def _lay_fcn(pools: tuple[int, ...], net: Builder) -> None:
    """``pools`` are the lower layers that take part, from the highest down."""
    vgg_trunk(net, VggTrunk(first_padding=100))
    with net.stage("classifier"):
        conv_relu(net, net.last, "fc6", "relu6", c=4096, w=7)
        conv_relu(net, net.last, "fc7", "relu7", c=4096, w=1)
        net.add("Conv2d", name="score_fr", c=CLASSES, w=1)
    with net.stage("upsampling"):
        below = "2"
        for pool in pools:
            _fuse(net, pool, _upsample(net, f"upscore{below}", 2))
            below = f"_pool{pool}"
        factor = 32 // 2 ** len(pools)
        enlarged = _upsample(net, f"upscore{factor}" if pools else "upscore", factor)
        net.add("Crop", enlarged, INPUT, name="score", a=2)


# DeepLab

RATES = (6, 12, 18, 24)  # dilations of the four branches that look at the same map
OVERLAPPING, KEEPING = {"w": 3, "s": 2, "p": 1}, {"w": 3, "s": 1, "p": 1}
ATROUS_VGG = VggTrunk(pools=(*[OVERLAPPING] * 3, KEEPING, KEEPING), dilations={5: 2})
ATROUS_RESNET = ResNetTrunk(RESNET_101.depths, pool_padding=1, atrous={4: 2, 5: 4})


def _lay_deeplab_vgg(net: Builder) -> None:
    trunk = vgg_trunk(net, ATROUS_VGG)
    scores = []
    with net.stage("atrous pyramid"):
        for branch, rate in enumerate(RATES, 1):
            source = trunk
            for layer, words in ((6, {"w": 3, "p": rate, "d": rate}), (7, {"w": 1})):
                conv_relu(net, source, f"fc{layer}_{branch}", f"relu{layer}_{branch}", c=1024, **words)
                source = net.add("Dropout", name=f"drop{layer}_{branch}", facts=SURVIVES)
            scores.append(net.add("Conv2d", source, name=f"fc8_voc12_{branch}", c=CLASSES, w=1))
        net.add("Add", *scores, name="fc8_voc12")
    with net.stage("upsampling"):
        net.add("Interp", name="fc8_interp", n_z=8)


SCALES = {"_res075": (3, 4), "_res05": (1, 2)}  # of the image, beside the image itself


def _scale_size(size: int, scale: tuple[int, int]) -> int:
    """A size at a scale, corners on corners."""
    above, below = scale
    return -(-(size - 1) * above // below) + 1


def _again(nodes: Sequence[Node], suffix: str, source: str) -> list[Node]:
    """The same layers on another input, with the parameters of the first ones."""
    renamed = {node.name: f"{node.name}{suffix}" for node in nodes} | {INPUT: source}
    return [
        replace(
            node,
            name=renamed[node.name],
            inputs=tuple(renamed[name] for name in node.inputs),
            shares=node.name if node.kind.name in {"Conv2d", "BatchNorm", "Scale"} else "",
            stage=f"{node.stage}{suffix}",
        )
        for node in nodes
    ]


def _deeplab_resnet(name: str, input: Shape) -> Network:
    net = builder(name, input)
    of_image(net)
    trunk = resnet_trunk(net, ATROUS_RESNET)
    with net.stage("atrous pyramid"):
        branches = [
            net.add("Conv2d", trunk, name=f"fc1_voc12_c{i}", c=CLASSES, w=3, p=rate, d=rate) for i, rate in enumerate(RATES)
        ]
        scores = [net.add("Add", *branches, name="fc1_voc12")]
    _, height, width = shape_of(net, scores[0])
    nodes = tuple(net.nodes)
    for suffix, scale in SCALES.items():
        with net.stage(f"scale{suffix}"):
            rows, columns = _scale_size(input[1], scale), _scale_size(input[2], scale)
            image = net.add("Interp", INPUT, name=f"data{suffix}", H=rows, W=columns)
            for node in _again(nodes, suffix, image):
                net.put(node)
            scores.append(net.add("Interp", name=f"fc1_voc12{suffix}_interp", H=height, W=width))
    with net.stage("fusion"):
        net.add("Maximum", *scores, name="fc_fusion")
        net.add("Interp", name="fc1_interp", n_z=8)
    return net.network()


MODELS = (
    *(
        Member(f"pascal-fcn{factor}s", f"FCN-{factor}s", partial(_lay_fcn, pools), input=FCN_INPUT).model(FCN)
        for factor, pools in {32: (), 16: (4,), 8: (4, 3)}.items()
    ),
    Member("deeplab-vggvd-v2", "DeepLab v2 on VGG-VD-16", _lay_deeplab_vgg, input=DEEPLAB_INPUT).model(DEEPLAB),
    Model("deeplab-res101-v2", "DeepLab v2 on ResNet-101", DEEPLAB_INPUT, _deeplab_resnet, DEEPLAB),
)
