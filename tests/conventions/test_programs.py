"""Small programs in a batch of two, as five counters count them, and networks of the zoo: attention in parts, shared numbers.

The expected figures are those that the installed tools printed: torch 2.13.0, torchinfo 1.8.0, fvcore 0.1.5, thop 0.1.1. A figure
is left out where the tool ends in an error.
"""

import csv

import pytest

import worksheet as ws
from tests.complete import complete
from tests.conventions.programs import programs
from tests.sheet_facts import ROOT

FACTS = ROOT / "tests" / "facts"
with (FACTS / "counter_programs.csv").open() as file:
    PROGRAMS = {line["program"]: line for line in csv.DictReader(file)}
with (FACTS / "counter_zoo.csv").open() as file:
    ZOO = {line["network"]: line for line in csv.DictReader(file)}  # of torchvision's networks of these names
COUNTERS = ("torchinfo", "fvcore", "torch-flop-counter", "torch-flop-counter-cpu", "thop")
PARAMS = ("torchinfo", "fvcore", "thop")


@pytest.mark.torch
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


@pytest.mark.torch
def test_every_program_is_made() -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    complete(PROGRAMS, programs(), add="type what the tools print into counter_programs.csv for", drop="no program is called")


@pytest.mark.parametrize("name", ZOO)
def test_networks_of_the_zoo_as_the_tools_count_torchvisions(name: str) -> None:
    net = ws.read(f"zoo:{name}")
    wanted = {counter: int(ZOO[name][counter]) for counter in COUNTERS}
    assert {counter: ws.derive(net, counter).totals[ws.convention(counter).main] for counter in COUNTERS} == wanted
    assert ws.derive(net, "thop").totals["params"] == int(ZOO[name]["thop params"])


def test_what_reads_no_input_runs_once() -> None:
    """A bias worked out from a stored table costs the same whatever the batch: ten samples cost ten times the rest."""
    net = ws.Builder("table", (7, 16))
    table = net.add("Parameter", name="table", o_1=7, o_2=16)
    bias = net.add("Linear", table, name="bias", k=16, rows=True)
    rows = net.add("Linear", "input", name="rows", k=16, rows=True)
    net.add("Add", rows, bias, name="sum")
    d = ws.derive(net.network(), "thop", batch=10)
    assert [row.columns[1].value for row in d.rows] == [0, 7 * 16 * 16, 10 * 7 * 16 * 16, 0]
