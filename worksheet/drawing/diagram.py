"""The pieces of drawings that explain a formula: boxes with words, signs in circles, arrows along straight lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worksheet.drawing import svg

LINE = 'stroke="currentColor" stroke-width="0.6"'
RADIUS = 6.5  # of a sign
LEADING = 8.5  # between the lines of a box


def boxed(
    x: float, y: float, width: float, height: float, words: Sequence[str], colour: str = "", dense: float = 0.3
) -> Iterator[str]:
    """A box with lines of words in its middle; ``colour`` fills it."""
    yield svg.rect(x, y, width, height, f'fill="{colour or "none"}" fill-opacity="{dense if colour else 1}" {LINE}')
    first = y + height / 2 + svg.HALF - LEADING * (len(words) - 1) / 2
    for i, line in enumerate(words):
        yield svg.text(x + width / 2, first + LEADING * i, line, svg.SMALL, "middle")


def sign(x: float, y: float, words: str) -> Iterator[str]:
    """An operation on what the arrows bring: its sign in a circle."""
    yield svg.circle(x, y, RADIUS, f'fill="none" {LINE}')
    yield svg.text(x, y + 3, words, svg.SIZE, "middle")


def arrow(*points: svg.Point, dashed: bool = False) -> str:
    """A line through points, with a head at its end, which points along its last part."""
    (from_x, from_y), (x, y) = points[-2:]
    length = max(abs(x - from_x) + abs(y - from_y), 1e-6)
    along = (x - from_x) / length, (y - from_y) / length
    wings = [(x - 4 * along[0] + side * 1.8 * along[1], y - 4 * along[1] - side * 1.8 * along[0]) for side in (1, -1)]
    dashes = ' stroke-dasharray="2 2"' if dashed else ""
    return svg.path(svg.polyline(points) + svg.polyline([wings[0], (x, y), wings[1]]), f'fill="none" {LINE}{dashes}')


def letter(x: float, y: float, words: str, anchor: str = "middle") -> str:
    """A symbol of the formulas."""
    return svg.text(x, y, words, svg.SIZE, anchor, italic=True)
