"""Layers that only training needs: at inference they pass their input through."""

from worksheet.layers.kind import Kind, Spelling
from worksheet.layers.shapes import ELEMENTWISE

KINDS = (
    Kind(
        name="Dropout",
        title="Dropout",
        source="the identity at inference, model.eval() in torch; AI61002 worksheet",
        forms=ELEMENTWISE,
        spelling=Spelling(example="Dropout"),
    ),
)
