"""The references on AlexNet, Netscope and the table of convnet-burden, figure by figure, through their ways of counting."""

import json
from math import prod
from pathlib import Path

import pytest

import worksheet as ws
from tests.csv_facts import rows
from tests.readers.network_facts import graph
from tests.sheet_facts import ROOT
from tests.zoo.test_burden import EXACT, SCALES, TABLE, Row, variant
from worksheet.formula import Digits
from worksheet.zoo import models

COLUMNS = ("macc", "comp", "add", "div", "exp", "activation", "param")
NETSCOPE_LAYERS = rows("netscope.csv")
ERRATA = (ROOT / "docs" / "errata.md").read_text()


def columns(d: ws.Derivation, *names: str) -> dict[str, tuple[int, ...]]:
    """By the name of a row: its figures."""
    places = [[heading.name for heading in d.headings].index(name) for name in names]
    return {row.name: tuple(int(row.columns[i].value or 0) for i in places) for row in d.rows}


# The Caffe users' thread

THREAD = {
    "conv1": (105_415_200, 290_400),
    "conv2": (223_948_800, 186_624),
    "conv3": (149_520_384, 64_896),
    "conv4": (112_140_288, 64_896),
    "conv5": (74_760_192, 43_264),
    "fc6": (37_748_736, 4_096),
    "fc7": (16_777_216, 4_096),
    "fc8": (4_096_000, 1_000),
}


def test_the_caffe_thread() -> None:
    d = ws.derive(ws.read("zoo:bvlc-alexnet"), "caffe-thread")
    found = columns(d, "weight_ops", "bias_ops")
    assert {name: figures for name, figures in found.items() if any(figures)} == THREAD
    assert (d.totals["weight_ops"], d.totals["bias_ops"]) == (724_406_816, 659_272)
    assert 724_406_816 + 659_272 == 725_066_088  # the thread's sum of both
    kinds = {part.title: part.totals["other_ops"] for part in d.kinds}
    assert kinds["ReLU"] == 658_272  # the thread says 659,272, which is the sum of the bias ops: fc8 has no ReLU


def test_conv2_has_307200_weights() -> None:
    """256 x (96/2) x 5 x 5: a kernel of two groups reads half of the channels."""
    d = ws.derive(ws.read("zoo:bvlc-alexnet"), "macs")
    (conv2,) = [row for row in d.rows if row.name == "conv2"]
    assert conv2.counts["weights"] == 307_200
    (conv5,) = [row for row in d.rows if row.name == "conv5"]
    assert conv5.counts["weights"] == 3**2 * 192 * 256 == 442_368


def test_multiplications_and_additions_are_about_twice_the_macs() -> None:
    """The thread's first question: every product is one multiplication, and all but one of each sum are additions."""
    totals = ws.derive(ws.read("zoo:bvlc-alexnet"), "operations").totals
    kinds = {part.title: part.totals for part in ws.derive(ws.read("zoo:bvlc-alexnet"), "operations").kinds}
    weighted = [kinds["Conv2d"], kinds["Linear"]]
    assert sum(part["multiplications"] or 0 for part in weighted) == 724_406_816
    assert sum(part["additions"] or 0 for part in weighted) == 724_406_816  # n - 1 additions of products and one of the bias
    assert (totals["additions"] or 0) > 724_406_816


def test_without_groups_the_convolutions_take_two_gflops() -> None:
    d = ws.derive(ws.read("zoo:alexnet-single-column"), "macs")
    (conv,) = [part for part in d.kinds if part.title == "Conv2d"]
    assert conv.totals["macs"] == 1_076_634_144
    assert 2 * 1_076_634_144 == 2_153_268_288


# The article on AlexNet's parameters

ARTICLE = {
    34_944: "34.125K",
    614_656: "600.25K",
    885_120: "864.375K",
    1_327_488: "1296.375K",
    884_992: "864.25K",
    37_752_832: "36868K",
    16_781_312: "16388K",
    4_097_000: "4000.9765625K",
}


