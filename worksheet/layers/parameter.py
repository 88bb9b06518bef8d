"""Tensors that no layer computes: stored ones (a class token, position embeddings, anchors), and the network's inputs."""

from dataclasses import replace
from functools import cache

from worksheet.layers.kind import INPUT_KIND, Form, Kind, Spelling, Symbol
from worksheet.layers.quantities import Training
from worksheet.layers.ranks import SHAPE, SHAPE_NAMES, read_list
from worksheet.layers.traits import Role

FIXED = Symbol("f", "Origin", least=0, default="0", words={0: "trained", 1: "fixed (a buffer)"})


@cache
def input_kind(rank: int) -> Kind:
    """The kind for network inputs of a rank."""
    return replace(
        parameter(rank),
        name=INPUT_KIND,
        title="Input of the network",
        source="an input costs nothing",
        hyperparameters=SHAPE,
        counts={},
        training=Training(),
        role=Role.INPUT,
        spelling=Spelling(listed=SHAPE_NAMES, example="Input: 3x224x224"),
    )


@cache
def parameter(rank: int) -> Kind:
    """The kind for stored tensors of a rank."""
    output = SHAPE_NAMES[:rank]
    return Kind(
        name="Parameter",
        title="Stored tensor",
        source="as torch.nn.Parameter, or a buffer where it is not trained",
        forms=(Form((), output, X="0", Y="*".join(output)),),
        hyperparameters=(*SHAPE, FIXED),
        counts={"weights": "(1 - f)*Y", "buffers": "f*Y"},
        training=Training(weights={"additions": "(1 - f)*Y*(B - 1)"}),  # every sample reads the same tensor
        repeats=None,
        role=Role.TABLE,  # position embeddings: each token reads its row
        spelling=Spelling(listed=SHAPE_NAMES, flags={"buffer": ("f", 1)}, example="Parameter: 197x768"),
    )


KINDS = (
    replace(parameter(2), specialise=lambda _, values, __: parameter(len(read_list(values)))),
    replace(input_kind(3), specialise=lambda _, values, __: input_kind(len(read_list(values)))),
)
