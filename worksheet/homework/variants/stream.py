"""Numbers drawn for a student: the same on every machine, in every version of Python, and in every class."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import shake_256
from typing import TypeVar

T = TypeVar("T")
BLOCK = 1024  # bytes that are made together
WIDTH = 4  # bytes of a number


class Stream:
    """An endless sequence of numbers determined by a few words: SHAKE-256 of the words, each preceded by its length, and of a
    count.

    The module ``random`` promises the same numbers in every version only for single methods, so it is not used.

    >>> Stream("7", "20CS30001").below(1000) == Stream("7", "20CS30001").below(1000)
    True
    """

    def __init__(self, *words: str) -> None:
        parts = [word.encode("utf-8", "surrogatepass") for word in words]
        self._start = b"".join(len(part).to_bytes(8, "big") + part for part in parts)
        self._blocks = 0
        self._bytes = b""
        self._at = 0

    def below(self, limit: int) -> int:
        """A number from 0 to ``limit`` - 1, all equally likely except for parts in a million."""
        if self._at + WIDTH > len(self._bytes):
            self._bytes = shake_256(self._start + self._blocks.to_bytes(8, "big")).digest(BLOCK)
            self._blocks, self._at = self._blocks + 1, 0
        number = int.from_bytes(self._bytes[self._at : self._at + WIDTH], "big")
        self._at += WIDTH
        return number * limit >> 8 * WIDTH

    def pick(self, items: Sequence[T]) -> T:
        """One of some items."""
        return items[self.below(len(items))]

    def some(self, items: Iterable[T], most: int) -> list[T]:
        """At most ``most`` of the items, in random order."""
        left = list(items)
        count = min(most, len(left))
        for place in range(count):
            other = place + self.below(len(left) - place)
            left[place], left[other] = left[other], left[place]
        return left[:count]
