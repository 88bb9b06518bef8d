"""Strips the numbers of large tensors from an ONNX file before it is parsed: only its skeleton reaches memory.

A file is a protobuf message (wire format: protobuf.dev/programming-guides/encoding). Its large fields are walked, those numbers
are skipped, and everything else is copied, which gives the same message without them.
"""

import mmap
import stat
from collections.abc import Iterator
from pathlib import Path

from worksheet.errors import NetworkError, Where, WorksheetError
from worksheet.nearby import meant

MAX_FILE = 1 << 31  # of one protobuf message
MAX_SKELETON = 64 << 20
MAX_NUMBER_BYTES = 256 << 10  # numbers of one tensor that may be a shape
MAX_DEPTH = 16
MAX_FIELDS = 2_000_000  # enough for a hundred thousand nodes

# The fields of each message whose messages may hold tensors, by the numbers in onnx.proto.
HOLDS: dict[str, dict[int, str]] = {
    "model": {7: "graph", 25: "function"},
    "function": {7: "node"},
    "graph": {1: "node", 5: "tensor", 15: "sparse"},
    "node": {5: "attribute"},
    "attribute": {5: "tensor", 6: "graph", 10: "tensor", 11: "graph", 22: "sparse", 23: "sparse"},
    "sparse": {1: "tensor", 2: "tensor"},
    "tensor": {},
}
NUMBERS = frozenset({4, 5, 6, 7, 9, 10, 11})  # fields of a tensor with its numbers: float_data ... raw_data ... uint64_data
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
FIXED = {FIXED64: 8, FIXED32: 4}
Data = bytes | mmap.mmap


class MalformedProtobuf(ValueError):
    """The bytes are not a protobuf message."""


def skeleton(path: Path) -> bytes:
    """The file's message without the numbers of large tensors.

    Raises WorksheetError for a file that is missing, not a regular file, empty, too large or not a protobuf message.
    """
    where = Where(str(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise WorksheetError("is not a regular file", where)
        if not 0 < status.st_size <= MAX_FILE:
            size = f"has {status.st_size:,} bytes; an ONNX file has 1 to {MAX_FILE:,}"
            raise WorksheetError(size, where, "store the weights of a larger model as external data")
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            skeleton_bytes = b"".join(_ProtobufWalk(data).slim(0, len(data), "model", 0))
    except FileNotFoundError:
        raise WorksheetError("no such file", where, meant(path)) from None
    except OSError as fault:
        raise WorksheetError(f"cannot be read: {fault.strerror}", where) from None
    except MalformedProtobuf as fault:
        raise NetworkError(f"is not an ONNX file: {fault}", where, "is the download complete?") from None
    if len(skeleton_bytes) > MAX_SKELETON:
        raise NetworkError(f"has {len(skeleton_bytes):,} bytes besides its weights; at most {MAX_SKELETON:,} are read", where)
    return skeleton_bytes


class _ProtobufWalk:
    """The walk over one file; counts the fields, so that a file of many small ones is refused in time."""

    def __init__(self, data: Data) -> None:
        self.data = data
        self.fields = 0

    def slim(self, start: int, end: int, message: str, depth: int) -> Iterator[bytes]:
        """The parts of a message that are kept, in order."""
        data, holds = self.data, HOLDS[message]
        place = run = start  # the bytes from ``run`` to here are kept unchanged
        while place < end:
            begin = place
            key, body, place = self.field(begin, end)
            if place - body <= MAX_NUMBER_BYTES or key & 7 != BYTES:
                continue
            is_numbers = message == "tensor" and key >> 3 in NUMBERS
            if not is_numbers and (key >> 3 not in holds or depth >= MAX_DEPTH):
                continue
            yield data[run:begin]
            run = place
            if not is_numbers:
                inner = b"".join(self.slim(body, place, holds[key >> 3], depth + 1))
                yield _as_varint(key) + _as_varint(len(inner)) + inner
        if end - run > MAX_SKELETON:
            raise MalformedProtobuf(f"{end - run:,} bytes that are not weights")
        yield data[run:end]

    def field(self, begin: int, end: int) -> tuple[int, int, int]:
        """A field's key, the start of its body and the end of its body."""
        self.fields += 1
        if self.fields > MAX_FIELDS:
            raise MalformedProtobuf(f"more than {MAX_FIELDS:,} fields")
        key, body = _varint(self.data, begin, end)
        wire, behind = key & 7, body
        if wire == VARINT:
            _, behind = _varint(self.data, body, end)
        elif wire in FIXED:
            behind = body + FIXED[wire]
        elif wire == BYTES:
            length, body = _varint(self.data, body, end)
            behind = body + length
        else:
            raise MalformedProtobuf(f"wire type {wire} at byte {begin:,}")
        if behind > end:
            raise MalformedProtobuf(f"it ends at byte {end:,}, in the middle of a field that begins at byte {begin:,}")
        return key, body, behind


def _varint(data: Data, place: int, end: int) -> tuple[int, int]:
    """A number of seven bits per byte, and the position after it."""
    value = shift = 0
    while place < end and shift < 70:
        byte = data[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, place
        shift += 7
    raise MalformedProtobuf(f"a number does not end at byte {place:,}")


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
