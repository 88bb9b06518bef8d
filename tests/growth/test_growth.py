"""Growth against counting one size at a time, against torch, and against figures worked out by hand."""

from fractions import Fraction
from math import log2
from random import Random

import pytest

import worksheet as ws
from tests.growth.test_published import curve, only
from worksheet.derive.growth.cost_curves import leading
from worksheet.derive.growth.size_ranges import size_text
from worksheet.errors import WorksheetError
from worksheet.varied import size_variables, with_sizes

NETWORKS = {  # what varies, and how far
    "resnet50-caffe": ("side", "97..480"), "densenet121": ("side", "64..300"), "mobilenet-v2": ("side", "32..300"),
    "unet": ("side", "150..600"), "vit-b-16": ("side", "64..512"), "vgg16": ("side", "200..300"),
    "squeezenet1-0": ("side", "60..260"),
    "gpt2": ("length", "1..1024"), "lstm-2-layer": ("length", "1..400"), "transformer-encoder-layer": ("length", "1..300"),
    "mobilenet-v1": ("width", "0.25..2"), "inception-v3": ("batch", "1..32"), "ssd-pascal-vggvd-300": ("side", "200..420"),
}  # fmt: skip


def counted(network: ws.Network, name: str, size: int | str) -> ws.Derivation:
    """One size, laid and counted on its own."""
    number = Fraction(size) if isinstance(size, str) else size
    [variable] = size_variables(network, [name])
    samples = number if name == "B" else 1
    return ws.derive(network if name == "B" else with_sizes(network, {variable: number}), "textbook", batch=samples)


@pytest.mark.parametrize("name", NETWORKS)
def test_every_figure_is_that_of_the_size(name: str) -> None:
    network = ws.read(f"zoo:{name}")
    what, span = NETWORKS[name]
    chapter = only(ws.grow(network, {what: span}, points=200))
    for i in Random(name).sample(range(len(chapter["sizes"])), min(8, len(chapter["sizes"]))):
        solution = counted(network, chapter["of"], chapter["sizes"][i])
        for one in chapter["curves"]:
            assert one["values"][i] == solution.totals[one["column"]]
            kinds = {kind["kind"]: kind["values"][i] for kind in one["kinds"]}
            expected = {part.title: part.totals[one["column"]] for part in solution.kinds}
            assert {kind: value for kind, value in kinds.items() if value} == {k: v for k, v in expected.items() if v}
            assert sum(kinds.values()) == one["values"][i]


@pytest.mark.parametrize(
    ("name", "side"), [("resnet50-caffe", "97..480"), ("vgg16", "200..300"), ("ssd-pascal-vggvd-300", "200..420")]
)
def test_refused_sizes_are_those_that_do_not_fit(name: str, side: str) -> None:
    network = ws.read(f"zoo:{name}")
    for run in only(ws.grow(network, {"side": side}))["refused"]:
        for size in (run["from"], run["to"]):
            with pytest.raises(WorksheetError):
                counted(network, "M", size)
        beyond = run["to"] + 1
        if beyond <= int(side.partition("..")[2]):
            counted(network, "M", beyond)


def test_the_lead_changes_where_it_does() -> None:
    """Held against counting both sizes next to each other."""
    for name, span, column, step in (("vit-b-16", "112..672", "macs", 16), ("resnet50-caffe", "195..672", "params", 1)):
        network = ws.read(f"zoo:{name}")
        [first, second] = only(ws.grow(network, {"side": span}, columns=[column]))["curves"][0]["leading"]
        assert second["from"] - first["to"] == step
        for lead, end in ((first, "to"), (second, "from")):
            parts = counted(network, "M", lead[end]).kinds
            assert leading({part.title: part.totals[column] or 0 for part in parts}) == lead["kind"]


def test_the_lead_changes_between_sizes_that_were_not_looked_at() -> None:
    """Two linear layers cost 2 x 64 x 5000 a row; attention 4 x 64^2 a row and 2 x 64 for each pair: as much at 4872 rows."""
    network = ws.network(
        "rows", (16, 64), ws.layer("Linear", k=5000, nobias=True, rows=True), ws.layer("Linear", k=64, nobias=True, rows=True),
        ws.layer("MultiheadAttention", h=4),
    )  # fmt: skip
    [entry] = only(ws.grow(network, {"length": "1..900000"}, columns=["macs"]))["curves"]
    assert 2 * 64 * 5000 - 4 * 64**2 == 128 * 4872
    assert entry["leading"] == [
        {"kind": "Linear", "from": 1, "to": 4872},
        {"kind": "MultiheadAttention", "from": 4873, "to": 900_000},
    ]


