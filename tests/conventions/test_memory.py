"""The memory of networks: bytes of weights and activations, the most at once; against torch, torchinfo, published figures."""

import json
import weakref
from fractions import Fraction
from typing import Any

import pytest

import worksheet as ws
from tests.readers.vision import vision
from worksheet.errors import WorksheetError
from worksheet.formula import in_bytes


def figures(d: ws.Derivation) -> dict[str, int]:
    return {step.name: int(step.value or 0) for figure in d.figures for step in figure.steps}


def step(d: ws.Derivation, name: str) -> Any:
    return next(step for figure in d.figures for step in figure.steps if step.name == name)


BLOCK = ws.network(
    "block",
    (64, 56, 56),
    ws.layer("Conv2d", "conv1", c=64, w=3, p=1, nobias=True),
    ws.layer("ReLU", "relu1"),
    ws.layer("Conv2d", "conv2", c=64, w=3, p=1, nobias=True),
    ws.layer("Add", "sum", ("conv2", "input")),
    ws.layer("ReLU", "relu2"),
    ws.layer("GlobalAvgPool", "mean"),
    ws.layer("Linear", "fc", k=10),
)
MAP = 4 * 64 * 56 * 56


# By hand


def test_a_residual_block() -> None:
    """The input stays until it is added: three maps are there while relu1 runs, three while conv2 runs in place of nothing."""
    d = ws.derive(BLOCK, "memory")
    assert d.totals == {"weights": 4 * (2 * 36_864 + 650), "activations": 5 * MAP + 4 * 64 + 4 * 10}
    assert figures(d) == {
        "weights": 4 * (2 * 36_864 + 650),
        "kept": 6 * MAP + 4 * 74,
        "kept_in_place": 3 * MAP + 4 * 74,  # the input, conv1 with relu1 over it, conv2 with the sum and relu2 over it
        "peak": 3 * MAP,
        "peak_in_place": 3 * MAP,
    }
    assert d.figures[2].reached == {"peak": (2, (0, 1, 2)), "peak_in_place": (3, (0, 2, 3))}
    assert "the input, 64\u00a0×\u00a056\u00a0×\u00a056, kept for No. 4" in step(d, "peak").note


def test_the_peak_of_alexnet() -> None:
    """relu1 reads 96 x 55 x 55 numbers and writes as many; with the ReLU in place, norm1 does."""
    d = ws.derive(ws.read("zoo:bvlc-alexnet"), "memory")
    found = step(d, "peak")
    assert found.formula.source == "beta_a*(2*96*55*55)"
    assert (found.value, found.remark) == (4 * 2 * 96 * 55 * 55, "2.32 MB or 2.22 MiB")
    assert [reached[0] for reached in d.figures[2].reached.values()] == [2, 3]


def test_a_batch() -> None:
    one, eight = (ws.derive(BLOCK, "memory", batch=n) for n in (1, 8))
    assert eight.totals == {"weights": one.totals["weights"], "activations": 8 * one.totals["activations"]}
    assert figures(eight)["peak"] == 24 * MAP
    assert step(eight, "peak").formula.source == "B*beta_a*(3*64*56*56)"


def test_a_sum_of_too_many_shapes_stands_without_its_terms() -> None:
    """Results of 20 sizes stay to the end, when the last is worked out."""
    net = ws.network("fan", (3,), *(ws.layer("Linear", f"fc{k}", ("input",), k=k) for k in range(1, 21)))
    d = ws.derive(net, "memory")
    assert figures(d)["peak"] == 4 * (3 + sum(range(1, 21)))
    assert step(d, "peak").formula.symbols == ()
    assert "and 13 more" in step(d, "peak").note


# Types of numbers


