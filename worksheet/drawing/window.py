"""Draws a convolution: a window over the padded input, its next place, and the output element that it gives."""

from __future__ import annotations

from collections.abc import Iterator

from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.diagram import arrow, letter
from worksheet.language import N_, _

CELL = 9.0  # the side of an element
SIDE, PADDING, KERNEL, STRIDE = 5, 1, 3, 2  # of the example that is drawn
OUTPUT = (SIDE + 2 * PADDING - KERNEL) // STRIDE + 1
LEFT, TOP = 24.0, 26.0
AT = 224.0  # where the output begins
HEIGHT = TOP + (SIDE + 2 * PADDING) * CELL + 30
WHY = N_(
    "An output element is a sum of cwh products, and each of the k kernels has cwh weights (c/g in place of c where there are "
    "g groups). Along the width, kernels start s elements apart on M + 2p elements: (M + 2p − w)/s + 1 of them fit, rounded down."
)
PADDED = f'fill="currentColor" fill-opacity="0.08" {svg.FAINT}'


def draw_window() -> Picture:
    """A window of three over five elements with a padding of one and a stride of two."""
    words = _(
        "The window of a convolution over the padded input; the next one starts a stride further and gives the next element"
    )
    return svg.page([*_input(), *_measures(), *_output()], words, HEIGHT, name="window", width=340)


def _input() -> Iterator[str]:
    all_ = SIDE + 2 * PADDING
    for row in range(all_):
        for column in range(all_):
            inside = PADDING <= row < PADDING + SIDE and PADDING <= column < PADDING + SIDE
            yield svg.rect(LEFT + CELL * column, TOP + CELL * row, CELL, CELL, f'fill="none" {svg.FAINT}' if inside else PADDED)
            yield "" if inside else svg.text(LEFT + CELL * (column + 0.5), TOP + CELL * (row + 0.7), "0", svg.SMALL, "middle")
    yield svg.rect(LEFT + CELL, TOP + CELL, SIDE * CELL, SIDE * CELL, f'fill="none" {svg.SOLID}')
    yield _window(0, f'fill="{svg.BLUE}" fill-opacity="0.35" stroke="{svg.BLUE}" stroke-width="1.4"')
    yield _window(1, f'fill="none" stroke="{svg.ORANGE}" stroke-width="1.4" stroke-dasharray="3 2"')


def _window(place: int, paint: str) -> str:
    return svg.rect(LEFT + CELL * STRIDE * place, TOP, KERNEL * CELL, KERNEL * CELL, paint)


def _measures() -> Iterator[str]:
    """The symbols of the formulas at what they measure."""
    bottom = TOP + (SIDE + 2 * PADDING) * CELL
    for symbol, first, last, y in (("w", 0, KERNEL, TOP - 6), ("s", 0, STRIDE, TOP - 17)):
        yield _measure(LEFT + CELL * first, LEFT + CELL * last, y)
        yield letter(LEFT + CELL * last + 7, y + 3, symbol)
    for symbol, first, last in (("p", 0, PADDING), ("M", PADDING, PADDING + SIDE), ("p", PADDING + SIDE, SIDE + 2 * PADDING)):
        yield _measure(LEFT + CELL * first, LEFT + CELL * last, bottom + 5)
        yield letter(LEFT + CELL * (first + last) / 2, bottom + 15, symbol)
    yield svg.path(f"M{LEFT - 7:g} {TOP:g}V{TOP + KERNEL * CELL:g}", svg.SOLID + ' fill="none"')
    yield letter(LEFT - 14, TOP + KERNEL * CELL / 2 + 3, "h")
    yield svg.text(LEFT + CELL * 3.5, bottom + 27, _("input: c maps, padded with zeros"), svg.SMALL, "middle")


def _measure(left: float, right: float, y: float) -> str:
    ends = f"M{left + 0.5:g} {y - 2:g}V{y + 2:g}M{right - 0.5:g} {y - 2:g}V{y + 2:g}"
    return svg.path(f"{ends}M{left + 0.5:g} {y:g}H{right - 0.5:g}", svg.SOLID + ' fill="none"')


def _output() -> Iterator[str]:
    top = TOP + CELL * (SIDE + 2 * PADDING - OUTPUT) / 2
    for moved in (6.0, 3.0):
        yield svg.rect(AT + moved, top - moved, OUTPUT * CELL, OUTPUT * CELL, f'fill="none" {svg.FAINT}')
    for row in range(OUTPUT):
        for column in range(OUTPUT):
            yield svg.rect(AT + CELL * column, top + CELL * row, CELL, CELL, f'fill="none" {svg.FAINT}')
    yield svg.rect(AT, top, CELL, CELL, f'fill="{svg.BLUE}" fill-opacity="0.6" stroke="{svg.BLUE}" stroke-width="1"')
    yield svg.rect(AT + CELL, top, CELL, CELL, f'fill="none" stroke="{svg.ORANGE}" stroke-width="1.2" stroke-dasharray="3 2"')
    yield arrow((LEFT + CELL * KERNEL, TOP + CELL * 1.2), (AT - 4, top + CELL / 2))
    yield svg.text((LEFT + 7 * CELL + AT) / 2, TOP + CELL * 0.6, _("cwh products, added up"), svg.SMALL, "middle")
    yield _measure(AT, AT + CELL * OUTPUT, top + CELL * OUTPUT + 5)
    yield letter(AT + CELL * OUTPUT / 2, top + CELL * OUTPUT + 15, "W")
    yield svg.text(AT + CELL * OUTPUT / 2, HEIGHT - 3, _("output: k maps"), svg.SMALL, "middle")
