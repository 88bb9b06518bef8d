"""The strip of a network at the top of a report on it."""

from __future__ import annotations

from worksheet.document import NetworkStrip, StripLayer
from worksheet.network import INPUT, Network
from worksheet.sizes import sized


def strip_of(network: Network) -> NetworkStrip:
    """A network in one line, at its own size."""
    numbers = {INPUT: 0} | dict.fromkeys(network.further, 0)
    numbers |= {node.name: no for no, node in enumerate(network.nodes, 1)}
    layers = [
        StripLayer(no, layer.kind.name, layer.output, layer.node.stage, tuple(numbers[name] for name in layer.node.inputs))
        for no, layer in enumerate(sized(network), 1)
    ]
    return NetworkStrip(tuple(layers), network.input, network.title, f"{network.name}-strip")
