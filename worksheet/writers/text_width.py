"""How wide plain text is, in columns of a terminal; texts set and broken by that width."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WIDE = "WF"  # what East Asia prints in two columns
ABOVE = ("Mn", "Me", "Cf")  # categories of signs that combine with another one, or are not seen
CLOSING = "，。、；：！？）」』》】%"  # signs that no line begins with
WORD = rf"( *)([\u2e80-\ua4cf\uf900-\ufaff\ufe30-\uffe6][{CLOSING}]*|[^ \u2e80-\ua4cf\uf900-\ufaff\ufe30-\uffe6]+[{CLOSING}]*)"


def width(text: str) -> int:
    """How many columns a text takes: a sign of East Asia two, a combining one none.

    >>> width("MACs"), width("输出"), width("कुल")
    (4, 4, 2)
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.east_asian_width(sign) in WIDE:
        return 2
    return 0 if unicodedata.category(sign) in ABOVE else 1


def left(text: str, columns: int) -> str:
    """A text with spaces after it."""
    return text + " " * (columns - width(text))


def right(text: str, columns: int) -> str:
    """A text with spaces before it."""
    return " " * (columns - width(text)) + text


def ruled(text: str, sign: str) -> str:
    """A line as wide as a title."""
    return sign * width(text)


def wrapped(text: str, columns: int, hanging: str = "") -> str:
    """A text in lines of at most so many columns, all but the first after ``hanging``; Chinese breaks between its signs.

    >>> wrapped("输出张量的宽度。 MACs", 8)
    '输出张量\\n的宽度。\\nMACs'
    """
    lines = (line for part in text.splitlines() for line in _lines(part, columns))
    return f"\n{hanging}".join(lines)


def _lines(text: str, columns: int) -> list[str]:
    import textwrap

    if width(text) == len(text):
        return textwrap.wrap(text, columns, break_on_hyphens=False)
    return list(_broken(text, columns))


def _broken(text: str, columns: int) -> Iterator[str]:
    line = ""
    for space, word in re.findall(WORD, text):
        if line and width(line + space + word) > columns:
            yield line
            line = word
        else:
            line += space + word if line else word
    if line:
        yield line
