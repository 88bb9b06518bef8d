"""Time on hardware: operations and bytes of every layer against counts of their own, sums, the picture, the command."""

import csv
import json
import re
from fractions import Fraction
from itertools import pairwise
from math import prod
from pathlib import Path

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES, ROOT
from worksheet import hardware
from worksheet.derive.comparison import side
from worksheet.derive.roofline.time_bounds import Roofline, doubling, roofline, standard
from worksheet.errors import WorksheetError
from worksheet.hardware.units import plain, said

A100 = hardware.hardware("a100")
BETA, PEAK = 1_555_000_000_000, 108 * 1_410_000_000 * 128  # in fp32


# ResNet-50 as He et al. (2015) lay it out, with the stride in the 3 x 3 layer, counted by plain loops. Every layer has a name,
# its operations (None where only bytes are counted here) and the numbers that it reads and writes.
def resnet_50() -> dict[str, tuple[int | None, int, int]]:
    layers: dict[str, tuple[int | None, int, int]] = {}

    def conv(name: str, c: int, k: int, size: int, window: int, stride: int) -> int:
        out = -(-size // stride)
        layers[name] = (2 * k * c * window**2 * out**2, k * c * window**2, c * size**2 + k * out**2)
        return out

    def norm(name: str, c: int, size: int) -> None:
        layers[name] = (None, 4 * c, 2 * c * size**2)

    def relu(name: str, c: int, size: int) -> None:
        layers[name] = (c * size**2, 0, 2 * c * size**2)

    size = conv("conv1", 3, 64, 224, 7, 2)
    norm("bn1", 64, size)
    relu("relu", 64, size)
    layers["maxpool"] = (64 * 8 * 56**2, 0, 64 * (112**2 + 56**2))
    size, c = 56, 64
    for stage, (blocks, k) in enumerate([(3, 64), (4, 128), (6, 256), (3, 512)], 1):
        for block in range(blocks):
            at, stride = f"layer{stage}.{block}", 2 if stage > 1 and not block else 1
            conv(f"{at}.conv1", c, k, size, 1, 1)
            norm(f"{at}.bn1", k, size)
            relu(f"{at}.relu", k, size)
            out = conv(f"{at}.conv2", k, k, size, 3, stride)
            norm(f"{at}.bn2", k, out)
            relu(f"{at}.relu_2", k, out)
            conv(f"{at}.conv3", k, 4 * k, out, 1, 1)
            norm(f"{at}.bn3", 4 * k, out)
            if not block:
                conv(f"{at}.downsample.0", c, 4 * k, size, 1, stride)
                norm(f"{at}.downsample.1", 4 * k, out)
            layers[f"{at}.add"] = (4 * k * out**2, 0, 3 * 4 * k * out**2)
            relu(f"{at}.relu_3", 4 * k, out)
            size, c = out, 4 * k
    layers["avgpool"] = (None, 0, 2048 * 49 + 2048)
    layers["flatten"] = (0, 0, 0)
    layers["fc"] = (2 * 2048 * 1000, 2048 * 1000 + 1000, 2048 + 1000)
    return layers


# AlexNet (Krizhevsky et al., 2012): window, channels that a kernel sees, kernels, side before and after, of each convolution.
ALEXNET = {
    "conv1": (11, 3, 96, 227, 55), "conv2": (5, 48, 256, 27, 27), "conv3": (3, 256, 384, 13, 13), "conv4": (3, 192, 384, 13, 13),
    "conv5": (3, 192, 256, 13, 13),
}  # fmt: skip
GROUPS = {"conv2": 2, "conv4": 2, "conv5": 2}
LINEAR = {"fc6": (9216, 4096), "fc7": (4096, 4096), "fc8": (4096, 1000)}


def alexnet(batch: int, each: int) -> dict[str, tuple[int, int]]:
    """Operations and bytes by the name of the layer."""
    layers = {}
    for name, (w, c, k, before, after) in ALEXNET.items():
        weights = k * c * w * w + k
        moved = batch * (c * GROUPS.get(name, 1) * before**2 + k * after**2)
        layers[name] = (2 * batch * k * c * w * w * after**2, each * (weights + moved))
    for name, (n, k) in LINEAR.items():
        layers[name] = (2 * batch * n * k, each * (n * k + k + batch * (n + k)))
    return layers


def of(name: str, on: hardware.Hardware = A100, **options: object) -> Roofline:
    return roofline(ws.read(f"zoo:{name}"), on, **options)  # type: ignore[arg-type]


def test_every_layer_of_resnet_50() -> None:
    found = of("resnet50")
    expected = resnet_50()
    assert {bound.load.row.name for bound in found.bounds} == set(expected)
    for bound in found.bounds:
        operations, weights, moved = expected[bound.load.row.name]
        assert operations in (None, bound.load.operations), bound.load.row.name
        assert (bound.load.weights, bound.load.moved) == (4 * weights, 4 * moved), bound.load.row.name
        assert bound.compute == Fraction(bound.load.operations, PEAK)
        assert bound.memory == Fraction(4 * (weights + moved), BETA)
    products = sum(b.load.operations for b in found.bounds if b.load.row.kind in {"Conv2d", "Linear"})
    assert products == 2 * 4_089_184_256  # the multiply-adds that torchvision publishes
    assert found.bytes == 4 * sum(weights + moved for _, weights, moved in expected.values())
    stored = 25_557_032 + 2 * 26_560  # torchvision's parameters; the means and variances of the norms
    assert found.least_bytes == 4 * (stored + 3 * 224**2 + 1000)


@pytest.mark.parametrize(("batch", "dtype", "each"), [(1, "fp32", 4), (8, "fp16", 2), (128, "int8", 1)])
def test_alexnet_on_an_a100(batch: int, dtype: str, each: int) -> None:
    found = of("alexnet", batch=batch, dtype=dtype)
    bounds = {bound.load.row.name: bound for bound in found.bounds}
    per_cycle = {"fp32": 128, "fp16": 2048, "int8": 4096}[dtype]
    for name, (operations, moved) in alexnet(batch, each).items():
        bound = bounds[name]
        assert (bound.load.operations, bound.load.bytes) == (operations, moved)
        assert bound.time == max(Fraction(operations, 108 * 1_410_000_000 * per_cycle), Fraction(moved, BETA))
    assert found.time == sum(bound.time for bound in found.bounds)


def test_linear_layers_leave_the_memorys_shadow_with_the_batch() -> None:
    """One sample at a time a linear layer reads a weight for every multiply-add; with 128 the weights are read once for all."""
    alone, together = ({b.load.row.name: b.binds for b in of("alexnet", batch=batch).bounds} for batch in (1, 128))
    assert (alone["fc6"], together["fc6"]) == ("memory", "compute")
    assert (alone["relu1"], together["relu1"]) == ("memory", "memory")


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "vit-b-16", "gpt2", "mobilenet-v2", "densenet121", "lstm-2-layer"])
@pytest.mark.parametrize("batch", [1, 3])
def test_the_bounds_are_in_order(name: str, batch: int) -> None:
    found = of(name, batch=batch)
    assert 0 < found.fused <= found.overlapped <= found.time
    assert found.time == sum(b.load.operations for b in found.bound_by("compute")) / found.peak + Fraction(
        sum(b.load.bytes for b in found.bound_by("memory")), BETA
    )
    assert sum(len(bounds) for bounds in found.by_kind().values()) == sum(bool(bound.time) for bound in found.bounds)


