"""What a reader is: the sources that it accepts and the function that turns one into a network."""

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from worksheet.errors import WorksheetError, shown
from worksheet.frozen import frozen
from worksheet.layers import Shape
from worksheet.network import Network

MAX_AXES = 6
MAX_SIZE = 10**9


@frozen
class ReadOptions:
    """What the caller passes beside the source. ``inputs`` are shapes without the batch that override the source's own."""

    inputs: tuple[Shape, ...] = ()
    skip_unknown: bool = False  # skip unknown layers, and name them in the network's notes
    regions: int | None = None  # the number of proposals of a detector, where the source does not give it
    kwargs: Mapping[str, Any] = field(default_factory=dict)  # arguments of a factory

    @property
    def input(self) -> Shape | None:
        """The shape of the main input, None where it is not given."""
        return self.inputs[0] if self.inputs else None


@frozen
class Reader:
    """A format: ``read`` gets a Path where the source's suffix is one of ``suffixes``, else the source that it ``claims``."""

    takes: str  # in words: "a .sheet file"
    read: Callable[[Any, ReadOptions], Network]
    suffixes: tuple[str, ...] = ()
    claims: Callable[[object], bool] | None = None


def shape(text: str) -> Shape:
    """An input shape such as ``3 x 227 x 227``, from the outermost axis inwards. Raises WorksheetError.

    >>> shape("3x227x227"), shape("784")
    ((3, 227, 227), (784,))
    """
    parts = [part.strip() for part in text.replace("×", "x").replace("X", "x").split("x")]
    hint = "channels x height x width, such as 3 x 227 x 227, or one number"
    if not all(part.isascii() and part.isdecimal() and len(part) < 12 for part in parts) or len(parts) > MAX_AXES:
        numbers = re.findall(r"[0-9]{1,9}", text, re.ASCII)
        meant = f"write {' x '.join(numbers)}: " if 2 <= len(numbers) <= MAX_AXES and "-" not in text and "." not in text else ""
        raise WorksheetError(f"{shown(text)} is not an input shape", hint=meant + hint)
    sizes = tuple(map(int, parts))
    if not all(1 <= size <= MAX_SIZE for size in sizes):
        raise WorksheetError(f"the sizes of an input are from 1 to {MAX_SIZE:,}, not {shown(text)}", hint=hint)
    return sizes
