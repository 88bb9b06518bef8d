"""Pictures of transformers: what changes with the number of tokens, over a logarithmic axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from worksheet.document import Picture
from worksheet.drawing.curves import Chart, Series, draw_chart
from worksheet.formula import Exact, Scale

MAX_POINTS = 120  # of a curve
SHARE = "Attention's share of the products of the forward pass"


def draw_attention(name: str, words: str, lines: Sequence[Series], marked: tuple[Exact, str] | None = None) -> Picture:
    """Attention's share over the length; ``words`` are for those who do not see it, a length may be marked."""
    chart = Chart(name, SHARE, "length L", Scale(1000), lines, marked=marked, words=words)
    return draw_chart(replace(chart, is_logarithmic=True, are_shares=True))


def attention_shares(linear: Fraction, square: Fraction, most: int, *, causal: bool = False) -> dict[int, Fraction]:
    """Attention's share by length, from the costs of each token and of each pair of tokens; ``causal``: of half the pairs."""
    squares = {n: square * Fraction(n + 1, 2) if causal else square * n for n in lengths(most)}
    return {n: cost / (linear + cost) for n, cost in squares.items()}


def lengths(most: int) -> list[int]:
    """Lengths from 1 to the last, evenly spaced on a logarithmic axis.

    >>> lengths(5)
    [1, 2, 3, 4, 5]
    """
    return sorted({round(most ** (i / MAX_POINTS)) for i in range(MAX_POINTS + 1)})