def test_stored_arrays_are_read_once_for_a_batch() -> None:
    """ViT-B/16: 197 tokens of 768 numbers with a place of its own each; the sum reads the places once for all samples."""
    one, eight = (
        {b.load.row.name: b.load for b in of("vit-b-16", batch=batch).bounds if b.load.row.kind == "Add"} for batch in (1, 8)
    )
    name = next(iter(one))
    assert one[name].bytes == 4 * 3 * 197 * 768
    assert eight[name].bytes == 4 * (2 * 8 + 1) * 197 * 768
    steps = ws.timing(ws.read("zoo:vit-b-16"), "a100", batch=8, rows=str(eight[name].row.no)).steps
    (shared,) = [step for step in steps if step.values.get("S") == 197 * 768]
    assert shared.value == eight[name].bytes


def test_an_embedding_reads_the_rows_that_it_looks_up() -> None:
    found = {b.load.row.kind: b.load for b in of("gpt2").bounds if b.load.row.kind == "Embedding"}
    (load,) = {load.weights for load in found.values()}
    assert load == 4 * 768 * 1024
    short = ws.network("short", (5,), ws.layer("Embedding", v=3, k=7))
    assert roofline(short, A100, batch=2).bounds[0].load.weights == 4 * 7 * 3  # no more rows than there are


