"""Explains the words of the sheet notation: ``224c`` are 224 kernels, ``3pw`` is a padding of 3 left and right."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from worksheet.language import _, inline
from worksheet.layers.kind import ARROW, Kind

NUMBERED = re.compile(r"([0-9]+)([a-z]+)", re.ASCII)
DIGITS = "0123456789"
TARGET = re.compile(r"[0-9]*->([0-9]+)", re.ASCII)


class ExplainedWord(NamedTuple):
    """A word as it occurs, such as ``224c``, its letters, and its meaning there; ``pattern`` is that for every number."""

    word: str
    letters: str
    pattern: str
    meaning: str


def explain_notation(layers: Iterable[tuple[Kind, str]]) -> list[tuple[str, str]]:
    """Each word in the specs of these layers, as it first occurs, with its meaning.

    A word that means different things in several kinds has the name of the kind in front.

    >>> from worksheet.layers import kinds
    >>> convolution = kinds()["Conv2d"]
    >>> explain_notation([(convolution, "64c 7w 3h"), (convolution, "32c 5w 3h nobias")])[1:]
    [('7w', 'kernel 7 wide'), ('3h', 'kernel 3 high'), ('nobias', 'without bias')]
    """
    first: dict[tuple[str, str], tuple[Kind, ExplainedWord]] = {}
    for kind, spec in dict.fromkeys(layers):
        for each in _explain(kind, spec):
            first.setdefault((each.letters, each.pattern), (kind, each))
    kinds_of: dict[str, set[str]] = {}
    for kind, each in first.values():
        kinds_of.setdefault(each.letters, set()).add(kind.name)
    return [
        (f"{kind.name} {each.word}" if len(kinds_of[each.letters]) > 1 else each.word, each.meaning)
        for kind, each in first.values()
    ]


def _explain(kind: Kind, spec: str) -> Iterator[ExplainedWord]:
    tokens = spec.split()
    letters = {token.lstrip(DIGITS) for token in tokens}
    for token in tokens:
        if token in kind.spelling.flags:
            yield ExplainedWord(token, token, token, _flag(kind, token))
        elif kind.spelling.arrow and (arrow := TARGET.fullmatch(token)):
            pattern = _pattern(kind.spelling.says, kind, kind.spelling.arrow[1:])
            yield ExplainedWord(f"→\u00a0{arrow[1]}", ARROW, pattern, pattern.format(n=arrow[1]))
        elif numbered := NUMBERED.fullmatch(token):
            pattern = _word(kind, numbered[2], letters)
            yield ExplainedWord(token, numbered[2], pattern, pattern.format(n=numbered[1]))


def _flag(kind: Kind, flag: str) -> str:
    name, value = kind.spelling.flags[flag]
    symbol = kind.symbols[name]
    return _(symbol.words[value]) if symbol.words else f"{inline(_(symbol.meaning))} = {value}"


def _word(kind: Kind, letters: str, others: set[str]) -> str:
    """What a word means, with ``{n}`` for its number; ``others`` are the words beside it, which may set some of its axes."""
    for word in kind.spelling.words:
        is_split = not others.isdisjoint(word.split[1:])
        if letters in word.split and (is_split or letters != word.word):
            axis = word.split.index(letters)
            return _pattern(word.apart[axis] if word.apart else "", kind, word.sets[axis : axis + 1])
        if letters == word.word:
            return _pattern(word.says, kind, word.sets)
    return "{n}"


def _pattern(says: str, kind: Kind, sets: Sequence[str]) -> str:
    """The words for it, or else the meaning of the symbols that are set."""
    return _(says) if says else " = ".join([*(inline(_(kind.symbols[name].meaning)) for name in sets), "{n}"])
