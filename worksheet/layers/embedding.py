"""Embedding: from token numbers to vectors, and the rotation that encodes the position of a vector."""

from worksheet.layers.kind import ROWS, Check, Form, Kind, Spelling, Symbol
from worksheet.layers.quantities import Training
from worksheet.layers.traits import Role

KINDS = (
    Kind(
        name="Embedding",
        title="Embedding layer",
        source="one row of a table for every token, looked up and not computed, as in torch.nn.Embedding",
        forms=(Form(((ROWS,),), ("L", "k"), X="L", Y="L*k"),),
        hyperparameters=(Symbol("v", "Size of the vocabulary (rows of the table)"), Symbol("k", "Width of an embedding")),
        counts={"weights": "v*k"},
        training=Training(
            weights={"additions": "B*L*k"},
            saves=frozenset({"input"}),
            source="a table of zeros to which the gradient of every token is added in its row; token numbers have no gradient",
        ),
        repeats=None,
        role=Role.TABLE,
        spelling=Spelling(
            arrow=("v", "k"),
            example="Embedding: 30522->768",
            beside=("128",),
            also=("Embed",),
            call={"num_embeddings": "{}", "embedding_dim": "->{}"},
        ),
    ),
    Kind(
        name="RotaryEmbedding",
        title="Rotary position embedding",
        source=(
            "the pairs of each row turned by angles that follow from its place: from x, y to x cos - y sin, x sin + y cos "
            "(Su et al., RoFormer, 2021). The tables of cosines and sines are given; the four products of a pair are not MACs"
        ),
        forms=(Form(((Symbol("d", "Width of a row"),),), ("d",), X="d", Y="d"),),
        counts={"multiplications": "4*(d/2)", "additions": "2*(d/2)"},
        training=Training(input={"multiplications": "B*4*(d/2)", "additions": "B*2*(d/2)"}),  # the pairs are turned back
        checks=(Check("d/2", "a row of {d} elements cannot be split into pairs", whole=True),),
        repeats=ROWS,
        spelling=Spelling(example="RotaryEmbedding", beside=("12x128x64",)),
    ),
)
