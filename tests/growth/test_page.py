"""The page for students: what it shows is what the command prints, and its answers are right."""

import re
from math import sqrt

import pytest

import worksheet as ws
from tests.growth.test_published import curve, only
from tests.sheet_facts import ROOT

PAGE = (ROOT / "docs" / "growth.md").read_text()
SHOWN = re.findall(r"^    \$ worksheet (grow .+)\n((?:    .+\n)*)", PAGE, re.MULTILINE)


@pytest.mark.parametrize(("line", "output"), SHOWN, ids=[line for line, _ in SHOWN])
def test_the_page_shows_what_the_program_prints(line: str, output: str, command) -> None:
    run = command(*line.split())
    assert run.code == 0
    printed = " ".join(run.out.split())
    for shown in output.splitlines():
        assert " ".join(shown.split()) in printed


def test_pictures_are_there() -> None:
    images = re.findall(r"!\[[^\]]+\]\((images/growth-[^)]+)\)", PAGE)
    assert len(images) == 6
    for image in images:
        assert (ROOT / "docs" / image).read_bytes().startswith(b"\x89PNG")


def test_the_answers() -> None:
    mobile = ws.read("zoo:mobilenet-v1")
    macs = curve(only(ws.grow(mobile, {"side": "224, 225"})), "macs")
    assert macs == {224: 568_740_352, 225: 644_580_288}
    for value in macs.values():
        assert f"{value:,}" in PAGE
    assert round(100 * (macs[225] / macs[224] - 1)) == 13
    alpha = (-29_248_000 + sqrt(29_248_000**2 + 4 * 539_492_352 * 2 * 568_740_352)) / (2 * 539_492_352)
    assert f"α = {alpha:.2f}" in PAGE
    vgg = ws.derive(ws.read("zoo:vgg16", (3, 448, 448)), "textbook")
    [linear] = [part.totals["params"] for part in vgg.kinds if part.title == "Linear"]
    assert f"{linear:,} of {vgg.totals['params']:,}: {100 * linear / vgg.totals['params']:.1f} %" in PAGE
    unet = only(ws.grow(ws.read("zoo:unet"), {"side": "188..700"}, columns=["macs"]))["curves"][0]
    assert unet["limit"]["degree"] == 2
    assert float(unet["doublings"][0]["exponent"]) > 2.8
