"""Says where a network's parameters grow with its input, which is rarely expected."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from worksheet.errors import WorksheetError
from worksheet.formula import Exact
from worksheet.language import _, listed
from worksheet.layers import STORED
from worksheet.network import Network
from worksheet.sizes import Sized, sized


def growth_sentence(title: str, kinds: Collection[str]) -> str:
    """A sentence on a network's parameters that grow with the input, those of these kinds."""
    text = _(
        "The parameters of {network} grow with the input, those of {kinds}: "
        "such a layer has parameters for each element or position of the feature map."
    )
    return text.format(network=title, kinds=listed(kinds))


def unlike_own_size(network: Network) -> Iterator[str]:
    """The sentence where an input was asked for with which a network has other parameters than at the size of its source."""
    if network.at_own_size is None or network.made_for is None:  # its layers may no longer be those of the source
        return
    try:
        own = {layer.node.name: _stored(layer) for layer in sized(network.at_own_size())}
    except (WorksheetError, OSError):  # the source has no size of its own
        return
    growing = [layer.kind.name for layer in sized(network) if own.get(layer.node.name, {}) not in ({}, _stored(layer))]
    if growing:
        yield growth_sentence(network.title, dict.fromkeys(growing))


def _stored(layer: Sized) -> dict[str, Exact]:
    """The numbers of weights, biases and the like."""
    formulas = {name: layer.kind.quantity(name, layer.form) for name in STORED}
    return {name: formula.at(layer.values) for name, formula in formulas.items()}
