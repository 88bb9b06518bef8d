"""What a vector was made of: the map that has been flattened, and that map before the last pooling.

A linear layer's formulas know the length of the vector only, but mistakes are made with the map. Its sizes are further values
of the cell, under letters that no formula of the house uses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from worksheet.grading.paper.cells import OUTPUT, Read
from worksheet.layers import Role
from worksheet.sizes import Sized

CHANNELS, WIDTH, HEIGHT = "c_f", "M_f", "N_f"  # of the map that is flattened
POOLED_WIDTH, POOLED_HEIGHT = "M_u", "N_u"  # of what the last pooling in front of it has read
MAP = (CHANNELS, HEIGHT, WIDTH)  # as its shape runs
POOLED = ("", POOLED_HEIGHT, POOLED_WIDTH)


class Further(NamedTuple):
    """Values of a layer's cells that no formula of the house has letters for, and where they are read from."""

    values: Mapping[str, int]
    reads: Mapping[str, Read]


NONE = Further({}, {})


def flattened(layer: Sized, layers: Mapping[str, Sized], numbers: Mapping[str, int]) -> Further:
    """The sizes of the map that a layer reads as a vector; none where it reads none. ``layers`` and ``numbers`` are by name."""
    reads_vector = layer.kind.flattens or layer.kind.role is Role.FLATTENING
    flat = _flattening(layer, layers) if reads_vector else None
    if flat is None:
        return NONE
    values: dict[str, int] = {}
    reads: dict[str, Read] = {}
    pooled = _pooled(flat, layers)
    for letters, reader in ((MAP, flat), (POOLED, pooled)) if pooled else ((MAP, flat),):
        source = reader.node.inputs[0]
        for axis, letter in enumerate(letters):
            if letter:
                values[letter] = reader.received[0][axis]
            if letter and source in numbers:
                reads[letter] = Read((numbers[source], OUTPUT), (axis,))
    return Further(values, reads)


def _flattening(layer: Sized, layers: Mapping[str, Sized]) -> Sized | None:
    """The layer that makes a vector of a map: this one, or one before it with nothing but element by element between."""
    found: Sized | None = layer
    while found is not None and len(found.received) == 1:
        if len(found.received[0]) == len(MAP) and (found.kind.role is Role.FLATTENING or found.received != found.inputs):
            return found
        found = layers.get(found.node.inputs[0]) if len(found.received[0]) == 1 else None
        if found is not None and found.kind.flattens:  # another linear layer has read the vector
            return None
    return None


def _pooled(layer: Sized, layers: Mapping[str, Sized]) -> Sized | None:
    """The last pooling of a map before a layer, with nothing between that changes a size."""
    before = layers.get(layer.node.inputs[0])
    while before is not None and len(before.received) == 1:
        if before.kind.pooling:
            return before if len(before.received[0]) == len(POOLED) else None
        before = layers.get(before.node.inputs[0]) if before.output == before.received[0] else None
    return None