def test_the_article() -> None:
    d = ws.derive(ws.read("zoo:alexnet-single-column"), "parameter-article")
    steps = [row.columns[0] for row in d.rows if row.columns[0].value]
    assert [step.value for step in steps] == list(ARTICLE)
    for step in steps:
        assert step.remark.split(" = ")[0] == ARTICLE[int(step.value or 0)]
    assert d.totals["params"] == 62_378_344
    said = d.headings[0].said(d.totals["params"], Digits("none"))
    assert said.startswith("= 60916.3515625K = 59.488624572753906")
    assert columns(d, "flops")[d.rows[0].name] == (105_705_600,)
    linear = [row for row in d.rows if row.kind == "Linear"]
    assert all(row.columns[0].value == row.columns[1].value for row in linear)


def test_padding_2_does_not_give_55() -> None:
    net = ws.network("first", (3, 227, 227), ws.layer("Conv2d", c=96, w=11, s=4, p=2))
    assert ws.derive(net, "parameter-article").rows[0].output == (96, 56, 56)


# Netscope

PRESETS = {  # source, input, batch; totals
    "resnet-50": (
        "resnet-50", "3x224x224", 1,
        (3_868_560_384, 10_888_192, 16_207_848, 10_588_136, 1_000, 46_717_904, 25_557_096),
    ),
    "squeezenet_v11": (
        "squeezenet1-1", "3x227x227", 1,
        (387_747_520, 6_024_544, 197_000, 1_000, 1_000, 7_689_835, 1_235_496),
    ),
    "vgg-16": (
        "vgg16", "3x224x224", 10,
        (154_702_643_200, 196_853_760, 10_000, 10_000, 10_000, 288_025_120, 138_357_544),
    ),
    "googlenet": (
        "googlenet", "3x227x227", 10,
        (16_040_427_520, 161_073_760, 8_829_200, 16_644_880, 8_327_440, 102_186_990, 6_998_556),
    ),
    "alexnet": (
        "bvlc-alexnet", "3x227x227", 1,
        (726_791_936, 1_768_640, 478_024, 955_048, 478_024, 2_235_398 - 154_587, 60_965_228),
    ),
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS)
def test_netscope(preset: str) -> None:
    """Of AlexNet's preset the labels, for which Netscope counts an image of 3 x 227 x 227, are no layer here."""
    source, shape, batch, totals = PRESETS[preset]
    d = ws.derive(ws.read(f"zoo:{source}", shape), "netscope", batch=batch)
    assert tuple(d.totals[name] for name in COLUMNS) == totals


NETSCOPE_ROWS = {  # of AlexNet's preset
    "input": (0, 0, 0, 0, 0, 154_587, 0),
    "conv1": (105_415_200, 0, 0, 0, 0, 290_400, 34_944),
    "relu1": (0, 290_400, 0, 0, 0, 290_400, 0),
    "norm1": (1_452_000, 0, 290_400, 580_800, 290_400, 290_400, 2),
    "pool1": (0, 629_856, 0, 0, 0, 69_984, 0),
    "conv2": (223_948_800, 0, 0, 0, 0, 186_624, 307_456),
    "fc6": (37_748_736, 0, 0, 0, 0, 4_096, 37_752_832),
    "drop6": (0, 4_096, 0, 0, 0, 4_096, 0),
    "prob": (0, 0, 1_000, 1_000, 1_000, 1_000, 0),
}


def test_netscope_row_by_row() -> None:
    found = columns(ws.derive(ws.read("zoo:bvlc-alexnet"), "netscope"), *COLUMNS)
    assert {name: found[name] for name in NETSCOPE_ROWS} == NETSCOPE_ROWS


@pytest.mark.parametrize("preset", PRESETS)
def test_every_row_of_netscope(preset: str) -> None:
    source, shape, batch, _ = PRESETS[preset]
    found = columns(ws.derive(ws.read(f"zoo:{source}", shape), "netscope", batch=batch), *COLUMNS)
    found["data"], found["loss"] = found["input"], found.get("prob", ())
    ours = {name.lower(): figures for name, figures in found.items()}
    compared = 0
    for layer in NETSCOPE_LAYERS:
        figures = tuple(int(layer[column]) for column in COLUMNS)
        if layer["preset"] != preset or layer["layer"] in ("label", "loss") or not any(figures):
            continue
        assert ours[layer["layer"].lower()] == figures, layer["layer"]
        compared += 1
    assert compared > 20


