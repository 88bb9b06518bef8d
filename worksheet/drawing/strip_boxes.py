"""The boxes of a network's strip: one for each layer that computes; where there are many, for stages and runs of like layers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from itertools import groupby, pairwise

from worksheet.document import StripLayer
from worksheet.frozen import frozen
from worksheet.layers import INPUT_KIND, KindFamily, Role, Shape, kind_named

MAX_BOXES = 12  # beside the input: a line holds no more at a readable size

PRODUCTS = {KindFamily.CONVOLUTION, KindFamily.LINEAR, KindFamily.SEQUENCE}


@frozen
class StripBox:
    """Layers that share a box, and the number of repetitions if they are stages that are alike."""

    layers: tuple[StripLayer, ...]
    times: int = 1

    @property
    def main(self) -> list[StripLayer]:
        """The layers that compute; all where none does."""
        return [layer for layer in self.layers if _computes(layer)] or list(self.layers)

    @property
    def kind(self) -> tuple[str, int]:
        """The most frequent kind of the layers with products, else of those that compute, and how often it occurs."""
        weighed = [layer for layer in self.main if kind_named(layer.kind).family in PRODUCTS]
        return Counter(layer.kind for layer in weighed or self.main).most_common(1)[0]

    @property
    def family(self) -> KindFamily:
        return kind_named(self.kind[0]).family

    @property
    def output(self) -> Shape | None:
        return self.layers[-1].output

    @property
    def stages(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(layer.stage for layer in self.layers))


def strip_boxes(layers: Sequence[StripLayer]) -> list[StripBox]:
    """The boxes of a network, at most MAX_BOXES of them, from its first layer to its last."""
    layers = [layer for layer in layers if layer.kind != INPUT_KIND]
    made = _single(layers)
    for like in (_stage, _looks, _output, _side):
        if len(made) > MAX_BOXES:
            made = _merged(made, like)
    while len(made) > MAX_BOXES:
        sizes = [len(a.layers) + len(b.layers) for a, b in pairwise(made)]
        at = sizes.index(min(sizes))
        made[at : at + 2] = [_joined(made[at : at + 2])]
    return made


def _computes(layer: StripLayer) -> bool:
    """Whether a layer has a box of its own: windows, products, tables; what only works on its output goes with it."""
    kind = kind_named(layer.kind)
    return kind.family is not KindFamily.PLAIN or (kind.role is Role.TABLE and not kind.is_source)


def _single(layers: Sequence[StripLayer]) -> list[StripBox]:
    """A box for each layer that computes or joins branches, with the others that follow it."""
    groups: list[list[StripLayer]] = []
    for layer in layers:
        opens = _computes(layer) or len(set(layer.sources)) > 1
        last = groups[-1] if groups else []
        is_full = any(map(_computes, last)) or (len(last) == 1 and len(set(last[0].sources)) > 1)
        if not last or (is_full and opens) or last[-1].stage != layer.stage:
            groups.append([])
        groups[-1].append(layer)
    return [StripBox(tuple(group)) for group in groups]


def _merged(boxes: Sequence[StripBox], like: Callable[[StripBox], Hashable]) -> list[StripBox]:
    """Neighbours that are alike as one box. None is like any other."""
    groups = groupby(enumerate(boxes), key=lambda pair: pair[0] if like(pair[1]) is None else like(pair[1]))
    return [_joined([box for _, box in group]) for _, group in groups]


def _joined(boxes: Sequence[StripBox]) -> StripBox:
    looks = {_looks(box) for box in boxes}
    times = sum(box.times for box in boxes) if len(looks) == 1 and boxes[0].stages[0] else 1
    return StripBox(tuple(layer for box in boxes for layer in box.layers), times if len(boxes) > 1 else boxes[0].times)


# What makes neighbours alike, from the closest to the widest. On a sheet without sizes only kinds are compared.


def _stage(box: StripBox) -> Hashable:
    return box.layers[-1].stage or None


def _looks(box: StripBox) -> Hashable:
    return tuple(layer.kind for layer in box.layers), box.output


def _output(box: StripBox) -> Hashable:
    return box.family, box.output


def _side(box: StripBox) -> Hashable:
    return box.output[1:] if box.output else None
