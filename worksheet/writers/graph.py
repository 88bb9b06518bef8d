"""Draws a network as SVG: boxes of layers, each with the size that it gives, and arrows for what they read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from worksheet.derivation import Row
from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.errors import printable
from worksheet.language import _, named
from worksheet.writers.boxes import LINE, MARGIN, PAGE, RISE, Box, boxes
from worksheet.writers.placing import Bends, pages, place
from worksheet.writers.small_print import plain

MAX_BOXES = 400  # a larger network has no picture
MAX_ACROSS = 1300.0  # points: a picture that is wider cannot be read on a page
MIN_WIDTH, MAX_WIDTH, SIDE = 96.0, 210.0, 7.0  # of boxes, in points, and the space beside their text
LETTER = 4.35  # points: the mean width of a letter, measured on names of layers
PORT = 14.0  # between two arrows into a box
ABOVE = 26.0  # the space above a picture, for the size that comes from elsewhere


def pictures(rows: Sequence[Row], title: str) -> list[Picture]:
    """The network in pictures of a page's height at most.

    There are none where the network is too large, or too wide to be read on a page.
    """
    if len(rows) < 2:
        return []
    made = boxes(rows)
    if len(made) > MAX_BOXES:
        return []
    longest = max(len(line) for box in made for line in (*box.lines, box.output))
    width = min(MAX_WIDTH, max(MIN_WIDTH, longest * LETTER + 2 * SIDE))
    bends = place(made, width)
    drawn = [_Drawing(made, bends, width, ranks, title).picture() for ranks in pages(made)]
    return drawn if max(picture.width for picture in drawn) <= MAX_ACROSS else []


class _Drawing:
    """The boxes of some ranks."""

    def __init__(self, made: Sequence[Box], bends: Bends, width: float, ranks: range, title: str) -> None:
        self.boxes = made
        self.bends = bends
        self.width = width
        self.ranks = ranks
        self.title = title
        self.inside = [box for box in made if box.rank in ranks]
        self.xs: list[float] = []  # how far to either side the drawing reaches

    def picture(self) -> Picture:
        parts = [line for box in self.inside for line in self.box(box)]
        parts += [line for number, box in enumerate(self.boxes) if box.rank in self.ranks for line in self.arrows(number, box)]
        left, right = min(self.xs) - 4, max(self.xs) + 4
        top = min(box.y for box in self.inside) - ABOVE
        height = max(box.y + box.height for box in self.inside) + 4 - top
        message = _("{layers} of {network} as boxes, with arrows for what they read")
        words = message.format(layers=self.range(), network=self.title)
        picture = svg.page(parts, words, height, width=right - left, corner=(left, top))
        width = picture.width * min(1.0, (PAGE + ABOVE) / height)  # which fits on a page
        return replace(picture, width=width, name=f"{self.title} {self.range()}")

    def range(self) -> str:
        numbers = [row.no for box in self.inside for row in box.rows]
        return _("Layers {first} to {last}").format(first=min(numbers), last=max(numbers))

    def box(self, box: Box) -> Iterable[str]:
        left, right = box.x - self.width / 2, box.x + self.width / 2
        self.xs += [left, right]
        yield svg.rect(left, box.y, self.width, box.height, f'rx="3" fill="none" {svg.SOLID}')
        baseline = box.y + MARGIN + LINE * 0.78
        for i, line in enumerate(box.lines):
            fitting = svg.cut(printable(line), int((self.width - 2 * SIDE) / LETTER + 0.01))
            yield svg.text(left + SIDE, baseline + LINE * i, fitting, bold=i == 0)
        yield svg.text(right - SIDE, baseline + LINE * len(box.lines), box.output, anchor="end", italic=True)

    def arrows(self, number: int, box: Box) -> Iterable[str]:
        """The arrows into a box, from the boxes that it reads, the input or the picture before."""
        sources = sorted(box.sources, key=lambda source: self.came_from(source, number))
        between = min(PORT, (self.width - 2 * SIDE) / max(1, len(sources)))
        for i, source in enumerate(sources):
            port = box.x + between * (i - (len(sources) - 1) / 2)
            if source >= 0 and self.boxes[source].rank in self.ranks:
                yield self.arrow(source, number, port)
                continue
            shape = _taken(box) if source < 0 else self.came_to(source)
            start = box.y - RISE + 6
            self.xs.append(port + 4 + len(shape) * LETTER)
            yield svg.text(port + 4, start + 8, shape, svg.SMALL)
            yield _curve([(port, start), (port, box.y)])

    def came_to(self, source: int) -> str:
        """The last row of a box in another picture, with its output."""
        box = self.boxes[source]
        return named(_("No. {no}").format(no=box.rows[-1].no), box.output)

    def came_from(self, source: int, number: int) -> float:
        """The position of an arrow before it reaches its box, so that arrows do not cross at their ends."""
        passed = self.bends.get((source, number))
        return passed[-1][0] if passed else self.boxes[source].x if source >= 0 else self.boxes[number].x

    def arrow(self, source: int, number: int, port: float) -> str:
        start, box = self.boxes[source], self.boxes[number]
        self.xs += [x for x, _, _ in self.bends.get((source, number), [])]
        passed = [(x, y) for x, top, bottom in self.bends.get((source, number), []) for y in (top, bottom)]
        return _curve([(start.x, start.y + start.height), *passed, (port, box.y)])


def _taken(box: Box) -> str:
    """The sizes of the network's inputs that a box reads."""
    row = box.rows[0]
    shapes = [shape for no, shape in zip(row.sources, row.inputs or (), strict=False) if not no]
    return ", ".join(dict.fromkeys(map(plain, shapes)))


def _curve(points: Sequence[svg.Point]) -> str:
    """A smooth line through the points, upright at each, with an arrowhead at its end."""
    (x, y), *rest = points
    way = f"M{x:.1f} {y:.1f}"
    for to_x, to_y in rest:
        middle = (y + to_y) / 2
        bent = f"C{x:.1f} {middle:.1f} {to_x:.1f} {middle:.1f} {to_x:.1f} {to_y:.1f}"
        way += bent if abs(x - to_x) > 0.5 else f"V{to_y:.1f}"
        x, y = to_x, to_y
    head = f"M{x - 2.2:.1f} {y - 5:.1f}L{x:.1f} {y:.1f}L{x + 2.2:.1f} {y - 5:.1f}"
    return svg.path(way + head, f'fill="none" {svg.SOLID}')
