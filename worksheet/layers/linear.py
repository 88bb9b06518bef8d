"""Fully connected layers: every output is a weighted sum of all inputs."""

from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Form, Kind, Spelling, Symbol
from worksheet.layers.shapes import VECTOR

NODES = Symbol("k", "Number of output nodes")

KINDS = (
    Kind(
        name="Linear",
        title="Fully connected (linear) layer",
        source="a matrix by a vector, as in torch.nn.Linear; AI61002 worksheet",
        forms={1: Form(VECTOR, ("k",), X="n", Y="k")},
        hyperparameters=(NODES, BIAS),
        counts={
            "weights": "n*k",
            "biases": "b*k",
            "multiplications": "n*k",
            "additions": "(n - 1 + b)*k",
            "macs": "n*k",
        },
        flattens=True,
        spelling=Spelling(arrow=("n", "k"), flags={"nobias": ("b", 0)}, example="Linear: 9216->4096"),
    ),
)
