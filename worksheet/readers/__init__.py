"""Readers of network files, one format a file; chosen by the file's suffix."""

from os import PathLike
from pathlib import Path

from worksheet.discover import collect
from worksheet.errors import SheetError, Where
from worksheet.network import Network, Shape
from worksheet.readers.reader import Reader, shape


def readers() -> dict[str, Reader]:
    """Every reader by suffix."""
    found: dict[str, Reader] = collect("worksheet.readers", "READER")
    return {suffix: reader for reader in found.values() for suffix in reader.suffixes}


def read(path: str | PathLike[str], input: str | Shape | None = None) -> Network:
    """The network in a file; ``input`` (``"3x224x224"`` or a tuple) takes the place of the file's own input shape.

    Raises WorksheetError with every fault of the file: its ``faults`` give message, file, line, column and hint.
    """
    path = Path(path)
    suffix = path.suffix.lower()
    if suffix not in readers():
        hint = f"a name that ends in {' or '.join(sorted(readers()))}"
        raise SheetError(f"no reader for files that end in {suffix or 'nothing'}", Where(str(path)), hint)
    return readers()[suffix].read(path, shape(input) if isinstance(input, str) else input)


__all__ = ["Reader", "read", "readers", "shape"]
