"""How names of the zoo are spelled, and the names that networks had before.

A name is written as torchvision or its authors write it, in lower case and with hyphens: resnet50, vgg16, mobilenet-v2. The
plain name is the network that most people count under it; another definition of it says whose it is (resnet50-caffe).
"""

from __future__ import annotations

from collections.abc import Iterable

RENAMED = {  # the name before, and the name now
    "mcn-mobilenet": "mobilenet-v1-caffe",
    "resnet-50": "resnet50-caffe",
    "resnet-101": "resnet101-caffe",
    "resnet-152": "resnet152-caffe",
    "resnet18-torchvision": "resnet18",
    "resnet50-torchvision": "resnet50",
    "resnet152-torchvision": "resnet152",
    "resnext-50-32x4d": "resnext50-32x4d",
    "resnext-50-32x4d-burden": "resnext50-32x4d-burden",
    "resnext-101-32x4d": "resnext101-32x4d",
    "resnext-101-64x4d": "resnext101-64x4d",
    "SE-BN-Inception": "se-bn-inception",
    "SE-ResNet-50": "se-resnet50",
    "SE-ResNet-101": "se-resnet101",
    "SE-ResNet-152": "se-resnet152",
    "SE-ResNeXt-50-32x4d": "se-resnext50-32x4d",
    "SE-ResNeXt-101-32x4d": "se-resnext101-32x4d",
    "SENet": "senet154",
    "vgg-vd-16": "vgg16",
    "vgg-vd-19": "vgg19",
    "vgg-vd-16-atrous": "vgg16-atrous",
}


def fold(name: str) -> str:
    """A name without what people spell differently: letter case, hyphens, underscores, dots.

    >>> fold("MobileNet_V2") == fold("mobilenet-v2")
    True
    """
    return "".join(sign for sign in name.casefold() if sign.isalnum())


def canonical(name: str, known: Iterable[str]) -> str | None:
    """The name in the zoo for a name in any spelling, or for one from before; None where there is none."""
    names = set(known)
    if name in names:
        return name
    if name in RENAMED:
        return RENAMED[name]
    spelled = {fold(old): new for old, new in RENAMED.items()} | {fold(name): name for name in names}
    return spelled.get(fold(name))


def suggestion(name: str, known: Iterable[str]) -> str:
    """A hint for a name that is not in the zoo; one from before leads to the name now."""
    import difflib

    now = {fold(old): new for old, new in RENAMED.items()} | {fold(name): name for name in known}
    close = difflib.get_close_matches(fold(name)[:80], now, n=3, cutoff=0.6)
    if not close:
        return "worksheet zoo lists the networks"
    return f"did you mean {' or '.join(dict.fromkeys(now[spelled] for spelled in close))}?"
