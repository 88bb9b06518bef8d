"""Draws a network as a strip of boxes: the height of each is the side of its feature maps, its width their number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from math import log2, prod

from worksheet.document import NetworkStrip, Picture
from worksheet.drawing import svg
from worksheet.drawing.strip_boxes import StripBox, strip_boxes
from worksheet.drawing.strip_words import box_names, described, size_words
from worksheet.language import N_, _
from worksheet.layers import KindFamily, Shape

MAX_PITCH = 92.0  # points from one box to the next
TALLEST, LOWEST, WIDEST, NARROWEST = 42.0, 4.0, 0.62, 3.0  # of a box; the widest as a share of the pitch
EQUAL = (26.0, 0.4)  # the height, and the width as a share of the pitch, of boxes whose sizes are for the student to find
ARCS, LABELS, SIZES = 15.0, 22.0, 20.0  # the room above for arcs and two lines, and below for sizes
LINE = 8.0
MAX_ARCS = 14
SHEETS = (4.5, 2.25)  # how far the further sheets of a box for several layers are moved
SCALES = N_(
    "The height of a box is the square root of the side of its feature maps, or of the number of tokens; "
    "its width is the logarithm of the number of channels."
)
OUTLINE = 'stroke="currentColor" stroke-width="0.6"'
FILLS = {  # a colour and how dense it is, so that they differ in black and white too
    KindFamily.CONVOLUTION: (svg.BLUE, 0.75),
    KindFamily.POOLING: (svg.ORANGE, 0.3),
    KindFamily.LINEAR: (svg.GREEN, 0.55),
    KindFamily.SEQUENCE: (svg.COLOURS[3], 0.65),
    KindFamily.PLAIN: ("currentColor", 0.08),
}


def draw_strip(strip: NetworkStrip) -> Picture:
    """The picture of a strip."""
    return _Strip(strip).picture()


class _Strip:
    def __init__(self, strip: NetworkStrip) -> None:
        self.strip = strip
        self.boxes = strip_boxes(strip.layers)
        self.shapes = [strip.input, *(box.output for box in self.boxes)]
        self.pitch = min(MAX_PITCH, svg.WIDTH / len(self.shapes))
        self.letters = int((self.pitch - 2) / (svg.SMALL * svg.LETTER))
        self.middle = (ARCS if self.arcs else 0) + LABELS + TALLEST / 2

    @cached_property
    def is_open(self) -> bool:
        """Whether sizes are for the student to find: then every box looks the same."""
        return any(layer.output is None for layer in self.strip.layers)

    def picture(self) -> Picture:
        parts = [*self.arrows(), *self.curves()]
        for place, box in enumerate((None, *self.boxes)):
            parts += [*self.box(place, box), *self.labels(place, box), *self.size(place)]
        width = self.pitch * len(self.shapes)
        return svg.page(parts, self.words(), self.middle + TALLEST / 2 + SIZES, name=self.strip.name, width=width)

    # Boxes

    @cached_property
    def extents(self) -> list[tuple[float, float]]:
        """The width and height of every box, that of the input first."""
        if self.is_open:
            return [(self.pitch * EQUAL[1], EQUAL[0])] * len(self.shapes)
        pairs = [_side_and_depth(shape or ()) for shape in self.shapes]
        side, depth = max(side for side, _ in pairs), max(log2(1 + depth) for _, depth in pairs)
        most = self.pitch * WIDEST
        return [
            (max(NARROWEST, most * log2(1 + own) / depth), max(LOWEST, TALLEST * (tall / side) ** 0.5)) for tall, own in pairs
        ]

    def centre(self, place: int) -> float:
        return self.pitch * (place + 0.5)

    def box(self, place: int, box: StripBox | None) -> Iterator[str]:
        """The box of a place; the sheets at its back stand for the other layers that share it."""
        width, height = self.extents[place]
        left, top = self.centre(place) - width / 2, self.middle - height / 2
        colour, dense = FILLS[box.family] if box else ("none", 1)
        for moved in SHEETS if box and len(box.main) > 1 else ():
            yield svg.rect(left + moved, top - moved, width, height, f'fill="none" {OUTLINE} stroke-opacity="0.5"')
        yield svg.rect(left, top, width, height, f'fill="{colour}" fill-opacity="{dense}" {OUTLINE}')

    # Arrows

    @cached_property
    def reads(self) -> set[tuple[int, int]]:
        """The places of boxes of which one reads the other; the input is at 0."""
        places = {layer.no: place for place, box in enumerate(self.boxes, 1) for layer in box.layers}
        pairs = {(places.get(source, 0), place) for place, box in enumerate(self.boxes, 1) for source in _sources(box)}
        return {(source, place) for source, place in pairs if source < place}

    @cached_property
    def arcs(self) -> list[tuple[int, int]]:
        """Connections across other boxes; none where there are too many to follow."""
        long = sorted(pair for pair in self.reads if pair[1] - pair[0] > 1)
        return long if len(long) <= MAX_ARCS else []

    def arrows(self) -> Iterator[str]:
        for source, place in sorted(self.reads - set(self.arcs)):
            if place - source == 1:
                start = self.centre(source) + self.extents[source][0] / 2 + 1
                end = self.centre(place) - self.extents[place][0] / 2 - 1
                way = f"M{start:.1f} {self.middle:.1f}H{end:.1f}M{end - 3:.1f} {self.middle - 1.6:.1f}"
                yield svg.path(
                    f"{way}L{end:.1f} {self.middle:.1f}L{end - 3:.1f} {self.middle + 1.6:.1f}", f'fill="none" {OUTLINE}'
                )

    def curves(self) -> Iterator[str]:
        furthest = max((place - source for source, place in self.arcs), default=1)
        for source, place in self.arcs:
            start, end = self.centre(source) + 3, self.centre(place) - 3
            top = ARCS - (ARCS - 2) * (place - source) / furthest
            way = f"M{start:.1f} {ARCS:.1f}C{start:.1f} {top:.1f} {start:.1f} {top:.1f} {start + 5:.1f} {top:.1f}H{end - 5:.1f}"
            way += f"C{end:.1f} {top:.1f} {end:.1f} {top:.1f} {end:.1f} {ARCS:.1f}"
            yield svg.path(
                f"{way}M{end - 1.6:.1f} {ARCS - 3:.1f}L{end:.1f} {ARCS:.1f}L{end + 1.6:.1f} {ARCS - 3:.1f}",
                f'fill="none" {OUTLINE}',
            )

    # Words

    def labels(self, place: int, box: StripBox | None) -> Iterator[str]:
        top = self.middle - TALLEST / 2 - LABELS + svg.SMALL
        for i, words in enumerate(box_names(box)):
            yield svg.text(self.centre(place), top + LINE * i, svg.cut(words, self.letters), svg.SMALL, "middle", italic=i == 0)

    def size(self, place: int) -> Iterator[str]:
        """The output's size below a box, in two lines where one is too narrow."""
        shape = self.shapes[place]
        below = self.middle + TALLEST / 2 + LINE
        for i, words in enumerate(_lines(shape or (), self.letters)):
            yield svg.text(self.centre(place), below + LINE * i, words, svg.SMALL, "middle")

    def words(self) -> str:
        """What the picture shows, for those who do not see it."""
        boxes = "; ".join(described(box, box.output) for box in self.boxes)
        scales = _("All boxes have one size.") if self.is_open else _(SCALES)
        heading = _("{title} in one line, from the input {input}: {boxes}.").format(
            title=self.strip.title, input=size_words(self.strip.input), boxes=boxes
        )
        return f"{heading} {scales}"


def _sources(box: StripBox) -> set[int]:
    return {source for layer in box.layers for source in layer.sources}


def _side_and_depth(shape: Shape) -> tuple[float, int]:
    """The mean side of a shape's maps, or its number of tokens, and its channels: the axis that differs from two equal ones."""
    if len(shape) < 2:
        return 1.0, prod(shape)
    is_last = len(shape) == 2 or (shape[0] == shape[1] != shape[2])
    depth, maps = (shape[-1], shape[:-1]) if is_last else (shape[0], shape[1:])
    return prod(maps) ** (1 / len(maps)), depth


def _lines(shape: Shape, letters: int) -> Sequence[str]:
    one = size_words(shape)
    if len(one) <= letters or len(shape) < 2:
        return (one,)
    return f"{shape[0]} ×", size_words(shape[1:])
