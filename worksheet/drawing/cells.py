"""Draws what one step of a recurrent layer computes: its gates, and how they make the next state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from worksheet.document import Picture
from worksheet.drawing import svg
from worksheet.drawing.diagram import RADIUS, arrow, boxed, letter, sign
from worksheet.language import N_, _

WIDTH = 390.0
GATE, MATRIX, TALL, STEP = 96.0, 56.0, 20.0, 29.0  # a gate and its weights, and from one gate to the next
GATES_AT, BUS = 96.0, 74.0  # where the gates and the line that feeds them are
TOP = 30.0
WEIGHTS = "k × (n + k)"

WHY = {  # by the number of gates: where the factors of the formulas come from
    4: N_(
        "Each of the 4 gates i, f, g, o has k rows of weights, for the n elements of the token and the k of the state before: "
        "4k(n + k) weights, and with two biases in each row 8k biases. Outside the sums of products, a hidden unit takes "
        "8 additions (1 in each of 3 sigmoids σ, 2 in each of 2 tanh, 1 where the state s is added up) and 5 multiplications "
        "(1 in each tanh, 3 by gates)."
    ),
    3: N_(
        "Each of the 3 gates r, z, p has k rows of weights, for the n elements of the token and the k of the state before: "
        "3k(n + k) weights, and with two biases in each row 6k biases. Outside the sums of products, a hidden unit takes "
        "6 additions (1 in each of 2 sigmoids σ, 2 in the tanh, 1 − z, and the sum) and 4 multiplications "
        "(1 in the tanh, 3 by gates)."
    ),
    1: N_(
        "There are k rows of weights, for the n elements of the token and the k of the state before: k(n + k) weights, "
        "and with two biases in each row 2k biases."
    ),
}


def draw_cell(gates: int) -> Picture:
    """One step of a recurrent layer with a number of gates."""
    parts, top, height = CELLS[gates]
    words = _("One step of a recurrent layer: every gate reads the token and the state before; the gates make the next state")
    return svg.page(parts(), words, height - top, name=f"cell-{gates}", width=WIDTH, corner=(0, top))


def _gate(place: int, name: str, activation: str) -> Iterator[str]:
    """A gate: its weights, which the token and the state are multiplied by, and its activation."""
    y = TOP + STEP * place
    yield arrow((BUS, y + TALL / 2), (GATES_AT, y + TALL / 2))
    yield from boxed(GATES_AT, y, MATRIX, TALL, (WEIGHTS,), svg.COLOURS[3], 0.3)
    yield from boxed(GATES_AT + MATRIX + 8, y, GATE - MATRIX - 8, TALL, (activation,))
    yield arrow((GATES_AT + MATRIX, y + TALL / 2), (GATES_AT + MATRIX + 8, y + TALL / 2))
    yield letter(GATES_AT + GATE + 7, y + TALL / 2 - 3, name)


def _feed(gates: int, state: str = "h") -> Iterator[str]:
    """The token and the state before, on one line that all gates read."""
    middle = TOP + TALL / 2 + STEP * (gates - 1) / 2
    for y, words, symbol in ((middle - 16, _("token"), "n"), (middle + 16, _("state") + f" {state}", "k")):
        yield from boxed(0, y - 9, 52, 18, (f"{words}: {symbol}",))
        yield svg.path(svg.polyline([(52, y), (BUS, y)]), 'fill="none" stroke="currentColor" stroke-width="0.6"')
    top, bottom = TOP + TALL / 2, TOP + TALL / 2 + STEP * (gates - 1)
    yield svg.upright(BUS, min(top, middle - 16), max(bottom, middle + 16), 'stroke="currentColor" stroke-width="0.6"')


def _centre(place: int) -> float:
    return TOP + TALL / 2 + STEP * place


def _lstm() -> Iterator[str]:
    yield from _feed(4)
    for place, (name, activation) in enumerate((("f", "σ"), ("i", "σ"), ("g", "tanh"), ("o", "σ"))):
        yield from _gate(place, name, activation)
    end, first, second = GATES_AT + GATE, 222.0, 262.0
    yield from sign(first, _centre(0), "×")
    yield from sign(first, _centre(1) + STEP / 2, "×")
    yield arrow((end, _centre(0)), (first - RADIUS, _centre(0)))
    for place, into in ((1, -1), (2, 1)):
        corner = (first, _centre(place)), (first, _centre(1) + STEP / 2 + into * RADIUS)
        yield arrow((end, _centre(place)), *corner)
    yield letter(first, 9, "s")
    yield svg.text(first + 8, 9, _("(cell state before)"), svg.SMALL)
    yield arrow((first, 13), (first, _centre(0) - RADIUS))
    yield from sign(second, _centre(0), "+")
    yield arrow((first + RADIUS, _centre(0)), (second - RADIUS, _centre(0)))
    yield arrow((first + RADIUS, _centre(1) + STEP / 2), (second, _centre(1) + STEP / 2), (second, _centre(0) + RADIUS))
    yield arrow((second + RADIUS, _centre(0)), (360, _centre(0)))
    yield letter(364, _centre(0) + 3, "s'", "start")
    yield from boxed(283, _centre(1), 34, 18, ("tanh",))
    yield arrow((300, _centre(0)), (300, _centre(1)))
    yield from sign(300, _centre(3), "×")
    yield arrow((300, _centre(1) + 18), (300, _centre(3) - RADIUS))
    yield arrow((end, _centre(3)), (300 - RADIUS, _centre(3)))
    yield arrow((300 + RADIUS, _centre(3)), (360, _centre(3)))
    yield letter(364, _centre(3) + 3, "h'", "start")


def _gru() -> Iterator[str]:
    yield from _feed(3)
    for place, (name, activation) in enumerate((("r", "σ"), ("p", "tanh"), ("z", "σ"))):
        yield from _gate(place, name, activation)
    end, first, second = GATES_AT + GATE, 250.0, 310.0
    between, over = _centre(0) + STEP / 2, GATES_AT + MATRIX / 2
    yield arrow((end, _centre(0)), (end + 14, _centre(0)), (end + 14, between), (over, between), (over, _centre(1) - TALL / 2))
    yield svg.text(end + 19, _centre(0) + 3, _("× the part of the state"), svg.SMALL)
    yield from sign(first, _centre(1), "×")
    yield arrow((end, _centre(1)), (first - RADIUS, _centre(1)))
    yield arrow((first, _centre(2)), (first, _centre(1) + RADIUS))
    yield letter(first - 4, _centre(2) - 8, "1 − z", "end")
    yield from sign(second, _centre(2), "×")
    yield arrow((end, _centre(2)), (second - RADIUS, _centre(2)))
    yield letter(second, _centre(2) + 30, "h")
    yield arrow((second, _centre(2) + 21), (second, _centre(2) + RADIUS))
    yield from sign(second, _centre(1), "+")
    yield arrow((first + RADIUS, _centre(1)), (second - RADIUS, _centre(1)))
    yield arrow((second, _centre(2) - RADIUS), (second, _centre(1) + RADIUS))
    yield arrow((second + RADIUS, _centre(1)), (360, _centre(1)))
    yield letter(364, _centre(1) + 3, "h'", "start")


def _elman() -> Iterator[str]:
    yield from _feed(1)
    yield from _gate(0, "", "tanh")
    yield arrow((GATES_AT + GATE, _centre(0)), (240, _centre(0)))
    yield letter(244, _centre(0) + 3, "h'", "start")


CELLS: dict[int, tuple[Callable[[], Iterator[str]], float, float]] = {  # by the number of gates; where each begins and ends
    4: (_lstm, 0.0, 142.0),
    3: (_gru, 24.0, 134.0),
    1: (_elman, 12.0, 70.0),
}
