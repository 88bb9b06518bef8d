"""What torchvision's networks are built from.

A layer's name is the path of its module; that of a call without a module is the caller's path and the call.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from worksheet.errors import NetworkError
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.layers.kind import shape_text
from worksheet.network import Builder
from worksheet.zoo.blocks import IMAGE, Lays, build
from worksheet.zoo.model import Model


@frozen
class Weights:
    """Weights that torchvision publishes with their accuracy, from which the errors in percent follow."""

    top1: float
    top5: float
    name: str = "IMAGENET1K_V1"


def torchvision(name: str, title: str, lays: Lays, weights: Weights, *, paper: str, twist: str = "") -> Model:
    """A network of torchvision.models, where a function of this name makes it; ``paper`` is where it comes from."""
    function = name.removesuffix("-torchvision").replace("-", "_")
    return Model(
        name=name,
        title=title,
        input=IMAGE,
        build=partial(build, lays),
        source=f"torchvision.models.{function}; {paper}",
        errors={"top-1": round(100 - weights.top1, 3), "top-5": round(100 - weights.top5, 3)},
        errors_source=f"torchvision's weights {weights.name}, one crop of the image",
        twist=twist,
    )


def of_image(net: Builder) -> Shape:
    """The input's channels, height and width. Raises NetworkError for another input."""
    if len(net.input) != 3:
        raise NetworkError(f"{net.name} takes an image of channels x height x width, not {shape_text(net.input)}")
    return net.input


def of_tokens(net: Builder, longest: int = 0) -> int:
    """How many tokens the input has. Raises NetworkError for another input and for more than ``longest``, where that is given."""
    if len(net.input) != 1:
        raise NetworkError(f"{net.name} takes a row of token numbers, not {shape_text(net.input)}")
    if longest and net.input[0] > longest:
        raise NetworkError(f"{net.name} has positions for {longest:,} tokens, not {net.input[0]:,}")
    return net.input[0]


def conv_norm(net: Builder, path: str, activation: str = "", source: str = "", **words: Any) -> str:
    """A convolution padded to keep the size, batch normalisation and an activation (a kind): ``path.0``, ``path.1``, ``path.2``.

    Reads the layer added last where no source is named. Returns the last layer's name.
    """
    net.add("Conv2d", source or net.last, name=f"{path}.0", p=words["w"] // 2, nobias=True, **words)
    net.add("BatchNorm", name=f"{path}.1")
    if activation:
        net.add(activation, name=f"{path}.2")
    return net.last


def squeeze(net: Builder, path: str, channels: int, squeezed: int, activation: str, gate: str = "Sigmoid") -> str:
    """Squeeze and excitation: each channel is multiplied by a number that follows from the means of all channels."""
    source = net.last
    net.add("AdaptiveAvgPool2d", name=f"{path}.avgpool", w=1)
    net.add("Conv2d", name=f"{path}.fc1", c=squeezed, w=1)
    net.add(activation, name=f"{path}.activation")
    net.add("Conv2d", name=f"{path}.fc2", c=channels, w=1)
    scale = net.add(gate, name=f"{path}.scale_activation")
    return net.add("Mul", scale, source, name=f"{path}.mul")


def round_channels(channels: float, step: int = 8) -> int:
    """The nearest multiple of the step that is not more than a tenth smaller (MobileNet's rule)."""
    nearest = max(step, int(channels + step / 2) // step * step)
    return nearest + step if nearest < 0.9 * channels else nearest


def _numbered(letter: str, numbers: tuple[int, ...]) -> dict[str, Any]:
    """The symbols of a list: o_1, o_2, ... for a shape, a_1, a_2, ... for positions of axes, from 1."""
    return {f"{letter}_{i}": number for i, number in enumerate(numbers, 1)}


def reshape(net: Builder, name: str, *shape: int, source: str = "") -> str:
    """The same elements in another shape."""
    return net.add("Reshape", source or net.last, name=name, **_numbered("o", shape))


def permute(net: Builder, name: str, *positions: int, source: str = "") -> str:
    """The axes in another order: the positions, from 1, that they have in the input."""
    return net.add("Permute", source or net.last, name=name, **_numbered("a", positions))


def parameter(net: Builder, name: str, *shape: int, buffer: bool = False) -> str:
    """A stored tensor; a buffer where it is not trained."""
    return net.add("Parameter", name=name, buffer=buffer, **_numbered("o", shape))
