"""The primitives of every picture, as SVG, and their one look: fonts, sizes of type, colours, dashes, strokes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from html import escape

from worksheet.document import Picture
from worksheet.errors import printable
from worksheet.language import current

FONTS = "New Computer Modern, Latin Modern Roman, Libertinus Serif, serif"
LATIN = re.compile(r"([A-Za-z][A-Za-z0-9]*)", re.ASCII)
WIDTH = 470.0  # points: as wide as the text of a page
SIZE, SMALL, LETTER = 8.5, 7.0, 0.5  # the type in points, and the mean width of a letter as a share of it
TITLE, HALF = 9, 2.5  # the base line of a title, and that of small text below the middle of its line

# Visible on white paper and on a dark screen; in black and white, curves differ by dashes, marks and labels.
COLOURS = ("#3f87d0", "#d9822b", "#3f9f5f", "#b0508f", "#9a8a2f", "#6b6bd6", "#c0504d", "#3f9a9a")
BLUE, ORANGE, GREEN, *_ = COLOURS
DASHES = ("", "6 3", "2 2", "8 3 2 3", "10 4", "1 2.5", "4 2 1 2", "12 2 2 2")
FAINT = 'stroke="currentColor" stroke-width="0.4" stroke-opacity="0.3"'  # of a grid, and from a curve to its label
SOLID = 'stroke="currentColor" stroke-width="0.7"'  # of an axis, an arrow

Point = tuple[float, float]


def page(
    parts: Iterable[str], words: str, height: float, *, name: str = "", width: float = WIDTH, corner: Point = (0, 0)
) -> Picture:
    """The parts as a picture of a width and height in points; ``corner`` is the place of its upper left corner."""
    view = f"{corner[0]:g} {corner[1]:g} {width:g} {height:g}"
    size = f'viewBox="{view}" width="{width:g}pt" height="{height:g}pt"'
    style = f'role="img" font-family="{FONTS}" font-size="{SIZE}" fill="currentColor"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style} aria-label="{escape(printable(words))}">'
    return Picture(f"{head}{''.join(parts)}</svg>", words, width, name)


def title(words: str) -> str:
    """The bold title at the upper left."""
    return text(0, TITLE, words, bold=True)


def text(
    x: float, y: float, words: str, size: float = SIZE, anchor: str = "start", *, bold: bool = False, italic: bool = False
) -> str:
    """Words with their start, middle or end at x, on the base line y; empty for no words."""
    style = f' font-size="{size:g}"' if size != SIZE else ""
    style += f' text-anchor="{anchor}"' if anchor != "start" else ""
    style += ' font-weight="bold"' if bold else ""
    style += ' font-style="italic"' if italic else ""
    style += f' font-family="{", ".join(current().fonts)}, {FONTS}"' if current().own_signs.search(words) else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{_in_fonts(printable(words))}</text>' if words else ""


def _in_fonts(words: str) -> str:
    """Words whose Latin letters are in the usual fonts where a language has fonts of its own, which may not have them."""
    if not current().own_signs.search(words):
        return escape(words)
    runs = LATIN.split(words)  # other signs and Latin words in turn
    latin = [f'<tspan font-family="{FONTS}">{run}</tspan>' for run in runs[1::2]]
    return "".join(other + word for other, word in zip(map(escape, runs[::2]), [*latin, ""], strict=True))


def across(y: float, left: float, right: float, stroke: str = FAINT) -> str:
    """A line from left to right."""
    return path(f"M{left:g} {y:.2f}H{right:g}", stroke)


def upright(x: float, top: float, bottom: float, stroke: str = FAINT) -> str:
    """A line from top to bottom."""
    return path(f"M{x:.2f} {top:g}V{bottom:g}", stroke)


def path(way: str, paint: str) -> str:
    """A path along SVG path commands."""
    return f'<path d="{way}" {paint}/>'


def polyline(points: Iterable[Point]) -> str:
    """The path commands of straight lines through points."""
    return f"M{'L'.join(f'{x:.2f} {y:.2f}' for x, y in points)}"


def rect(x: float, y: float, width: float, height: float, paint: str) -> str:
    """A rectangle by its upper left corner."""
    return f'<rect x="{x:.2f}" y="{y:.2f}" width="{width:.2f}" height="{height:.2f}" {paint}/>'


def circle(x: float, y: float, radius: float, paint: str) -> str:
    """A circle around x, y."""
    return f'<circle cx="{x:.2f}" cy="{y:.2f}" r="{radius:.2f}" {paint}/>'


# Marks: shapes of the area of a circle of radius r


def _square(x: float, y: float, r: float, paint: str) -> str:
    return rect(x - 0.886 * r, y - 0.886 * r, 1.772 * r, 1.772 * r, paint)


def _triangle(x: float, y: float, r: float, paint: str) -> str:
    return path(f"M{x:.2f} {y - 1.45 * r:.2f}L{x + 1.25 * r:.2f} {y + 0.72 * r:.2f}H{x - 1.25 * r:.2f}z", paint)


def _diamond(x: float, y: float, r: float, paint: str) -> str:
    s = 1.253 * r
    return path(f"{polyline([(x, y - s), (x + s, y), (x, y + s), (x - s, y)])}z", paint)


# Every other one is hollow, so that all eight are distinct in black and white.
MARKS: tuple[Callable[[float, float, float, str], str], ...] = (
    *(circle, _square, _triangle, _diamond),
    *(_square, circle, _diamond, _triangle),
)


# Labels


def text_width(words: str, size: float = SMALL) -> float:
    """The approximate width of words in points."""
    return len(words) * size * LETTER


def cut(words: str, letters: int) -> str:
    """Words cut to a number of letters.

    >>> cut("ResNet-50 of torchvision", 10)
    'ResNet-50…'
    """
    return words if len(words) <= letters else f"{words[: letters - 1]}…"
