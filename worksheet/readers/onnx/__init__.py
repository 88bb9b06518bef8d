"""Reads ONNX graphs (.onnx), opset 9 and later: shapes and settings only, never weights or external data."""

from importlib.util import find_spec
from pathlib import Path

from worksheet.errors import NetworkError, Where
from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions

INSTALL = "pip install onnx"


def read_onnx(path: Path, options: ReadOptions) -> Network:
    """The network in an ``.onnx`` file, for one sample.

    Accepts ``ModelProto`` of the ONNX specification with standard operators of opset 9 and later, common operators of
    com.microsoft, and local functions. Shapes are those of the graph without the batch; ``options.inputs`` replaces those of the
    graph's inputs. Traces of exporters are folded: arithmetic on shapes is computed, and a GELU, normalisation or attention that
    was written out is one layer again. Weights are neither read nor needed: external data may be missing. Raises WorksheetError
    with every fault of the file at its node.
    """
    if find_spec("onnx") is None:
        raise NetworkError("the package onnx, which reads .onnx files, is not installed", Where(str(path)), INSTALL)
    from worksheet.readers.onnx.network import network

    return network(path, options)


READER = Reader(takes="an .onnx file", read=read_onnx, suffixes=(".onnx",))
