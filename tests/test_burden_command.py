"""The reports and the table of convnet-burden, through the commands: every published figure, to the printed digit."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

import worksheet as ws
from tests.zoo.test_burden import BATCH, EXACT, SCALES, SIZES, TABLE
from worksheet.cli import app
from worksheet.derive.burden.scaled import scale_of, scaled_size
from worksheet.zoo import published, table

# The published reports: of every network the layer's features, their memory and the flops of 128 images at each size.
REPORTS: dict[str, list[tuple[str, ...]]] = {}
for line in (Path(__file__).parent / "facts" / "convnet_burden_reports.txt").read_text().splitlines():
    if "|" in line and not line.startswith("#"):
        REPORTS[list(REPORTS)[-1]].append(tuple(part.strip() for part in line.split("|")))
    elif not line.startswith("#"):
        REPORTS[line.split()[0]] = []

FURTHER = {"SE-BN-Inception": 2, "mcn-mobilenet": 1}  # sizes at which the networks fit, but that the reports leave out


def exact(name: str) -> tuple[int, int, int]:
    """The exact figures of a row: four bytes for each parameter."""
    return 4 * EXACT[name].params, EXACT[name].features, EXACT[name].flops


def printed(name: str) -> tuple[str, str, str]:
    return TABLE[name].params, TABLE[name].features, TABLE[name].flops


@pytest.fixture
def run(tmp_path: Path):
    """The JSON that a command writes."""

    def run(*words: object) -> dict:
        path = tmp_path / "out.json"
        app([*map(str, words), "-o", str(path)], standalone_mode=False)
        return json.loads(path.read_text())

    return run


# Reports


def test_there_is_a_report_of_every_row() -> None:
    assert list(REPORTS) == list(TABLE)
    assert sum(map(len, REPORTS.values())) == 277


def test_the_earlier_name(run) -> None:
    assert run("report", "zoo:vgg-f", "--scales", 1) == run("burden", "zoo:vgg-f", "--scales", 1)
    assert ws.report is ws.burden


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_as_published(name: str, run) -> None:
    found = run("burden", f"zoo:{name}")
    assert list(found) == ["name", "input", "batch", "until", "param_bytes", "feature_bytes", "flops", "scales"]
    assert (found["name"], found["batch"], tuple(found["input"])) == (name, BATCH, SIZES.get(name, (224, 224)))
    rows = {
        " x ".join(map(str, row["input"])): tuple(row["printed"][key] for key in ("feature_size", "feature_mem", "flops"))
        for row in found["scales"]
    }
    assert {size: rows[size] for size, *_ in REPORTS[name]} == {size: tuple(rest) for size, *rest in REPORTS[name]}
    assert len(rows) == len(REPORTS[name]) + FURTHER.get(name, 0)
    for row in found["scales"]:
        assert " x ".join(map(str, row["feature"])) == row["printed"]["feature_size"]


@pytest.mark.parametrize("name", EXACT)
def test_a_network_exactly(name: str, run) -> None:
    found = run("burden", f"zoo:{name}", "--scales", "1")
    assert (found["param_bytes"], found["feature_bytes"], found["flops"]) == exact(name)


@pytest.mark.parametrize(("name", "layer"), SCALES)
def test_scales_exactly(name: str, layer: str, run) -> None:
    found = run("burden", f"zoo:{name}")
    assert found["until"] == layer
    rows = {row["input"][0]: row for row in found["scales"]}
    assert list(rows) == list(SCALES[name, layer])
    for size, ((channels, *sides), features, flops, said_features, said_flops) in SCALES[name, layer].items():
        row = rows[size]
        assert (row["input"], row["feature"]) == ([size, size], [*sides, channels])
        assert (row["feature_bytes"], row["flops"]) == (BATCH * features, BATCH * flops)
        assert row["printed"] == {
            "feature_size": " x ".join(map(str, (*sides, channels))),
            "feature_mem": said_features,
            "flops": said_flops,
        }


def test_another_batch_and_layer(run) -> None:
    """ResNet-50's first convolution: 64 kernels of 3 x 7 x 7 on 224 x 224."""
    (row,) = run("burden", "zoo:resnet50-caffe", "--batch", 3, "--scales", 1, "--until", "conv1")["scales"]
    assert row["feature"] == [112, 112, 64]
    assert (row["feature_bytes"], row["flops"]) == (3 * 4 * 64 * 112**2, 3 * 64 * 112**2 * (3 * 49 + 1))