# Layers that the presets do not have, counted by hand as the analyser's source says: input; kind, hyperparameters; the columns
OTHERS = {
    # 21 x 21 x 22 x 22 places of the output, a quarter of the kernel for each; 4 x 4 x 21 x 21 weights, and no bias
    "deconvolution": ((21, 10, 10), "ConvTranspose2d", {"k": 21, "w": 4, "s": 2}, (853_776, 0, 0, 0, 0, 10_164, 7_056)),
    "prelu": ((8, 5, 5), "PReLU", {"a": 8}, (0, 200, 0, 0, 0, 200, 0)),
    "relu6": ((8, 5, 5), "ReLU6", {}, (0, 200, 0, 0, 0, 200, 0)),
    "elu": ((8, 5, 5), "ELU", {}, (0, 200, 0, 0, 0, 200, 0)),
    "normalize": ((8, 5, 5), "Normalize", {}, (200, 0, 200, 400, 200, 200, 2)),
    "flatten": ((8, 5, 5), "Flatten", {}, (0, 0, 0, 0, 0, 200, 0)),
    "reshape": ((8, 5, 5), "Reshape", {"o_1": 20, "o_2": 10}, (0, 0, 0, 0, 0, 0, 0)),
    "softmax": ((10,), "Softmax", {}, (0, 0, 10, 10, 10, 10, 0)),
}


@pytest.mark.parametrize("name", OTHERS)
def test_netscopes_other_layers(name: str) -> None:
    shape, kind, values, figures = OTHERS[name]
    d = ws.derive(ws.network(name, shape, ws.layer(kind, **values)), "netscope")
    assert tuple(int(step.value or 0) for step in d.rows[-1].columns) == figures


def test_netscope_takes_a_maximum_for_a_sum() -> None:
    net = ws.Builder("two", (8, 5, 5))
    relu = net.add("ReLU", name="relu")
    net.add("Maximum", relu, net.add("ReLU", relu, name="again"), name="maximum")
    assert columns(ws.derive(net.network(), "netscope"), *COLUMNS)["maximum"] == (0, 0, 200, 0, 0, 200, 0)


def test_what_netscope_does_not_know_is_listed() -> None:
    d = ws.derive(ws.network("gate", (8, 5, 5), ws.layer("Sigmoid")), "netscope")
    assert "MACC: Netscope has no rule for No. 1 (Sigmoid); not in the total." in d.notes


# convnet-burden


@pytest.mark.parametrize("name", TABLE)
def test_the_table_as_printed(name: str) -> None:
    d = ws.derive(variant(name).network(), "convnet-burden")
    said = {heading.name: heading.scale.said(d.totals[heading.name] or 0) for heading in d.headings if heading.scale}
    assert Row(said["param_mem"], said["feat_mem"], said["flops"]) == TABLE[name]
    if name in EXACT:
        exact = EXACT[name]
        assert tuple(d.totals.values()) == (4 * exact.params, exact.features, exact.flops)


def test_scale_rows() -> None:
    """A cut network: the arrows that lead out of the part do not count."""
    from dataclasses import replace

    for (name, layer), sizes in SCALES.items():
        for side, (output, features, flops, _, _) in sizes.items():
            net = variant(name).network((3, side, side))
            place = [node.name for node in net.nodes].index(layer)
            d = ws.derive(replace(net, nodes=net.nodes[: place + 1]), "convnet-burden")
            assert (d.rows[-1].output, d.totals["feat_mem"], d.totals["flops"]) == (output, features, flops)


OLDER = {  # the older table: parameters, features, flops; its networks go by other names
    "alexnet": ("alexnet", "233 MB", "7 MB", "727 M"),
    "vgg-verydeep-16": ("vgg-vd-16", "528 MB", "14 MB", "16 G"),
    "vgg-verydeep-19": ("vgg-vd-19", "548 MB", "28 MB", "20 G"),
    "vgg-verydeep-16-atrous": ("vgg-vd-16-atrous", "82 MB", "14 MB", "16 G"),
    "resnet-101": ("resnet-101", "170 MB", "68 MB", "8 G"),
    "resnet-50": ("resnet-50", "98 MB", "51 MB", "4 G"),
    "resnet-152": ("resnet-152", "230 MB", "92 MB", "11 G"),
    "resnext-50-32x4d": ("resnext-50-32x4d", "96 MB", "31 MB", "4 G"),
    "resnext-101-32x4d": ("resnext-101-32x4d", "169 MB", "75 MB", "8 G"),
    "resnext-101-64x4d": ("resnext-101-64x4d", "319 MB", "126 MB", "16 G"),
    "squeezenet-1-0": ("squeezenet1-0", "5 MB", "8 MB", "837 M"),
    "squeezenet-1-1": ("squeezenet1-1", "5 MB", "6 MB", "360 M"),
    "vgg-f": ("vgg-f", "232 MB", "2 MB", "727 M"),
    "vgg-m": ("vgg-m", "393 MB", "11 MB", "2 G"),
    "vgg-s": ("vgg-s", "393 MB", "28 MB", "3 G"),
    "vgg-m-2048": ("vgg-m-2048", "353 MB", "11 MB", "2 G"),
    "vgg-m-1024": ("vgg-m-1024", "333 MB", "11 MB", "2 G"),
    "vgg-m-128": ("vgg-m-128", "315 MB", "11 MB", "2 G"),
}


