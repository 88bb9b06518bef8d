"""Readers of networks, one module or package per format, chosen by the suffix of a file or by what the source is."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial
from os import PathLike
from pathlib import Path
from typing import Any

from worksheet.discover import collect
from worksheet.errors import SheetError
from worksheet.layers import Shape
from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions, shape

ONE_INPUT = "inputs are separated by commas, the axes of one input by x"


def readers() -> dict[str, Reader]:
    """Every reader, by the name of its module."""
    by_name: dict[str, Reader] = collect("worksheet.readers", "READER")
    return by_name


def read(
    source: str | PathLike[str] | object,
    input: str | int | Shape | Iterable[Shape] | None = None,
    *,
    skip_unknown: bool = False,
    regions: int | None = None,
    kwargs: Mapping[str, Any] | None = None,
) -> Network:
    """The network in a file (.sheet, .prototxt, .onnx), in the zoo (``zoo:resnet50``), or in a PyTorch module.

    ``input`` (``"3x224x224"``, a tuple, or several of them) replaces the source's own input shapes. A PyTorch module
    may be passed itself or as ``package.module:factory``, with ``kwargs`` for the factory. ``skip_unknown`` skips unknown
    layers. ``regions`` is the number of proposals of a detector whose file does not give it. Raises WorksheetError with every
    fault of the source: its ``faults`` have message, file, line, column and hint.
    """
    options = ReadOptions(_shapes(input), skip_unknown, regions, dict(kwargs or {}))
    for reader in readers().values():
        if reader.claims and reader.claims(source):
            return _read(reader, source, options)
    by_suffix = {suffix: reader for reader in readers().values() for suffix in reader.suffixes}
    if not isinstance(source, (str, PathLike)):
        raise SheetError(f"no reader for {type(source).__name__}", hint="give a file, zoo:NAME, or a torch.nn.Module")
    path = Path(source)
    suffix = path.suffix.lower()
    if suffix not in by_suffix or not path.is_file():
        from worksheet.readers.unreadable import refusal

        raise refusal(str(source), by_suffix, (reader.takes for reader in readers().values()))
    return _read(by_suffix[suffix], path, options)


def _read(reader: Reader, source: Any, options: ReadOptions) -> Network:
    """The network, with the function that reads it again for another input."""
    network = reader.read(source, options)
    has = 1 + len(network.further)
    if len(options.inputs) > has:
        raise SheetError(f"{len(options.inputs)} inputs are given, and {network.title} has {has}", hint=ONE_INPUT)
    own = partial(_read, reader, source, replace(options, inputs=())) if options.inputs else None
    return replace(network, made_for=partial(_again, reader, source, options), at_own_size=own)


def _again(reader: Reader, source: Any, options: ReadOptions, input: Shape) -> Network:
    return _read(reader, source, replace(options, inputs=(input, *options.inputs[1:])))


def _shapes(input: Any) -> tuple[Shape, ...]:
    if input is None:
        return ()
    if isinstance(input, str):
        return tuple(map(shape, input.split(",")))
    given = tuple(input) if isinstance(input, Iterable) else (input,)
    is_one = not any(isinstance(each, Iterable) for each in given)
    return tuple(shape(each if isinstance(each, str) else " x ".join(map(str, each))) for each in ([given] if is_one else given))


__all__ = ["ReadOptions", "Reader", "read", "readers", "shape"]
