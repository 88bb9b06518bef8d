"""The names of symbols in a formula that a student writes, and how a word splits into them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import cached_property, lru_cache

from worksheet.frozen import frozen


@frozen
class SymbolNames:
    """The symbols that a formula may contain, and other names for them."""

    symbols: frozenset[str]
    aliases: tuple[tuple[str, str], ...] = ()

    @staticmethod
    def of(symbols: Collection[str], aliases: Mapping[str, str]) -> SymbolNames:
        return _names(frozenset(symbols), tuple(sorted(aliases.items())))

    @cached_property
    def known(self) -> dict[str, str]:
        """Every name with its symbol; a symbol has priority over an alias."""
        return dict(self.aliases) | {name: name for name in self.symbols}

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.known), default=0)

    def split(self, word: str) -> list[str] | None:
        """The word split into known names, the longest possible first; None if that is impossible."""
        if word in self.known:
            return [word]
        length_at: dict[int, int] = {len(word): 0}
        for start in range(len(word) - 1, -1, -1):
            for length in range(min(self.longest, len(word) - start), 0, -1):
                if start + length in length_at and word[start : start + length] in self.known:
                    length_at[start] = length
                    break
        if 0 not in length_at:
            return None
        parts, start = [], 0
        while start < len(word):
            parts.append(word[start : start + length_at[start]])
            start += length_at[start]
        return parts

    def find_unknown(self, word: str) -> tuple[int, str]:
        """Where a word stops consisting of known names, and the unknown letters there."""
        start = 0
        while start < len(word):
            fits = [n for n in range(1, self.longest + 1) if word[start : start + n] in self.known]
            if not fits:
                break
            start += fits[-1]
        if word[start : start + 1] == "_":
            start -= 1  # the letter is known, but not with this subscript
        rest = re.match(r"[A-Za-z](?:_[A-Za-z0-9]+)?", word[start:])
        return start, rest[0] if rest else word[start:]


@lru_cache(maxsize=256)
def _names(symbols: frozenset[str], aliases: tuple[tuple[str, str], ...]) -> SymbolNames:
    """One object for equal names, so that their tables are made once."""
    return SymbolNames(symbols, aliases)
