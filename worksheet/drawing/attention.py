"""Draws attention: queries, keys and values, the two products of every head, and the linear layers around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.diagram import arrow, boxed, letter
from worksheet.language import N_, _

HEIGHT, TALL = 118.0, 24.0
ROWS = (10.0, 46.0, 82.0)  # of Q, K and V
OWN, SPLIT = ("L × d", "S × d", "S × e"), ("L × n/h", "S × n/h", "S × n/h")  # rows and width of Q, K and V in a head
WHY_HEADS = N_(
    "Linear layers of n × n weights make queries Q, keys K and values V, and one more mixes the heads: 4n² weights, "
    "4Ln² products. Every head compares each of L queries with each of S keys, in rows of n/h elements, and then adds up values "
    "by the L × S probabilities: two products of LS(n/h) each, 2LSn for all h heads. In self-attention S is L."
)
WHY_PRODUCTS = N_(
    "Every head compares each of L queries with each of S keys, in rows of d elements, and then adds up values by the L × S "
    "probabilities: two products, of LSd and LSe. There are no weights."
)


def draw_attention(*, linear: bool) -> Picture:
    """Attention, with or without the linear layers before and after its heads."""
    words = _(
        "Attention: the product of queries and keys gives L × S scores, the softmax makes them probabilities, "
        "and their product with the values is the output"
    )
    start = 128.0 if linear else 0.0
    parts = [*(_before() if linear else ()), *_heads(start, SPLIT if linear else OWN), *(_after(start) if linear else ())]
    return svg.page(parts, words, HEIGHT, name="attention", width=start + (342 if linear else 270))


def _before() -> Iterator[str]:
    middle = ROWS[1] + TALL / 2
    yield from boxed(0, middle - 15, 44, 30, (_("tokens"), "L × n"))
    for row in ROWS:
        yield from boxed(68, row, 52, TALL, (_("Linear"), "n × n"), svg.GREEN, 0.4)
        yield arrow((44, middle), (56, middle), (56, row + TALL / 2), (68, row + TALL / 2))


def _heads(x: float, sizes: Sequence[str]) -> Iterator[str]:
    """The products of a head; further frames stand for the other heads."""
    for moved in (4, 2):
        yield svg.rect(x + 30 + moved, 2 - moved / 2, 214, 112, f'fill="none" {svg.FAINT}')
    yield svg.rect(x + 30, 2, 214, 112, f'fill="none" {svg.FAINT}')
    yield svg.text(x + 238, 12, _("h heads"), svg.SMALL, "end", italic=True)
    for row, name, size in zip(ROWS, "QKV", sizes, strict=True):
        yield arrow((x - 8 if x else x + 6, row + TALL / 2), (x + 36, row + TALL / 2))
        yield letter(x + (14 if x else 18), row + TALL / 2 - 3, name)
        yield from boxed(x + 36, row, 36, TALL, (name, size))
    middle = (ROWS[0] + ROWS[1] + TALL) / 2
    yield from boxed(x + 92, middle - 16, 58, 32, ("Q × K", "L × S"), svg.COLOURS[3], 0.35)
    for row, at in ((ROWS[0], -8), (ROWS[1], 8)):
        yield arrow((x + 72, row + TALL / 2), (x + 82, row + TALL / 2), (x + 82, middle + at), (x + 92, middle + at))
    yield from boxed(x + 164, middle - 11, 40, 22, (_("softmax"),))
    yield arrow((x + 150, middle), (x + 164, middle))
    low = ROWS[2] + TALL / 2
    yield from boxed(x + 154, low - 16, 60, 32, (_("sum of values"), "L × " + sizes[2].split(" × ")[1]), svg.COLOURS[3], 0.35)
    yield arrow((x + 184, middle + 11), (x + 184, low - 16))
    yield arrow((x + 72, low), (x + 154, low))
    yield arrow((x + 214, low), (x + 262, low))


def _after(x: float) -> Iterator[str]:
    low = ROWS[2] + TALL / 2
    yield from boxed(x + 262, low - TALL / 2, 52, TALL, (_("Linear"), "n × n"), svg.GREEN, 0.4)
    yield arrow((x + 314, low), (x + 336, low))