def test_sizes_round_halves_up() -> None:
    assert scaled_size(227, scale_of("0.5")) == 114
    assert scaled_size(299, scale_of(1.5)) == 449
    assert scaled_size(513, scale_of("2.5")) == 1283


def test_the_published_variant_is_reported_and_said(run, command) -> None:
    assert run("burden", "zoo:alexnet", "--scales", 1) == run("burden", "zoo:alexnet-burden", "--scales", 1)
    plain = run("burden", "zoo:alexnet", "--scales", 1, "--plain")
    assert plain["until"] == "pool5"
    assert plain["feature_bytes"] - EXACT["alexnet"].features > 4 * 2 * 96 * 27**2  # the two normalisations among them
    told = " ".join(command("burden", "zoo:alexnet", "--scales", 1).out.split())
    assert "zoo:alexnet-burden: without local response normalisation" in told


def test_figures_stand_beside_only_at_the_published_size() -> None:
    row = published("resnet-50")
    assert row is not None
    at = [ws.render(ws.burden(row.model.network(size), published=row), "txt").decode() for size in (None, (3, 256, 256))]
    assert ["As published" in text for text in at] == [True, False]


def test_what_does_not_fit_is_left_out_or_refused(command) -> None:
    """DenseNet's last map is 3 x 3 on half the image, its pooling's window 7 x 7."""
    told = command("burden", "zoo:densenet121").out
    assert "112 × 112 is left out" in told
    refused = command("burden", "zoo:densenet121", "--scales", "0.5,1")
    assert refused.code == 2
    assert "for an input of 112 x 112: the kernel is wider (7)" in refused.err


def test_layers_behind_the_wanted_one_need_not_fit(command) -> None:
    """VGG's first linear layer takes 512 x 7 x 7; SSD's last convolutions want more than half its image."""
    told = " ".join(command("burden", "zoo:ssd-pascal-vggvd-300", "--until", "relu4_3").out.split())
    assert "The network as a whole does not take 150 × 150; its layers up to relu4_3 do." in told


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("zoo:resnet50-caffe", "--until", "res5c_rel"), "did you mean res5c_relu"),
        (("zoo:resnet50-caffe", "--until", "nothing"), "the last ones are res5c, res5c_relu, pool5"),
        (("zoo:resnet50-caffe", "--scales", "1,x"), "cannot scale by 'x'"),
        (("zoo:resnet50-caffe", "--scales", "0"), "cannot scale by '0'"),
        (("zoo:resnet50-caffe", "--scales", "1e9"), "cannot scale by '1e9'"),
        (("zoo:resnet50-caffe", "--scales", ",".join(map(str, range(1, 60)))), "59 scales"),
        (("zoo:resnet50-caffe", "--scales", "0.001"), "has no places"),
        (("zoo:resnet50-caffe", "--batch", 10**10), "a batch of 10000000000"),
        (("zoo:bert-base",), "takes a network of images"),
        (("zoo:resnet50-caffe", "--pictures", "no/such/folder"), "does not exist"),
    ],
)
def test_what_cannot_be_reported(words: tuple[object, ...], told: str, command, tmp_path: Path) -> None:
    refused = command("burden", *words, "-o", "out.pdf")
    assert refused.code == 2
    assert told in refused.err
    assert not list(tmp_path.iterdir())


def test_a_file_and_a_network_of_ones_own(run, sheet) -> None:
    """A ReLU keeps an output of its own where a further layer reads its input; where the net is cut before that, it does not."""
    path = sheet(
        "---\ninput: 3x8x8\n---\nfirst = Conv2d: 4c 3w 1p\nrelu = ReLU\nside = Conv2d: 4c 1w <- first\nLinear: ->10 <- relu\n",
        "net.sheet",
    )
    found = run("burden", path, "--until", "relu", "--batch", 1, "--scales", "1,2")
    assert found["name"] == "net"
    assert found["feature_bytes"] == 4 * (3 * 256 + 10)  # two readers of the first map: the ReLU keeps its own
    assert [row["feature_bytes"] for row in found["scales"]] == [4 * 256, 4 * 1024]
    assert [row["flops"] for row in found["scales"]] == [256 * 28 + 512, 1024 * 28 + 2048]


def test_without_a_published_layer_the_last_map_is_taken(run) -> None:
    assert run("burden", "zoo:vit-b-16", "--scales", 1)["until"] == "conv_proj"
    assert run("burden", "zoo:resnet50-caffe", "--scales", 1, "--plain")["until"] == "res5c_relu"