@pytest.mark.parametrize(
    ("dtype", "weights", "activations"),
    [
        ("fp64", 8, 8), ("tf32", 4, 4), ("fp16", 2, 2), ("bf16", 2, 2), ("fp8", 1, 1), ("int8", 1, 1),
        ("int4", Fraction(1, 2), Fraction(1, 2)),
        ("weights=int8,activations=fp16", 1, 2), ("activations=int4", 4, Fraction(1, 2)), (" weights = int4 ", Fraction(1, 2), 4),
    ],
)  # fmt: skip
def test_types(dtype: str, weights: Fraction, activations: Fraction) -> None:
    d = ws.derive(BLOCK, "memory", dtype=dtype)
    assert d.totals["weights"] == weights * (2 * 36_864 + 650)
    assert figures(d)["peak"] == activations * 3 * 64 * 56 * 56


def test_half_bytes_are_filled_up() -> None:
    """An odd number of 4-bit numbers takes a half more: 3 weights and a bias, 2 x 5 outputs, 15 inputs; all samples together."""
    net = ws.network("odd", (3, 5, 1), ws.layer("Conv2d", c=1, w=1, nobias=True), ws.layer("ReLU"))
    d = ws.derive(net, "memory", dtype="int4")
    assert d.totals == {"weights": 2, "activations": 3 + 3}
    assert figures(d) == {"weights": 2, "kept": 8 + 6, "kept_in_place": 8 + 3, "peak": 8 + 3, "peak_in_place": 8 + 3}
    assert step(d, "peak").formula.source == "ceil(beta_a*3*5*1) + ceil(beta_a*1*5*1)"
    assert step(d, "peak").formula.at(step(d, "peak").values) == 11
    text = ws.render(d, "txt").decode()
    assert "⌈β_a × kWH⌉ = ⌈0.5 × 1 × 1 × 5⌉ = 3" in text
    assert ws.derive(net, "memory", dtype="int4", batch=2).totals == {"weights": 2, "activations": 5 + 5}


def test_rows_of_tokens_are_one_array() -> None:
    net = ws.network("tokens", (3, 5), ws.layer("Linear", k=7, nobias=True))
    assert ws.derive(net, "memory", dtype="int4").totals == {"weights": 18, "activations": 11}


@pytest.mark.parametrize(
    ("dtype", "said"),
    [
        ("int3", "unknown data type 'int3'"),
        ("fp16,int8", "unknown data type 'fp16,int8'"),
        ("biases=int8", "cannot read 'biases=int8'"),
        ("weights=", "unknown data type ''"),
    ],
)
def test_refused_types(dtype: str, said: str) -> None:
    with pytest.raises(WorksheetError, match=said):
        ws.derive(BLOCK, "memory", dtype=dtype)


def test_a_type_where_no_bytes_are_counted() -> None:
    with pytest.raises(WorksheetError, match="does not count bytes"):
        ws.derive(BLOCK, "textbook", dtype="fp16")


def test_other_ways_of_counting_have_no_figures() -> None:
    assert ws.derive(BLOCK, "textbook").figures == ()


# Arrays that share memory


def test_names_of_one_array() -> None:
    """Flatten, Dropout and a Slice of the outermost axis give no array; Flatten behind a Permute copies, as torch does."""
    net = ws.network(
        "views", (4, 6, 6), ws.layer("Slice", a=1, f=0, k=2), ws.layer("Flatten"), ws.layer("Dropout"), ws.layer("Linear", k=3)
    )
    assert [row.columns[1].value for row in ws.derive(net, "memory").rows] == [0, 0, 0, 12]
    moved = ws.Builder("moved", (4, 6, 5))
    moved.add("Permute", a_1=2, a_2=3, a_3=1)
    moved.add("Identity")
    moved.add("Flatten")
    d = ws.derive(moved.network(), "memory")
    assert [row.columns[1].value for row in d.rows] == [0, 0, 480]
    assert figures(d)["peak"] == 2 * 480


