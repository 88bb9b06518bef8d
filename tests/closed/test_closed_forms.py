"""Closed forms equal the exact count at random sizes, in every residue class; those that can be worked out by hand are these."""

from __future__ import annotations

import random

import pytest

import worksheet as ws
from tests.closed.checking import ASKED, Asked, Held
from worksheet.derive.closed import Closed
from worksheet.derive.closed.classes import Classes
from worksheet.errors import NetworkError
from worksheet.formula import Formula
from worksheet.zoo import model

FEW = 6  # sizes at random; the whole run of 200 sizes and of every class is tests/closed/full.py
MANY_CLASSES = ("googlenet-MN", "swin-t-M")
CONVENTIONS = {  # of counting, each with networks whose layers it has rules for
    "ai61002": ["vgg16-MB", "lenet-5-MB"],
    "memory": ["resnet18-MB", "gpt2-LB", "unet-MB"],
    "convnet-burden": ["resnet50-caffe-MB", "googlenet-MB"],
    "netscope": ["squeezenet1-0-MB"],
    "fvcore": ["vit-b-16-MB", "bert-base-LB"],
    "torchinfo": ["mobilenet-v2-MB"],
    "ptflops": ["lstm-2-layer-LB"],
    "operations": ["densenet121-MB"],
}
BY_ID = {asked.id: asked for asked in ASKED}


@pytest.mark.parametrize("asked", [a for a in ASKED if a.id not in MANY_CLASSES], ids=lambda asked: asked.id)
def test_closed_forms_are_the_exact_count(asked: Asked) -> None:
    held = Held(asked, "textbook")
    source = random.Random(asked.id)
    sizes = [*asked.draw(source, FEW), *source.sample(every := [*asked.every_class(source, held.classes)], min(FEW, len(every)))]
    for size in sizes:
        held.check(size)
    assert held.met["held"] + held.met["refused"] > 0


@pytest.mark.parametrize("asked", [BY_ID[name] for name in MANY_CLASSES], ids=lambda asked: asked.id)
def test_forms_of_many_classes(asked: Asked) -> None:
    """The case that covers a size alone; swin-t lays other windows below 225."""
    closed = Closed(ws.read(f"zoo:{asked.network}"), asked.symbols, "textbook")
    for sizes in asked.draw(random.Random(asked.id), 3):
        exact = asked.exact(sizes, "textbook")
        if exact is not None:
            assert closed.at(sizes) == exact


@pytest.mark.parametrize("asked", [BY_ID["lenet-5-MB"], BY_ID["vit-b-16-MB"], BY_ID["unet-MB"]], ids=lambda asked: asked.id)
def test_every_class_of_small_networks(asked: Asked) -> None:
    held = Held(asked, "textbook")
    for size in asked.every_class(random.Random(asked.id), held.classes):
        held.check(size)


@pytest.mark.parametrize(
    ("convention", "asked"), [(convention, BY_ID[name]) for convention, names in CONVENTIONS.items() for name in names],
    ids=lambda value: value if isinstance(value, str) else value.id,
)  # fmt: skip
def test_closed_forms_of_other_ways_of_counting(convention: str, asked: Asked) -> None:
    held = Held(asked, convention)
    for size in asked.draw(random.Random(convention), 4):
        held.check(size)


# By hand


def total(network: str, symbols: list[str], column: str, convention: str = "textbook") -> Formula:
    closed = Closed(ws.read(f"zoo:{network}"), symbols, convention)
    return Formula(closed.main.formula(closed.main.totals[column]).source)


def same(form: Formula, expected: str) -> bool:
    import sympy

    return sympy.expand(form.expr - Formula(expected, form.least).expr) == 0


def test_gpt2_by_hand() -> None:
    """Twelve blocks of width 768: 12*768**2 weights each, scores and their use of the values 2*L**2*768; the head 50257*768."""
    assert same(total("gpt2", ["L", "B"], "macs"), "B*(L*(12*12*768**2 + 50257*768) + 12*2*L**2*768)")


def test_vit_by_hand() -> None:
    """Tokens are patches of 16 x 16 and one more; the patches are cut by a layer of 3*16*16 inputs; the head reads one token."""
    form = total("vit-b-16", ["M"], "macs")
    tokens = "(floor(M/16)**2 + 1)"
    macs = f"floor(M/16)**2*768*768 + 12*({tokens}*12*768**2 + 2*{tokens}**2*768) + 768*1000"
    for side in range(16, 400, 16):
        assert form.evaluate(M=side) == Formula(macs).evaluate(M=side)


