"""A stored array that other layers read: a class token, position embeddings, a table of anchors."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.layers.kind import Form, Kind, Shape, Spelling, Symbol
from worksheet.layers.ranks import listed, shape_symbols

SHAPE = shape_symbols()
FIXED = Symbol("f", "Origin", least=0, default="0", words={0: "trained", 1: "fixed (a buffer)"})


@cache
def stored(rank: int) -> Kind:
    """The kind for arrays of so many axes."""
    output = tuple(symbol.name for symbol in SHAPE[:rank])
    return Kind(
        name="Parameter",
        title="Stored array",
        source="as torch.nn.Parameter, or a buffer where it is not trained",
        forms=(Form((), output, X="0", Y="*".join(output)),),
        hyperparameters=(*SHAPE, FIXED),
        counts={"weights": "(1 - f)*Y", "buffers": "f*Y"},
        repeats=None,
        spelling=Spelling(
            listed=tuple(symbol.name for symbol in SHAPE), flags={"buffer": ("f", 1)}, example="Parameter: 197x768"
        ),
    )


def _meets(_: tuple[Shape, ...], v: Mapping[str, int], __: str) -> Kind:
    return stored(len(listed(v)))


KINDS = (replace(stored(2), meets=_meets),)