def test_mixed_types() -> None:
    found = of("alexnet", dtype="weights=int8,activations=fp16")
    fc6 = next(b.load for b in found.bounds if b.load.row.name == "fc6")
    assert (found.dtype, fc6.weights, fc6.moved) == ("fp16", 9216 * 4096 + 4096, 2 * (9216 + 4096))


# Ways of counting

FACTORS = {  # what each convention's main column is multiplied by to be operations, after what its file says of a multiply-add
    "ai61002": 1, "caffe-thread": 2, "calflops": 1, "convnet-burden": 2, "deepspeed": 1, "fvcore": 2, "lecun-1998": 2, "macs": 2,
    "netscope": 2, "onnx-tool": 2, "operations": 1, "parameter-article": 2, "ptflops": 2, "ptflops-aten": 2, "ptflops-modules": 2,
    "textbook": 2, "thop": 2, "torch-flop-counter": 1, "torch-flop-counter-cpu": 1, "torchinfo": 2,
}  # fmt: skip


@pytest.mark.parametrize("name", ws.conventions.names())
def test_multiply_adds_are_two(name: str) -> None:
    found = ws.convention(name)
    if name == "memory":
        with pytest.raises(WorksheetError, match="does not count operations"):
            doubling(side(found))
    elif name in FACTORS:
        assert doubling(side(found)) == FACTORS[name]


def test_a_convention_of_macs_gives_the_same_products() -> None:
    plain, doubled = of("alexnet"), of("alexnet", convention="textbook")
    counted = {b.load.row.name: b.load.operations for b in plain.bounds if b.load.row.kind in {"Conv2d", "Linear"}}
    assert {b.load.row.name: b.load.operations for b in doubled.bounds if b.load.operations} == counted
    assert of("alexnet", convention="deepspeed:macs").factor == 2
    with pytest.raises(WorksheetError, match="does not count operations"):
        of("alexnet", convention="textbook:params")


def test_the_articles_first_layer() -> None:
    """105,705,600 flops, a multiply-add counted as one: the article's figure, doubled."""
    found = roofline(ws.read(EXAMPLES / "alexnet-article.sheet"), A100, convention="parameter-article:flops")
    assert found.bounds[0].load.operations == 2 * 105_705_600


def test_a_matrix_product_as_the_article_counts_it() -> None:
    """An m x n by n x o product takes 2mno operations."""
    m, n, o = 64, 48, 80
    net = ws.network("product", (m, n), ws.layer("Linear", k=o, b=0, r=1))
    (bound,) = roofline(net, A100).bounds
    assert (bound.load.operations, bound.load.bytes) == (2 * m * n * o, 4 * (m * n + n * o + m * o))


# The document


@pytest.fixture(scope="module")
def report() -> ws.Document:  # type: ignore[valid-type]
    return ws.timing(ws.read("zoo:alexnet"), "a100", batch=4)


def test_every_step_is_what_its_formula_gives(report) -> None:
    checked = 0
    for step in report.steps:
        if step.formula is not None and set(step.formula.symbols) <= set(step.values):
            value = step.formula.at(step.values)
            checked += 1
            if step.rounded:
                assert abs(value - step.value) <= abs(Fraction(step.value)) / 10**5 + Fraction(1, 10**6)
                assert value != step.value
            else:
                assert value == step.value
    assert checked > 50


