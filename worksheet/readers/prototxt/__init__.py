"""Reads Caffe's network definitions (.prototxt), in the current form and the older one, for inference."""

from pathlib import Path

from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions
from worksheet.schema import read_text

MAX_BYTES = 16 << 20


def read_prototxt(path: Path, options: ReadOptions) -> Network:
    """The network in a ``.prototxt`` file, as it runs for one sample in phase TEST.

    Accepts the text format of ``NetParameter`` in BVLC Caffe's caffe.proto (``layer``, and ``layers`` of V1), with fields of
    better known forks. Shapes are Caffe's without the batch; ``options.inputs`` replaces them, and ``options.regions`` sets
    the number of proposals. Layers that compute nothing at inference are left out and named in the network's notes.
    Raises WorksheetError with every fault of the file at its line and column.
    """
    from worksheet.readers.prototxt.network import network

    return network(path, read_text(path, MAX_BYTES), options)


READER = Reader(takes="a .prototxt file (Caffe)", read=read_prototxt, suffixes=(".prototxt",))
