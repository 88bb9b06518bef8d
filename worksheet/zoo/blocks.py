"""What networks of several families are built from: convolutions with what follows them, Caffe's pooling, the trunk of VGG."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, replace
from functools import partial
from typing import Any

from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import INPUT, Builder, Network
from worksheet.sizes import sized
from worksheet.zoo.model import Model
from worksheet.zoo.published import SUFFIX

IMAGE = (3, 224, 224)
CLASSES = 1000  # of ImageNet
BURDEN = "the table of convnet-burden (S. Albanie)"

Words = Mapping[str, Any]  # of a layer: whole numbers, and flags that are true
Lays = Callable[[Builder], None]  # adds a network's layers, whatever its input


def builder(name: str, input: Shape, **further: Shape) -> Builder:
    """An empty network with its inputs, counted as the zoo is."""
    return Builder(name, input, further=further)


def build(lays: Lays, name: str, input: Shape) -> Network:
    """The network for one image, whose layers a function adds."""
    net = builder(name, input)
    lays(net)
    return net.network()


@frozen
class Member:
    """A member of a family of networks; ``model`` gives the network of the zoo."""

    name: str
    title: str
    lays: Lays
    errors: tuple[float, ...] = ()  # top-1 and top-5, in percent
    twist: str = ""
    input: Shape = IMAGE
    source: str = ""  # where it is not the family's

    def counted(self, lays: Lays, twist: str, **changes: Any) -> Member:
        """The variant that convnet-burden counted."""
        title = f"{self.title} of convnet-burden"
        return replace(self, name=self.name + SUFFIX, title=title, lays=lays, twist=twist, **changes)

    def model(self, source: str) -> Model:
        """The member as a network of the zoo, with its family's source. Errors are those of the table of convnet-burden."""
        return Model(
            name=self.name,
            title=self.title,
            input=self.input,
            build=partial(build, self.lays),
            source=self.source or source,
            errors=dict(zip(("top-1", "top-5"), self.errors, strict=False)),
            errors_source=BURDEN if self.errors else "",
            twist=self.twist,
        )


@frozen
class Naming:
    """How an author names what follows a convolution: {0} is its name, {1} the name without the prefix."""

    norm: str
    relu: str
    scale: str = ""  # Caffe normalises and scales in two layers; empty where it is one
    prefix: str = ""
    called: str = ""  # the function that a program calls for the ReLU; empty where it has a module


SLASHED = Naming("{0}/bn", "{0}/relu", "{0}/bn/scale")


def conv_bn(net: Builder, source: str, name: str, naming: Naming, *, relu: bool = True, bias: bool = False, **words: Any) -> str:
    """A convolution, its batch normalisation and, unless ``relu`` is False, a ReLU. Returns the last layer's name."""
    rest = name.removeprefix(naming.prefix)
    net.add("Conv2d", source, name=name, nobias=not bias, **words)
    net.add("BatchNorm", name=naming.norm.format(name, rest), noaffine=bool(naming.scale))
    if naming.scale:
        net.add("Scale", name=naming.scale.format(name, rest))
    if relu:
        net.add("ReLU", name=naming.relu.format(name, rest), called=naming.called)
    return net.last


SURVIVES = {"matconvnet_survives": 1}  # a Dropout in the network that convnet-burden counted


def conv_relu(net: Builder, source: str, name: str, relu: str, **words: Any) -> str:
    """A convolution with bias and its ReLU, whose name is returned."""
    net.add("Conv2d", source, name=name, **words)
    return net.add("ReLU", name=relu)


def caffe_pool(net: Builder, source: str, name: str, kind: str = "MaxPool2d", **words: Any) -> str:
    """Pooling that rounds up as Caffe does: a window beyond the input is omitted only if there is padding."""
    rounding: Words = {"ceil" if words.get("p") else "unclipped": True}
    return net.add(kind, source, name=name, **words, **rounding)


def fully_connected(net: Builder, name: str, relu: str, dropout: str, nodes: int) -> str:
    """A fully connected layer of a classifier with its ReLU and dropout."""
    net.add("Linear", name=name, k=nodes)
    net.add("ReLU", name=relu)
    return net.add("Dropout", name=dropout)


PERMUTED = "average pooling in windows of 7 x 7; the map's axes are permuted before it is flattened"


def pool_and_permute(net: Builder, name: str) -> None:
    """The end of a torch network as MatConvNet imports it, which keeps the channels last."""
    net.add("AvgPool2d", name=name, w=7)
    net.add("Permute", name="permute", a_1=2, a_2=3, a_3=1)
    net.add("Flatten", name="flatten")


def shape_of(net: Builder, name: str) -> Shape:
    """The output shape of a layer that exists already, which some later layers must state."""
    return next(row.output for row in sized(net.network()) if row.node.name == name)


# VGG's trunk, on which detectors, segmenters and pose networks are built

HALVING: Words = {"w": 2, "s": 2}
VGG_WIDTHS = (64, 128, 256, 512, 512)


@frozen
class VggTrunk:
    """Blocks of 3 x 3 convolutions: how many convolutions each has, and the pooling after it (none where it is empty)."""

    depths: Sequence[int] = (2, 2, 3, 3, 3)
    pools: Sequence[Words] = (HALVING,) * 5
    pool_name: str = "pool{}"
    first_padding: int = 1
    dilations: Mapping[int, int] = field(default_factory=dict)  # of the blocks that have one


VGG_16 = VggTrunk()


def vgg_trunk(net: Builder, trunk: VggTrunk = VGG_16) -> str:
    """Add the trunk: conv1_1, relu1_1, ..., pool5. Returns the last layer's name."""
    for block, (depth, pool) in enumerate(zip(trunk.depths, trunk.pools, strict=False), 1):
        dilation = trunk.dilations.get(block, 1)
        with net.stage(f"block {block}"):
            for i in range(1, depth + 1):
                padding = dilation if net.last != INPUT else trunk.first_padding
                words: Words = {"c": VGG_WIDTHS[block - 1], "w": 3, "p": padding, "d": dilation}
                conv_relu(net, net.last, f"conv{block}_{i}", f"relu{block}_{i}", **words)
            if pool:
                caffe_pool(net, net.last, trunk.pool_name.format(block), **pool)
    return net.last
