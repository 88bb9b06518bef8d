"""Reductions backwards: every number that was reduced gets the gradient of the result, or its share, or nothing."""

from collections.abc import Callable

from tests.layers.backward import Gradient
from tests.layers.counting import Array, Counted, Layer, indices
from tests.layers.proofs.activation import ZERO
from tests.layers.proofs.reductions import axes_of

Numbers = list[Counted]


def mean(xs: Numbers, g: Counted) -> Numbers:
    """One division; all get the same."""
    return [g / Counted(len(xs))] * len(xs)


def largest(xs: Numbers, g: Counted) -> Numbers:
    """The forward pass has kept where the largest stands."""
    position = max(range(len(xs)), key=lambda i: xs[i].value)
    return [g if i == position else ZERO for i in range(len(xs))]


def spread(back: Callable[[Numbers, Counted], Numbers]) -> Gradient:
    def of_sample(layer: Layer, upstream: Array) -> Array:
        shape = layer.x.shape
        axes = axes_of(layer, len(shape))
        kept = tuple(1 if i in axes else size for i, size in enumerate(shape))
        gradients, cells = upstream.reshaped(kept), {}
        for place in indices(kept):
            inside = indices([size if i in axes else 1 for i, size in enumerate(shape)])
            places = [tuple(a + b for a, b in zip(place, offset, strict=True)) for offset in inside]
            cells.update(zip(places, back([layer.x[at] for at in places], gradients[place]), strict=True))
        return Array(shape, cells)

    return Gradient(lambda batch: [[of_sample(*pair)] for pair in zip(batch.samples, batch.upstream, strict=True)])


GRADIENTS: dict[str, Gradient] = {"Mean": spread(mean), "Sum": spread(lambda xs, g: [g] * len(xs)), "Max": spread(largest)}
