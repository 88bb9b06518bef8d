"""The rows that a forward pass becomes, and which of them every tensor is.

Every row is sized as it is made, and its shape compared with that of the tensor: where the two differ in their axes alone a
Reshape stands between them, and where they differ in their elements the call is not followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import prod
from typing import Any, NamedTuple

from worksheet.errors import WorksheetError
from worksheet.layers import Shape, kinds
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import INPUT, Node
from worksheet.readers.torch.layer_facts import facts_of_names
from worksheet.readers.torch.values import (
    MAX_AXES,
    CannotFollow,
    DeferredTensor,
    ModuleFrame,
    TorchValue,
    batches,
    join_sizes,
    number_symbols,
    reach,
    storage,
    version,
    without,
)  # fmt: skip
from worksheet.sizes import size

MAX_ROWS = 200_000
CONSTANT = "constant"
TAKEN = "Made by the forward pass itself from nothing, and taken as given: {}."
ASTRAY = "Parameters that the module does not list among its own (kept in a plain list?), so not counted: {}."
MAX_NAMED = 8  # in a note
MOVERS = frozenset(
    {"flatten", "pixelshuffle", "channelshuffle", "padding", "upsampling", "fold", "linear"}
)  # in torch.nn.modules


class RowSize(NamedTuple):
    """What a row gives, and how many parameters it counts."""

    output: Shape
    stored: int


@dataclass
class ForwardTrace:
    """The rows so far, and what is known of tensors. ``parameters`` and ``buffers`` give the paths of stored tensors by id."""

    parameters: Mapping[int, str]
    buffers: Mapping[int, str]
    leaves: Mapping[str, str] = field(default_factory=dict)  # the classes of modules without parts, by path
    nodes: list[Node] = field(default_factory=list)
    further: dict[str, Shape] = field(default_factory=dict)
    sentences: dict[str, dict[str, None]] = field(default_factory=dict)  # sentences, and what they are about
    frames: list[ModuleFrame] = field(default_factory=lambda: [ModuleFrame("")])
    values: dict[int, TorchValue] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)  # which row counts a stored tensor
    serial: int = 0
    names: dict[str, int] = field(default_factory=lambda: {INPUT: 1})
    writes: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # by storage: when, from where to where
    row_sizes: dict[object, RowSize] = field(default_factory=dict)
    later: dict[int, DeferredTensor] = field(default_factory=dict)
    arrays: dict[tuple[str, Shape], str] = field(default_factory=dict)  # the rows of stored arrays
    counted_modules: set[str] = field(default_factory=set)  # the paths of modules whose own numbers a row has used
    last: str = ""  # the row made last, but for a Reshape behind it
    called: tuple[str, ...] = ()  # how the call is called whose rows are being made

    # Names

    def free_name(self, name: str) -> str:
        """A name that no row bears yet: relu, relu_2, ..."""
        while True:
            self.names[name] = self.names.get(name, 0) + 1
            candidate = name if self.names[name] == 1 else f"{name}_{self.names[name]}"
            if candidate == name or candidate not in self.names:
                self.names.setdefault(candidate, 1)
                return candidate

    def base_name(self, call: str, *, moves: bool = False) -> str:
        """The name of a call's row: the module's where the module is that call, else the call's behind the module's."""
        frame = self.frames[-1]
        is_module_call = frame.home and (not moves or frame.home in MOVERS)
        return frame.path if is_module_call else f"{frame.path}.{call}".lstrip(".")

    # Tensors

    def bind(self, tensor: Any, value: TorchValue) -> TorchValue:
        """From now on, this tensor is that value."""
        self.serial += 1
        bound = replace(value, tensor=tensor, serial=self.serial, version=version(tensor))
        self.values[id(tensor)] = bound
        return bound

    def enter(self, tensor: Any, name: str) -> None:
        """An input of the network."""
        self.bind(tensor, TorchValue(tensor, name, without(tensor.shape, 0)))

    def peek(self, tensor: Any) -> TorchValue | DeferredTensor | None:
        """What is known of a tensor, without making its row; None for one that the forward pass makes itself."""
        value = self.values.get(id(tensor)) or self.later.get(id(tensor))
        if value:
            return value
        live = id(tensor) in self.parameters
        path = self.parameters.get(id(tensor)) or self.buffers.get(id(tensor))
        if not path:
            return None
        batch = batches(tensor.shape)[0]
        return self.bind(tensor, TorchValue(tensor, "", without(tensor.shape, batch), batch, path, live, moved=True))

    def value(self, tensor: Any) -> TorchValue | None:
        """What a tensor is, on the sheet. Raises Lost where its numbers have changed since it was known."""
        value = self.peek(tensor)
        if isinstance(value, DeferredTensor):
            value.make()
            value = self.values.get(id(tensor))
        if value and value.version != version(tensor) and self.is_overwritten(value):
            raise CannotFollow("a tensor that it reads was changed through another view of the same numbers")
        return value

    def record_write(self, tensor: Any) -> Callable[[], None]:
        """Remember that this part of a storage has been written to: other views of it are out of date. Returns an undo."""
        self.serial += 1
        writes = self.writes.setdefault(storage(tensor), [])
        entry = (self.serial, *reach(tensor))
        writes.append(entry)
        if id(tensor) in self.values:
            self.bind(tensor, self.values[id(tensor)])
        return partial(writes.remove, entry)

    def is_overwritten(self, value: TorchValue) -> bool:
        """Whether something was written to a tensor's numbers since it was known."""
        start, end = reach(value.tensor)
        writes = self.writes.get(storage(value.tensor), [])
        return any(when > value.serial and low < end and start < high for when, low, high in writes)

    def operand(self, tensor: Any) -> TorchValue:
        """A tensor as the input of a row: a stored one gets a row of its own, a constant becomes an input of the network."""
        value = self.value(tensor)
        if value is None:
            batch = batches(tensor.shape)[0]
            name = self.free_name(f"{CONSTANT}_{len(self.further) + 1}")
            self.further[name] = without(tensor.shape, batch)
            self.note(ASTRAY if type(tensor).__name__ == "Parameter" else TAKEN, name)
            return self.bind(tensor, TorchValue(tensor, name, self.further[name], batch))
        if value.source:
            raise CannotFollow(f"it has {len(value.shape)} axes, and a row of the sheet at most {MAX_AXES}")
        if value.name:
            return value
        flag = {} if value.live else {"f": 1}
        key, owner = (value.path, value.shape), self.owners.get(self.identity(tensor), "")
        if key not in self.arrays:
            self.arrays[key] = self.add_row(
                "Parameter",
                number_symbols("o", value.shape) | flag,
                (),
                value.path,
                shares=owner,
                path=value.path,
                called=self.module_call(value.path),
                facts=facts_of_names([value.path]),
            )
            self.owners.setdefault(self.identity(tensor), self.arrays[key])
        return self.bind(tensor, replace(value, name=self.arrays[key]))

    def module_call(self, path: str) -> tuple[str, ...]:
        """How a stored array is called: by the module without parts that keeps it, if one does."""
        owner = self.leaves.get(path.rpartition(".")[0])
        return ("leaf", owner) if owner else ()

    def identity(self, tensor: Any) -> int:
        """The id of the stored tensor that a tensor is, its clone for instance; 0 where it is none."""
        if id(tensor) in self.parameters or id(tensor) in self.buffers:
            return id(tensor)
        value = self.value(tensor)
        return self.by_path.get(value.path, 0) if value and value.path else 0

    @cached_property
    def by_path(self) -> dict[str, int]:
        """The id of each stored tensor."""
        return {path: key for table in (self.parameters, self.buffers) for key, path in table.items()}

    def note(self, sentence: str, subject: str = "") -> None:
        """To be said with the solution, once for all the subjects of a sentence that ends in ``{}``."""
        self.sentences.setdefault(sentence, {}).setdefault(subject)

    def notes(self) -> list[str]:
        """The sentences."""
        return [sentence.replace("{}", join_names(list(subjects))) for sentence, subjects in self.sentences.items()]

    # Rows

    @contextmanager
    def calling(self, called: tuple[str, ...]) -> Iterator[None]:
        """The rows made inside are called in this way."""
        before, self.called = self.called, called
        try:
            yield
        finally:
            self.called = before

    def add_row(
        self, kind: str, values: Mapping[str, int], inputs: Sequence[str], name: str, *, shares: str = "", pattern: str = "",
        path: str = "", called: tuple[str, ...] | None = None, facts: Mapping[str, int] | None = None,
    ) -> str:  # fmt: skip
        """A row, unsized; returns its name. It is called as the call at hand is, where nothing else is said."""
        if len(self.nodes) >= MAX_ROWS:
            raise WorksheetError(f"the forward pass has more than {MAX_ROWS:,} rows")
        stage = path.split(".", maxsplit=1)[0] if "." in path else self.frames[-1].stage
        words = self.called if called is None else called
        completed = _complete(kind, values)
        known_facts = dict(facts or {})
        self.nodes.append(
            Node(self.free_name(name), kinds()[kind], completed, tuple(inputs), None, pattern, stage, shares, words, known_facts)
        )
        return self.nodes[-1].name

    def size_row(self, kind: str, values: Mapping[str, int], shapes: tuple[Shape, ...], pattern: str = "") -> RowSize:
        """What a row would give for inputs of these shapes, and store. Raises Lost where it takes no such inputs."""
        key = (kind, shapes, pattern, *sorted(values.items()))
        if key not in self.row_sizes:
            if kind not in kinds():
                raise CannotFollow(f"there is no kind {kind}")
            try:
                row = size(Node(kind, kinds()[kind], _complete(kind, values), ("",) * len(shapes), None, pattern), shapes)
            except WorksheetError as fault:
                raise CannotFollow(fault.faults[0].message) from None
            assert row is not None  # all shapes are known
            stored = sum(int(row.kind.quantity(name, row.form).at(row.values)) for name in ("weights", "biases"))
            self.row_sizes[key] = RowSize(row.output, stored)
        return self.row_sizes[key]

    def add_output(
        self, kind: str, values: Mapping[str, int], operands: Sequence[TorchValue], out: Any, name: str, *, pattern: str = "",
        shares: str = "", prefer: int | None = 0, stored: int = 0, moves: bool = False, facts: Mapping[str, int] | None = None,
    ) -> TorchValue:  # fmt: skip
        """A row that reads these values and gives the tensor ``out``, in whatever axes of one that is.

        ``stored`` is how many numbers the layer stores; a row that would count others does not stand for it.
        """
        shapes = tuple(value.shape for value in operands)
        output, parameters = self.size_row(kind, values, shapes, pattern)
        if parameters != stored and not shares:
            raise CannotFollow(f"{kind} stores {parameters:,} numbers, torch {stored:,}")
        fitting = [batch for batch in batches(out.shape, prefer) if without(out.shape, batch) == output]
        batch = fitting[0] if fitting else batches(out.shape, prefer)[0]
        wanted = without(out.shape, batch)
        if prod(output) != prod(wanted):
            raise CannotFollow(f"{kind} gives {join_sizes(output)}, torch {join_sizes(wanted)}")
        row = self.add_row(kind, values, [value.name for value in operands], name, shares=shares, pattern=pattern, facts=facts)
        self.last = row
        live = bool(stored or shares) or any(value.live for value in operands)
        moved = moves and all(value.moved for value in operands)
        made = self.bind(out, TorchValue(out, row, wanted, batch, "", live, moved))
        return made if output == wanted else self.bind(out, replace(made, name=self.add_reshape(row, wanted)))

    def add_reshape(self, name: str, shape: Shape) -> str:
        """The same numbers in other axes."""
        return self.add_row("Reshape", number_symbols("o", shape), [name], f"{name}.reshape")

    def reshape(self, value: TorchValue, shape: Shape) -> TorchValue:
        """A value in the axes that a layer needs."""
        return value if value.shape == shape else replace(value, name=self.add_reshape(value.name, shape), shape=shape)

    def keep_batch(self, value: TorchValue) -> TorchValue:
        """A value with its batch axis."""
        return replace(self.reshape(value, without(value.tensor.shape, None)), batch=None)


def join_names(names: Sequence[str]) -> str:
    """Names in a sentence, and how many more there are.

    >>> join_names(["conv", "norm"])
    'conv, norm'
    """
    named = names[:MAX_NAMED]
    return ", ".join(named) + (f" and {len(names) - len(named)} more" if len(names) > len(named) else "")


def _complete(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    return hyperparameters(kinds()[kind], [Given(symbol, value) for symbol, value in values.items()])
