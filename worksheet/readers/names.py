"""Names of layers: each is used once, and a sentence lists the first few."""

from collections import Counter
from collections.abc import Sequence

from worksheet.network import INPUT


class FreeNames:
    """Gives each name once, then the name with a number: relu, relu_2, relu_3, ..."""

    def __init__(self, first: int = 2) -> None:
        self._taken = {INPUT}
        self._numbers: Counter[str] = Counter()
        self._first = first

    def take(self, name: str) -> str:
        """The name itself, or the first one with a number that is free."""
        candidate = name
        while candidate in self._taken:
            candidate = f"{name}_{self._first + self._numbers[name]}"
            self._numbers[name] += 1
        self._taken.add(candidate)
        return candidate


def join_names(names: Sequence[str], most: int) -> str:
    """Names in a sentence, cut off after the first few.

    >>> join_names(["conv", "norm", "relu"], 2)
    'conv, norm and 1 more'
    """
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