def test_vgg_by_hand() -> None:
    """Convolutions of 3 x 3 that keep the size; five poolings of Caffe, which round up, between them; three linear layers."""
    widths = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
    form = total("vgg16", ["M"], "macs")
    for side in range(180, 260):
        size, channels, macs = side, 3, 0
        for stage in widths:
            for width in stage:
                macs += size * size * 9 * channels * width
                channels = width
            size = -(-size // 2)
        macs += size * size * 512 * 4096 + 4096 * 4096 + 4096 * 1000
        assert form.evaluate(M=side) == macs


def test_unet_by_hand() -> None:
    """Ronneberger et al. 2015: unpadded 3 x 3 convolutions; each half of the way up begins with a doubling of 2 x 2."""
    form = total("unet", ["M"], "macs")
    for side in range(188, 700, 16):  # the sizes at which every pooling is even
        assert form.evaluate(M=side) == unet(side), side


def unet(size: int) -> int:
    macs, channels = 0, 1
    for depth in range(5):
        width = 64 * 2**depth
        for _ in range(2):
            size -= 2
            macs += size * size * 9 * channels * width
            channels = width
        size = size // 2 if depth < 4 else size
    for depth in range(3, -1, -1):
        width = 64 * 2**depth
        macs += size * size * 4 * channels * width
        size *= 2
        channels = 2 * width
        for _ in range(2):
            size -= 2
            macs += size * size * 9 * channels * width
            channels = width
    return macs + size * size * channels * 2


def test_lstm_by_hand() -> None:
    """Four gates of 256 units, each with products of 128 inputs (in the second layer, of the 256 below) and of 256 states."""
    assert same(total("lstm-2-layer", ["L", "B"], "macs"), "B*L*4*256*((128 + 256) + (256 + 256))")


def test_the_width_of_mobilenet_by_hand() -> None:
    """Howard et al. 2017, table 1: a convolution, thirteen pairs of depthwise and pointwise layers, one linear layer."""
    strides = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1)
    widths = (64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024)
    size, channels = 112, 32
    linear, square = 27 * 32 * size**2, 0
    for stride, width in zip(strides, widths, strict=True):
        size //= stride
        linear += 9 * channels * size**2
        square += channels * width * size**2
        channels = width
    linear += channels * 1000
    assert same(total("mobilenet-v1", ["alpha"], "macs"), f"{square}*alpha**2 + {linear}*alpha")


def test_resnet_152_of_32_q() -> None:
    """The figure that the request for closed forms gives: 235390464 products for each of Q times Q patches of 32 x 32."""
    classes = Classes(Closed(ws.read("zoo:resnet152"), ["M"], "operations"))
    assert classes.all[0].residues == (0,)
    assert classes.all[0].totals["multiplications"].source == "235390464*Q**2 + 2048000"


def test_a_sheet_whose_linear_layer_states_its_input(tmp_path) -> None:
    """One side alone fits, so there is no form; without the number there is one."""
    text = "input: 1 x 28 x 28\n---\nConv2d: 4c 3w 2s 1p\nLinear: {}->10\n"
    (tmp_path / "a.sheet").write_text("---\n" + text.format(784))
    with pytest.raises(ws.WorksheetError, match=r"with M = \d+: Linear states 784 inputs") as caught:
        Closed(ws.read(tmp_path / "a.sheet"), ["M"], "textbook").main  # noqa: B018
    assert "leave the number out" in str(caught.value)
    (tmp_path / "b.sheet").write_text("---\n" + text.format(""))
    closed = Closed(ws.read(tmp_path / "b.sheet"), ["M"], "textbook")
    assert closed.main.formula(closed.main.totals["params"]).source == "40*ceil(M/2)**2 + 50"


def test_a_case_that_is_first_met_with_one_sample_holds_for_several() -> None:
    """One sample is left out of the numeric solution's formulas; a form must not forget it."""
    asked = BY_ID["efficientnet-b0-MB"]
    closed = Closed(ws.read("zoo:efficientnet-b0"), asked.symbols, "memory")
    for sizes in ((17, 1), (18, 6), (18, 1)):
        assert closed.at(sizes) == asked.exact(sizes, "memory")


def test_counts_of_too_many_terms_are_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not a crash, and not a size that has no network."""
    closed = Closed(model("resnet18").network(), ["M", "B"], "textbook")
    monkeypatch.setattr("worksheet.formula.polynomial.MAX_TERMS", 3)
    with pytest.raises(NetworkError, match="too long to be used"):
        _ = closed.main
    assert not closed.refused
    monkeypatch.undo()
    assert closed.main.totals["params"].constant == 11_689_512
    monkeypatch.setattr("worksheet.formula.polynomial.MAX_TERMS", 1)
    assert "too long to be used" in Classes(closed).fault
