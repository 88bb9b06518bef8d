"""Drawings in LaTeX: every element of the SVG becomes TikZ, words are escaped."""

import re

import pytest

from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.writers.latex import escape
from worksheet.writers.tikz import tikz


def turned(*parts: str, height: float = 50) -> str:
    return tikz(svg.page(parts, "words", height, width=100), escape)


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        (svg.path("M1 2L3 4H5V6z", 'fill="none" stroke="currentColor"'), "(1,2) -- (3,4) -- (5,4) -- (5,6) -- cycle;"),
        (svg.path("M0 0C1 2 3 4 5 6V7", svg.SOLID), "(0,0) .. controls (1,2) and (3,4) .. (5,6) -- (5,7);"),
        (svg.rect(1, 2, 30, 4, 'fill="#3f87d0" fill-opacity="0.5"'), "fill={rgb,255:red,63;green,135;blue,208}"),
        (svg.rect(1, 2, 30, 4, "fill='x'"), "(1,2) rectangle (31,6)"),
        (svg.circle(1, 2, 3, 'fill="white"'), "(1.00,2.00) circle[radius=3.00]"),
        (svg.path("M0 0H1", f'{svg.SOLID} stroke-dasharray="2 1"'), "dash pattern=on 2bp off 1bp"),
        (svg.text(1, 2, "50 % of $x_1$ & <b>", bold=True), r"50 \% of \$x\_1\$ \& \textless{}b\textgreater{}"),
        (svg.text(1, 2, "\\input{/etc/passwd}", 7.0, "middle"), r"\textbackslash{}input\{/etc/passwd\}"),
    ],
)
def test_each_element_becomes_tikz(part: str, expected: str) -> None:
    assert expected in turned(part)


def test_a_picture_that_is_too_large_for_a_page_is_made_smaller() -> None:
    picture = svg.page([svg.text(0, 0, "x")], "words", 100, width=940)
    assert "x=0.5bp,y=-0.5bp" in tikz(picture, escape)
    assert "\\fontsize{4.25bp}" in tikz(picture, escape)
    assert "x=1bp" in turned()


def test_no_element_of_a_picture_is_lost() -> None:
    from worksheet.document import NetworkStrip, StripLayer
    from worksheet.drawing.strip import draw_strip

    layers = (StripLayer(1, "Conv2d", (4, 8, 8), "", (0,)), StripLayer(2, "Linear", (10,), "", (0, 1)))
    picture: Picture = draw_strip(NetworkStrip(layers, (3, 8, 8), "A_b", "a-strip"))
    drawn = tikz(picture, escape)
    assert drawn.count("\\path[") == len(re.findall("<(?:path|rect|circle) ", picture.svg))
    assert drawn.count("\\pgftext[") == picture.svg.count("<text ")
