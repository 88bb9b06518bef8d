"""Activations: a function of each element by itself."""

from worksheet.layers.kind import Kind, Spelling
from worksheet.layers.shapes import ELEMENTWISE

KINDS = (
    Kind(
        name="ReLU",
        title="ReLU transfer function",
        source="compare each element with zero and assign the larger; AI61002 worksheet",
        forms=ELEMENTWISE,
        counts={"comparisons": "X", "assignments": "X"},
        spelling=Spelling(example="ReLU"),
    ),
)
