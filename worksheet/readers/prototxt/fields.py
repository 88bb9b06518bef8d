"""Reads the fields of a message as Caffe's schema types them: numbers, words, booleans; reports misspelt field names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping

from worksheet.errors import SheetError, Where, nearest, shown
from worksheet.readers.prototxt.text_format import FieldValue, PrototxtMessage, PrototxtScalar, PrototxtSource

MAX_INTEGER = 10**9
MAX_NAME = 500
INTEGER = re.compile(r"-?(?:0[xX][0-9a-fA-F]{1,15}|[0-9]{1,20})")
YES_OR_NO = {"true": True, "t": True, "True": True, "1": True, "false": False, "f": False, "False": False, "0": False}
MIN_SIMILARITY = 0.85  # a field this close to a known one is misspelt; others belong to a Caffe fork and are noted

# The fields of the messages that are read, in Caffe (caffe.proto) and its better known forks.
FILLERS = "weight_filler bias_filler filler engine"
DEPTH = "kernel_depth temporal_stride temporal_pad"
WINDOW = "pad kernel_size stride pad_h pad_w kernel_h kernel_w stride_h stride_w"
FIELDS: dict[str, frozenset[str]] = {
    name: frozenset(fields.split())
    for name, fields in {
        "convolution_param": (
            f"num_output bias_term {WINDOW} {DEPTH} dilation hole hole_h hole_w group axis force_nd_im2col {FILLERS}"
        ),
        "pooling_param": f"pool {WINDOW} global_pooling round_mode ceil_mode {DEPTH} engine",
        "inner_product_param": f"num_output bias_term axis transpose normalize {FILLERS}",
        "lrn_param": "local_size alpha beta norm_region k engine",
        "relu_param": "negative_slope engine",
        "concat_param": "axis concat_dim",
        "slice_param": "axis slice_point slice_dim",
        "eltwise_param": "operation coeff stable_prod_grad",
        "reshape_param": "shape axis num_axes",
        "flatten_param": "axis end_axis",
        "permute_param": "order",
        "softmax_param": "engine axis",
        "crop_param": "axis offset",
        "scale_param": f"axis num_axes bias_term {FILLERS}",
        "input_param": "shape",
        "embed_param": f"num_output input_dim bias_term {FILLERS}",
        "roi_pooling_param": "pooled_h pooled_w spatial_scale",
    }.items()
}


class LocatedInt(int):
    """A whole number with its position in the file."""

    where: Where


class MessageFields:
    """The fields of a message; where it is absent, every field has its default. Raises SheetError at the field's position."""

    def __init__(self, source: PrototxtSource, message: PrototxtMessage | None, where: Where, name: str = "") -> None:
        self.source = source
        self.message = message
        self.where = where
        self.values: Mapping[str, list[FieldValue]] = message.fields if message else {}
        self.name = name

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def place(self, name: str) -> Where:
        """The position of a field; that of the message where the field is absent."""
        return self.source.of(self.values[name][0]) if name in self.values else self.where

    # Values

    def scalars(self, name: str) -> list[PrototxtScalar]:
        """The values of a repeated field."""
        scalars: list[PrototxtScalar] = []
        for value in self.values.get(name, ()):
            if isinstance(value, PrototxtMessage):
                raise SheetError(f"{name} is a value, not a message", self.source.of(value), f"{name}: ...")
            scalars.append(value)
        return scalars

    def scalar(self, name: str) -> PrototxtScalar | None:
        """The value of a field that may occur once."""
        scalars = self.scalars(name)
        if len(scalars) > 1:
            raise SheetError(f"{name} is given twice", self.source.of(scalars[1]), f"first in line {scalars[0].line}")
        return scalars[0] if scalars else None

    def to_integer(self, value: PrototxtScalar, name: str, least: int = 0) -> LocatedInt:
        """A value as a whole number."""
        where = self.source.of(value)
        if value.quoted or not INTEGER.fullmatch(value.text):
            raise SheetError(f"{name} is {shown(value.text)}; it must be a whole number", where)
        integer = LocatedInt(_integer(value.text))
        if not least <= integer <= MAX_INTEGER:
            raise SheetError(f"{name} is {int(integer):,}; it must be from {least:,} to {MAX_INTEGER:,}", where)
        integer.where = where
        return integer

    def integer(self, name: str, default: int | None = None, least: int = 0) -> int:
        """A whole number. Without a default, the field is required."""
        value = self.scalar(name)
        if value is not None:
            return self.to_integer(value, name, least)
        if default is None:
            raise SheetError(f"{self.name or 'the layer'} has no {name}", self.where, f"{name}: a whole number")
        return default

    def integers(self, name: str, least: int = 0) -> list[LocatedInt]:
        """The whole numbers of a repeated field."""
        return [self.to_integer(value, name, least) for value in self.scalars(name)]

    def decimals(self, name: str) -> list[float]:
        """The numbers of a repeated field, whole or not."""
        return [self._to_decimal(value, name) for value in self.scalars(name)]

    def decimal(self, name: str, default: float) -> float:
        """A number, whole or not."""
        value = self.scalar(name)
        return default if value is None else self._to_decimal(value, name)

    def _to_decimal(self, value: PrototxtScalar, name: str) -> float:
        try:
            if value.quoted or len(value.text) > 100:
                raise ValueError
            text = value.text
            if INTEGER.fullmatch(text):
                return float(_integer(text))
            return float(text if "n" in text else text.rstrip("fF"))  # 1.5f, but inf and nan
        except ValueError:
            raise SheetError(f"{name} is {shown(value.text)}; it must be a number", self.source.of(value)) from None

    def flag(self, name: str, *, default: bool = False) -> bool:
        """True or false."""
        value = self.scalar(name)
        if value is None:
            return default
        if value.quoted or value.text not in YES_OR_NO:
            raise SheetError(f"{name} is {shown(value.text)}; it must be true or false", self.source.of(value))
        return YES_OR_NO[value.text]

    def choice(self, name: str, choices: Iterable[str], default: str) -> str:
        """One of the words of an enumeration, or its number."""
        value = self.scalar(name)
        if value is None:
            return default
        words = list(choices)
        word = words[int(value.text)] if value.text in map(str, range(len(words))) else value.text
        if word not in words:
            raise SheetError(f"{name} is {shown(value.text)}", self.source.of(value), nearest(word, words))
        return word

    def text(self, name: str, default: str = "") -> str:
        """A name, of bounded length."""
        value = self.scalar(name)
        return default if value is None else self.to_name(value, name)

    def texts(self, name: str) -> list[str]:
        """The names of a repeated field."""
        return [self.to_name(value, name) for value in self.scalars(name)]

    def to_name(self, value: PrototxtScalar, name: str) -> str:
        """A value as a name."""
        if len(value.text) > MAX_NAME:
            message = f"{name} is a text of {len(value.text):,} characters; at most {MAX_NAME}"
            raise SheetError(message, self.source.of(value))
        return value.text

    # Messages

    def children(self, name: str) -> list[MessageFields]:
        """The messages of a repeated field."""
        messages = []
        for value in self.values.get(name, ()):
            if isinstance(value, PrototxtScalar):
                raise SheetError(f"{name} is a message, not {shown(value.text)}", self.source.of(value), f"{name} {{ ... }}")
            messages.append(MessageFields(self.source, value, self.source.of(value), name))
        return messages

    def child(self, name: str) -> MessageFields:
        """The message of a field that may occur once; an empty one where it is absent."""
        messages = self.children(name)
        if len(messages) > 1:
            raise SheetError(f"{name} is given twice", messages[1].where, f"first in line {messages[0].where.line}")
        return messages[0] if messages else MessageFields(self.source, None, self.where, name)

    def find_unknown(self, names: Iterable[str] | None = None) -> list[tuple[str, Where]]:
        """The fields that Caffe's message of this name does not have. Raises SheetError for a misspelt one."""
        table = FIELDS.get(self.name) if names is None else frozenset(names)
        if table is None:
            return []
        unknown = [name for name in self.values if name not in table]
        for name in unknown:
            close = difflib.get_close_matches(name[:80], table, n=1, cutoff=MIN_SIMILARITY) if self.source.may_guess() else []
            if close:
                message = f"{self.name or 'the file'} has no field {shown(name)}"
                raise SheetError(message, self._name_at(name), f"did you mean {close[0]}?")
        return [(f"{self.name}.{name}" if self.name else name, self.place(name)) for name in unknown]

    def _name_at(self, name: str) -> Where:
        """The position of a field's name: before its value, usually on the same line."""
        where = self.place(name)
        column = where.text.rfind(name, 0, where.column) + 1
        return Where(where.file, where.line, column or where.column, where.text, len(name))


def _integer(text: str) -> int:
    """Whole numbers in decimal, hexadecimal (0x1f) and octal (017) notation."""
    sign, digits = (-1, text[1:]) if text.startswith("-") else (1, text)
    if digits[:2] in {"0x", "0X"}:
        return sign * int(digits, 16)
    is_octal = len(digits) > 1 and digits.startswith("0") and set(digits) <= set("01234567")
    return sign * int(digits, 8 if is_octal else 10)
