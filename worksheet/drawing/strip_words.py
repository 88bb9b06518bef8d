"""The words of a network's strip: what a box is called, and the whole line where none is drawn."""

from __future__ import annotations

from worksheet.document import NetworkStrip
from worksheet.drawing.strip_boxes import StripBox, strip_boxes
from worksheet.language import _, named
from worksheet.layers import Shape


def box_names(box: StripBox | None) -> tuple[str, str]:
    """Which layers a box is, and of which kind; None is the input."""
    if box is None:
        return "", _("Input")
    kind, count = box.kind
    numbers = str(box.layers[0].no) if len(box.layers) == 1 else f"{box.layers[0].no}–{box.layers[-1].no}"
    stages = [stage.split(",")[0] for stage in box.stages if stage]
    title = f"{stages[0]} × {box.times}" if stages and box.times > 1 else stages[0] if len(stages) == 1 else numbers
    return title if len(box.main) > 1 else numbers, f"{count} {kind}" if count > 1 else kind


def described(box: StripBox | None, shape: Shape | None) -> str:
    """A box with its size, unless that is for the student to find."""
    title, kind = box_names(box)
    sized = f"{kind} {size_words(shape)}" if shape else kind
    return named(title, sized) if title else sized


def size_words(shape: Shape) -> str:
    return " × ".join(map(str, shape))


def strip_in_words(strip: NetworkStrip) -> str:
    """A strip as a line of text."""
    boxes = [(None, strip.input), *((box, box.output) for box in strip_boxes(strip.layers))]
    return " → ".join(described(box, shape) for box, shape in boxes)