@pytest.mark.torch
def test_a_pytorch_module(run, tmp_path: Path) -> None:
    path = tmp_path / "small.py"
    path.write_text(
        "from torch import nn\n"
        "def net():\n"
        "    return nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(256, 5))\n"
    )
    found = run("burden", f"{path}:net", "--input", "3x8x8", "--scales", "1,2", "--batch", 2)
    assert (found["until"], found["param_bytes"]) == ("1", 4 * (4 * 28 + 5 * 257))
    assert [row["flops"] for row in found["scales"]] == [2 * side**2 * (4 * 28 + 8) for side in (8, 16)]


def test_a_network_that_was_changed_stays_changed_at_other_sizes() -> None:
    net = ws.read("zoo:vgg-f")
    wider = ws.layer("Conv2d", "conv1", ["input"], c=32, w=11, s=4)
    changed = replace(net, nodes=(wider, *net.nodes[1:]))
    half, _ = ws.burden(changed, scales=["0.5", "1"], until="conv1", batch=1).data["scales"]
    assert half["feature"] == [26, 26, 32]


def test_shared_numbers_of_a_part() -> None:
    """A layer whose numbers are held by one that is cut away holds them itself."""
    net = ws.Builder("shared", (3, 8, 8))
    net.add("Conv2d", name="one", c=4, w=3)
    for name in ("two", "three"):
        net.add("Conv2d", "input", name=name, c=4, w=3, shares="one")
    net.add("Add", "two", "three", name="sum")
    part = net.network().until("sum")
    assert [(node.name, node.shares) for node in part.nodes] == [("two", ""), ("three", "two"), ("sum", "")]


# Pictures


def test_pictures_as_files(command, tmp_path: Path) -> None:
    assert command("burden", "zoo:vgg-f", "--scales", 1, "--pictures", "figures", "-o", "r.html").code == 0
    names = {path.name for path in (tmp_path / "figures").iterdir()}
    assert names == {f"vgg-f-{what}.{form}" for what in ("strip", "parameters", "features", "flops") for form in ("svg", "png")}
    for path in (tmp_path / "figures").glob("*.png"):
        assert path.read_bytes().startswith(b"\x89PNG")
    page = (tmp_path / "r.html").read_text()
    for path in (tmp_path / "figures").glob("*.svg"):
        assert path.read_text() in page


def test_a_profile_has_a_bar_for_each_layer_that_costs_something() -> None:
    """VGG-F: five convolutions and three linear layers have parameters; fc6 most, 4096 kernels of 256 x 6 x 6."""
    (params, *_) = ws.burden("zoo:vgg-f", scales=["1"]).pictures
    (path,) = re.findall(r'<path d="([^"]*)" fill="#', params.svg)
    assert path.count("M") == 8
    assert "at most 144 MB in fc6" in params.words  # 4 x 37,752,832 bytes


def test_names_of_layers_are_text(sheet) -> None:
    net = ws.network("evil<b>", (3, 8, 8), ws.layer("Conv2d", name="<script>", c=4, w=3), ws.layer("ReLU", name="</svg>"))
    page = ws.render(ws.burden(net, scales=["1"]), "html").decode()
    assert "<script" not in page
    assert page.count("</svg>") == 4  # the strip and three profiles


@pytest.mark.parametrize("form", ["md", "tex", "pdf", "html", "txt", "typ"])
def test_every_format(form: str) -> None:
    made = ws.burden("zoo:alexnet")
    assert ws.render(made, form) == ws.render(made, form)
    if form not in {"pdf", "tex"}:
        assert "377 MB" in ws.render(made, form).decode()


def test_a_row_is_worked() -> None:
    """ResNet-50: 128 x 107,577,344 bytes are 13 GB."""
    text = ws.render(ws.burden("zoo:resnet50-caffe"), "txt").decode()
    assert "= BF = 128 × 107,577,344 = 13,769,900,032" in text
    assert "= ⌊BF/1024³ + 1/2⌋ = ⌊128 × 107,577,344/1024³ + 1/2⌋ = 13 (GB)" in text
    assert "Before rounding 12.82" in text


def test_half_a_unit_is_rounded_as_it_is_said() -> None:
    """2560 bytes are 2.5 KB, and print as 2 KB: 640 numbers, a map of 5 x 8 x 16."""
    net = ws.network("half", (5, 8, 16), ws.layer("Sigmoid"))
    text = ws.render(ws.burden(net, scales=["1"], batch=1), "txt").decode()
    assert "⌈F/1024 − 1/2⌉ = ⌈2560/1024 − 1/2⌉ = 2 (KB)" in text


# The table


