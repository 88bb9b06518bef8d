"""Layers that work in training only: at inference they pass their input through."""

from worksheet.layers.kind import Kind, Spelling
from worksheet.layers.quantities import Training
from worksheet.layers.shapes import ELEMENTWISE
from worksheet.layers.traits import Writes

KINDS = (
    Kind(
        name="Dropout",
        title="Dropout",
        source="the identity at inference, model.eval() in torch; AI61002 worksheet",
        forms=ELEMENTWISE,
        training=Training(
            input={"multiplications": "B*X"},
            forward={"multiplications": "B*X", "comparisons": "B*X"},
            extra="B*X",
            source=(
                "in training every element is multiplied by 0 or by 1/(1 - p), forwards and backwards by the same; a comparison "
                "of a random number with p chooses which; drawing that number is not counted"
            ),
        ),
        writes=Writes.NOTHING,
        spelling=Spelling(example="Dropout", also=("Dropout1d", "Dropout2d", "Dropout3d", "DropPath", "StochasticDepth")),
    ),
)
