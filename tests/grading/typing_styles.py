"""How people type numbers: grouping styles, signs between sizes, arithmetic left undone.

Knows nothing of the reader of numbers.
"""

from collections.abc import Callable
from fractions import Fraction
from random import Random

Number = int | Fraction


def by_threes(digits: str, mark: str) -> str:
    """1234567 -> 1,234,567."""
    head = len(digits) % 3
    return mark.join(filter(None, [digits[:head], *(digits[i : i + 3] for i in range(head, len(digits), 3))]))


def by_twos(digits: str, mark: str) -> str:
    """1234567 -> 12,34,567."""
    front, last = digits[:-3], digits[-3:]
    head = len(front) % 2
    return mark.join(filter(None, [front[:head], *(front[i : i + 2] for i in range(head, len(front), 2)), last]))


def european(digits: str) -> str:
    """Points between groups; a single point could be taken for a decimal point, so such a number is left plain."""
    return by_threes(digits, ".") if len(digits) > 6 else digits


COUNTS: dict[str, Callable[[str], str]] = {
    "plain": lambda digits: digits,
    "western": lambda digits: by_threes(digits, ","),
    "indian": lambda digits: by_twos(digits, ","),
    "space": lambda digits: by_threes(digits, " "),
    "no-break space": lambda digits: by_threes(digits, "\u00a0"),
    "thin space": lambda digits: by_threes(digits, "\u2009"),
    "narrow space": lambda digits: by_threes(digits, "\u202f"),
    "european": european,
    "swiss": lambda digits: by_threes(digits, "'"),
    "swiss, curled": lambda digits: by_threes(digits, "\u2019"),
    "underscore": lambda digits: by_threes(digits, "_"),
    "tex": lambda digits: by_threes(digits, "{,}"),
    "tex, indian": lambda digits: by_twos(digits, "{,}"),
}
SIZES = ["x", " x ", "×", " × ", "X", " ", r"\times ", r" \times "]
TIMES = ["*", " * ", "×"]
EDGES = ["", "", "", "", " ", "  "]


def decimal(value: Number) -> str | None:
    """A number as digits; None where it has no end."""
    if Fraction(value).denominator == 1:
        return str(int(value))
    shifted = Fraction(value) * 10**4
    return f"{float(value):.4f}".rstrip("0") if shifted.denominator == 1 else None


class Hand:
    """One student's way of writing: one grouping style, one sign between sizes, and now and then something else."""

    def __init__(self, rng: Random, style: str | None = None) -> None:
        self.rng = rng
        self.style = style or rng.choice([*COUNTS])
        self.sign = rng.choice(SIZES)

    def size(self, value: tuple[Number, ...]) -> str | None:
        """The sizes of an output; None where a number cannot be written."""
        parts = [decimal(number) for number in value]
        return self._edged(self.sign.join(part for part in parts if part is not None)) if None not in parts else None

    def count(self, value: Number, working: str = "") -> str | None:
        """A count, or rarely the arithmetic that leads to it."""
        if working and self.rng.random() < 0.1:
            return self._edged(working.replace("*", self.rng.choice(TIMES)))
        digits = decimal(value)
        if digits is None or not digits.isdigit():
            return digits
        style = self.style if self.rng.random() < 0.9 else self.rng.choice([*COUNTS])
        return self._edged(COUNTS[style](digits))

    def _edged(self, text: str) -> str:
        return self.rng.choice(EDGES) + text + self.rng.choice(EDGES)