def test_the_table_as_published(run) -> None:
    rows = run("zoo", "--table", "-c", "convnet-burden")["rows"]
    assert [row["name"] for row in rows] == list(TABLE)
    for row in rows:
        assert list(row) == ["name", "input", "param_bytes", "feature_bytes", "flops", "printed", "top1", "top5"]
        assert tuple(row["printed"].values()) == printed(row["name"])
        assert tuple(row["input"]) == SIZES.get(row["name"], (224, 224))
        if row["name"] in EXACT:
            assert (row["param_bytes"], row["feature_bytes"], row["flops"]) == exact(row["name"])


def test_the_package_quotes_the_table_as_published() -> None:
    assert {name: tuple(row.printed.values()) for name, row in table().items()} == {name: printed(name) for name in TABLE}
    assert list(table()) == list(TABLE)


PUBLISHED_ERRORS = {
    "alexnet": (41.80, 19.20), "caffenet": (42.60, 19.70), "squeezenet1-0": (41.90, 19.58), "squeezenet1-1": (41.81, 19.38),
    "vgg-f": (41.40, 19.10), "vgg-m": (36.90, 15.50), "vgg-s": (37.00, 15.80), "vgg-m-2048": (37.10, 15.80),
    "vgg-m-1024": (37.80, 16.10), "vgg-m-128": (40.80, 18.40), "vgg-vd-16": (28.50, 9.90), "vgg-vd-19": (28.70, 9.90),
    "googlenet": (34.20, 12.90), "resnet18": (30.24, 10.92), "resnet34": (26.70, 8.58), "resnet-50": (24.60, 7.70),
    "resnet-101": (23.40, 7.00), "resnet-152": (23.00, 6.70), "resnext-50-32x4d": (22.60, 6.49),
    "resnext-101-32x4d": (21.55, 5.93), "resnext-101-64x4d": (20.81, 5.66), "inception-v3": (22.55, 6.44),
    "SE-ResNet-50": (22.37, 6.36), "SE-ResNet-101": (21.75, 5.72), "SE-ResNet-152": (21.34, 5.54),
    "SE-ResNeXt-50-32x4d": (20.97, 5.54), "SE-ResNeXt-101-32x4d": (19.81, 4.96), "SENet": (18.68, 4.47),
    "SE-BN-Inception": (23.62, 7.04), "densenet121": (25.35, 7.83), "densenet161": (22.35, 6.20), "densenet169": (24.00, 7.00),
    "densenet201": (22.80, 6.43), "mcn-mobilenet": (29.40, None),
}  # fmt: skip


def test_the_published_errors(run) -> None:
    rows = run("zoo", "--table")["rows"]
    assert {row["name"]: (row["top1"], row["top5"]) for row in rows} == {
        name: PUBLISHED_ERRORS.get(name, (None, None)) for name in TABLE
    }


def test_part_of_the_table_and_its_formats(command) -> None:
    told = command("zoo", "resnet-50", "--table").out
    assert "6 of the 6 figures are those of the published table" in told
    assert re.search(r"resnet-50 +224 × 224 +98 MB +103 MB +4 GFLOPs +24\.60 +7\.70", told)
    assert command("zoo", "vgg-f", "--table", "-f", "md").out.startswith("# The table of convnet-burden")
    assert command("zoo", "vgg-f", "--table", "-f", "pdf").bytes.startswith(b"%PDF")


def test_the_table_by_another_way_of_counting(run) -> None:
    """VGG-16: thirteen convolutions of 3 x 3, then 25,088 x 4096 + 4096 x 4096 + 4096 x 1000."""
    found = run("zoo", "vgg", "--table", "-c", "textbook")
    assert found["convention"] == "textbook"
    rows = {row["name"]: row for row in found["rows"]}
    assert rows["vgg16"]["totals"] == {"params": 138_357_544, "macs": 15_470_264_320}
    assert rows["vgg16"]["input"] == [3, 224, 224]
    assert rows["vgg16"]["top1"] == 28.5


def test_what_a_way_of_counting_refuses_is_left_out(command, tmp_path: Path) -> None:
    (tmp_path / "few.yaml").write_text("title: few\nuncounted: refused\ncolumns: {flops: {Conv2d: macs}}\n")
    refused = command("zoo", "vgg-f", "--table", "-c", "few.yaml")
    assert refused.code == 2
    assert "vgg-f is left out" in refused.err


def test_options_of_the_table_alone(command) -> None:
    for words in (("-c", "fvcore"), ("-o", "x.json")):
        refused = command("zoo", *words)
        assert refused.code == 2
        assert "--table" in refused.err
    assert command("zoo", "nosuch", "--table").code == 2
