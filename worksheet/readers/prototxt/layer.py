"""A layer of a Caffe network while it is read: its input blobs, its fields, and the nodes that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from worksheet.errors import SheetError, Where
from worksheet.layers import Shape
from worksheet.readers.prototxt.fields import MessageFields
from worksheet.readers.symbols import list_symbols

Settings = Mapping[str, int] | None


class UnknownShapeError(Exception):
    """The shape of a blob is unknown because of an earlier fault: the layer cannot be checked, and is not reported itself."""


@dataclass(frozen=True, slots=True)
class Blob:
    """What flows between layers: the node that makes it, and Caffe's shape without the batch.

    After region proposals, and in recurrent networks, Caffe's first axis counts regions or steps instead of samples:
    then ``leading`` is true and ``sizes`` has all of Caffe's axes. ``counted`` is false for labels and what follows from them.
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
    """A node before its shape is known."""

    kind: str
    name: str
    inputs: tuple[Blob, ...]
    values: Mapping[str, int]
    shares: str


class LayerGraph(Protocol):
    """The part of the graph that the rule of a layer uses."""

    batch: int  # the first axis of the main input
    regions: int | None  # as the caller chose

    def make(self, layer: CaffeLayer, node: NodeDraft) -> Shape | None: ...
    def free_name(self, name: str) -> str: ...
    def note(self, note: str) -> None: ...
    def note_unknown_field(self, field: str, where: Where) -> None: ...


@dataclass(frozen=True, slots=True)
class CaffeLayer:
    """One ``layer { ... }``. ``type`` is in Caffe's current spelling, whatever the form of the file."""

    graph: LayerGraph
    fields: MessageFields
    type: str
    name: str
    where: Where
    bottoms: tuple[Blob, ...] = ()
    tops: tuple[str, ...] = ()

    def param(self, name: str) -> MessageFields:
        """The settings in the field of that name; a misspelt field is a fault, a field of a Caffe fork is noted."""
        fields = self.fields.child(name)
        for field, where in fields.find_unknown():
            self.graph.note_unknown_field(field, where)
        return fields

    def read(self, least: int = 1, most: int | None = None) -> tuple[Blob, ...]:
        """The input blobs. Raises SheetError unless there are ``least`` to ``most`` of them."""
        most = least if most is None else most
        count = len(self.bottoms)
        if not least <= count <= most:
            wanted = f"{least} to {most}" if most < 100 else f"{least} or more"
            wanted = str(least) if least == most else wanted
            raise SheetError(f"{self.name} ({self.type}) reads {wanted} blobs, not {count}", self.where)
        return self.bottoms

    @property
    def bottom(self) -> Blob:
        """The only input blob."""
        return self.read(1)[0]

    def emit(
        self, kind: str, *inputs: Blob, values: Settings = None, part: str = "", leading: bool | None = None, shares: str = ""
    ) -> Blob:
        """Add a node and return its output; ``part`` names the node where the layer becomes several."""
        name = self.graph.free_name(f"{self.name}/{part}" if part else self.name)
        shape = self.graph.make(self, NodeDraft(kind, name, inputs, values or {}, shares))
        leads = any(blob.leading for blob in inputs) if leading is None else leading
        return Blob(name, shape, leads)

    def reshape(self, blob: Blob, shape: Shape, part: str = "", leading: bool | None = None) -> Blob:
        """The blob in another shape; the blob itself where it has that shape already."""
        if shape == blob.shape and leading in (None, blob.leading):
            return blob
        return self.emit("Reshape", blob, part=part, leading=leading, values=list_symbols("o", shape))

    # Axes

    def axes(self, blob: Blob) -> Shape:
        """The blob's shape as Caffe sees it, with the batch."""
        return blob.shape if blob.leading else (self.graph.batch, *blob.shape)

    def axis(self, blob: Blob, caffe_axis: int, name: str = "axis") -> int:
        """The position in the blob's own shape of an axis as Caffe counts it; -1 for the batch. Raises SheetError."""
        rank = len(self.axes(blob))
        if not -rank <= caffe_axis < rank:
            where = getattr(caffe_axis, "where", self.where)
            raise SheetError(f"{name} is {int(caffe_axis)}, but the blob has {rank} axes", where, f"from {-rank} to {rank - 1}")
        return caffe_axis % rank - (not blob.leading)

    def inner_axis(self, blob: Blob, caffe_axis: int, name: str = "axis") -> int:
        """The same for an axis that must not be the batch. Raises SheetError."""
        position = self.axis(blob, caffe_axis, name)
        if position < 0:
            where = getattr(caffe_axis, "where", self.where)
            raise SheetError(
                f"{self.name} ({self.type}) works across the samples of a batch", where, "the axis must be at least 1"
            )
        return position

    @property
    def channels_axis(self) -> int:
        """The position of the channels of the only input blob, from 1, after regions or steps; 0 for the usual position."""
        return self.inner_axis(self.bottom, 1) + 1 if self.bottom.leading else 0


LayerRule = Callable[[CaffeLayer], Blob | list[Blob]]  # the output, or one for each top
