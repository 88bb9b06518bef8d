"""Questions with answers that are known from elsewhere: papers, other networks, arithmetic by hand."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worksheet as ws
from worksheet.derive.find import find_values
from worksheet.derive.find.condition_text import read_condition, read_range
from worksheet.errors import WorksheetError
from worksheet.zoo import model


def solutions(network: str | ws.Network, unknown: str, *so_that: str, **more: object) -> list[object]:
    found = find_values(model(network).network() if isinstance(network, str) else network, [unknown], so_that, **more)  # type: ignore[arg-type]
    return [solution[unknown] for solution in found.solutions]


def test_the_padding_that_keeps_the_size() -> None:
    assert solutions("vgg16", "conv1_1.p", "conv1_1.output = conv1_1.input") == [1]
    for kernel in (1, 3, 5, 7):
        net = ws.network("one", (3, 32, 32), ws.layer("Conv2d", "conv", c=8, w=kernel))
        assert solutions(net, "conv.p", "conv.output = conv.input") == [(kernel - 1) // 2]
    even = ws.network("one", (3, 32, 32), ws.layer("Conv2d", "conv", c=8, w=4))
    assert solutions(even, "conv.p", "conv.output = conv.input") == []


def test_a_stride_that_makes_224_give_55() -> None:
    assert solutions("alexnet-torchvision", "features.0.s", "features.0.output = 55") == [4]


def test_the_padding_of_resnet() -> None:
    assert solutions("resnet50-caffe", "conv1.p", "conv1.output = 112", ranges=["conv1.p=0..10"]) == [3]


def test_the_largest_batch_that_fits() -> None:
    """Two arrays of 8 x 32 x 32 numbers of four bytes: 64 KiB a sample, so 16 samples a MiB."""
    net = ws.network("small", (3, 32, 32), ws.layer("Conv2d", c=8, w=3, p=1), ws.layer("Sigmoid"))
    assert solutions(net, "B", "activations <= 1 MiB", convention="memory") == list(range(1, 17))
    assert solutions(net, "B", "activations <= 1 MiB", convention="memory", dtype="fp16") == list(range(1, 33))
    assert max(solutions(net, "B", "activations <= 1 GiB", convention="memory")) == 2**14  # type: ignore[type-var]


def test_the_width_of_mobilenet() -> None:
    """A. Howard et al., MobileNets (2017), table 6: 569, 325, 149 and 41 million multiply-adds at width 1, 0.75, 0.5 and 0.25."""
    steps = ["alpha=1/4..1"]
    for width, printed in ((Fraction(3, 4), 325), (Fraction(1, 2), 149), (Fraction(1, 4), 41)):
        found = solutions("mobilenet-v1", "alpha", f"macs >= {printed - 1}.5M", f"macs <= {printed}.5M", ranges=steps)
        assert found == [width]
    halved = solutions("mobilenet-v1", "alpha", "macs <= 50 % of now", ranges=steps)
    assert Fraction(1, 2) in halved
    assert Fraction(3, 4) not in halved


def test_a_depth_is_that_of_another_network() -> None:
    """ResNet-101 is ResNet-50 with 23 blocks in res4; ResNet-152 has 8 in res3 and 36 in res4, but its first layer is
    without the 64 biases."""
    deeper = ws.derive(model("resnet101-caffe").network(), "textbook").totals["macs"]
    assert solutions("resnet50-caffe", "res4.depth", f"macs = {deeper}") == [23]
    deepest = ws.derive(model("resnet152-caffe").network(), "textbook").totals["params"]
    net = model("resnet50-caffe").network()
    found = find_values(
        net, ["res3.depth", "res4.depth"], [f"params = {deepest + 64}"], ranges=["res3.depth=6..9", "res4.depth=30..40"]
    )
    assert found.solutions == [{"res3.depth": 8, "res4.depth": 36}]


def test_a_block_of_resnet_by_hand() -> None:
    """A block of res4: 1024 to 256, 256 to 256 by 3 x 3, 256 to 1024, and two numbers for each channel of three norms."""
    block = 1024 * 256 + 256 * 256 * 9 + 256 * 1024 + 2 * (256 + 256 + 1024)
    now = ws.derive(model("resnet50-caffe").network(), "textbook").totals["params"]
    assert now is not None
    assert solutions("resnet50-caffe", "res4.depth", f"params = {now + 3 * block}") == [9]


def test_a_transformer_counts_its_layers() -> None:
    """A stage that is one block of many: all of them in a row."""
    found = find_values(model("vit-b-16").network(), ["encoder_layer_0.depth"], ["params = now"])
    assert found.solutions == [{"encoder_layer_0.depth": 12}]


def test_layers_by_name_repeat() -> None:
    net = ws.network(
        "plain", (4, 8, 8), ws.layer("Conv2d", "first", c=4, w=3, p=1), ws.layer("ReLU", "last"), ws.layer("Linear", "fc", k=10)
    )
    each = 4 * 4 * 9 + 4
    assert solutions(net, "first..last.depth", f"params = {3 * each + 4 * 64 * 10 + 10}") == [3]


def test_several_unknowns() -> None:
    net = ws.network("one", (3, 32, 32), ws.layer("Conv2d", "conv", c=8, w=3))
    found = find_values(net, ["conv.w", "conv.p"], ["conv.output = conv.input"], ranges=["conv.w=1..9", "conv.p=0..9"])
    assert found.solutions == [{"conv.w": 2 * p + 1, "conv.p": p} for p in range(5)]


def test_no_network_is_no_solution() -> None:
    net = ws.network("one", (3, 8, 8), ws.layer("Conv2d", "conv", c=8, w=3))
    assert solutions(net, "conv.w", "conv.output >= 1") == list(range(1, 9))


@pytest.mark.parametrize(
    ("unknown", "condition", "range", "says"),
    [
        ("conv.x", "conv.output = 5", "", "Conv2d has no number 'x'"),
        ("cov.p", "conv.output = 5", "", "has no layer 'cov'"),
        ("conv.p", "conv.output = 5x5", "", "conv.output has 3 sizes"),
        ("conv.p", "conv.output <= 8x6x6", "", "a shape can be met with = alone"),
        ("conv.p", "peak <= 5", "", "counts no 'peak'"),
        ("conv.p", "macs", "", "none of = <= >= < >"),
        ("conv.p", "macs <= 3 GX", "", "expected a number"),
        ("conv.p", "conv.Q = 3", "", "has no 'Q'"),
        ("conv.p", "= 3", "", "expected a figure"),
        ("conv.p", "macs <", "", "found the end"),
        ("conv.p", "macs < 3 < 4", "", "a second one"),
        ("conv.p", "macs < 3", "conv.p=9..3", "is empty"),
        ("conv.p", "macs < 3", "conv.w=1..3", "is not an unknown"),
        ("conv.p", "macs < 3", "conv.p=x..3", "expected a number from 0 on"),
        ("conv.s", "macs < 3", "conv.s=0..0", "lies outside"),
        ("block.depth", "macs < 3", "", "has no stage"),
        ("conv..conv.depth", "macs < 3", "", "has no block there that could be repeated"),
    ],
)
def test_refusals(unknown: str, condition: str, range: str, says: str) -> None:
    net = ws.network("one", (3, 8, 8), ws.layer("Conv2d", "conv", c=8, w=3))
    with pytest.raises(WorksheetError) as caught:
        find_values(net, [unknown], [condition], "textbook", ranges=[range] if range else [])
    assert says in str(caught.value)


def test_faults_come_together_with_their_places() -> None:
    net = ws.network("one", (3, 8, 8), ws.layer("Conv2d", "conv", c=8, w=3))
    with pytest.raises(WorksheetError) as caught:
        find_values(net, ["conv.p"], ["conv.output = 5", "cov.output = 5", "macs <= cov.M"], "textbook")
    places = [(fault.where.line, fault.where.column, fault.where.length) for fault in caught.value.faults]
    assert sorted(places) == [(1, 1, 10), (1, 9, 5)]


def test_too_much_is_refused() -> None:
    net = ws.network("one", (3, 8, 8), ws.layer("Conv2d", "conv", c=8, w=3))
    with pytest.raises(WorksheetError, match="more than 100,000 solutions"):
        find_values(net, ["B", "conv.c"], ["macs >= 1"], "textbook")


@given(st.text(max_size=80) | st.text(alphabet="conv1.pWoutput=<> 0123456789xGiB%now,/", max_size=60))
def test_any_condition_is_read_or_refused_with_its_place(text: str) -> None:
    try:
        found = read_condition(text)
    except WorksheetError as fault:
        assert fault.where.line == 1
        assert fault.where.column is not None
        return
    assert found.relation in {"=", "<=", ">=", "<", ">"}


@given(st.text(max_size=60) | st.text(alphabet="conv1.p=.0123456789/", max_size=40))
def test_any_range_is_read_or_refused(text: str) -> None:
    try:
        _, found = read_range(text)
    except WorksheetError:
        return
    assert 0 <= found.least <= found.most


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("16 GiB", 16 * 2**30),
        ("1.5G", 1_500_000_000),
        ("98 MB", 98_000_000),
        ("1,000,000", 10**6),
        ("300 MFLOPs", 300_000_000),
        ("1/3", Fraction(1, 3)),
        ("50 % of now", Fraction(1, 2)),
        ("2 of now", 2),
        ("0.25 of conv.macs", Fraction(1, 4)),
    ],
)
def test_numbers_with_units(text: str, number: object) -> None:
    assert read_condition(f"macs <= {text}").number == number
