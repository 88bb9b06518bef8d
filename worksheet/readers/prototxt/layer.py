"""A layer of a Caffe network while it is read: the blobs it reads, its parameters, and the nodes that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from worksheet.errors import SheetError, Where
from worksheet.layers import Shape
from worksheet.readers.prototxt.fields import MessageFields


class UnknownShapeError(Exception):
    """Asks for the shape of a blob that stands behind a fault: the layer cannot be checked, and has no fault of its own."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What flows between layers: the node that makes it and its shape, which is Caffe's without the batch.

    Behind a proposal of regions, and in networks that recur, Caffe's first axis is none of samples but of regions or steps:
    then ``leading`` is true and ``sizes`` has all of Caffe's axes. ``counted`` is false for labels and what is made of them.
    """

    node: str
    sizes: Shape | None
    leading: bool = False
    counted: bool = True

    @property
    def shape(self) -> Shape:
        if self.sizes is None:
            raise UnknownShapeError
        return self.sizes


@dataclass(frozen=True, slots=True)
class NodeDraft:
    """A node that is about to be made."""

    kind: str
    name: str
    inputs: tuple[Blob, ...]
    values: Mapping[str, int]
    shares: str


class LayerGraph(Protocol):
    """What a layer needs of the graph around it."""

    batch: int  # Caffe's first axis of the main input
    regions: int | None  # that the caller asks for

    def make(self, layer: CaffeLayer, node: NodeDraft) -> Shape | None: ...
    def free_name(self, name: str) -> str: ...
    def note(self, note: str) -> None: ...
    def note_unknown_field(self, field: str, where: Where) -> None: ...


@dataclass(frozen=True, slots=True)
class CaffeLayer:
    """One ``layer { ... }``. ``type`` is as Caffe writes it now, whatever the file's form."""

    graph: LayerGraph
    fields: MessageFields
    type: str
    name: str
    where: Where
    bottoms: tuple[Blob, ...] = ()
    tops: tuple[str, ...] = ()

    def param(self, name: str) -> MessageFields:
        """The parameters of that name; a misspelt field is a fault, one of somebody's own Caffe is noted."""
        fields = self.fields.child(name)
        for field, where in fields.find_unknown():
            self.graph.note_unknown_field(field, where)
        return fields

    def read(self, least: int = 1, most: int | None = None) -> tuple[Blob, ...]:
        """The blobs, of which there must be so many."""
        most = least if most is None else most
        count = len(self.bottoms)
        if not least <= count <= most:
            wanted = str(least) if least == most else f"{least} to {most}" if most < 100 else f"{least} or more"
            raise SheetError(f"{self.name} ({self.type}) reads {wanted} blobs, not {count}", self.where)
        return self.bottoms

    @property
    def bottom(self) -> Blob:
        """The only blob that is read."""
        return self.read(1)[0]

    def emit(
        self,
        kind: str,
        *inputs: Blob,
        values: Mapping[str, int] | None = None,
        part: str = "",
        leading: bool | None = None,
        shares: str = "",
    ) -> Blob:
        """Add a node of a kind; ``part`` names it where the layer becomes several. Returns its output."""
        name = self.graph.free_name(f"{self.name}/{part}" if part else self.name)
        shape = self.graph.make(self, NodeDraft(kind, name, inputs, values or {}, shares))
        leads = any(blob.leading for blob in inputs) if leading is None else leading
        return Blob(name, shape, leads)

    def reshape(self, blob: Blob, shape: Shape, part: str = "", leading: bool | None = None) -> Blob:
        """The blob in another shape; itself where it has it already."""
        if shape == blob.shape and leading in (None, blob.leading):
            return blob
        return self.emit("Reshape", blob, part=part, leading=leading, values=number_symbols("o", shape))

    # Axes

    def axes(self, blob: Blob) -> Shape:
        """The blob's shape as Caffe sees it, with the batch."""
        return blob.shape if blob.leading else (self.graph.batch, *blob.shape)

    def axis(self, blob: Blob, caffe_axis: int, name: str = "axis") -> int:
        """The position in the blob's own shape of an axis that Caffe numbers; -1 is the batch. Raises SheetError."""
        rank = len(self.axes(blob))
        if not -rank <= caffe_axis < rank:
            where = getattr(caffe_axis, "where", self.where)
            raise SheetError(f"{name} is {int(caffe_axis)}, but the blob has {rank} axes", where, f"from {-rank} to {rank - 1}")
        return caffe_axis % rank - (not blob.leading)

    def inner_axis(self, blob: Blob, caffe_axis: int, name: str = "axis") -> int:
        """The same for an axis that must not be the batch."""
        position = self.axis(blob, caffe_axis, name)
        if position < 0:
            where = getattr(caffe_axis, "where", self.where)
            raise SheetError(f"{self.name} ({self.type}) works across the samples of a batch", where, "an axis from 1 on")
        return position

    @property
    def channels_axis(self) -> int:
        """The position of the only blob's channels, from 1, where regions or steps stand before them; 0 is the usual one."""
        return self.inner_axis(self.bottom, 1) + 1 if self.bottom.leading else 0


def number_symbols(letter: str, numbers: tuple[int, ...]) -> dict[str, int]:
    """Values of symbols that count up: o_1, o_2, ..."""
    return {f"{letter}_{i}": number for i, number in enumerate(numbers, 1)}


LayerRule = Callable[[CaffeLayer], Blob | list[Blob]]  # the output, or one for each top
