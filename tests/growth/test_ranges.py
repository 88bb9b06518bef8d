"""Ranges as people write them, sizes that a table shows, and refusals, all at once."""

from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worksheet as ws
from worksheet.derive.growth.size_ranges import (
    MAX_EVALUATED,
    SizeRange,
    evaluated_sizes,
    how_many,
    range_of,
    read_ranges,
    shown_sizes,
)
from worksheet.errors import WorksheetError


@pytest.mark.parametrize(
    ("text", "least", "most", "listed"),
    [
        ("112..672", 112, 672, ()),
        (" 112 .. 672 ", 112, 672, ()),
        ("224", 224, 224, ()),
        ("5..5", 5, 5, ()),
        ("128,160, 192", 128, 192, (128, 160, 192)),
        ("0.25..2", Fraction(1, 4), 2, ()),
        ("1/3,1/2", Fraction(1, 3), Fraction(1, 2), (Fraction(1, 3), Fraction(1, 2))),
    ],
)
def test_ranges_are_read(text: str, least: int, most: int, listed: tuple) -> None:
    assert range_of("side", text) == SizeRange("M", least, most, listed)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("672..112", "goes backwards"),
        ("3,1,2", "goes backwards"),
        ("2,2", "goes backwards"),
        ("", "cannot read the range"),
        ("1..", "cannot read the range"),
        ("1...5", "cannot read the range"),
        ("-5..5", "cannot read the range"),
        ("1e3..2e3", "cannot read the range"),
        ("a..b", "cannot read the range"),
        ("१..९", "cannot read the range"),
        ("0..5", "cannot be 0"),
        ("1/0..5", "divides by 0"),
        ("1..99999999", "too large"),
        ("1.." + "9" * 5000, "cannot read the range"),
        (",".join(map(str, range(1, 400))), "cannot read the range"),
    ],
)
def test_what_is_no_range(text: str, message: str) -> None:
    with pytest.raises(WorksheetError, match=message) as caught:
        range_of("side", text)
    assert len(str(caught.value)) < 400


def test_all_faults_at_once() -> None:
    with pytest.raises(WorksheetError) as caught:
        read_ranges({"side": "9..1", "batch": "x", "M": "1..5", "width": "0..1"})
    assert len(caught.value.faults) == 3
    with pytest.raises(WorksheetError, match="M is given twice"):
        read_ranges({"side": "1..9", "M": "1..5"})
    with pytest.raises(WorksheetError) as caught:
        ws.grow(
            [ws.read(f"zoo:{name}") for name in ("gpt2", "resnet50-caffe", "mobilenet-v1")],
            {"side": "112..672", "width": "0.001..0.002"}, ["macs"], columns=["nonsense"],
        )  # fmt: skip
    messages = [fault.message for fault in caught.value.faults]
    assert len(messages) == 5
    assert any("nonsense" in message for message in messages)
    assert any("gpt2 has no 'M'" in message for message in messages)


@pytest.mark.parametrize(
    ("network", "given", "message"),
    [
        ("resnet50-caffe", {"side": "112..180"}, "takes no M from 112 to 180"),
        ("resnet50-caffe", {"side": "224"}, "nothing varies"),
        ("resnet50-caffe", {}, "no range given"),
        ("resnet50-caffe", {"side": "2.5..7"}, "cannot be 2.5"),
        ("resnet50-caffe", {"width": "0.3, 0.5"}, "cannot be 0.3"),
        ("resnet50-caffe", {"length": "1..5"}, "no 'L'"),
        ("resnet50-caffe", {"conv9.k": "1..5"}, "no layer 'conv9'"),
        ("lstm-2-layer", {"side": "1..5"}, "no 'M'"),
    ],
)
def test_ranges_that_a_network_does_not_have(network: str, given: dict, message: str) -> None:
    with pytest.raises(WorksheetError, match=message):
        ws.grow(ws.read(f"zoo:{network}"), given)


@pytest.mark.parametrize("points", [0, 1, 1001])
def test_points_are_bounded(points: int) -> None:
    with pytest.raises(WorksheetError, match="points"):
        ws.grow(ws.read("zoo:resnet50-caffe"), {"side": "224..448"}, points=points)


@given(
    st.integers(1, 5000), st.integers(0, 20_000), st.sampled_from([1, 2, Fraction(1, 8), Fraction(1, 3)]), st.integers(1, 64),
    st.integers(2, 200),
)  # fmt: skip
def test_sizes_are_in_the_range_and_no_more_than_asked(least: int, more: int, step: Fraction, period: int, most: int) -> None:
    span = SizeRange("M", least, least + more)
    sizes = evaluated_sizes(span, step)
    assert sizes == sorted(set(sizes))
    assert all(span.least <= size <= span.most and (size / Fraction(step)).denominator == 1 for size in sizes)
    if how_many(span, step) <= MAX_EVALUATED:
        assert len(sizes) == how_many(span, step)
    assert len(sizes) <= 1.1 * MAX_EVALUATED
    if sizes:
        shown = shown_sizes(span, sizes, step, period, sizes[len(sizes) // 2], most)
        assert set(shown) <= set(sizes)
        assert (shown[0], shown[-1]) == (sizes[0], sizes[-1])
        assert len(shown) <= max(most, 22)  # doublings are shown whatever is asked for: twenty of them are a million


def test_tables_go_by_what_the_roundings_go_by() -> None:
    """ResNet's sizes are rounded every 32: 224 is in the table, and steps are whole periods or parts of one."""
    sizes = ws.grow(ws.read("zoo:resnet50-caffe"), {"side": "195..672"}).data["growth"][0]["sizes"]
    assert 224 in sizes
    assert {b - a for a, b in pairwise(sizes[1:])} == {64}
    doublings = ws.grow(ws.read("zoo:gpt2"), {"length": "64..1024"}).data["growth"][0]["sizes"]
    assert doublings == [64, 128, 256, 512, 1024]
