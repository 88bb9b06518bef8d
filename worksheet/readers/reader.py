"""What a reader is: the suffixes it answers to and the function that turns a file into a network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from worksheet.errors import WorksheetError, shown
from worksheet.network import Network, Shape

MOST_AXES = 6
LARGEST = 10**9


@dataclass(frozen=True)
class Reader:
    """A file format: ``read`` gets the path and the input shape that overrides the file's, if any."""

    suffixes: tuple[str, ...]
    read: Callable[[Path, Shape | None], Network]


def shape(text: str) -> Shape:
    """An input shape such as ``3 x 227 x 227``, from the outermost axis inwards. Raises WorksheetError.

    >>> shape("3x227x227"), shape("784")
    ((3, 227, 227), (784,))
    """
    parts = [part.strip() for part in text.replace("×", "x").replace("X", "x").split("x")]
    hint = "channels x height x width, such as 3 x 227 x 227, or one number"
    if not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts) or len(parts) > MOST_AXES:
        raise WorksheetError(f"{shown(text)} is not an input shape", hint=hint)
    sizes = tuple(map(int, parts))
    if not all(1 <= size <= LARGEST for size in sizes):
        raise WorksheetError(f"the sizes of an input are from 1 to {LARGEST:,}, not {shown(text)}", hint=hint)
    return sizes