@pytest.mark.parametrize("name", OLDER)
def test_the_older_table(name: str) -> None:
    """Its parameters and flops; its features are in the errata, beside the right figure."""
    ours, params, features, flops = OLDER[name]
    d = ws.derive(variant(ours).network(), "convnet-burden")
    said = {heading.name: heading.scale.said(d.totals[heading.name] or 0) for heading in d.headings if heading.scale}
    assert (said["param_mem"], said["flops"]) == (params, f"{flops}FLOPs")
    rows = [line.split("|")[1:4] for line in ERRATA.splitlines() if line.startswith("| ")]
    (errata,) = [(old.strip(), right.strip()) for names, old, right in rows if name in names.strip().split(", ")]
    assert errata == (features, said["feat_mem"])


def test_figures_of_the_errata() -> None:
    """What the table's tool counts of some layers, and what is right, as the errata say it."""
    resnet = columns(ws.derive(variant("resnet-50").network(), "convnet-burden"), "flops")
    assert resnet["pool5"] == (2 * 2048,)  # 7 x 7 with a stride of 1
    d = ws.derive(variant("googlenet").network(), "convnet-burden")
    assert columns(d, "flops")["conv2/norm2"] == (192 * 56 * 56 + (2 + 2 * 192) * 56 * 56,) == (1_812_608,)
    (norm2,) = [row for row in d.rows if row.name == "conv2/norm2"]
    textbook = [norm2.counts[name] for name in ("multiplications", "additions", "divisions", "exponentials")]
    assert (textbook[0], sum(textbook)) == (3_612_672, 7_827_456)
    pools = [row for row in d.rows if row.kind in ("MaxPool2d", "AvgPool2d")]
    assert sum(row.columns[2].value or 0 for row in pools) == 6_052_992
    assert sum(2 * prod(row.output or ()) * row.numbers["w"] * row.numbers["h"] for row in pools) == 26_446_848
    plain = ws.derive(models()["googlenet"].network(), "convnet-burden").totals["param_mem"]
    assert (d.totals["param_mem"], plain) == (4 * 13_378_280, 4 * 6_998_552)
    for figure in (200_704, 1_812_608, 7_827_456, 3_612_672, 6_052_992, 26_446_848, 13_378_280, 6_998_552):
        assert f"{figure:,}" in ERRATA


def test_mib_and_exact_bytes() -> None:
    d = ws.derive(models()["vgg16"].network(), "convnet-burden")
    assert d.totals["param_mem"] == 4 * 138_357_544
    assert "≈ 528 MB" in ws.render(d, "txt").decode()
    assert json.loads(ws.render(d, "json"))["printed"] == {"param_mem": "528 MB", "feat_mem": "58 MB", "flops": "16 GFLOPs"}


# onnx-tool: what the tool printed for torchvision's models, exported by torch.onnx.export(dynamo=False, opset_version=17)

ONNX_TOOL = {"alexnet": 715_979_944, "resnet18": 1_821_452_264, "mobilenet_v2": 319_949_192}


@pytest.mark.onnx
@pytest.mark.parametrize("name", ONNX_TOOL)
def test_onnx_tool(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"{name}.onnx"
    path.write_bytes(graph(name))
    d = ws.derive(ws.read(path), "onnx-tool")
    norms = sum(31 * prod(row.output or ()) for row in d.rows if row.kind == "BatchNorm")  # folded in the tool's export
    biases = sum(prod(row.output or ()) for row in d.rows if row.kind == "BatchNorm")
    assert (d.totals["macs"] or 0) - norms + biases == ONNX_TOOL[name]
