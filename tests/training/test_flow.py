"""Where gradients flow: what learns, which gradients are needed and added, which arrays a backward pass reads again."""

from dataclasses import replace

import pytest

import worksheet as ws
from worksheet.counting.graph_facts import fact_values, gradients


def branching() -> ws.Network:
    """A scale without numbers; a convolution that three layers read, two of them pieces that do not overlap; two results."""
    net = ws.Builder("branching", (4, 6, 6))
    scaled = net.add("MulScalar", name="scaled")
    conv = net.add("Conv2d", scaled, name="conv", c=4, w=3, p=1)
    left = net.add("Slice", conv, name="left", a=1, f=0, c=2)
    right = net.add("Slice", conv, name="right", a=1, f=2, c=2)
    joined = net.add("Concat", left, right, name="joined")
    rect = net.add("ReLU", conv, name="rect")
    flat = net.add("Reshape", rect, name="flat", o_1=144)
    net.add("Linear", flat, name="out", k=3)
    net.add("Add", joined, rect, name="sum")
    return net.network()


NAMES = ("scaled", "conv", "left", "right", "joined", "rect", "flat", "out", "sum")


@pytest.mark.parametrize(
    ("fact", "values"),
    {
        "learns": (0, 1, 1, 1, 1, 1, 1, 1, 1),
        "wanted": (0, 0, 1, 1, 1, 1, 1, 1, 1),
        "kept": (1, 0, 0, 0, 0, 1, 0, 0, 0),  # by the convolution; by ReLU, and by Linear under another name
        "gathers": (0, 1, 0, 0, 0, 1, 0, 0, 0),  # both pieces together are one gradient of the convolution, ReLU's is the other
        "spreads": (0,) * 9,
    }.items(),
)
def test_facts(fact: str, values: tuple[int, ...]) -> None:
    found = fact_values(branching(), fact)
    assert tuple(found.get(name, 0) for name in NAMES) == values


def test_pieces_that_overlap_are_added() -> None:
    net = ws.Builder("overlapping", (4, 6, 6))
    conv = net.add("Conv2d", name="conv", c=4, w=3)
    pieces = [net.add("Slice", conv, a=1, f=f, c=2) for f in (0, 1, 2)]
    net.add("Concat", *pieces)
    assert fact_values(net.network(), "gathers")["conv"] == 2


def test_a_sum_of_a_layer_with_itself_has_two_gradients() -> None:
    net = ws.Builder("twice", (4, 6, 6))
    conv = net.add("Conv2d", name="conv", c=4, w=3)
    net.add("Add", conv, conv)
    assert fact_values(net.network(), "gathers")["conv"] == 1


def test_what_is_the_same_for_all_samples_gathers_their_gradients() -> None:
    """A stored array of 6 x 4, and one made of it, that all B samples read: B gradients for each of its numbers, B - 1 sums."""
    net = ws.Builder("positions", (6, 4))
    net.add("Parameter", name="stored", o_1=8, o_2=4)
    part = net.add("Slice", "stored", name="part", a=1, f=0, c=6)
    net.add("Add", "input", part)
    solution = ws.train(net.network(), batch=5)
    assert [row.columns[4].value for row in solution.rows] == [0, 4 * 6 * 4, 0]
    net = ws.Builder("positions", (6, 4))
    net.add("Parameter", name="stored", o_1=6, o_2=4)
    first = net.add("Add", "input", "stored")
    net.add("Add", first, "stored")
    assert [row.columns[4].value for row in ws.train(net.network(), batch=5).rows] == [(2 * 5 - 1) * 6 * 4, 0, 0]


def test_no_gradient_flows_through_what_finds_boxes() -> None:
    found = gradients(ws.read("zoo:faster-rcnn-vggvd-pascal"))
    (boxes,) = [node for node in found.nodes if node.kind.name == "Proposal"]
    assert not found.wants(boxes)
    assert boxes.name not in found.learning
    assert not found.wants_some(next(node for node in found.nodes if node.kind.name == "Conv2d"))


def test_what_finds_boxes_ends_a_network() -> None:
    """SSD learns by what its boxes are found from: each layer before needs its gradient, and the last one's finds none."""
    found = gradients(ws.read("zoo:ssd-pascal-vggvd-300"))
    (boxes,) = [node for node in found.nodes if node.kind.name == "DetectionOutput"]
    assert not found.wants(boxes)
    convolutions = [node for node in found.nodes if node.kind.name == "Conv2d"]
    assert [found.wants(node) for node in convolutions] == [False] + [True] * (len(convolutions) - 1)


def test_shared_numbers_gather_and_are_updated_once() -> None:
    net = ws.Builder("shared", (8,))
    net.add("Linear", name="one", k=8)
    net.add("Linear", name="two", k=8, shares="one")
    first, second = ws.train(net.network(), "adam").rows
    assert second.columns[3].value - first.columns[3].value == 8 * 8 + 8
    assert (first.columns[5].value, second.columns[5].value) == (14 * 72, 0)


def test_a_kind_whose_training_nobody_has_worked_out_is_listed() -> None:
    conv, relu = ws.layer("Conv2d", c=4, w=3, p=1), ws.layer("ReLU")
    unknown = replace(relu, kind=replace(relu.kind, training=None))
    solution = ws.train(ws.network("unknown", (4, 6, 6), conv, unknown))
    assert [step.is_counted for step in solution.rows[1].columns] == [True, False, False, False, True, True]
    assert [note.split(":")[0] for note in solution.notes] == ["Forward", "Input gradient", "Weight gradient"]
    assert all("has no rule for No. 2 (ReLU); not in the total." in note for note in solution.notes)
