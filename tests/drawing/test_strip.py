"""The strip of a network: boxes drawn to size, nothing given away on a sheet, well-formed, fast."""

import re
from fractions import Fraction
from math import log2
from time import process_time
from xml.etree import ElementTree

import pytest

import worksheet as ws
from tests.sheet_facts import EXAMPLES, SHEET
from worksheet.document import NetworkStrip, Picture
from worksheet.document.solution import laid_out, strip
from worksheet.drawing.strip import TALLEST, draw_strip
from worksheet.drawing.strip_boxes import MAX_BOXES, strip_boxes
from worksheet.zoo import models

SVG = "{http://www.w3.org/2000/svg}"
# What AI61002's AlexNet gives: the sides of its feature maps, as its sheet prints them, then three fully connected layers.
SIDES = (227, 56, 28, 28, 14, 14, 14, 14, 6, 1, 1, 1)
CHANNELS = (3, 64, 64, 192, 192, 384, 256, 256, 256, 4096, 4096, 1000)


def fronts(picture: Picture) -> list[tuple[float, float]]:
    """The width and height of every box; those behind another have no colour of their own."""
    rects = ElementTree.fromstring(picture.svg).iter(f"{SVG}rect")
    return [(float(r.get("width", 0)), float(r.get("height", 0))) for r in rects if r.get("fill-opacity")]


def texts(picture: Picture) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(picture.svg).iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def alexnet(solution: ws.Derivation) -> Picture:
    return draw_strip(strip(solution))


@pytest.fixture(scope="module")
def solution() -> ws.Derivation:
    return ws.derive(ws.read(SHEET))


def test_boxes_are_drawn_to_size(alexnet: Picture) -> None:
    boxes = fronts(alexnet)
    assert len(boxes) == len(SIDES)
    for (width, height), side, channels in zip(boxes, SIDES, CHANNELS, strict=True):
        assert height == pytest.approx(max(4, TALLEST * float(Fraction(side, 227)) ** 0.5), abs=0.01)
        assert width == pytest.approx(boxes[9][0] * log2(1 + channels) / log2(1 + 4096), abs=0.01)
    assert {"227 × 227", "64 ×", "56 × 56", "4096", "1000", "1–2", "Conv2d", "MaxPool2d", "Linear"} <= set(texts(alexnet))
    assert "square root" in alexnet.words
    assert "logarithm" in alexnet.words
    assert "1–2: Conv2d 64 × 56 × 56" in alexnet.words


def test_a_sheet_without_sizes_gives_none_away(solution: ws.Derivation) -> None:
    """Boxes of one size, the input's size alone; no word of another, also not for those who hear it."""
    drawn = draw_strip(strip(ws.blank(solution)))
    assert len(set(fronts(drawn))) == 1
    below = [text for text in texts(drawn) if re.search(r"×|^\d+$", text)]
    assert below == ["3 ×", "227 × 227", "3", "6", "20"]  # the numbers of single layers
    assert re.findall(r"\d+ × [\d ×]+", drawn.words) == ["3 × 227 × 227"]


def test_boxes_of_a_sheet_follow_from_the_kinds_alone(sheet) -> None:
    """Two networks of the same kinds and different sizes look the same: sizes do not even decide which boxes are merged."""
    layers = "".join(f"Conv2d: {{}}c 1w 1s 0p\n{'ReLU' if i % 2 else 'MaxPool2d: 1w 1s'}\n" for i in range(20))
    equal, growing = layers.format(*[8] * 20), layers.format(*range(1, 21))
    drawn = []
    for name, text in (("equal", equal), ("growing", growing)):
        path = sheet(f"---\nconvention: textbook\ninput: 3 x 8 x 8\n---\n{text}", f"{name}.sheet")
        drawn.append(draw_strip(strip(ws.blank(ws.derive(ws.read(path))))))
    inner = [re.sub(r"^<svg[^>]*>", "", picture.svg) for picture in drawn]
    assert inner[0] == inner[1]


@pytest.mark.parametrize("name", models())
def test_every_network_of_the_zoo_fits_one_line(name: str) -> None:
    block = strip(ws.derive(ws.read(f"zoo:{name}"), "textbook"))
    boxes = strip_boxes(block.layers)
    assert 1 <= len(boxes) <= MAX_BOXES
    assert [layer.no for box in boxes for layer in box.layers] == [layer.no for layer in block.layers if layer.no > 0]
    drawn = draw_strip(block)
    assert drawn.width <= 470.01
    for text in ElementTree.fromstring(drawn.svg).iter(f"{SVG}text"):
        assert len(text.text or "") * 3.5 <= drawn.width / (len(boxes) + 1) + 3.5, text.text


def test_stages_that_repeat_share_a_box() -> None:
    assert "h.0 × 12" in texts(draw_strip(strip(ws.derive(ws.read("zoo:gpt2"), "textbook"))))


def test_a_connection_over_other_boxes_is_an_arc() -> None:
    drawn = draw_strip(strip(ws.derive(ws.read("zoo:unet"), "textbook")))
    assert len(re.findall(r'd="M[^"]*C', drawn.svg)) == 4  # the four copies of the U


def test_the_strip_is_the_first_block_and_a_selection_has_none(solution: ws.Derivation) -> None:
    assert isinstance(laid_out(solution).blocks[0], NetworkStrip)
    assert isinstance(laid_out(ws.blank(solution)).blocks[0], NetworkStrip)
    assert not any(isinstance(block, NetworkStrip) for block in laid_out(ws.select(solution, "1-3")).blocks)
    assert "<svg" in ws.render(solution, "html").decode()
    assert "tikzpicture" in ws.render(solution, "tex").decode()
    assert "svg" not in ws.render(solution, "md").decode()


def test_reports_on_one_network_begin_with_its_strip() -> None:
    network = ws.read(EXAMPLES / "lenet5.sheet")
    reports = (ws.burden(network), ws.timing(network, "a100"), ws.transformer("zoo:gpt2"))
    assert all(isinstance(report.blocks[0], NetworkStrip) for report in reports)


def test_a_strip_takes_less_than_five_milliseconds(solution: ws.Derivation) -> None:
    block, times = strip(solution), []
    for _ in range(15):
        start = process_time()
        draw_strip(block)
        times.append(process_time() - start)
    assert min(times) < 0.005


@pytest.mark.parametrize("form", ["md", "txt"])
def test_the_strip_is_a_line_where_nothing_is_drawn(form: str) -> None:
    network = ws.network("net", (3, 8, 8), ws.layer("Conv2d", k=5, w=3), ws.layer("ReLU"), ws.layer("Linear", k=2))
    solution = ws.derive(network, "textbook")
    assert "\nInput 3 × 8 × 8 → 1–2: Conv2d 5 × 6 × 6 → 3: Linear 2\n" in ws.render(solution, form).decode()
    assert "\nInput 3 × 8 × 8 → 1–2: Conv2d → 3: Linear\n" in ws.render(ws.blank(solution), form).decode()


def test_the_picture_is_folded_after_the_strip_in_a_page_and_after_the_table_on_paper() -> None:
    solution = ws.derive(ws.read("zoo:resnet18"), "textbook")
    page = ws.render(solution, "html").decode()
    places = [
        page.index(mark) for mark in ("<svg", '<details class="folded" id="graph">', "<table", '<details open id="part-1">')
    ]
    assert places == sorted(places)
    paper = ws.render(solution, "tex").decode()
    assert paper.index("begin{tikzpicture}") < paper.index("begin{longtable}") < paper.index("section*{The network}")
