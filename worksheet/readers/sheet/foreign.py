"""What people write on a sheet who know another program: its names of layers, and calls such as ``nn.Conv2d(3, 64, 3)``."""

import re
from collections.abc import Iterator

from worksheet.errors import nearest
from worksheet.layers import Kind, kinds
from worksheet.layers.spelling import vocabulary

CALL = re.compile(r"(?:\(\w+\):?\s*)?(?:\w+\.)*(?P<name>\w+)\s*\((?P<arguments>[^:]*)\)[,;]?", re.ASCII)
ARGUMENT = re.compile(r"\s*(?:(?P<name>\w+)\s*=\s*)?(?P<value>\([^()]*\)|[^,()]+)", re.ASCII)
NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
TURNED = re.compile(r"(?P<letters>[a-z]+)[=:]?(?P<number>[0-9]{1,9})", re.ASCII)  # c64, k=64
SQUARE = re.compile(r"([0-9]{1,9})[xX*]\1", re.ASCII)  # 3x3
GLUED = re.compile(r"(?:[0-9]{1,9}[a-z]+){2,}", re.ASCII)  # 8c3w
WORD = re.compile("[0-9]+[a-z]+", re.ASCII)
DECIMAL = re.compile(r"[0-9]*[.,][0-9]+[a-z]*", re.ASCII)  # 3.5w
MAX_ARGUMENTS = 12


def meant(name: str, rank: int | None) -> str | None:
    """A hint for a name that no kind has: what other programs call so, or what is spelled alike.

    ``rank`` is the number of axes of the network's input: a picture is pooled in 2D.

    >>> meant("FC", None), meant("MaxPool", 3)
    ('did you mean Linear, such as Linear: 9216->4096?', 'did you mean MaxPool2d, such as MaxPool2d: 2w 2s 0p?')
    """
    called = _called(name)
    fitting = [kind for kind in called if rank is None or _takes(kind, rank)] or called
    if not fitting:
        return near_layer(name)
    kind = next((kind for kind in fitting if _takes(kind, 3)), fitting[0])
    if kind.name.casefold() == name.casefold():
        return f"did you mean {kind.name}?"
    return f"did you mean {kind.name}, such as {kind.spelling.example}?"


def laid_out(body: str) -> str | None:
    """A hint for a line whose signs are those of lists, of headings or of names elsewhere.

    >>> laid_out("conv1: Conv2d 8c 3w"), laid_out("== Stage")
    ('write conv1 = Conv2d: 8c 3w', 'a stage has signs on both sides: == Stage ==')
    """
    if body.startswith("- "):
        return "a layer a line, without a dash before it"
    if body.startswith("="):
        return f"a stage has signs on both sides: == {body.strip('= ')} =="
    name, colon, rest = (part.strip() for part in body.partition(":"))
    kind, _, words = rest.partition(" ")
    kind = kind.removesuffix(":")
    if colon and kind in kinds() and name.isidentifier():
        return f"write {name} = {kind}{': ' if words else ''}{words.strip()}"
    return None


def near_layer(name: str, *others: str) -> str:
    """The kinds, or other names, that are spelled like a name; where no one is, how to find them all."""
    hint = nearest(name, [*others, *kinds()]) or ""
    return hint if hint.startswith("did") else "worksheet formulas lists the layers"


def in_words(call: re.Match[str]) -> str | None:
    """A hint for a call of PyTorch's: the line in the words of a sheet; None for a layer that no kind is named like."""
    kind = kinds().get(call["name"])
    kind = kind or next((kind for kind in kinds().values() if kind.spelling.call and call["name"] in kind.spelling.also), None)
    if kind is None:
        return None
    words = " ".join(dict.fromkeys(_words(kind, call["arguments"]))).replace(" ->", "->")
    if not words and any(kind.spelling.call.values()):
        return None
    return f"write {kind.name}{': ' if words else ''}{words}"


def word_meant(kind: Kind, text: str) -> str | None:
    """A hint for a word that a kind cannot read, where it is a number and a letter in another order or form.

    >>> word_meant(kinds()["Conv2d"], "c64"), word_meant(kinds()["Conv2d"], "3x3"), word_meant(kinds()["Conv2d"], "k=64")
    ('write 64c', 'write 3w', 'write 64c')
    """
    if text.endswith(","):
        return f"spaces separate the words, not commas: {text.rstrip(',')}"
    if DECIMAL.fullmatch(text):
        return "sizes are whole numbers" if vocabulary(kind) or kind.spelling.arrow else f"{kind.name} takes no numbers"
    if GLUED.fullmatch(text):
        return f"spaces separate the words: {' '.join(WORD.findall(text))}"
    if f"no{text}" in kind.spelling.flags:
        return f"leave it out: only its absence is written, no{text}"
    if (numbers := re.split("=>|=|>|-", text)) and kind.spelling.arrow and all(map(NUMBER.fullmatch, numbers)):
        return f"write {'->'.join(numbers)}"
    if square := SQUARE.fullmatch(text):
        return f"write {square[1]}w" if any(word.word == "w" for word in kind.spelling.words) else None
    if turned := TURNED.fullmatch(text):
        return _turned(kind, turned["letters"], turned["number"])
    said = next((word for word in kind.spelling.words if text.isalpha() and text.casefold() in word.says.split()), None)
    if said:
        return f"a number with {said.word} after it, such as 2{said.word}"
    return nearest(text, [*vocabulary(kind), *kind.spelling.flags]) if text.isalpha() else None


def _turned(kind: Kind, letters: str, number: str) -> str | None:
    """A number after its letter, or after the symbol that the letter sets."""
    known = next((word for word in kind.spelling.words if letters == word.word or letters in word.sets), None)
    if known:
        return f"write {number}{known.word}"
    argument = next((word for name, word in kind.spelling.call.items() if name.startswith(letters) and "{}" in word), None)
    return f"write {argument.format(number)}" if argument and len(letters) > 1 else None


def is_layer(name: str) -> bool:
    """Whether a name, perhaps after those of modules, is that of a layer, here or in another program."""
    return bool(_called(name.rpartition(".")[2]))


def _called(name: str) -> list[Kind]:
    return [kind for kind in kinds().values() if name.casefold() in map(str.casefold, (kind.name, *kind.spelling.also))]


def _takes(kind: Kind, rank: int) -> bool:
    return any(len(form.inputs) == 1 and len(form.inputs[0]) == rank for form in kind.forms)


def _words(kind: Kind, arguments: str) -> Iterator[str]:
    """The words for the arguments of a call, as far as they are numbers."""
    order = list(kind.spelling.call)
    for place, match in zip(range(MAX_ARGUMENTS), ARGUMENT.finditer(arguments), strict=False):
        name = match["name"] or (order[place] if place < len(order) else "")
        form, value = kind.spelling.call.get(name, ""), match["value"].strip()
        numbers = set(NUMBER.findall(value))
        if "{}" in form and len(numbers) == 1:
            yield form.format(numbers.pop())
        elif form and "{}" not in form and value == "False":
            yield form
