"""The feature map that became a vector: the one that was flattened, and the same before the last pooling.

The formulas of a linear layer know only the length of the vector, but mistakes are made with the feature map. Its sizes are
further values of the cell, under letters that no layer's formula uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from worksheet.grading.paper.cells import OUTPUT, Read
from worksheet.layers import Role
from worksheet.sizes import Sized

CHANNELS, WIDTH, HEIGHT = "c_f", "M_f", "N_f"  # of the feature map that is flattened
POOLED_WIDTH, POOLED_HEIGHT = "M_u", "N_u"  # of the input of the last pooling before it
MAP = (CHANNELS, HEIGHT, WIDTH)  # in the order of its shape
POOLED = ("", POOLED_HEIGHT, POOLED_WIDTH)


class Further(NamedTuple):
    """Values of a layer's cells for which no layer's formula has letters, and where they are read from."""

    values: Mapping[str, int]
    reads: Mapping[str, Read]


NONE = Further({}, {})


def further_values(layer: Sized, layers: Mapping[str, Sized], numbers: Mapping[str, int]) -> Further:
    """The sizes of the feature map that a layer reads as a vector, if it does. ``layers`` and ``numbers`` are by name."""
    reads_vector = layer.kind.flattens or layer.kind.role is Role.FLATTENING
    flat = _find_flattening(layer, layers) if reads_vector else None
    if flat is None:
        return NONE
    values: dict[str, int] = {}
    reads: dict[str, Read] = {}
    pooled = _find_pooling(flat, layers)
    for letters, reader in ((MAP, flat), (POOLED, pooled)) if pooled else ((MAP, flat),):
        source = reader.node.inputs[0]
        for axis, letter in enumerate(letters):
            if letter:
                values[letter] = reader.received[0][axis]
            if letter and source in numbers:
                reads[letter] = Read((numbers[source], OUTPUT), (axis,))
    return Further(values, reads)


def _find_flattening(layer: Sized, layers: Mapping[str, Sized]) -> Sized | None:
    """The layer that flattens a feature map: this one, or an earlier one with only element-wise layers in between."""
    reader: Sized | None = layer
    while reader is not None and len(reader.received) == 1:
        if len(reader.received[0]) == len(MAP) and (reader.kind.role is Role.FLATTENING or reader.received != reader.inputs):
            return reader
        reader = layers.get(reader.node.inputs[0]) if len(reader.received[0]) == 1 else None
        if reader is not None and reader.kind.flattens:  # another linear layer has read the vector
            return None
    return None


def _find_pooling(layer: Sized, layers: Mapping[str, Sized]) -> Sized | None:
    """The last pooling before a layer, with nothing in between that changes a size."""
    before = layers.get(layer.node.inputs[0])
    while before is not None and len(before.received) == 1:
        if before.kind.pooling:
            return before if len(before.received[0]) == len(POOLED) else None
        before = layers.get(before.node.inputs[0]) if before.output == before.received[0] else None
    return None
