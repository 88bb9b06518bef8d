"""The readers agree: the same network through torch, ONNX and the zoo has the same layers, parameters, MACs and output sizes."""

from pathlib import Path

import pytest

import worksheet as ws
from tests.readers.network_facts import graph
from tests.readers.vision import vision

# torchvision's name, the zoo's, and the totals that torch's own counters print for them
NETWORKS = {
    "alexnet": ("alexnet-torchvision", 61_100_840, 714_188_480),
    "resnet18": ("resnet18", 11_689_512, 1_814_073_344),
    "mobilenet_v2": ("mobilenet-v2", 3_504_872, 300_774_272),
    "vit_b_16": ("vit-b-16", 86_567_656, 17_563_828_224),
}


def layers(net: ws.Network) -> list[tuple[object, ...]]:
    """The layers that store or multiply something: kind, parameters, MACs, output."""
    rows = ws.derive(net, "textbook").rows
    rows_of_layers = [(row.kind, row.counts["weights"] + row.counts["biases"], row.counts["macs"], row.output) for row in rows]
    return [layer for layer in rows_of_layers if layer[1] or layer[2]]


def totals(net: ws.Network) -> tuple[int, int]:
    d = ws.derive(net, "textbook")
    return d.totals["params"], d.totals["macs"]


def exported(folder: Path, name: str) -> ws.Network:
    path = folder / f"{name}.onnx"
    path.write_bytes(graph(name))
    return ws.read(path)


@pytest.mark.torch
@pytest.mark.parametrize("name", NETWORKS)
def test_torch_and_the_zoo_agree(name: str) -> None:
    net = ws.read(getattr(vision(), name)(), input="3x224x224")
    zoo, *published = NETWORKS[name]
    assert totals(net) == tuple(published)
    assert layers(net) == layers(ws.read(f"zoo:{zoo}"))


@pytest.mark.onnx
@pytest.mark.parametrize("name", NETWORKS)
def test_onnx_and_the_zoo_agree(name: str, tmp_path: Path) -> None:
    net = exported(tmp_path, name)
    zoo, *published = NETWORKS[name]
    assert totals(net) == tuple(published)
    assert layers(net) == layers(ws.read(f"zoo:{zoo}"))


@pytest.mark.onnx
def test_an_exporter_that_folds_normalisation_leaves_a_bias_for_it(tmp_path: Path) -> None:
    """The graph resnet18-dynamo holds no BatchNorm: its scale went into the weights, its shift into biases of convolutions."""
    folded, plain = layers(exported(tmp_path, "resnet18-dynamo")), layers(ws.read("zoo:resnet18"))
    rows = [layer for layer in plain if layer[0] != "BatchNorm"]
    assert [layer[2:] for layer in folded] == [layer[2:] for layer in rows]
    for (kind, has, _, output), (_, had, _, _) in zip(folded, rows, strict=True):
        assert has == had + (output[0] if kind == "Conv2d" else 0)
    assert sum(layer[1] for layer in folded) == 11_689_512 - 9_600 + 4_800
