"""Reads ONNX graphs (.onnx), opset 9 and later: shapes and settings alone, never the weights or files beside it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from worksheet.errors import NetworkError, Where
from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions

INSTALL = "pip install onnx"


def read_onnx(path: Path, options: ReadOptions) -> Network:
    """The network in an ``.onnx`` file, for one sample.

    Shapes are those of the graph without the batch. What exporters leave behind is folded: arithmetic on shapes is worked out,
    and a GELU, a normalisation or an attention that was taken apart is one layer again. Weights are neither read nor needed:
    a file whose external data is missing will do. Raises WorksheetError with every fault of the file at its node.
    """
    if find_spec("onnx") is None:
        raise NetworkError("the package onnx, which reads such files, is not installed", Where(str(path)), INSTALL)
    from worksheet.readers.onnx.network import network

    return network(path, options)


READER = Reader(takes="an .onnx file", read=read_onnx, suffixes=(".onnx",))
