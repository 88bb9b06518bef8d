"""Fully connected layers: every output is a weighted sum of all inputs."""

from worksheet.language import N_
from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import PER_ROW, ROWS, Form, Kind, Spelling, Symbol
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.shapes import VECTOR
from worksheet.layers.traits import Role

NODES = Symbol("k", "Number of output nodes")
SECOND = Symbol("m", "Number of elements of the second input")

LINEAR = Kind(
    name="Linear",
    title="Fully connected (linear) layer",
    source="a matrix by a vector, as in torch.nn.Linear; AI61002 worksheet",
    forms=(Form((VECTOR,), ("k",), X="n", Y="k"),),
    hyperparameters=(NODES, BIAS, PER_ROW),
    counts={"weights": "n*k", "biases": "b*k", **dot_products("n*k", "(n - 1 + b)*k")},
    training=Training(
        input=dot_products("B*n*k", "B*n*(k - 1)"), weights=dot_products("B*n*k", "(n + b)*k*(B - 1)"), saves=frozenset({"input"})
    ),
    flattens=3,
    repeats=ROWS,
    width=NODES.name,
    role=Role.LINEAR,
    spelling=Spelling(
        arrow=("n", "k"),
        flags={"nobias": ("b", 0), "rows": ("r", 1)},
        example="Linear: 9216->4096",
        says=N_("{n} outputs"),
        also=("FC", "Dense", "FullyConnected", "InnerProduct", "Affine", "Gemm"),
        call={"in_features": "", "out_features": "->{}", "bias": "nobias"},
    ),
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
        **dot_products("(n*m + n)*k", "(n*m - 1 + b)*k"),  # n(m - 1) additions for the matrix, n - 1 for the dot product
    },
    training=Training(
        input=dot_products("B*n*m*(k + 2)", "B*(n*m*(k - 1) + n*(m - 1) + m*(n - 1))"),
        weights={"multiplications": "B*n*m*(1 + k)", "additions": "(n*m + b)*k*(B - 1)", "macs": "B*n*m*k"},
        saves=frozenset({"input"}),
        source=(
            "the matrices are added up first, each times the gradient of its output; that one matrix by the second input is the "
            "gradient of the first, the first input by it that of the second; the products of the inputs with each other are "
            "formed once for the matrices of all outputs"
        ),
    ),
    repeats=ROWS,
    spelling=Spelling(arrow=("n", "k"), flags={"nobias": ("b", 0)}, example="Bilinear: 128->10", beside=("128", "64")),
)

KINDS = (LINEAR, BILINEAR)