def test_rounded_values_are_not_called_equal(report) -> None:
    text = ws.render(report, "txt").decode()
    assert "I_r     = P/β = 19,491.84/1,555 ≈ 12.5349 (FLOP/B)" in text
    assert "P       = nf(2m) = 108 × 1.41 × (2 × 64) = 19,491.84 (GFLOP/s, 19.49 TFLOP/s)" in text
    for format, sign in (("md", r"\approx"), ("tex", r"\approx"), ("typ", "approx"), ("html", "≈")):
        assert sign in ws.render(report, format).decode()
    assert "is about 12.5349" in ws.render(report, "typ").decode()


@pytest.mark.parametrize("format", ["md", "tex", "typ", "html", "txt"])
def test_every_format_says_lower_bound(report, format: str) -> None:
    text = ws.render(report, format).decode()
    assert "lower bound" in text
    assert "µs" in text


def test_pdf(report) -> None:
    assert ws.render(report, "pdf").startswith(b"%PDF")


def test_json(report) -> None:
    data = json.loads(ws.render(report, "json"))
    layers = {layer["name"]: layer for layer in data["layers"]}
    operations, moved = alexnet(4, 4)["conv2"]
    assert (layers["conv2"]["operations"], layers["conv2"]["bytes"]) == (operations, moved)
    assert layers["conv2"]["seconds"] == pytest.approx(operations / 19.49184e12, rel=1e-12)
    assert layers["conv2"]["bound_by"] == "compute"
    assert data["peak"] == PEAK
    assert data["totals"]["seconds"] == data["seconds"]["layers"] == pytest.approx(sum(x["seconds"] for x in data["layers"]))
    assert data["totals"]["operations"] == sum(x["operations"] for x in data["layers"])
    assert {"name", "input", "batch", "types", "convention", "factor", "hardware", "ridge", "bound_by", "kinds"} <= set(data)


def test_the_energy_is_operations_times_energies(report) -> None:
    """By hand: in fp32 3.7 pJ a multiplication and 0.9 an addition, 1.3 to 2.6 nJ for 8 bytes of DRAM."""
    energy, totals = report.data["energy"], report.data["totals"]
    expected = energy["multiplications"] * 3.7e-12 + energy["additions"] * 0.9e-12
    assert energy["arithmetic_joules"] == pytest.approx(expected)
    assert energy["memory_joules"] == pytest.approx([totals["bytes"] / 8 * 1.3e-9, totals["bytes"] / 8 * 2.6e-9])
    products = 4 * (sum(k * c * w * w * out**2 for w, c, k, _, out in ALEXNET.values()) + sum(map(prod, LINEAR.values())))
    assert products < energy["multiplications"] < products * Fraction(102, 100)  # and those of the normalisation
    assert ws.timing(ws.read("zoo:alexnet"), "a100", dtype="bf16").data["energy"] is None


