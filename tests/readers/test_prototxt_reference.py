"""Caffe files of their authors against figures of others: Netscope's per layer, convnet-burden's totals."""

from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import Any

import pytest

import worksheet as ws
from tests.csv_facts import rows
from tests.limits import within
from tests.readers.network_facts import CAFFE, REGIONS, SIDES, prototxt
from tests.zoo.test_burden import EXACT
from worksheet.sizes import Sized, sized

NETSCOPE = rows("netscope.csv")


@pytest.fixture(scope="module")
def definition(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A network's definition, as a file."""
    folder = tmp_path_factory.mktemp("caffe")

    def written(name: str) -> Path:
        path = folder / f"{name}.prototxt"
        path.write_text(prototxt(name))
        return path

    return written


def quantity(row: Sized, name: str) -> int:
    return int(row.kind.quantity(name, row.form).at(row.values))


# Netscope's rules: macc are MACs without bias, parameters are with bias, both of the whole batch.

WEIGHTED = {"convolution", "innerproduct"}
PRESETS = {
    "alexnet": ("alexnet", (3, 227, 227)),
    "googlenet": ("googlenet", (3, 227, 227)),
    "resnet-50": ("resnet-50", (3, 224, 224)),
    "squeezenet1-1": ("squeezenet_v11", (3, 227, 227)),
    "vgg-vd-16": ("vgg-16", (3, 224, 224)),
}


def folded(type: str) -> str:
    return type.lower().replace("_", "")


@pytest.mark.parametrize("name", PRESETS)
def test_every_weighted_layer_is_netscopes(name: str, definition: Callable[[str], Path]) -> None:
    preset, shape = PRESETS[name]
    theirs = [layer for layer in NETSCOPE if layer["preset"] == preset]
    weighted = {layer["layer"]: layer for layer in theirs if folded(layer["type"]) in WEIGHTED}
    rows = {row.node.name: row for row in sized(ws.read(definition(name), shape))}
    ours = {name for name, row in rows.items() if row.kind.name in {"Conv2d", "Linear"}}
    missing = {"loss1/conv", "loss1/fc", "loss1/classifier", "loss2/conv", "loss2/fc", "loss2/classifier"}  # cut by Netscope
    assert ours - weighted.keys() <= missing
    assert weighted.keys() <= ours
    for name, layer in weighted.items():
        row = rows[name]
        assert quantity(row, "macs") * int(layer["batch"]) == int(layer["macc"]), name
        biases = quantity(row, "biases")
        # Netscope's params are with a bias wherever the file does not say bias_term: false
        assert quantity(row, "weights") + biases == int(layer["param"]), name
        assert (row.output[0], *row.output[1:2]) == (int(layer["channels"]), int(layer["height"]))[: len(row.output)], name


# convnet-burden's rules, as formulas over our kinds: one operation is a fused multiply-add.


def products(row: Sized) -> int:
    return quantity(row, "macs") + row.values["b"] * prod(row.output)


def pooled(row: Sized) -> int:
    return 2 * prod(row.output) * row.values["s_w"] * row.values["s_h"]


def normalised(row: Sized) -> int:
    channels, height, width = row.output
    return prod(row.output) + (2 + 2 * channels) * height * width


FLOPS: dict[str, Any] = {
    "Add": lambda row: prod(row.output),
    "AvgPool2d": pooled,
    "Axpy": lambda row: 2 * prod(row.output),
    "Conv2d": products,
    "GlobalAvgPool": lambda row: prod(row.received[0]),
    "LRN": normalised,
    "Linear": products,
    "MaxPool2d": pooled,
    "Normalize": normalised,
    "ReLU": lambda row: 2 * prod(row.output),
}
PARAMETERS: dict[str, Any] = {
    "BatchNorm": lambda row: 4 * row.output[0],  # scale, shift and both moments; Caffe's Scale is merged into it
    "Scale": lambda _: 0,
}
OTHERWISE = {
    "alexnet": "the table's own AlexNet has no LRN and pools that round down",
    "resnext-50-32x4d": "the table's was imported from torch, which pools and lays out blobs otherwise",
    "squeezenet1-1": "the table's is torchvision's: conv10 without padding, no softmax",
}


def memory(rows: list[Sized]) -> int:
    """4 bytes for every output but those written in place: a ReLU that is the only reader of its input, Scale, Dropout."""
    readers = [name for row in rows for name in row.node.inputs]
    in_place = {"Dropout", "Scale"}
    kept = [row for row in rows if row.kind.name not in in_place and not row.node.name.endswith("/rows")]
    return sum(4 * prod(row.output) for row in kept if row.kind.name != "ReLU" or readers.count(row.node.inputs[0]) > 1)


@pytest.mark.parametrize("name", CAFFE)
def test_totals_are_convnet_burdens(name: str, definition: Callable[[str], Path]) -> None:
    exact = EXACT[name]
    net = ws.read(definition(name), SIDES.get(name, (3, 224, 224)), regions=REGIONS)
    rows = sized(net)
    stored = [PARAMETERS.get(row.kind.name, lambda row: quantity(row, "weights") + quantity(row, "biases"))(row) for row in rows]
    assert sum(stored) == exact.params
    if name in OTHERWISE:
        return  # the parameters are the same, the rest of the table's network is not
    assert sum(FLOPS[row.kind.name](row) for row in rows if row.kind.name in FLOPS) == exact.flops
    detections = sum(4 * 200 for row in rows if row.kind.name == "DetectionOutput")  # 7 numbers each; the table takes 6
    assert memory(rows) - detections == exact.features


def test_a_long_definition_is_parsed_quickly() -> None:
    """1,400 lines in some 40 ms on the machine that this was written on; the bound leaves room for a slow one."""
    from worksheet.readers.prototxt.text_format import PrototxtSource, parse

    text = prototxt("SE-ResNet-50")
    parse(PrototxtSource("first", text[:0]))  # the grammar is made once
    with within(1.5):
        parse(PrototxtSource("SE-ResNet-50.prototxt", text))
