"""From the words of a sheet (``64c 11w 4s 2p``) to a layer's hyperparameters and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from worksheet.errors import Collector, SheetError, Where, nearest, shown
from worksheet.formula import whole
from worksheet.layers.kind import Kind, Symbol, Word

MAX_SIZE = 10**9  # the largest size or count that a sheet may give


class Given(NamedTuple):
    """One word as it was read: its letters, its number and its place."""

    word: str
    value: int
    where: Where | None = None


def vocabulary(kind: Kind) -> dict[str, tuple[str, ...]]:
    """Which symbols each word sets: ``w`` sets w and h, ``h`` only h."""
    table: dict[str, tuple[str, ...]] = {}
    for word in kind.spelling.words:
        table.update({name: (symbol,) for name, symbol in zip(word.split, word.sets, strict=False)})
        table[word.word] = word.sets
    return table


def unknown_word(kind: Kind, word: str, where: Where | None = None) -> SheetError:
    """The error for a word that a kind does not have."""
    letter = next((each.word for each in kind.spelling.words if word in each.sets), "")
    hint = f"its letter on a sheet is {letter}, such as 2{letter}" if letter else nearest(word, vocabulary(kind))
    hint = hint or _by_symbols(kind) or f"{kind.name} takes no numbers"
    return SheetError(f"{kind.name} has no {shown(word)}", where, hint)


def _by_symbols(kind: Kind) -> str:
    """How the numbers of a kind without words are given; empty for a kind without numbers."""
    names = [symbol.name for symbol in _settable(kind) if not symbol.words]
    return f"its numbers are {', '.join(names)}; in a sheet: {kind.spelling.example}" if names else ""


def hyperparameters(kind: Kind, given: Iterable[Given], place: Where | None = None) -> dict[str, int]:
    """The values of a kind's symbols. Symbols may be given by name too.

    Raises SheetError, all faults at once: an unknown word, one given twice, a value out of its domain, one that is missing.
    """
    faults = Collector()
    words = {symbol.name: (symbol.name,) for symbol in _settable(kind)} | vocabulary(kind)
    # A word that sets several symbols is overridden by the words that set one of them.
    read = sorted(_check_words(kind, given, words, faults), key=lambda item: -len(words[item.word]))
    values: dict[str, int] = {}
    set_by: dict[str, str] = {}
    for item in read:
        if not _is_within(kind, words[item.word], item, faults):
            continue
        for name in words[item.word]:
            if len(words.get(set_by.get(name, ""), ())) == len(words[item.word]):
                faults.add(SheetError(f"{item.word} and {set_by[name]} set the same number, {name}", item.where))
            set_by[name] = item.word
            values[name] = whole(item.value)  # True and False are numbers too
    if not faults.found:
        for symbol in kind.hyperparameters:
            with faults.catching():
                values.setdefault(symbol.name, _default(kind, symbol, values, place))
    faults.raise_any()
    return values


def _settable(kind: Kind) -> list[Symbol]:
    """The hyperparameters, and the input sizes that an arrow may state."""
    stated = [kind.symbols[kind.spelling.arrow[0]]] if kind.spelling.arrow else []
    return [*kind.hyperparameters, *stated]


def _check_words(kind: Kind, given: Iterable[Given], words: Mapping[str, tuple[str, ...]], faults: Collector) -> list[Given]:
    kept: dict[str, Given] = {}
    for item in given:
        if item.word not in words:
            faults.add(unknown_word(kind, item.word, item.where))
        elif item.word in kept:
            faults.add(SheetError(f"{item.word} is given twice", item.where, f"first as {kept[item.word].value}"))
        else:
            kept[item.word] = item
    return list(kept.values())


def _is_within(kind: Kind, names: tuple[str, ...], item: Given, faults: Collector) -> bool:
    symbol = kind.symbols[names[0]]  # the symbols of one word share their domain
    if not isinstance(item.value, int):
        faults.add(SheetError(f"the {symbol.inline_meaning} is {item.value!r}; it must be a whole number", item.where))
        return False
    least, most = symbol.least, max(symbol.words, default=MAX_SIZE)
    if least <= item.value <= most:
        return True
    allowed = f"from {least} to {most:,}" if item.value > most else f"at least {least}"
    faults.add(SheetError(f"the {symbol.inline_meaning} is {item.value:,}; it must be {allowed}", item.where))
    return False


def _default(kind: Kind, symbol: Symbol, values: Mapping[str, int], place: Where | None) -> int:
    if symbol.name in values:
        return values[symbol.name]
    if symbol.default is None:
        raise SheetError(f"{kind.name} needs the {symbol.inline_meaning}", place, f"an example: {kind.spelling.example}")
    formula = kind.formula(symbol.default)
    if any(name not in values for name in formula.symbols):
        return symbol.least  # what it follows is missing and reported already
    return whole(formula.at(values))


def spell(kind: Kind, values: Mapping[str, int], pattern: str = "") -> str:
    """The words of a layer as the sheet writes them: ``64c 11w 4s 2p``, ``9216->4096``, or nothing.

    An input size that has no value is omitted: ``->4096``.
    """
    spelling = kind.spelling
    parts = [pattern] if pattern else []
    parts += [f"{values.get(spelling.arrow[0], '')}->{values[spelling.arrow[1]]}"] if spelling.arrow else []
    listed = [values[name] for name in spelling.listed]
    while listed and kind.symbols[spelling.listed[len(listed) - 1]].neutral == listed[-1]:
        listed.pop()
    parts += [spelling.separator.join(map(str, listed))] if listed else []
    parts += [text for word in spelling.words for text in _spell_word(kind, word, values)]
    parts += [flag for flag, (name, value) in spelling.flags.items() if values[name] == value]
    return " ".join(parts)


def _spell_word(kind: Kind, word: Word, values: Mapping[str, int]) -> list[str]:
    numbers = [values[name] for name in word.sets]
    if len(set(numbers)) > 1:
        return [f"{number}{name}" for number, name in zip(numbers, word.split, strict=True)]
    if word.quiet and numbers[0] == kind.symbols[word.sets[0]].neutral:
        return []
    return [f"{numbers[0]}{word.word}"]
