"""The command on networks that are no sheets: the zoo, Caffe files, PyTorch factories."""

import json

import pytest

CAFFE = """\
name: "tiny"
input: "data"
input_dim: 1 input_dim: 3 input_dim: 8 input_dim: 8
layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param { num_output: 4 kernel_size: 3 } }
layer { name: "odd" type: "Oddity" bottom: "conv" top: "odd" }
layer { name: "fc" type: "InnerProduct" bottom: "odd" top: "fc" inner_product_param { num_output: 10 } }
"""


def test_the_zoo_as_data(command) -> None:
    result = command("zoo", "resnet50", "-f", "json")
    entry = next(entry for entry in json.loads(result.out) if entry["name"] == "resnet50")
    assert entry["input"] == [3, 224, 224]
    assert (entry["parameters"], entry["macs"]) == (25_557_032, 4_089_184_256)
    assert entry["source"]
    assert set(entry["errors"]) == {"top-1", "top-5"}


def test_the_zoo_as_a_table(command) -> None:
    out = command("zoo", "VGG_16").out
    assert "vgg16-atrous" in out
    assert "138,357,544" in out
    assert "top-1 28.5 %" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("zoo", "nothing-like-it"), "no network of the zoo is called 'nothing-like-it'"),
        (("zoo", "vgg", "-f", "xml"), "unknown format 'xml'"),
        (("solve", "zoo:resnet55"), "there is no 'resnet55' in the zoo\n  hint: did you mean resnet50"),
        (("solve", "zoo:resnet50", "--kwargs", "depth"), "cannot read the argument 'depth'"),
        (("solve", "nowhere.prototxt"), "nowhere.prototxt"),
        (("solve", "nowhere.onnx"), "nowhere.onnx"),
        (("solve", "a-file.weights"), "no such file"),
        (("solve", "zoo:resnet50-caffe", "--input", "3x1x1"), ""),
    ],
)
def test_what_is_wrong_is_said(command, words: tuple[str, ...], message: str) -> None:
    result = command(*words, "-o", "x.md") if words[0] == "solve" else command(*words)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert "Traceback" not in result.err


def test_regions_of_a_detector(command) -> None:
    data = json.loads(command("solve", "zoo:faster-rcnn-vggvd-pascal", "--regions", "82", "-f", "json").out)
    (proposal,) = [row for row in data["rows"] if row["kind"] == "Proposal"]
    assert proposal["values"]["r"] == 82
    assert any("82 regions" in note for note in data["notes"])


def test_layers_that_are_not_known(command, sheet) -> None:
    path = sheet(CAFFE, "tiny.prototxt")
    result = command("solve", path, "-o", "x.md")
    assert result.code == 2
    assert f"{path}:5:" in result.err
    assert "Oddity" in result.err
    data = json.loads(command("solve", path, "--skip-unknown", "-f", "json").out)
    assert data["totals"] == {"params": 4 * 28 + 10 * 145, "macs": 4 * 27 * 36 + 1440}
    assert any("Oddity" in note for note in data["notes"])


def test_another_input(command, sheet) -> None:
    path = sheet(CAFFE.replace('bottom: "odd"', 'bottom: "conv"').replace('type: "Oddity"', 'type: "ReLU"'), "tiny.prototxt")
    data = json.loads(command("solve", path, "--input", "3x10x10", "-f", "json").out)
    assert data["rows"][0]["output"] == [4, 8, 8]


@pytest.mark.torch
def test_a_factory_of_pytorch_with_arguments(command, tmp_path) -> None:
    (tmp_path / "mine.py").write_text(
        "from torch import nn\n\n"
        "def make(width=4, bias=True):\n"
        "    return nn.Sequential(nn.Linear(10, width, bias=bias), nn.ReLU())\n"
    )
    line = ("solve", "mine:make", "--input", "10", "--kwargs", "width=7", "--kwargs", "bias=false", "-f", "json")
    data = json.loads(command(*line).out)
    assert data["totals"] == {"params": 70, "macs": 70}
    assert command("solve", "mine:make").code == 2
    assert "--input" in command("solve", "mine:make").err
