"""Layers that move numbers without changing them."""

from worksheet.layers.kind import Form, Kind, Spelling
from worksheet.layers.shapes import MAP, VECTOR

KINDS = (
    Kind(
        name="Flatten",
        title="Flatten",
        source="the same numbers as one vector, as in torch.nn.Flatten",
        forms={
            3: Form(MAP, ("c*M*N",), X="c*M*N", Y="c*M*N", on="a map"),
            1: Form(VECTOR, ("n",), X="n", Y="n", on="a vector"),
        },
        spelling=Spelling(example="Flatten"),
    ),
)