def test_a_stored_array_is_a_weight() -> None:
    net = ws.Builder("stored", (3, 8))
    array = net.add("Parameter", o_1=3, o_2=8)
    net.add("Add", "input", array)
    d = ws.derive(net.network(), "memory")
    assert d.totals == {"weights": 96, "activations": 96}
    assert figures(d) == {"weights": 96, "kept": 192, "kept_in_place": 96, "peak": 192, "peak_in_place": 96}


def test_a_network_may_forbid_to_overwrite() -> None:
    net = ws.Builder("forbidden", (3, 8, 8))
    net.add("Conv2d", c=3, w=1)
    net.add("ReLU", facts={"in_place": 0})
    found = figures(ws.derive(net.network(), "memory"))
    assert found["kept"] == found["kept_in_place"]


# Against others


@pytest.mark.parametrize(
    ("name", "published"), [("vgg16", 553_430_176), ("bvlc-alexnet", 243_860_896), ("resnet50-caffe", 102_440_864)]
)
def test_weights_as_convnet_burden_has_them(name: str, published: int) -> None:
    """Its "528 MB" of VGG-16 are MiB."""
    d = ws.derive(ws.read(f"zoo:{name}"), "memory")
    assert d.totals["weights"] == published
    if name == "vgg16":
        assert step(d, "weights").remark == "553.43 MB or 527.79 MiB"


def test_activations_as_convnet_burden_has_them() -> None:
    """Its feature memory of VGG-16, "58 MB": ReLU in place, the image left out."""
    d = ws.derive(ws.read("zoo:vgg16"), "memory")
    features = figures(d)["kept_in_place"] - 4 * 3 * 224 * 224
    assert features == 60_352_320
    assert in_bytes(features) == ("60.35 MB", "57.56 MiB")


@pytest.mark.parametrize(
    ("name", "weights", "passes"),
    [
        ("alexnet-torchvision", 244_403_360, 3_953_472), ("vgg16", 553_430_176, 108_453_696),
        ("resnet18", 46_758_048, 39_747_392),
    ],
)  # fmt: skip
def test_torchinfo(name: str, weights: int, passes: int) -> None:
    """torchinfo 1.8.0's "Params size" leaves buffers out; its "Forward/backward pass size" is twice the outputs of some."""
    d = ws.derive(ws.read(f"zoo:{name}"), "memory")
    # of layers with weights alone: ReLU, pooling and the like are left out
    buffers = sum(row.counts["buffers"] for row in d.rows)
    assert d.totals["weights"] == weights + 4 * buffers
    assert passes == 2 * sum(int(row.columns[1].value or 0) for row in d.rows if row.columns[0].value)


class Watch:
    """What is in memory while a program of PyTorch runs: the storages of the tensors that are alive."""

    def __init__(self, apart: set[int]) -> None:
        self.alive: dict[int, tuple[int, int]] = {}
        self.apart = apart
        self.most = 0

    def note(self, tensor: Any) -> None:
        storage = tensor.untyped_storage()
        if storage._cdata not in self.apart:
            self.alive[id(tensor)] = (storage._cdata, storage.nbytes())
            weakref.finalize(tensor, self.alive.pop, id(tensor), None)
            self.most = max(self.most, sum(dict(self.alive.values()).values()))


