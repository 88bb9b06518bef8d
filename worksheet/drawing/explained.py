"""The drawing and the sentence that explain the formulas of a kind of layer."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from worksheet.document import Picture
from worksheet.drawing import attention, cells, window
from worksheet.language import _
from worksheet.layers import Drawing, Kind

Explained = tuple[str, Callable[[], Picture]]  # a message, and what draws

EXPLAINED: Mapping[Drawing, Callable[[Kind], Explained]] = {
    Drawing.WINDOW: lambda _kind: (window.WHY, window.draw_window),
    Drawing.CELL: lambda kind: (cells.WHY[kind.gates], lambda: cells.draw_cell(kind.gates)),
    Drawing.PRODUCTS: lambda _kind: (attention.WHY_PRODUCTS, lambda: attention.draw_attention(linear=False)),
    Drawing.HEADS: lambda _kind: (attention.WHY_HEADS, lambda: attention.draw_attention(linear=True)),
}


def sentence_of(kind: Kind) -> str:
    """Why the formulas of a kind that has a drawing have their factors."""
    assert kind.drawing
    return _(EXPLAINED[kind.drawing](kind)[0])


def drawing_of(kind: Kind) -> Picture:
    """The drawing of a kind that has one."""
    assert kind.drawing
    return EXPLAINED[kind.drawing](kind)[1]()
