"""Growth as others have published it: MobileNet's multipliers, the reports of convnet-burden, the costs of transformers."""

from dataclasses import replace
from pathlib import Path

import pytest

import worksheet as ws
from worksheet.formula import Scale
from worksheet.zoo import published

# Howard et al. 2017, MobileNets, tables 6 and 7: millions of mult-adds and of parameters by the width multiplier at 224 x 224,
# and millions of mult-adds by the side of the input at full width.
WIDTHS = {"1": (569, 4.2), "3/4": (325, 2.6), "1/2": (149, 1.3), "1/4": (41, 0.5)}
SIDES = {224: 569, 192: 418, 160: 290, 128: 186}

REPORTS: dict[str, list[tuple[int, str, str]]] = {}  # by network: side, features and flops of 128 images, as printed
for line in (Path(__file__).parents[1] / "facts" / "convnet_burden_reports.txt").read_text().splitlines():
    if "|" in line and not line.startswith("#"):
        size, _, features, flops = (part.strip() for part in line.split("|"))
        height, width = map(int, size.split(" x "))
        if height == width:
            REPORTS[list(REPORTS)[-1]].append((width, features, flops))
    elif not line.startswith("#"):
        REPORTS[line.split()[0]] = []
MADE_AGAIN = ("deeplab-res101-v2",)  # resamples to sizes that depend on the input's
SQUARE = [name for name, rows in REPORTS.items() if len(rows) > 2]


def only(report: ws.Document) -> dict:
    [chapter] = report.data["growth"]
    return chapter


def curve(chapter: dict, column: str) -> dict:
    """The values of a column by size."""
    [entry] = [each for each in chapter["curves"] if each["column"] == column]
    return dict(zip(chapter["sizes"], entry["values"], strict=True))


def test_mobilenets_width_multiplier() -> None:
    chapter = only(ws.grow(ws.read("zoo:mobilenet-v1"), {"width": "0.25, 0.5, 0.75, 1"}))
    macs, params = curve(chapter, "macs"), curve(chapter, "params")
    for width, (millions, parameters) in WIDTHS.items():
        size = 1 if width == "1" else width
        assert round(macs[size] / 10**6) == millions
        assert round(params[size] / 10**6, 1) == parameters


def test_mobilenets_resolution_multiplier() -> None:
    chapter = only(ws.grow(ws.read("zoo:mobilenet-v1"), {"side": "128..224"}, columns=["macs"]))
    macs = curve(chapter, "macs")
    for side, millions in SIDES.items():
        assert abs(macs[side] / 10**6 - millions) < 1  # the paper cuts some figures and rounds others
    assert curve(only(ws.grow(ws.read("zoo:mobilenet-v1"), {"side": "128..224"})), "params") == dict.fromkeys(macs, 4_231_976)


@pytest.mark.parametrize("name", SQUARE)
def test_convnet_burdens_scales(name: str) -> None:
    """Every square row of the published reports, to the printed digit, from closed forms of the network up to the layer."""
    row = published(name)
    whole = row.model.network()
    again = (lambda shape: whole.made_for(shape).until(row.until)) if name in MADE_AGAIN else None
    part = replace(whole.until(row.until), made_for=again)
    sides = ",".join(str(side) for side, _, _ in REPORTS[name])
    chapter = only(ws.grow(part, {"side": sides, "batch": "128"}, ["convnet-burden"], columns=["feat_mem", "flops"]))
    features, flops = curve(chapter, "feat_mem"), curve(chapter, "flops")
    printed = {side: (Scale(1024, "B").said(features[side]), Scale(1000, "FLOPs").said(flops[side])) for side in features}
    assert printed == {side: tuple(said) for side, *said in REPORTS[name]}


def test_gpt_2_in_its_length() -> None:
    """Twelve layers of width 768: 12 d^2 weights a layer, the head over the vocabulary, 2 L^2 d for the attention of a layer."""
    d, layers, words = 768, 12, 50_257
    chapter = only(ws.grow(ws.read("zoo:gpt2"), {"length": "64..1024"}))
    macs = curve(chapter, "macs")
    assert macs == {n: n * (12 * d * d * layers + d * words) + 2 * n * n * d * layers for n in (64, 128, 256, 512, 1024)}
    [entry] = [each for each in chapter["curves"] if each["column"] == "macs"]
    assert entry["limit"] == {"degree": 2, "factor": 2 * d * layers}
    assert set(curve(chapter, "params").values()) == {124_439_808}  # as published with the model


def test_a_vision_transformers_side() -> None:
    """Attention grows with the fourth power of the side: tokens are (M/16)^2, and each sees each."""
    chapter = only(ws.grow(ws.read("zoo:vit-b-16"), {"side": "112..672"}, columns=["macs"]))
    [entry] = chapter["curves"]
    assert entry["class"]["period"] == 16
    assert entry["limit"]["degree"] == 4
    d, layers = 768, 12
    assert entry["class"]["text"].startswith(f"{2 * d * layers}*Q**4")
    assert all(size % 16 == 0 for size in chapter["sizes"])
    assert len(chapter["refused"]) == 35  # the stretches between 36 multiples of 16


def test_a_batch_is_linear_and_stored_numbers_are_constant() -> None:
    chapter = only(ws.grow(ws.read("zoo:resnet50"), {"batch": "1..64"}))
    macs = curve(chapter, "macs")
    assert {batch: macs[batch] / batch for batch in macs} == dict.fromkeys(macs, 4_089_184_256)  # torchvision: 4.09 GMACs
    assert set(curve(chapter, "params").values()) == {25_557_032}  # torchvision's table of weights
    assert chapter["curves"][1]["limit"]["degree"] == 1
