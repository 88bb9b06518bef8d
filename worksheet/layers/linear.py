"""Fully connected layers: every output is a weighted sum of all inputs."""

from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import PER_ROW, ROWS, Form, Kind, Spelling, Symbol
from worksheet.layers.shapes import VECTOR

NODES = Symbol("k", "Number of output nodes")
SECOND = Symbol("m", "Number of elements of the second input")

LINEAR = Kind(
    name="Linear",
    title="Fully connected (linear) layer",
    source="a matrix by a vector, as in torch.nn.Linear; AI61002 worksheet",
    forms=(Form((VECTOR,), ("k",), X="n", Y="k"),),
    hyperparameters=(NODES, BIAS, PER_ROW),
    counts={
        "weights": "n*k",
        "biases": "b*k",
        "multiplications": "n*k",
        "additions": "(n - 1 + b)*k",
        "macs": "n*k",
    },
    flattens=3,
    repeats=ROWS,
    spelling=Spelling(arrow=("n", "k"), flags={"nobias": ("b", 0), "rows": ("r", 1)}, example="Linear: 9216->4096"),
)

BILINEAR = Kind(
    name="Bilinear",
    title="Bilinear layer",
    source="for every output, its matrix by the second input, then the dot product with the first, as in torch.nn.Bilinear",
    forms=(Form((VECTOR, (SECOND,)), ("k",), X="n + m", Y="k"),),
    hyperparameters=(NODES, BIAS),
    counts={
        "weights": "n*m*k",
        "biases": "b*k",
        "multiplications": "(n*m + n)*k",
        "additions": "(n*m - 1 + b)*k",  # n(m - 1) for the matrix, n - 1 for the dot product
        "macs": "(n*m + n)*k",
    },
    repeats=ROWS,
    spelling=Spelling(arrow=("n", "k"), flags={"nobias": ("b", 0)}, example="Bilinear: 128->10", beside=("128", "64")),
)

KINDS = (LINEAR, BILINEAR)
