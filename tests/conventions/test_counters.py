"""The counters' ways of counting give what the tools print: whole networks, single layers and calls, a batch of two.

The expected figures are those that the installed tools printed: torch 2.13.0, torchinfo 1.8.0, fvcore 0.1.5, ptflops 0.7.5,
thop 0.1.1, calflops 0.3.2, DeepSpeed 0.19.8.
"""

from typing import Any

import pytest

import worksheet as ws
from tests.complete import complete
from tests.conventions.probes import probes
from tests.csv_facts import by_first_column, rows
from tests.readers.vision import vision
from worksheet.derive.comparison import compare_sides, side

TOTALS, PROBES = by_first_column("counter_totals.csv"), by_first_column("counter_probes.csv")
LAYERS = rows("counter_rows.csv")
COUNTERS = [name for name in TOTALS["alexnet"] if name not in {"network", "params"}]
SIDES = [side(ws.convention(name.split()[0]), "".join(name.split()[1:])) for name in COUNTERS]


def counted(net: ws.Network, batch: int = 1) -> dict[str, int]:
    return dict(zip(COUNTERS, compare_sides(net, SIDES, batch).totals, strict=True))


def expected(line: dict[str, str]) -> dict[str, int]:
    return {name: int(line[name]) for name in COUNTERS if line[name]}


def parameters(net: ws.Network) -> int:
    return ws.derive(net, "fvcore").totals["params"] or 0


# Networks


def network(name: str) -> ws.Network:
    import torch
    from torch import nn

    small: dict[str, Any] = {
        "lenet_relu_max": (lambda: lenet(nn), (1, 32, 32)),
        "lstm2": (lambda: nn.LSTM(128, 256, 2, batch_first=True), (10, 128)),
        "transformer_encoder_layer": (lambda: nn.TransformerEncoderLayer(512, 8, batch_first=True), (10, 512)),
    }
    with torch.device("meta"):
        if name in small:
            make, shape = small[name]
            return ws.read(make().eval(), input=shape)
        words = {"aux_logits": False, "init_weights": False} if name == "googlenet" else {}
        return ws.read(getattr(vision(), name)(**words).eval(), input=(3, 224, 224))


def lenet(nn: Any) -> Any:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
        nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10),
    )  # fmt: skip


@pytest.mark.torch
@pytest.mark.parametrize("name", TOTALS)
def test_networks_of_torch(name: str) -> None:
    net = network(name)
    wanted = expected(TOTALS[name])
    assert {name: value for name, value in counted(net).items() if name in wanted} == wanted
    assert parameters(net) == int(TOTALS[name]["params"])


@pytest.mark.torch
def test_thop_does_not_find_what_functions_use() -> None:
    assert ws.derive(network("transformer_encoder_layer"), "thop").totals["params"] == 2_101_760
    assert ws.derive(network("resnet18"), "thop").totals["params"] == 11_689_512


ZOO = {
    "resnet18": "resnet18", "resnet50": "resnet50", "alexnet-torchvision": "alexnet",
    "mobilenet-v2": "mobilenet_v2", "vit-b-16": "vit_b_16",
}  # fmt: skip


@pytest.mark.parametrize("name", ZOO)
def test_networks_of_the_zoo(name: str) -> None:
    """A layer of the zoo counts as a module of torch.nn, what torch.nn has no module for as an operator."""
    assert counted(ws.read(f"zoo:{name}")) == expected(TOTALS[ZOO[name]])


@pytest.mark.torch
@pytest.mark.parametrize("name", ["alexnet", "resnet18", "mobilenet_v2"])
def test_layer_by_layer(name: str) -> None:
    """What the tools print for each module; torchinfo prints a module once for each of its calls."""
    net = network(name)
    theirs = [line for line in LAYERS if line["network"] == name]
    columns = [heading.split() for heading in LAYERS[0] if " " in heading]
    for convention in sorted({tool for tool, _ in columns}):
        d = ws.derive(net, convention)
        ours: dict[str, dict[str, int]] = {}
        for row in d.rows:
            found = ours.setdefault(base(row.name), {})
            for heading, step in zip(d.headings, row.columns, strict=True):
                found[heading.name] = found.get(heading.name, 0) + int(step.value or 0)
        for line in theirs:
            figures = {key: int(line[f"{tool} {key}"]) for tool, key in columns if tool == convention and line[f"{tool} {key}"]}
            mine = ours.get(base(line["layer"]), {})
            assert {key: mine.get(key, 0) for key in figures} == figures, (convention, line)


def base(name: str) -> str:
    """The module's path: a module that is called again has rows with a number behind it."""
    start, _, number = name.rpartition("_")
    return start if number.isdecimal() and start else name


# One layer, one call


@pytest.mark.torch
@pytest.mark.parametrize("name", PROBES)
def test_one_layer_in_a_batch_of_two(name: str) -> None:
    line = PROBES[name]
    shape = tuple(map(int, line["input"].split("x")))
    net = ws.read(probes()[name]().eval(), input=shape[1:])
    wanted = expected(line)
    assert {key: value for key, value in counted(net, batch=2).items() if key in wanted} == wanted


@pytest.mark.torch
def test_every_probe_is_made() -> None:
    complete(PROBES, probes(), add="type what the tools print into tests/facts/counter_probes.csv for", drop="no probe is called")
