"""Tensors that no layer computes: stored ones (a class token, position embeddings, anchors), and the network's inputs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache

from worksheet.layers.kind import INPUT_KIND, Form, Kind, Shape, Spelling, Symbol, Training
from worksheet.layers.ranks import listed, shape_symbols
from worksheet.layers.traits import Role

SHAPE = shape_symbols()
FIXED = Symbol("f", "Origin", least=0, default="0", words={0: "trained", 1: "fixed (a buffer)"})


@cache
def given(rank: int) -> Kind:
    """The kind for network inputs with so many axes."""
    return replace(
        stored(rank),
        name=INPUT_KIND,
        title="Input of the network",
        source="it is given, and costs nothing",
        hyperparameters=SHAPE,
        counts={},
        training=Training(),
        role=Role.INPUT,
        spelling=Spelling(listed=tuple(symbol.name for symbol in SHAPE), example="Input: 3x224x224"),
    )


@cache
def stored(rank: int) -> Kind:
    """The kind for stored tensors with so many axes."""
    output = tuple(symbol.name for symbol in SHAPE[:rank])
    return Kind(
        name="Parameter",
        title="Stored array",
        source="as torch.nn.Parameter, or a buffer where it is not trained",
        forms=(Form((), output, X="0", Y="*".join(output)),),
        hyperparameters=(*SHAPE, FIXED),
        counts={"weights": "(1 - f)*Y", "buffers": "f*Y"},
        training=Training(weights={"additions": "(1 - f)*Y*(B - 1)"}),  # every sample reads the same tensor
        repeats=None,
        role=Role.TABLE,  # position embeddings: each token reads its row
        spelling=Spelling(
            listed=tuple(symbol.name for symbol in SHAPE), flags={"buffer": ("f", 1)}, example="Parameter: 197x768"
        ),
    )


def _specialise(_: tuple[Shape, ...], v: Mapping[str, int], __: str) -> Kind:
    return stored(len(listed(v)))


def _specialise_input(_: tuple[Shape, ...], v: Mapping[str, int], __: str) -> Kind:
    return given(len(listed(v)))


KINDS = (replace(stored(2), specialise=_specialise), replace(given(3), specialise=_specialise_input))
