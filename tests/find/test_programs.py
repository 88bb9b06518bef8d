"""Networks that a program makes for their input: what the closed forms cannot see is counted place by place."""

from dataclasses import replace

import pytest

import worksheet as ws
from worksheet.derive.find import find_values
from worksheet.errors import WorksheetError
from worksheet.layers import Shape
from worksheet.network import Network


def deceitful(shape: Shape) -> Network:
    """More layers for larger inputs, told by the digits of the size, which leave no trace."""
    layers = [ws.layer("Conv2d", "first", c=4, w=3, p=1)]
    if len(str(int(str(shape[-1])))) > 1:
        layers.append(ws.layer("Conv2d", "second", c=4, w=3, p=1))
    return replace(ws.network("deceitful", shape, *layers), made_for=deceitful)


def test_a_program_that_looks_at_the_sizes_is_counted_place_by_place() -> None:
    net = deceitful((3, 20, 20))
    macs = {side: ws.derive(deceitful((3, side, side)), "textbook").totals["macs"] or 0 for side in range(5, 31)}
    limit = macs[9] + 10
    found = find_values(net, ["M"], [f"macs <= {limit}"], "textbook", ranges=["M=5..30"])
    assert [one["M"] for one in found.solutions] == [side for side, value in macs.items() if value <= limit]


def test_too_many_places_of_such_a_program_are_refused() -> None:
    with pytest.raises(WorksheetError, match="too many to count each"):
        find_values(deceitful((3, 20, 20)), ["M", "B"], ["macs = 1000003"], "textbook", ranges=["M=5..30", "B=1..1000"])


def test_its_report() -> None:
    report = ws.find(deceitful((3, 20, 20)), ["M"], ["macs <= 20k"], "textbook", ranges=["M=5..30"])
    assert report.data["complete"] is True
    assert "no solution" in ws.render(report, "txt").decode()
