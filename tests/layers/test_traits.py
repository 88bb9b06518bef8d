"""What kinds say about themselves (where they write, width, windows, role), and a new kind that is added to layers/ alone."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

import worksheet as ws
from tests.complete import complete
from tests.grading.test_known_mistakes import wrong_values
from worksheet.counting.gradients import GRADIENTS
from worksheet.counting.graph_facts import fact_values
from worksheet.grading.mistakes import _kinds as families
from worksheet.grading.mistakes import known_mistakes
from worksheet.grading.paper.cells import Value
from worksheet.grading.paper.paper_maker import Ask, PaperMaker
from worksheet.homework.assignment.assignment import Variants
from worksheet.homework.variants.ranges import Ranges
from worksheet.layers import Kind, Pooling, Role, Window, Writes, kinds
from worksheet.layers.activation import CHOICE, backwards, elementwise
from worksheet.layers.shapes import ELEMENTWISE
from worksheet.sizes import sized
from worksheet.varied import size_variables, with_sizes

# Version 0.5.0 kept these lists beside the code that chose by them.

CONVOLUTIONS = {"Conv1d", "Conv2d", "Conv3d"}
TRANSPOSED = {"ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"}
POOLINGS = {"MaxPool1d", "MaxPool2d", "MaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d"}
NORM_POOLINGS = {"LPPool1d", "LPPool2d"}
WHOLE_POOLINGS = {
    *("GlobalAvgPool", "GlobalMaxPool", "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d"),
    *("AdaptiveMaxPool1d", "AdaptiveMaxPool2d", "AdaptiveMaxPool3d"),
}
LISTS: dict[str, tuple[Callable[[Kind], object], set[str]]] = {
    "written over its input": (
        lambda kind: kind.writes is Writes.IN_PLACE,
        {
            *("Abs", "Add", "AddScalar", "Axpy", "BatchNorm", "Bias", "CELU", "Clip", "Div", "DivScalar", "ELU", "Erf", "Exp"),
            *("GELU", "Hardsigmoid", "Hardswish", "Hardtanh", "LeakyReLU", "Log", "LogSigmoid", "Maximum", "Minimum", "Mish"),
            *("Mul", "MulScalar", "Negative", "PReLU", "Power", "ReLU", "ReLU6", "SELU", "Scale", "SiLU", "Sigmoid", "Softplus"),
            *("Sqrt", "Sub", "Tanh", "Threshold"),
        },
    ),
    "the input's tensor in the same order": (
        lambda kind: kind.writes in {Writes.NOTHING, Writes.VIEW_OR_COPY},
        {"Dropout", "Flatten", "Identity", "Reshape"},
    ),
    "needs a contiguous input": (lambda kind: kind.writes is Writes.VIEW_OR_COPY, {"Flatten", "Reshape"}),
    "the input's tensor in another order": (lambda kind: kind.writes is Writes.VIEW, {"Crop", "Permute", "Slice"}),
    "dropout": (lambda kind: kind.works_only_in_training, {"Dropout"}),
    "pieces of an axis": (lambda kind: kind.axis_slice, {"Slice"}),
    "no gradient flows through": (lambda kind: not kind.differentiable, {"DetectionOutput", "PriorBox", "Proposal"}),
    "a width that a multiplier scales": (lambda kind: kind.width, CONVOLUTIONS | TRANSPOSED | {"GRU", "LSTM", "Linear", "RNN"}),
    "channels that a variant may change": (lambda kind: kind.sets_channels, CONVOLUTIONS | TRANSPOSED | {"Linear"}),
    "windows that a variant may change": (lambda kind: kind.window is Window.SLIDING, CONVOLUTIONS | POOLINGS | NORM_POOLINGS),
    "pooling of a feature map": (lambda kind: kind.pooling, POOLINGS | NORM_POOLINGS | WHOLE_POOLINGS),
    "pooling by a maximum": (
        lambda kind: kind.pooling is Pooling.MAXIMUM,
        {name for name in POOLINGS | WHOLE_POOLINGS if "Max" in name},
    ),
    "tables of which a token reads a row": (lambda kind: kind.role is Role.TABLE, {"Embedding", "Parameter"}),
    "the network's inputs": (lambda kind: kind.role is Role.INPUT, {"Input"}),
    "mistakes with convolutions": (families.CONVOLUTIONS.has, CONVOLUTIONS),
    "mistakes with transposed convolutions": (families.TRANSPOSED.has, TRANSPOSED),
    "mistakes with kernels": (families.KERNELS.has, CONVOLUTIONS | TRANSPOSED),
    "mistakes with pooling": (families.POOLINGS.has, POOLINGS),
    "mistakes with pooling of everything": (families.WHOLE_POOLINGS.has, WHOLE_POOLINGS),
    "mistakes with rectifiers": (families.RECTIFIERS.has, {"ReLU", "ReLU6", "LeakyReLU", "Hardtanh", "Threshold"}),
    "mistakes with linear layers": (families.LINEAR.has, {"Linear"}),
    "mistakes with vectors": ((families.FLATTENING | families.LINEAR).has, {"Flatten", "Linear"}),
    "mistakes with dropout": (families.DROPOUT.has, {"Dropout"}),
    "mistakes with batch normalisation": (families.BATCH_NORM.has, {"BatchNorm"}),
    "mistakes with layer normalisation": (families.LAYER_NORM.has, {"LayerNorm"}),
    "mistakes with attention": (families.MULTIHEAD.has, {"MultiheadAttention"}),
    "mistakes with the gates of an RNN": (families.RNN.has, {"RNN"}),
    "mistakes with the gates of a GRU": (families.GRU.has, {"GRU"}),
    "mistakes with the gates of an LSTM": (families.LSTM.has, {"LSTM"}),
}


@pytest.mark.parametrize("what", LISTS)
def test_the_kinds_that_say_so_are_those_that_were_listed(what: str) -> None:
    has, listed = LISTS[what]
    having = {name for name, kind in kinds().items() if has(kind)}
    complete(having, listed, add=f"{what}: give the property to", drop=f"{what}: new kinds with it go into LISTS")


# Kinds whose output has their input's shape, though it cannot be written over it: why not.
SEVERAL_READS = "an element of the input is read for several elements of the output"
NOT_IN_PLACE = {
    **dict.fromkeys(["GroupNorm", "InstanceNorm", "LayerNorm", "RMSNorm", "LRN", "Normalize"], SEVERAL_READS),
    **dict.fromkeys(["Softmax", "LogSoftmax", "RotaryEmbedding", "MultiheadAttention"], SEVERAL_READS),
    **dict.fromkeys(["TransformerEncoderLayer", "TransformerDecoderLayer"], SEVERAL_READS),
    "ChannelShuffle": "elements change places",
}


def keeps_its_shape(kind: Kind) -> bool:
    """Whether the output has the shape of the first input, axis by axis."""
    return all(form.inputs and form.output == tuple(getattr(axis, "name", "") for axis in form.inputs[0]) for form in kind.forms)


def test_a_kind_that_keeps_the_shape_says_that_it_works_in_place_or_why_not() -> None:
    silent = {name for name, kind in kinds().items() if keeps_its_shape(kind) and kind.writes is Writes.NEW}
    assert silent == set(NOT_IN_PLACE), (
        f"{', '.join(sorted(silent ^ set(NOT_IN_PLACE)))}: declare writes=Writes.IN_PLACE where the kind is defined, "
        "or say in NOT_IN_PLACE why its output cannot be written over its input"
    )


def test_an_elementwise_form_is_worked_out_in_place_or_passes_through() -> None:
    for name, kind in kinds().items():
        if all(form in kind.forms for form in ELEMENTWISE):
            passes = kind.writes.is_view
            assert passes or kind.writes is Writes.IN_PLACE, f"{name}: declare writes=Writes.IN_PLACE where it is defined"


def test_what_a_kind_says_holds_however_it_meets_its_input() -> None:
    """A kind that is made to fit its input says the same as the one in the table."""
    for model in ("alexnet", "vit-b-16", "googlenet", "gpt2", "unet"):
        for row in sized(ws.read(f"zoo:{model}")):
            declared, met = row.node.kind, row.kind
            for field in ("writes", "width", "window", "pooling", "axis_slice", "gates", "differentiable", "role"):
                assert getattr(declared, field) == getattr(met, field), (met.name, field)


# A new kind of each element by itself, added to layers/ alone


@pytest.fixture
def added(monkeypatch: pytest.MonkeyPatch) -> Iterator[Kind]:
    """x - tanh(x), which is in no other file; its costs do not matter here."""
    counts = {"multiplications": "X", "additions": "3*X", "divisions": "X", "exponentials": "X"}
    kind = elementwise("TanhShrink", "Tanh shrinkage", "x - tanh(x)", counts, backwards("output", multiplications=2))
    monkeypatch.setitem(kinds(), kind.name, kind)
    yield kind


def network(activation: str) -> ws.Network:
    """Two convolutions with an activation after the first, added to what it read, and a linear layer."""
    return ws.network(
        "net",
        (3, 32, 32),
        ws.layer("Conv2d", "conv1", c=16, w=3, p=1),
        ws.layer(activation, "act1"),
        ws.layer("Conv2d", "conv2", c=32, w=3, p=1),
        ws.layer(activation, "act2"),
        ws.layer("MaxPool2d", "pool", w=2),
        ws.layer("Linear", "fc", k=10),
    )


def peaks(net: ws.Network) -> dict[str, int]:
    return {step.name: int(step.value or 0) for figure in ws.derive(net, "memory").figures for step in figure.steps}


def test_a_new_kind_has_the_peak_of_its_like(added: Kind) -> None:
    found = peaks(network(added.name))
    assert found == peaks(network("Tanh"))
    # in place the most is the second convolution's: what it reads (16 maps of 32 x 32) and gives (32), 4 bytes each;
    # otherwise the second activation's: 32 maps read and 32 written
    assert (found["peak_in_place"], found["peak"]) == (4 * (16 + 32) * 32 * 32, 4 * (32 + 32) * 32 * 32)


def test_a_new_kind_has_the_width_of_its_input(added: Kind) -> None:
    """A multiplier of widths goes past it, from one convolution to the next."""
    net = network(added.name)
    assert not added.width
    (alpha,) = size_variables(net, ["alpha"])
    assert [row.output[0] for row in sized(with_sizes(net, {alpha: 2}))] == [32, 32, 64, 64, 64, 10]


def test_a_new_kind_has_the_gradient_facts_of_its_like(added: Kind) -> None:
    facts = {*GRADIENTS, "in_place", "renames"}
    own, like = ({fact: fact_values(network(name), fact) for fact in facts} for name in (added.name, "Tanh"))
    assert own == like
    assert {fact: values["act1"] for fact, values in own.items()} == {
        "learns": 1,
        "wanted": 1,
        "kept": 1,
        "gathers": 0,
        "spreads": 0,  # its output is kept: it goes back by what it gave
        "in_place": 1,
        "renames": 0,
    }


def test_a_new_kind_has_no_window_and_no_channels_to_vary(added: Kind) -> None:
    ranges = Ranges(Variants(1, ("kernel", "padding")))
    windows = {node.name: ranges.windows(node) for node in network(added.name).nodes}
    assert windows["act1"] == ((), ())
    assert len(windows["conv1"][0]) > 1
    assert not added.sets_channels


def mistakes(net: ws.Network, layer: str, convention: str) -> dict[tuple[str, str], list[Value]]:
    """What each known mistake gives at the cells of a layer, by mistake and column."""
    counted = ws.convention(convention)
    paper = PaperMaker(counted, Ask({"*": ("output", *(column.name for column in counted.columns))})).paper(net)
    cells = [cell for cell in paper.cells.values() if cell.layer == layer]
    return {
        (name, c.column): wrong_values(mistake, c)
        for name, mistake in known_mistakes().items()
        for c in cells
        if mistake.applies(c.asked)
    }


def test_on_a_new_kind_the_mistakes_of_its_like_are_made(added: Kind) -> None:
    for convention in ("ai61002", "textbook", "memory"):
        assert mistakes(network(added.name), "act1", convention) == mistakes(network("Tanh"), "act1", convention)


def test_on_a_new_rectifier_the_mistakes_with_rectifiers_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = backwards("input", comparisons=1, assignments=1)
    kind = replace(elementwise("Hardshrink", "Hard shrinkage", "x or 0", CHOICE, costs), role=Role.RECTIFIER)
    monkeypatch.setitem(kinds(), kind.name, kind)
    found = mistakes(network("Hardshrink"), "act1", "operations")
    assert {name for name, _ in found} >= {"relu-once", "relu-zero", "relu-no-channels", "relu-has-params"}
    assert found == mistakes(network("ReLU"), "act1", "operations")
