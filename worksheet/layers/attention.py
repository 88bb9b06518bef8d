"""Attention: each query gets the mean of all values, weighted by how well their keys match it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from worksheet.errors import NetworkError
from worksheet.formula import Formula
from worksheet.language import N_
from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Check, Form, Kind, Shape, Spelling, Symbol, Word
from worksheet.layers.quantities import Training, dot_products
from worksheet.layers.shapes import WIDTH_OF_ROW
from worksheet.layers.traits import Drawing, Role

SAYS = N_("{n} heads")

QUERIES = Symbol("L", "Number of queries (tokens)")
KEYS = Symbol("S", "Number of keys and values")
HEADS = Symbol("h", "Number of heads", group="heads")
SHARED = Symbol("g", "Number of heads of keys and values, which the heads share", group="heads", default="h")
WIDTH = Symbol("d", "Width of queries and keys")
VALUE = Symbol("e", "Width of values")
MASK = Symbol("v", "Mask", least=0, default="0", words={0: "every key for every query", 1: "causal mask"})
SHARE = Check("h/g", "{h} heads cannot share {g} heads of keys and values", whole=True)

SCORES = (
    "softmax(Q K^T / sqrt(d)) V (Vaswani et al., 2017); every score is divided by the root, which is taken once, and of each row "
    "of scores the largest is found and subtracted before the softmax"
)
BACKWARDS = (
    "gradients by the probabilities P that the forward pass saves (a fused implementation computes them again): dV = P^T dO, "
    "dP = dO V^T, dS = P*(dP - the row's sum of dP*P), divided by the root that is known, dQ = dS K and dK = dS^T Q; what a mask "
    "hides is computed like the rest"
)

HEADS_TRAINING = Training(
    input={  # dV, dP, the softmax, dQ, dK
        "multiplications": "B*(2*h*L*S*e + 2*h*L*S + 2*h*L*S*d)",
        "additions": "B*(S*e*(h*L - g) + h*L*S*(e - 1) + h*L*(2*S - 1) + h*L*d*(S - 1) + S*d*(h*L - g))",
        "macs": "B*(2*h*L*S*e + h*L*S + 2*h*L*S*d)",
        "divisions": "B*h*L*S",
    },
    saves=frozenset({"input"}),
    extra="B*h*L*S",
    source=BACKWARDS,
)

ATTENTION = Kind(
    name="ScaledDotProductAttention",
    title="Scaled dot-product attention",
    source=f"{SCORES}. Scores that a causal mask hides are computed nevertheless: the counts are those of whole matrices",
    forms=(
        Form(
            ((HEADS, QUERIES, WIDTH), (SHARED, KEYS, WIDTH), (SHARED, KEYS, VALUE)),
            ("h", "L", "e"),
            X="h*L*d + g*S*d + g*S*e",
            Y="h*L*e",
        ),
    ),
    hyperparameters=(MASK,),
    counts={
        # added: the scores; the softmax with its differences and its sum; the means of the values
        **dot_products("h*L*S*d + h*L*S*e", "h*L*S*(d - 1) + h*L*(2*S - 1) + h*L*e*(S - 1)"),
        "comparisons": "h*L*(S - 1)",
        "divisions": "2*h*L*S",  # by the root, and by the sum of the row
        "exponentials": "h*L*S",
        "roots": "1",
    },
    training=HEADS_TRAINING,
    drawing=Drawing.PRODUCTS,
    checks=(SHARE,),
    elsewhere={"h": "1", "g": "1"},
    spelling=Spelling(
        flags={"causal": ("v", 1)}, example="ScaledDotProductAttention", beside=("12x197x64", "12x197x64", "12x197x64")
    ),
)


def _of_one_head(counts: Mapping[str, str]) -> dict[str, str]:
    return {name: Formula(text).given(h=1, g=1).source for name, text in counts.items()}


ONE_HEAD = replace(
    ATTENTION,
    forms=(Form(((QUERIES, WIDTH), (KEYS, WIDTH), (KEYS, VALUE)), ("L", "e"), X="L*d + S*d + S*e", Y="L*e"),),
    counts=_of_one_head(ATTENTION.counts),
    training=replace(HEADS_TRAINING, input=_of_one_head(HEADS_TRAINING.input), extra="B*L*S"),
    checks=(),
)

# Multi-head attention: linear layers for queries, keys and values, heads as above, and a linear layer for their output

WIDTH_OF_KEY = Symbol("m", "Width of a row that becomes a key")
WIDTH_OF_VALUE = Symbol("o", "Width of a row that becomes a value")
SELF = Form(((QUERIES, WIDTH_OF_ROW),), ("L", "n"), X="L*n", Y="L*n", on="one sequence (self-attention)")
CROSS = Form(
    ((QUERIES, WIDTH_OF_ROW), (KEYS, WIDTH_OF_KEY), (KEYS, WIDTH_OF_VALUE)),
    ("L", "n"),
    X="L*n + S*m + S*o",
    Y="L*n",
    on="queries, keys and values",
)


class Projection(NamedTuple):
    """Linear layers: how many of them (4*), the number of rows that each reads, the width of a row before and after."""

    times: str
    rows: str
    width: str
    to: str

    @property
    def weights(self) -> str:
        return f"{self.width}**2" if self.width == self.to else f"{self.width}*{self.to}"


def multihead_counts(linear: list[Projection], keys: str) -> dict[str, str]:
    """The counts of the linear layers and the heads together; the queries and keys of a head have the width n/h."""
    pairs = "L**2" if keys == "L" else f"L*{keys}"
    macs = " + ".join(f"{a.times}{a.rows}*{a.weights}" for a in linear) + f" + 2*n*{pairs}"
    sums = [f"{a.times}{a.rows}*{a.to}*({a.width} - 1 + b)" for a in linear]
    return {
        "weights": " + ".join(f"{a.times}{a.weights}" for a in linear),
        "biases": " + ".join(f"{a.times}b*{a.to}" for a in linear),
        **dot_products(macs, " + ".join([*sums, f"h*(n/h - 1)*{pairs}", f"h*L*(2*{keys} - 1)", f"n*L*({keys} - 1)"])),
        "comparisons": f"h*L*({keys} - 1)",
        "divisions": f"2*h*{pairs}",
        "exponentials": f"h*{pairs}",
        "roots": "1",
    }


MIXED = Projection("", "L", "n", "n")  # the layer after the heads


def multihead_input(linear: list[Projection], keys: str, to: str, joined: str = "") -> dict[str, str]:
    """Operations backwards through the heads and these linear layers; arguments as of ``multihead_training``."""
    pairs = "L**2" if keys == "L" else f"L*{keys}"
    layers = " + ".join(f"{a.times}{a.rows}*{a.weights}" for a in linear)
    sums = [f"{a.times}{a.rows}*{a.width}*({a.to} - 1)" for a in linear]
    of_keys = f"2*{keys}*n*(L - 1)" if to == "n" else f"2*{keys}*(L*n - {to})"
    heads = [of_keys, f"h*(n/h - 1)*{pairs}", f"h*L*(2*{keys} - 1)", f"n*L*({keys} - 1)"]
    return {
        "multiplications": f"B*({layers} + 4*n*{pairs} + 2*h*{pairs})",
        "additions": f"B*({' + '.join([*sums, *heads, *([joined] if joined else [])])})",
        "macs": f"B*({layers} + 4*n*{pairs} + h*{pairs})",
        "divisions": f"B*h*{pairs}",
    }


def multihead_training(
    linear: list[Projection], keys: str, to: str, joined: str, inner: Sequence[Projection] = (MIXED,)
) -> Training:
    """What multi-head attention costs in training. ``to`` is the width of the keys of all heads together.

    ``joined`` is the number of additions where linear layers read the same rows, whose gradients are added up. ``inner`` are
    the linear layers whose products lead to parameters; those before the heads lead to the input of the attention.
    """
    pairs = "L**2" if keys == "L" else f"L*{keys}"
    of_batch = " + ".join(f"{a.times}B*{a.rows}*{a.weights}" for a in linear)
    return Training(
        input=multihead_input(linear, keys, to, joined),
        inner=multihead_input([*inner], keys, to),
        weights=dot_products(of_batch, " + ".join(f"{a.times}({a.weights} + b*{a.to})*(B*{a.rows} - 1)" for a in linear)),
        saves=frozenset({"input"}),
        # queries and the output of the heads, keys and values, probabilities
        extra=f"B*(4*L*n + h*{pairs})" if (keys, to) == ("L", "n") else f"B*(2*L*n + 2*{keys}*{to} + h*{pairs})",
        source=f"{BACKWARDS}. Dropout is left out",
    )


GROUPED = [Projection("2*", "L", "n", "n"), Projection("2*", "L", "n", "g*(n/h)")]
MULTIHEAD = Kind(
    name="MultiheadAttention",
    title="Multi-head attention",
    source=(
        "linear layers make queries, keys and values, each head attends with its part of them, and a linear layer mixes the "
        "heads, as in torch.nn.MultiheadAttention; with fewer heads of keys and values as in grouped-query attention (Ainslie "
        f"et al., 2023). Each head: {SCORES}"
    ),
    forms=(SELF,),
    hyperparameters=(HEADS, SHARED, BIAS),
    counts=multihead_counts(GROUPED, "L"),
    training=multihead_training(GROUPED, "L", "g*(n/h)", "2*L*n"),
    checks=(Check("n/h", "rows of {n} cannot be split into {h} heads", whole=True), SHARE),
    elsewhere={"S": "L", "m": "n", "o": "n"},
    role=Role.MULTIHEAD,
    drawing=Drawing.HEADS,
    spelling=Spelling(
        words=(Word("h", ("h", "g"), ("h", "g"), says=SAYS, apart=(SAYS, N_("{n} heads of keys and values"))),),
        flags={"nobias": ("b", 0)},
        example="MultiheadAttention: 12h",
        also=("MHA", "SelfAttention", "Attention"),
        call={"embed_dim": "", "num_heads": "{}h"},
        beside=("197x768",),
    ),
)


@cache
def multihead(*, cross: bool, shared: bool) -> Kind:
    """The kind for self-attention or for another sequence; ``shared`` where queries have more heads than keys."""
    mixed, to = Projection("2*", "L", "n", "n"), "g*(n/h)" if shared else "n"
    if cross:
        linear = [mixed, Projection("", "S", "m", to), Projection("", "S", "o", to)]
    else:
        linear = [mixed, Projection("2*", "L", "n", to)] if shared else [Projection("4*", "L", "n", "n")]
    return replace(
        MULTIHEAD,
        forms=(CROSS if cross else SELF,),
        hyperparameters=(HEADS, SHARED, BIAS) if shared else (HEADS, BIAS),
        counts=multihead_counts(linear, "S" if cross else "L"),
        training=multihead_training(linear, "S" if cross else "L", to, "" if cross else "2*L*n"),
        checks=MULTIHEAD.checks if shared else MULTIHEAD.checks[:1],
    )


def _multihead(shapes: tuple[Shape, ...], values: Mapping[str, int], _: str) -> Kind:
    if len(shapes) not in {1, 3}:
        raise NetworkError(f"MultiheadAttention reads 1 input, or queries, keys and values, but {len(shapes)} are given")
    return multihead(cross=len(shapes) == 3, shared=values["g"] != values["h"])


KINDS = (
    replace(ATTENTION, specialise=lambda shapes, _, __: ONE_HEAD if {*map(len, shapes)} == {2} else ATTENTION),
    replace(MULTIHEAD, specialise=_multihead),
)
