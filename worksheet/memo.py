"""A memo that stays small: results are kept by what they depend on, up to a bound."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(dict[Key, Value]):
    """A memo of at most ``most`` entries, emptied when it is full.

    Emptying it costs nothing until then, and results that are still needed are soon computed again. Only ``memo[key] = value``
    observes the bound, not ``update`` or ``setdefault``.

    >>> memo = Bounded(2)
    >>> for n in range(5):
    ...     memo[n] = n * n
    >>> memo
    {4: 16}
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        if len(self) >= self.most:
            self.clear()
        super().__setitem__(key, value)