def most_in_torch(model: Any, shape: tuple[int, ...]) -> int:
    """The most bytes at once, the input left out: its owner is the caller."""
    import torch
    from torch.utils._python_dispatch import TorchDispatchMode

    given = torch.zeros(1, *shape)
    stored = {t.untyped_storage()._cdata for t in (*model.parameters(), *model.buffers(), given)}
    watch = Watch(stored)

    class Mode(TorchDispatchMode):  # type: ignore[misc]
        def __torch_dispatch__(self, call: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = call(*args, **(kwargs or {}))
            for tensor in result if isinstance(result, (tuple, list)) else [result]:
                if isinstance(tensor, torch.Tensor):
                    watch.note(tensor)
            return result

    for part in model.modules():
        if hasattr(part, "inplace"):
            part.inplace = False
    with torch.no_grad(), Mode():
        model.eval()(given)
    return watch.most


@pytest.mark.parametrize("name", ["alexnet", "resnet18", "squeezenet1_1", "shufflenet_v2_x1_0"])
def test_the_peak_in_torch(name: str) -> None:
    """Programs that keep no names on arrays that they need no more."""
    model = getattr(vision(), name)(weights=None)
    d = ws.derive(ws.read(model, input=(3, 224, 224)), "memory")
    assert d.figures[2].reached["peak"][0] > 1  # the input, which torch's caller keeps, is there no more
    assert figures(d)["peak"] == most_in_torch(model, (3, 224, 224))


# Print


FORMATS = ("md", "tex", "html", "txt", "typ")


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_works_the_figures(form: str) -> None:
    d = ws.derive(BLOCK, "memory")
    text = ws.render(d, form).decode().replace("{,}", ",").replace("\\,", ",")
    for said in ("The whole network", "Activations, all kept", "2.41 MB or 2.30 MiB", "reached while"):
        assert said in text
    assert "1,048,576 bytes" in text
    assert "2,408,448" in text
    short = ws.render(ws.summary(d), form).decode()
    assert "2.41 MB or 2.30 MiB" in short


def test_pdf_terminal_and_notebook() -> None:
    from io import StringIO

    from rich.console import Console

    from worksheet.writers import terminal

    d = ws.derive(BLOCK, "memory")
    assert ws.render(d, "pdf").startswith(b"%PDF")
    out = StringIO()
    terminal.show(d, Console(file=out, width=120))
    assert "New tensors = β_a(3 × 64 × 56 × 56) = 4 × (3 × 64 × 56 × 56) = 2,408,448 (2.41 MB or 2.30 MiB)" in out.getvalue()
    assert "2.41 MB" in d._repr_html_()
    assert "2.41 MB" in d._repr_latex_()


def test_json() -> None:
    data = json.loads(ws.render(ws.derive(BLOCK, "memory"), "json"))
    assert [entry["name"] for entry in data["figures"]] == ["weights", "kept", "kept_in_place", "peak", "peak_in_place"]
    assert data["figures"][3] == {
        "name": "peak",
        "value": 2_408_448,
        "printed": ["2.41 MB", "2.30 MiB"],
        "no": 2,
        "alive": [0, 1, 2],
    }


@pytest.mark.parametrize("form", [*FORMATS, "json", "pdf"])
def test_a_question_sheet_keeps_the_figures_open(form: str) -> None:
    d = ws.blank(ws.derive(BLOCK, "memory"))
    data = ws.render(d, form)
    if form not in {"json", "pdf"}:
        assert "Activations, all kept" in data.decode()
    for answer in (b"2,408,448", b"2.41", b"reached while"):
        assert answer not in data


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (999, ("999 B", "999 B")),
        (1000, ("1.00 KB", "0.98 KiB")),
        (1_048_576, ("1.05 MB", "1.00 MiB")),
        (999_999, ("1000.00 KB", "976.56 KiB")),
        (1_073_741_824, ("1.07 GB", "1.00 GiB")),
    ],
)
def test_bytes_in_words(value: int, said: tuple[str, str]) -> None:
    assert in_bytes(value) == said


def test_a_column_of_the_memory_must_be_there(tmp_path: Any) -> None:
    path = tmp_path / "own.yaml"
    path.write_text('title: Own\nmemory: byts\ncolumns: {bytes: {"*": beta_w*weights}}')
    with pytest.raises(WorksheetError, match="there is no column 'byts'"):
        ws.convention(str(path))
    path.write_text('title: Own\nmemory: bytes\ncolumns: {bytes: {"*": beta_w*weights}}\nonce: [bytes]')
    d = ws.derive(BLOCK, str(path), dtype="fp16")
    assert figures(d)["weights"] == 2 * (2 * 36_864 + 640)
