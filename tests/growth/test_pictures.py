"""The pictures: read back as XML, their marks where the values are, labels that do not collide, distinct without colour."""

import re
from fractions import Fraction
from itertools import combinations, pairwise
from math import log
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

import worksheet as ws
from worksheet.document import Picture
from worksheet.drawing.axes import GAP, PlotAxis, apart
from worksheet.drawing.curves import Chart, Series, draw_chart
from worksheet.drawing.shares import Bands, draw_bands
from worksheet.formula import Scale

SVG = "{http://www.w3.org/2000/svg}"
LETTER = 0.5  # of a letter's width, as a share of the type's size


def texts(picture: Picture) -> list[tuple[float, float, float, str]]:
    """Left, right and base line of every text."""
    drawn = []
    for text in ET.fromstring(picture.svg).iter(f"{SVG}text"):
        words = text.text or ""
        x, width = float(text.get("x")), len(words) * float(text.get("font-size", 8.5)) * LETTER
        left = {"start": x, "middle": x - width / 2, "end": x - width}[text.get("text-anchor", "start")]
        drawn.append((left, left + width, float(text.get("y")), words))
    return drawn


def collide(one: tuple, other: tuple) -> bool:
    return one[0] < other[1] and other[0] < one[1] and abs(one[2] - other[2]) < 6


@pytest.fixture(scope="module")
def report() -> ws.Document:
    networks = [
        ws.read(f"zoo:{name}") for name in ("resnet50-caffe", "vit-b-16", "densenet121", "mobilenet-v1", "vgg16", "inception-v3")
    ]
    return ws.grow(networks, {"side": "112..672", "batch": "1..64"})


def test_every_picture_is_sound(report: ws.Document) -> None:
    assert len({picture.name for picture in report.pictures}) == len(report.pictures) > 6
    for picture in report.pictures:
        root = ET.fromstring(picture.svg)
        width, height = map(float, root.get("viewBox").split()[2:])
        assert root.get("aria-label") == picture.words
        for left, right, y, words in texts(picture):
            assert left >= -1, words
            assert right <= width + 1, words
            assert 0 < y < height
        for one, other in combinations(texts(picture), 2):
            assert not collide(one, other), (picture.name, one, other)


def test_curves_are_distinct_without_colour(report: ws.Document) -> None:
    for picture in report.pictures:
        curves = [path for path in ET.fromstring(picture.svg).iter(f"{SVG}path") if path.get("stroke-width") == "1.2"]
        dashes = [path.get("stroke-dasharray", "") for path in curves]
        assert len(set(dashes)) == len(dashes)


def test_places_on_axes() -> None:
    """Halfway between 1 and 100 lies 50.5 on a linear axis and 10 on a logarithmic one."""
    assert PlotAxis(1, 100, 0, 10).at(Fraction(101, 2)) == pytest.approx(5)
    assert PlotAxis(1, 100, 0, 10, True).at(10) == pytest.approx(5)
    assert PlotAxis(7, 7, 0, 10).at(7) == 5


def test_a_power_is_a_straight_line_on_logarithmic_axes() -> None:
    lines = [Series("cube", {x: x**3 for x in range(1, 65)}), Series("square", {x: 5 * x**2 for x in range(1, 65)})]
    picture = draw_chart(Chart("powers", "Powers", "side", Scale(1000), lines, is_logarithmic=True))
    paths = [path.get("d") for path in ET.fromstring(picture.svg).iter(f"{SVG}path") if path.get("stroke-width") == "1.2"]
    for path, power in zip(paths, (3, 2), strict=True):
        places = [tuple(map(float, place.split())) for place in re.findall(r"[\d.]+ [\d.]+", path)]
        slopes = {round((places[0][1] - y) / (x - places[0][0]), 2) for x, y in places[3:]}
        across, up = places[-1][0] - places[0][0], places[0][1] - places[-1][1]
        assert len(slopes) <= 2
        assert up / across == pytest.approx(power * slope_of_one(picture), rel=0.01)


def slope_of_one(picture: Picture) -> float:
    """Points up for each point to the right where a value doubles with its size, from the two axes' own figures."""
    marks = {words: (left + right) / 2 for left, right, y, words in texts(picture) if y > 175}
    doubled = marks["2"] - marks["1"]
    heights = sorted((y, words) for _, _, y, words in texts(picture) if re.fullmatch(r"1 ?0?0? ?K?", words) and y < 165)
    values = {"1": 1, "10": 10, "100": 100, "1 K": 1000, "10 K": 10**4, "100 K": 10**5}
    (top, high), *_, (bottom, low) = heights
    per_log = (bottom - top) / (log(values[high]) - log(values[low]))
    return per_log * log(2) / doubled


def test_nothing_counted_has_no_place_on_logarithmic_axes() -> None:
    picture = draw_chart(Chart("x", "X", "side", Scale(1000), [Series("a", {1: 0, 2: 5, 3: 9})], is_logarithmic=True))
    assert "nan" not in picture.svg
    assert "inf" not in picture.svg


def test_bands_fill_the_whole() -> None:
    shares = {size: {"A": Fraction(size, 10), "B": Fraction(9 - size, 10), "C": Fraction(1, 10)} for size in range(1, 9)}
    picture = draw_bands(Bands("x", "Shares", "side", shares, ["A", "B", "C"]))
    areas = [path.get("d") for path in ET.fromstring(picture.svg).iter(f"{SVG}path") if path.get("fill-opacity")]
    assert len(areas) == 3
    highest = min(float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", areas[-1]))
    lowest = max(float(y) for _, y in re.findall(r"([\d.]+) ([\d.]+)", areas[0]))
    assert (highest, lowest) == (24.0, 168.0)
    assert {words for *_, words in texts(picture)} >= {"A 80 %", "B 10 %", "C 10 %"}


@given(st.lists(st.floats(0, 150), min_size=1, max_size=12))
def test_labels_are_moved_apart(places: list[float]) -> None:
    drawn = apart(sorted(places), 0, 150)
    assert all(b - a >= GAP - 1e-9 for a, b in pairwise(drawn))
    assert max(drawn) <= 150 + 1e-9


def test_the_same_bytes_every_time(report: ws.Document) -> None:
    again = ws.grow([ws.read("zoo:gpt2")], {"length": "64..1024"})
    once = ws.grow([ws.read("zoo:gpt2")], {"length": "64..1024"})
    for format in ("md", "html", "json", "typ"):
        assert ws.render(again, format) == ws.render(once, format)
    assert ws.render(once, "pdf").startswith(b"%PDF")
    assert ws.render(once, "html").count(b"<svg") == len(once.pictures) + 1  # the strip
