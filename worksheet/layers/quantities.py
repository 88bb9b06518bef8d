"""What conventions may ask of a layer: quantities of the textbook algorithm, in inference and in training."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from worksheet.frozen import frozen

# Counts of the textbook algorithm, for one sample.
QUANTITIES = {
    "weights": "weights",
    "biases": "biases",
    "buffers": "buffers",
    "multiplications": "multiplications",
    "additions": "additions",
    "macs": "multiply-accumulates",
    "comparisons": "comparisons",
    "assignments": "assignments",
    "divisions": "divisions",
    "exponentials": "exponentials",
    "roots": "square roots",
    "logarithms": "logarithms",
    "error_functions": "error functions (erf)",
    "elements_in": "elements of the input",
    "elements_out": "elements of the output",
}
STORED = frozenset({"weights", "biases", "buffers"})  # the same however often a layer runs
OPERATIONS = tuple(name for name in QUANTITIES if name not in STORED | {"elements_in", "elements_out"})
PASSES = {  # of training, over a whole batch; with the name of an operation they make a quantity: input_macs
    "forward": "the forward pass in training",
    "input": "the gradient with respect to the input",
    "inner": "of that, what leads to the weights",
    "weights": "the gradient with respect to the weights",
}
TRAINED = {f"{part}_{name.replace('_', '')}": (part, name) for part in PASSES for name in OPERATIONS}  # a name has one subscript
SAVED = "saved"  # the quantity of elements that a layer keeps for its backward pass in addition to inputs and output


@frozen
class Training:
    """What a kind costs in training: operations by their names, as formulas for a whole batch of ``B`` samples.

    The gradient of the output is given, and so is what the forward pass has saved. ``input`` is the gradient with respect to
    all inputs; ``inner`` is the part of it that the weights need even if the gradient of the inputs is not wanted (in a layer
    with weights in front of inner operations); ``weights`` is the gradient with respect to all parameters; ``forward`` is the
    forward pass where it differs from inference (then all of its operations). A layer that runs once for each of R rows counts
    as on B*R samples, so every formula names B. ``saves`` lists the tensors that the backward pass reads again: ``input`` (all
    inputs), ``input_1``, ``input_2``, ``output``; ``extra`` is the number of further elements that are kept for it: statistics,
    positions, masks.
    """

    input: Mapping[str, str] = field(default_factory=dict)
    inner: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, str] = field(default_factory=dict)
    forward: Mapping[str, str] | None = None
    saves: frozenset[str] = frozenset()
    extra: str = "0"
    source: str = ""  # where the counts differ from the derivative of the kind's own formulas

    def count(self, part: str, operation: str) -> str | None:
        """The formula of one of OPERATIONS in one of PASSES; None for a forward pass that equals inference."""
        counts = {"input": self.input, "inner": self.inner, "weights": self.weights, "forward": self.forward}[part]
        return None if counts is None else counts.get(operation, "0")


def dot_products(products: str, additions: str) -> dict[str, str]:
    """The counts of sums of products: each product is a multiplication and a MAC."""
    return {"multiplications": products, "additions": additions, "macs": products}
