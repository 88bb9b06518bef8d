"""Inception v3 as in torchvision, without the auxiliary classifier of its training."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from worksheet.network import Builder
from worksheet.zoo.blocks import CLASSES, SURVIVES, Member, Naming, Words, conv_bn

SOURCE = "C. Szegedy et al., Rethinking the Inception architecture for computer vision (2015); torchvision.models.inception_v3"


class Conv(NamedTuple):
    """A convolution: its name, channels, kernel. It keeps the size with a stride of 1, and is not padded with one of 2."""

    name: str
    channels: int
    height: int = 1
    width: int = 1
    stride: int = 1
    padded: bool = True


Branch = tuple[Conv | tuple[Conv, Conv], ...]  # a pair reads the same layer, and is joined


class Module(NamedTuple):
    """Branches, and one of pooling: with a projection after it, or, where the module halves the size, without."""

    branches: tuple[Branch, ...]
    projected: int = 0  # its channels


def _seven(name: str, numbers: str, narrow: int, *, tall_first: bool) -> list[Conv]:
    """7 x 7 convolutions taken apart into rows and columns; the last has 192 channels."""
    kernels = [(7, 1), (1, 7)] * 2 if tall_first else [(1, 7), (7, 1)] * 2
    sizes = zip(numbers, kernels, strict=False)
    return [Conv(f"{name}_{n}", 192 if n == numbers[-1] else narrow, *size) for n, size in sizes]


def _module_a(projected: int) -> Module:
    branches = (
        (Conv("branch1x1", 64),),
        (Conv("branch5x5_1", 48), Conv("branch5x5_2", 64, 5, 5)),
        (Conv("branch3x3dbl_1", 64), Conv("branch3x3dbl_2", 96, 3, 3), Conv("branch3x3dbl_3", 96, 3, 3)),
    )
    return Module(branches, projected)


def _module_c(narrow: int) -> Module:
    branches = (
        (Conv("branch1x1", 192),),
        (Conv("branch7x7_1", narrow), *_seven("branch7x7", "23", narrow, tall_first=False)),
        (Conv("branch7x7dbl_1", narrow), *_seven("branch7x7dbl", "2345", narrow, tall_first=True)),
    )
    return Module(branches, 192)


MODULE_B = Module(
    (
        (Conv("branch3x3", 384, 3, 3, 2),),
        (Conv("branch3x3dbl_1", 64), Conv("branch3x3dbl_2", 96, 3, 3), Conv("branch3x3dbl_3", 96, 3, 3, 2)),
    )
)
MODULE_D = Module(
    (
        (Conv("branch3x3_1", 192), Conv("branch3x3_2", 320, 3, 3, 2)),
        (Conv("branch7x7x3_1", 192), *_seven("branch7x7x3", "23", 192, tall_first=False), Conv("branch7x7x3_4", 192, 3, 3, 2)),
    )
)
MODULE_E = Module(
    (
        (Conv("branch1x1", 320),),
        (Conv("branch3x3_1", 384), (Conv("branch3x3_2a", 384, 1, 3), Conv("branch3x3_2b", 384, 3, 1))),
        (
            Conv("branch3x3dbl_1", 448),
            Conv("branch3x3dbl_2", 384, 3, 3),
            (Conv("branch3x3dbl_3a", 384, 1, 3), Conv("branch3x3dbl_3b", 384, 3, 1)),
        ),
    ),
    192,
)
STEM: tuple[Conv | str, ...] = (  # a name alone is that of pooling
    Conv("Conv2d_1a_3x3", 32, 3, 3, 2),
    Conv("Conv2d_2a_3x3", 32, 3, 3, padded=False),
    Conv("Conv2d_2b_3x3", 64, 3, 3),
    "maxpool1",
    Conv("Conv2d_3b_1x1", 80),
    Conv("Conv2d_4a_3x3", 192, 3, 3, padded=False),
    "maxpool2",
)
MODULES = {
    "Mixed_5b": _module_a(32),
    "Mixed_5c": _module_a(64),
    "Mixed_5d": _module_a(64),
    "Mixed_6a": MODULE_B,
    "Mixed_6b": _module_c(128),
    "Mixed_6c": _module_c(160),
    "Mixed_6d": _module_c(160),
    "Mixed_6e": _module_c(192),
    "Mixed_7a": MODULE_D,
    "Mixed_7b": MODULE_E,
    "Mixed_7c": MODULE_E,
}


def _conv(net: Builder, source: str, conv: Conv, within: str = "") -> str:
    name = f"{within}{conv.name}"
    keeps = conv.stride == 1 and conv.padded
    words: Words = {"c": conv.channels, "h": conv.height, "w": conv.width, "s": conv.stride}
    padding: Words = {"ph": conv.height // 2, "pw": conv.width // 2} if keeps else {}
    return conv_bn(net, source, f"{name}.conv", Naming(f"{name}.bn", f"{name}.relu", called="F.relu"), **words, **padding)


def _branch(net: Builder, source: str, branch: Branch, within: str) -> str:
    for step in branch:
        if isinstance(step, Conv):
            source = _conv(net, source, step, within)
        else:
            pair = [_conv(net, source, conv, within) for conv in step]
            source = net.add("Concat", *pair, name=f"{within}{step[0].name[:-2]}.cat")
    return source


def _module(net: Builder, name: str, module: Module) -> None:
    source = net.last
    outputs = [_branch(net, source, branch, f"{name}.") for branch in module.branches]
    if module.projected:
        pooled = net.add("AvgPool2d", source, name=f"{name}.pool", called="F.avg_pool2d", w=3, s=1, p=1)
        outputs.append(_conv(net, pooled, Conv("branch_pool", module.projected), f"{name}."))
    else:
        outputs.append(net.add("MaxPool2d", source, name=f"{name}.pool", called="F.max_pool2d", w=3, s=2))
    net.add("Concat", *outputs, name=f"{name}.cat")


def _lay(net: Builder, *, in_windows: bool = False) -> None:
    with net.stage("stem"):
        for step in STEM:
            if isinstance(step, Conv):
                _conv(net, net.last, step)
            else:
                net.add("MaxPool2d", name=step, w=3, s=2)
    for name, module in MODULES.items():
        with net.stage(name):
            _module(net, name, module)
    with net.stage("classifier"):
        if in_windows:
            net.add("AvgPool2d", name="avgpool", w=8, s=8)
        else:
            net.add("GlobalAvgPool", name="avgpool")
        net.add("Dropout", name="dropout", facts=SURVIVES)
        net.add("Flatten", name="flatten")
        net.add("Linear", name="fc", k=CLASSES)


INCEPTION = Member("inception-v3", "Inception v3", _lay, (22.55, 6.44), input=(3, 299, 299))
BURDEN = INCEPTION.counted(partial(_lay, in_windows=True), "average pooling in windows of 8 x 8")
MODELS = (INCEPTION.model(SOURCE), BURDEN.model(SOURCE))
