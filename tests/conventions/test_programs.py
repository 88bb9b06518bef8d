"""Small programs in a batch of two, as five counters count them: attention in one kernel or in parts, shared numbers, windows.

The expected figures are those that the installed tools printed: torch 2.13.0, torchinfo 1.8.0, fvcore 0.1.5, thop 0.1.1. A figure
is left out where the tool ends in an error.
"""

import csv

import pytest

import worksheet as ws
from tests.conventions.programs import programs
from tests.sheet_facts import ROOT

with (ROOT / "tests" / "facts" / "counter_programs.csv").open() as file:
    PROGRAMS = {line["program"]: line for line in csv.DictReader(file)}
COUNTERS = ("torchinfo", "fvcore", "torch-flop-counter", "torch-flop-counter-cpu", "thop")
PARAMS = ("torchinfo", "fvcore", "thop")

pytestmark = pytest.mark.torch


@pytest.mark.parametrize("name", PROGRAMS)
def test_as_the_tools_count_it(name: str) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    line = PROGRAMS[name]
    shapes = [tuple(map(int, shape.split("x"))) for shape in line["input"].split(" + ")]
    net = ws.read(programs()[name]().eval(), input=shapes)
    found = {counter: ws.derive(net, counter, batch=2) for counter in COUNTERS}
    wanted = {counter: int(line[counter]) for counter in COUNTERS if line[counter]}
    assert {counter: found[counter].totals[ws.convention(counter).main] for counter in wanted} == wanted
    wanted = {counter: int(line[f"{counter} params"]) for counter in PARAMS if line[f"{counter} params"]}
    assert {counter: found[counter].totals["params"] for counter in wanted} == wanted


def test_every_program_is_made() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    assert set(PROGRAMS) == set(programs())
