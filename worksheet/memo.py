"""A memo that stays small: what has been worked out is kept by what it depends on, up to a bound."""

from __future__ import annotations

from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Bounded(dict[Key, Value]):
    """A memo of at most so many entries, which starts anew when it is full.

    Forgetting everything at once costs nothing while there is room, and what is needed still is soon worked out again. Only
    ``memo[key] = value`` minds the bound, not ``update`` or ``setdefault``.

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