def test_exponents_by_hand() -> None:
    """A convolution that keeps the size: exactly quadratic in the side and in the width, linear in the batch."""
    network = ws.network(
        "plain", (16, 32, 32), ws.layer("Conv2d", "a", c=32, w=3, p=1, nobias=True),
        ws.layer("Conv2d", "b", c=32, w=3, p=1, nobias=True),
        ws.layer("Conv2d", "c", c=8, w=1, nobias=True),
    )  # fmt: skip
    inside, first, last = 9 * 32 * 32, 9 * 16 * 32, 32 * 8
    report = ws.grow(network, {"side": "8..64", "batch": "1..8", "width": "0.5..2"}, ["textbook:macs"])
    side, batch, width = report.data["growth"]
    assert curve(side, "macs") == {m: m * m * (inside + first + last) for m in (8, 16, 32, 64)}
    assert [one["exponent"] for one in side["curves"][0]["doublings"]] == ["2.0000"] * 3
    assert [one["exponent"] for one in batch["curves"][0]["doublings"]] == ["1.0000"] * 4
    half, full = (1024 * (inside * w * w + (first + last) * w) for w in (Fraction(1, 2), 1))
    assert width["curves"][0]["doublings"][0]["exponent"] == f"{log2(full / half):.4f}"
    assert width["curves"][0]["limit"] == {"degree": 2, "factor": 1024 * inside}


def test_formulas_read_back_and_give_the_values() -> None:
    report = ws.grow([ws.read("zoo:resnet50-caffe"), ws.read("zoo:densenet121")], {"side": "200..400"}, points=40)
    chapter = only(report)
    for one in chapter["curves"]:
        formula, usual = ws.Formula(one["text"]), one["class"]
        for size, value in zip(chapter["sizes"], one["values"], strict=True):
            assert formula.at({"M": size}) == value
            if size % usual["period"] == usual["residue"]:
                assert ws.Formula(usual["text"]).at({"Q": size // usual["period"]}) == value


def test_what_is_only_set() -> None:
    """A single size sets what varies nowhere: the batch, a layer's number."""
    network = ws.read("zoo:mobilenet-v1")
    alone = curve(only(ws.grow(network, {"side": "128..256"})), "macs")
    eight = ws.grow(network, {"side": "128..256", "batch": "8"})
    assert curve(only(eight), "macs") == {side: 8 * value for side, value in alone.items()}
    assert eight.data["batch"] == 8
    half = ws.grow(network, {"side": "128..256", "width": "0.5"})
    assert half.data["set"] == {"alpha": "1/2"}
    assert curve(only(half), "macs")[224] == counted(network, "alpha", "1/2").totals["macs"]


def test_a_layers_number_varies() -> None:
    """AlexNet: 363 weights and a bias for each kernel of the first convolution, which 192 kernels of the next read, 25 each."""
    network = ws.read("zoo:alexnet-torchvision")
    chapter = only(ws.grow(network, {"features.0.c": "32..128"}, columns=["params"]))
    [entry] = chapter["curves"]
    assert entry["limit"] == {"degree": 1, "factor": 364 + 25 * 192}
    assert curve(chapter, "params")[64] == 61_100_840


def test_networks_and_conventions_together() -> None:
    networks = [ws.read("zoo:resnet50-caffe"), ws.read("zoo:vit-b-16")]
    chapter = only(ws.grow(networks, {"side": "224..448"}, ["textbook", "torchinfo", "fvcore"]))
    assert [(one["network"], one["convention"]) for one in chapter["curves"]] == [
        (network, convention) for network in ("resnet50-caffe", "vit-b-16") for convention in ("textbook", "torchinfo", "fvcore")
    ]
    at = chapter["sizes"].index(224)
    for one in chapter["curves"]:
        solution = ws.derive(ws.read(f"zoo:{one['network']}"), one["convention"])
        assert one["values"][at] == solution.totals[one["column"]]


def test_sizes_are_written_as_they_are_read() -> None:
    assert [size_text(Fraction(i, 8)) for i in range(1, 5)] == ["0.125", "0.25", "0.375", "0.5"]


@pytest.mark.torch
def test_a_module_against_torchs_own_counter() -> None:
    """Grown as a program from one size; torch counts each size by running it."""
    import torch
    from torch import nn
    from torch.utils.flop_counter import FlopCounterMode

    def module() -> nn.Module:
        return nn.Sequential(
            nn.Conv2d(3, 16, 5, 2, 1), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Conv2d(16, 32, 3, 1, 1, groups=4), nn.ReLU(),
            nn.Conv2d(32, 24, 3, 2), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(24, 10),
        )  # fmt: skip

    network = ws.read(module(), (3, 64, 64))
    chapter = only(ws.grow(network, {"side": "33, 47, 64, 96, 101, 130"}, ["torch-flop-counter:flops"]))
    [entry] = chapter["curves"]
    for size, value in zip(chapter["sizes"], entry["values"], strict=True):
        with torch.device("meta"), FlopCounterMode(display=False) as counter:
            module()(torch.empty(1, 3, size, size))
        assert counter.get_total_flops() == value
