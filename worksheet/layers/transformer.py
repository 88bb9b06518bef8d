"""Layers of a transformer: attention and two linear layers for each token, each with a residual sum and a normalisation."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from worksheet.formula import Formula
from worksheet.layers import activation, attention, normalisation
from worksheet.layers.attention import BACKWARDS, HEADS, KEYS, MIXED, MULTIHEAD, QUERIES, SELF, Projection
from worksheet.layers.convolution import BIAS
from worksheet.layers.kind import Form, Kind, Spelling, Symbol, Word
from worksheet.layers.linear import LINEAR
from worksheet.layers.quantities import QUANTITIES, SAVED, TRAINED, Training
from worksheet.layers.shapes import TOKENS, WIDTH_OF_ROW

WIDE = Symbol("f", "Width between the two linear layers (feed-forward)")
ACTIVATION = Symbol("v", "Activation", least=0, default="0", words={0: "ReLU", 1: "GELU"})

ROW_AXES = {axis.name for axis in TOKENS}
Counts = Mapping[str, str]  # formulas by quantity, those of training among them


def _on_rows(kind: Kind, facts: Mapping[str, int], **names: str) -> Counts:
    """The counts of a kind on L rows of width n, with values for some of its symbols and new names for others."""
    met = kind.specialise(((2, 3),), facts, "") if kind.specialise else kind
    (form,) = [form for form in (*met.forms, *met.repeated_forms) if {axis.name for axis in form.symbols} == ROW_AXES]
    counts = {name: met.quantity(name, form) for name in met.counts}
    if met.training:
        counts |= {name: met.resolved(met.formula(name), form) for name in _by_quantity(met.training)}
    return {name: formula.given(**facts).renamed(**names).source for name, formula in counts.items()}


def _by_quantity(training: Training) -> dict[str, str]:
    """The costs of training by the names of quantities, without zeros."""
    counts = {name: training.count(*of) for name, of in TRAINED.items()} | {SAVED: training.extra}
    return {name: text for name, text in counts.items() if text and text != "0"}


def _attention(linear: list[Projection], keys: str, joined: str, inner: Sequence[Projection] = (MIXED,)) -> Counts:
    training = attention.multihead_training(linear, keys, "n", joined, inner)
    return attention.multihead_counts(linear, keys) | _by_quantity(training)


def _within(counts: Counts) -> Counts:
    """The same for a part after others with parameters: all that leads to its input leads to their parameters too."""
    inner = {name: f"inner_{name.removeprefix('input_')}" for name in counts if name.startswith("input_")}
    return dict(counts) | {inner[name]: counts[name] for name in inner}


def _sum(parts: Sequence[tuple[str, Counts]]) -> dict[str, str]:
    """The counts of several parts together, each with a factor."""
    terms: dict[str, list[str]] = {}
    for times, counts in parts:
        for name, text in counts.items():
            product = text if times == "1" else Formula("t*x").inlined(t=times, x=text).source
            terms.setdefault(name, []).extend([product] if product != "0" else [])
    return {name: " + ".join(texts) for name, texts in terms.items() if texts}


def _kinds(family: Iterable[Kind]) -> dict[str, Kind]:
    return {kind.name: kind for kind in family}


NORM = _within(_on_rows(_kinds(normalisation.KINDS)["LayerNorm"], {"l": 1, "a": 1}))
RELU, GELU = (_on_rows(_kinds(activation.KINDS)[name], {"t": 0}, n="f") for name in ("ReLU", "GELU"))
FORWARD = tuple(
    (times, _within(counts))
    for times, counts in (
        ("1", _on_rows(LINEAR, {}, k="f")),
        ("1 - v", RELU),
        ("v", GELU),
        ("1", _on_rows(LINEAR, {}, n="f", k="n")),
    )
)
RESIDUAL = {"additions": "L*n", "input_additions": "B*L*n"}  # backwards too: the gradients of both ways meet
MEETING = {"inner_additions": "B*L*n"}  # at a residual other than the first, which begins at what the layer reads
TO_ITSELF = _attention([Projection("4*", "L", "n", "n")], "L", "2*L*n")
TO_MEMORY = _attention(
    [Projection("2*", "L", "n", "n"), Projection("2*", "S", "n", "n")], "S", "S*n", [Projection("2*", "L", "n", "n")]
)
ENCODER = _sum(
    (
        *(("1", TO_ITSELF), *FORWARD, ("2", RESIDUAL), ("1", MEETING), ("2", NORM)),
        # input and, except for the last, output of each normalisation; input of a GELU, and output of either activation
        ("1", {SAVED: "B*(3*L*n + (1 + v)*L*f)"}),
    )
)
DECODER = _sum(
    (
        *(("1", TO_ITSELF), ("1", TO_MEMORY), *FORWARD, ("3", RESIDUAL), ("2", MEETING), ("3", NORM)),
        ("1", {SAVED: "B*(5*L*n + (1 + v)*L*f)"}),
    )
)
PARTS = (
    "attention, linear layers, activation and normalisation counted as the layers of these names, and a residual sum before each "
    "normalisation; the normalisation before its part (norm_first) costs the same, and so does a mask"
)


def _counts(counts: Counts) -> dict[str, str]:
    """The counts of one sample's forward pass."""
    return {name: text for name, text in counts.items() if name in QUANTITIES}


def _training(counts: Counts) -> Training:
    """The counts of training; the forward pass equals inference."""
    input, inner, weights = (
        {operation: counts[name] for name, (of, operation) in TRAINED.items() if of == part and name in counts}
        for part in ("input", "inner", "weights")
    )
    return Training(
        input=input,
        inner=inner,
        weights=weights,
        saves=frozenset({"input"}),
        extra=counts[SAVED],
        source=f"the parts backwards, the gradients of both ways added up where a residual begins, without dropout; {BACKWARDS}. "
        "What leads to the weights is for a layer whose normalisations come after their parts",
    )


ENCODER_LAYER = Kind(
    name="TransformerEncoderLayer",
    title="Transformer encoder layer",
    source=f"self-attention and a feed-forward part, as in torch.nn.TransformerEncoderLayer (Vaswani et al., 2017): {PARTS}",
    forms=(replace(SELF, on=""),),
    hyperparameters=(HEADS, WIDE, BIAS, ACTIVATION),
    counts=_counts(ENCODER),
    training=_training(ENCODER),
    checks=MULTIHEAD.checks[:1],
    spelling=Spelling(
        words=(Word("h", ("h",)), Word("f", ("f",))),
        flags={"gelu": ("v", 1), "nobias": ("b", 0)},
        example="TransformerEncoderLayer: 12h 3072f gelu",
        beside=("197x768",),
    ),
)
DECODER_LAYER = replace(
    ENCODER_LAYER,
    name="TransformerDecoderLayer",
    title="Transformer decoder layer",
    source=(
        "self-attention, attention to a memory and a feed-forward part, as in torch.nn.TransformerDecoderLayer (Vaswani et "
        f"al., 2017): {PARTS}"
    ),
    forms=(Form(((QUERIES, WIDTH_OF_ROW), (KEYS, WIDTH_OF_ROW)), ("L", "n"), X="L*n + S*n", Y="L*n"),),
    counts=_counts(DECODER),
    training=_training(DECODER),
    spelling=replace(ENCODER_LAYER.spelling, example="TransformerDecoderLayer: 8h 2048f", beside=("32x512", "48x512")),
)
KINDS = (ENCODER_LAYER, DECODER_LAYER)
