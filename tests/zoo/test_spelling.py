"""Names of the zoo: one spelling, any spelling is found, and those from before still lead to the same network."""

import re

import pytest

import worksheet as ws
from worksheet.errors import WorksheetError
from worksheet.zoo import model, models
from worksheet.zoo.spelling import RENAMED, fold


def test_one_spelling() -> None:
    for name in models():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert len({fold(name) for name in models()}) == len(models())


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("mobilenet_v2", "mobilenet-v2"), ("MobileNet-V2", "mobilenet-v2"), ("vit_b_16", "vit-b-16"), ("vgg-16", "vgg16"),
        ("ResNet_50", "resnet50"), ("lenet5", "lenet-5"), ("DenseNet-121", "densenet121"), ("resnext50_32x4d", "resnext50-32x4d"),
    ],
)  # fmt: skip
def test_any_spelling_is_found(typed: str, name: str) -> None:
    assert model(typed) is models()[name]


def test_resnets_are_torchvisions() -> None:
    """Parameters and G MACs as torchvision publishes them; of Caffe's definition as Netscope counts them."""
    published = {"resnet50": (25_557_032, 4.09), "resnet101": (44_549_160, 7.80), "resnet152": (60_192_808, 11.51)}
    for name, (params, macs) in published.items():
        totals = ws.derive(ws.read(f"zoo:{name}"), "textbook").totals
        assert (totals["params"], round((totals["macs"] or 0) / 1e9, 2)) == (params, macs)
    assert round((ws.derive(ws.read("zoo:resnet50-caffe"), "textbook").totals["macs"] or 0) / 1e9, 2) == 3.86


@pytest.mark.parametrize("old", RENAMED)
def test_a_name_from_before_is_noted(old: str) -> None:
    network = ws.read(f"zoo:{old}")
    assert network.name == RENAMED[old]
    assert f"was called zoo:{old}; its name is now zoo:{RENAMED[old]}." in " ".join(network.notes)


def test_a_name_that_is_another_network_now_is_noted() -> None:
    assert "zoo:resnet50 is another definition, that of torchvision." in ws.read("zoo:resnet-50").notes
    assert not ws.read("zoo:resnet50").notes


@pytest.mark.parametrize(("typed", "hint"), [("resnet5", "resnet50"), ("vgg-vd-18", "vgg19"), ("moblienet_v2", "mobilenet-v2")])
def test_names_now_and_before_are_suggested(typed: str, hint: str) -> None:
    with pytest.raises(WorksheetError) as caught:
        model(typed)
    assert "did you mean" in (caught.value.hint or "")
    assert hint in (caught.value.hint or "")


GROWING = [("vgg16", "Linear"), ("resnet50-caffe", "Linear"), ("vit-b-16", "Parameter"), ("resnet50", "")]


@pytest.mark.parametrize(("name", "grows"), GROWING)
@pytest.mark.parametrize("input", ["3x224x224", "3x288x288"])
def test_a_solution_for_another_input_says_where_parameters_grow(name: str, grows: str, input: str) -> None:
    notes = " ".join(ws.derive(ws.read(f"zoo:{name}", input)).notes)
    is_said = f"grow with the input, those of {grows}:" in notes
    assert is_said == bool(grows and input != "3x224x224")


@pytest.mark.parametrize(("name", "grows"), [("vgg16", "Linear"), ("resnet50-caffe", "Linear"), ("resnet50", "")])
def test_parameters_that_grow_with_the_image_have_a_sentence(name: str, grows: str) -> None:
    text = " ".join(ws.render(ws.grow(ws.read(f"zoo:{name}"), {"side": "224..448"}), "txt").decode().split())
    assert (f"grow with the input, those of {grows}:" in text) == bool(grows)
