"""Layers of a transformer: attention and two linear layers for each token, each with a residual sum and a normalisation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from worksheet.formula import Formula
from worksheet.layers import activation, normalisation
from worksheet.layers.attention import HEADS, KEYS, MULTIHEAD, QUERIES, SELF, Rows, multihead_counts
from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Form, Kind, Spelling, Symbol, Word
from worksheet.layers.linear import LINEAR
from worksheet.layers.shapes import TOKENS, WIDTH_OF_ROW

WIDE = Symbol("f", "Width between the two linear layers (feed-forward)")
ACTIVATION = Symbol("v", "Activation", least=0, default="0", words={0: "ReLU", 1: "GELU"})

ROW_AXES = {axis.name for axis in TOKENS}
Counts = Mapping[str, str]  # formulas by quantity


def _on_rows(kind: Kind, facts: Mapping[str, int], **names: str) -> Counts:
    """What a kind counts on L rows of n, with numbers for some of its symbols and other names for others."""
    met = kind.meets(((2, 3),), facts, "") if kind.meets else kind
    (form,) = [form for form in (*met.forms, *met.repeated_forms) if {axis.name for axis in form.symbols} == ROW_AXES]
    return {name: met.quantity(name, form).given(**facts).renamed(**names).source for name in met.counts}


def _sum(parts: Sequence[tuple[str, Counts]]) -> dict[str, str]:
    """The counts of parts together, each so many times."""
    found: dict[str, list[str]] = {}
    for times, counts in parts:
        for name, text in counts.items():
            term = Formula("t*x").inlined(t=times, x=text).source
            found.setdefault(name, []).extend([term] if term != "0" else [])
    return {name: " + ".join(terms) for name, terms in found.items() if terms}


def _kinds(family: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in family}


NORM = _on_rows(_kinds(normalisation.KINDS)["LayerNorm"], {"l": 1, "a": 1})
RELU, GELU = (_on_rows(_kinds(activation.KINDS)[name], {"t": 0}, n="f") for name in ("ReLU", "GELU"))
FORWARD = (
    ("1", _on_rows(LINEAR, {}, k="f")),
    ("1 - v", RELU),
    ("v", GELU),
    ("1", _on_rows(LINEAR, {}, n="f", k="n")),
)
RESIDUAL = {"additions": "L*n"}
TO_ITSELF = multihead_counts([Rows("4*", "L", "n", "n")], "L")
TO_MEMORY = multihead_counts([Rows("2*", "L", "n", "n"), Rows("2*", "S", "n", "n")], "S")
PARTS = (
    "attention, linear layers, activation and normalisation counted as the layers of these names, and a residual sum before each "
    "normalisation; the normalisation before its part (norm_first) costs the same, and so does a mask"
)
FLAGS = {"gelu": ("v", 1), "nobias": ("b", 0)}

KINDS = (
    Kind(
        name="TransformerEncoderLayer",
        title="Transformer encoder layer",
        source=f"self-attention and a feed-forward part, as in torch.nn.TransformerEncoderLayer (Vaswani et al., 2017): {PARTS}",
        forms=(replace(SELF, on=""),),
        hyperparameters=(HEADS, WIDE, BIAS, ACTIVATION),
        counts=_sum((("1", TO_ITSELF), *FORWARD, ("2", RESIDUAL), ("2", NORM))),
        checks=MULTIHEAD.checks[:1],
        spelling=Spelling(
            words=(Word("h", ("h",)), Word("f", ("f",))),
            flags=FLAGS,
            example="TransformerEncoderLayer: 12h 3072f gelu",
            beside=("197x768",),
        ),
    ),
    Kind(
        name="TransformerDecoderLayer",
        title="Transformer decoder layer",
        source=(
            "self-attention, attention to a memory and a feed-forward part, as in torch.nn.TransformerDecoderLayer (Vaswani et "
            f"al., 2017): {PARTS}"
        ),
        forms=(Form(((QUERIES, WIDTH_OF_ROW), (KEYS, WIDTH_OF_ROW)), ("L", "n"), X="L*n + S*n", Y="L*n"),),
        hyperparameters=(HEADS, WIDE, BIAS, ACTIVATION),
        counts=_sum((("1", TO_ITSELF), ("1", TO_MEMORY), *FORWARD, ("3", RESIDUAL), ("3", NORM))),
        checks=MULTIHEAD.checks[:1],
        spelling=Spelling(
            words=(Word("h", ("h",)), Word("f", ("f",))),
            flags=FLAGS,
            example="TransformerDecoderLayer: 8h 2048f",
            beside=("32x512", "48x512"),
        ),
    ),
)