def test_the_picture(report) -> None:
    (picture,) = report.pictures
    assert picture.name == "alexnet-roofline"
    assert "ridge point 12.53 FLOP/B" in picture.svg
    assert "1.555 TB/s" in picture.words
    slope = re.search(r'd="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)H([\d.]+)"', picture.svg)
    assert slope
    x0, y0, x1, y1, x2 = map(float, slope.groups())
    assert x0 < x1 < x2
    assert y1 < y0
    upper = [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', picture.svg) if float(y) < y0]
    assert upper
    for x, y in upper:  # every mark stands on the roof
        roof = y1 if x >= x1 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        assert y == pytest.approx(roof, abs=0.1)


def test_rows_are_chosen() -> None:
    found = ws.timing(ws.read("zoo:alexnet"), "a100", rows="1,5-6")
    titles = [block.title for block in found.blocks if hasattr(block, "steps")]
    assert [title for title in titles if title[0].isdigit()] == ["1. conv1", "5. conv2", "6. relu2"]
    with pytest.raises(WorksheetError, match="there are no rows"):
        ws.timing(ws.read("zoo:alexnet"), "a100", rows="99")


def test_a_network_that_costs_nothing() -> None:
    net = ws.network("nothing", (3, 4, 4), ws.layer("Identity"))
    found = ws.timing(net, "a100")
    assert found.data["seconds"]["layers"] == 0
    assert "0 s" in ws.render(found, "txt").decode()


# The command


def test_the_command(command, tmp_path: Path) -> None:
    run = command("time", "zoo:alexnet", "--on", "a100", "-o", "t.html", "--pictures", "figures")
    assert run.code == 0, run.err
    assert (tmp_path / "t.html").exists()
    drawn = {f"alexnet-{what}.{form}" for what in ("strip", "roofline") for form in ("svg", "png")}
    assert {path.name for path in (tmp_path / "figures").iterdir()} == drawn


def test_numbers_of_ones_own(command) -> None:
    numbers = ["--processors", "4", "--clock", "2.2GHz", "--per-cycle", "2", "--bandwidth", "15GB/s", "--dtype", "fp64"]
    run = command("time", "zoo:alexnet", *numbers, "-f", "json")
    assert json.loads(run.out)["peak"] == 17_600_000_000
    run = command("time", *numbers, "-f", "txt")
    assert "= 17.6 (GFLOP/s)" in run.out


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (["zoo:alexnet"], "no hardware given"),
        (["zoo:alexnet", "--on", "v10"], "did you mean"),
        (["zoo:alexnet", "--on", "tpu-v3", "--dtype", "fp64"], "it has bf16"),
        (["zoo:alexnet", "--clock", "1GHz"], "--processors, --per-cycle, --bandwidth"),
        (["zoo:alexnet", "--on", "a100", "--clock", "1"], "such as 1410 MHz"),
        (["zoo:alexnet", "--on", "a100", "-c", "memory"], "does not count operations"),
        (["zoo:alexnet", "--on", "a100", "-o", "nowhere/t.pdf"], "does not exist"),
    ],
)
def test_what_the_command_refuses(command, tmp_path: Path, line: list[str], told: str) -> None:
    run = command("time", *line)
    assert run.code == 2
    assert told in run.err
    assert not list(tmp_path.iterdir())


def test_the_hardware_is_listed(command) -> None:
    listed = json.loads(command("time", "-f", "json").out)["hardware"]
    assert [entry["name"] for entry in listed] == list(hardware.names())
    page = command("time", "--on", "h100").out
    assert "= 132 × 1.83 × (2 × 2048) = 989,429.76" in page


# The page


def test_the_page_lists_every_processor() -> None:
    """Its table is that of the data, line by line."""
    page = (ROOT / "docs" / "hardware.md").read_text()
    for name in hardware.names():
        found = hardware.hardware(name)
        for dtype in found.rates:
            peak = said(found.peak(dtype), f"{hardware.operation(dtype)}/s")
            cells = [f"`{name}`", found.title, dtype, peak, said(found.bandwidth, "B/s"), plain(found.ridge(dtype))]
            row = f"| {' | '.join(cells)} |"
            assert row in page, f"add to docs/hardware.md: {row}"
        assert found.cite in page
    assert "Horowitz" in page


def test_the_page_says_how_it_is_counted() -> None:
    page = " ".join((ROOT / "docs" / "hardware.md").read_text().split())
    for rule in standard().rules:
        assert rule in page
    bounds = [page.index(word) for word in ("Layer after layer", "Layers at the same time", "Whatever is fused")]
    assert all(a < b for a, b in pairwise(bounds))


def test_the_hardware_as_a_table_has_plain_figures(command) -> None:
    """108 processors at 1.41 GHz with 64 fused multiply-adds in a cycle; 1,555 GB/s: each line is complete."""
    told = command("time", "-f", "csv")
    lines = list(csv.DictReader(told.out.splitlines()))
    (a100,) = [line for line in lines if line["name"] == "a100" and line["type"] == "fp32"]
    assert int(a100["peak"]) == 108 * 1_410_000_000 * 64 * 2
    assert int(a100["bandwidth"]) == 1_555 * 10**9
    assert abs(float(a100["ridge"]) - 19_491.84 / 1_555) < 0.0001
    assert all(all(line.values()) for line in lines)
