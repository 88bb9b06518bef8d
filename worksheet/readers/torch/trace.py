"""The rows of a forward pass, and the row that every tensor comes from.

Every row is sized when it is added, and its shape compared with that of the tensor: if only their axes differ, a Reshape goes
between them; if their elements differ, the call cannot be followed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import prod
from typing import Any, NamedTuple

from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.errors import WorksheetError
from worksheet.layers import Shape, kinds
from worksheet.layers.spelling import Given, hyperparameters
from worksheet.network import Node
from worksheet.readers.names import FreeNames, join_names
from worksheet.readers.symbols import join_sizes
from worksheet.readers.torch.layer_facts import facts_of_names
from worksheet.readers.torch.values import (
    MAX_AXES,
    CannotFollow,
    DeferredTensor,
    ModuleFrame,
    TorchValue,
    batches,
    number_symbols,
    reach,
    storage,
    version,
    without,
)
from worksheet.sizes import size

MAX_ROWS = 200_000
CONSTANT = "constant"
TAKEN = "Made by the forward pass from nothing, and taken as inputs: {}."
ASTRAY = "Parameters that the module does not register (kept in a plain list?), so not counted: {}."
MAX_NAMED = 8  # in a note
MOVERS = frozenset(
    {"flatten", "pixelshuffle", "channelshuffle", "padding", "upsampling", "fold", "linear"}
)  # in torch.nn.modules


class RowSize(NamedTuple):
    """The output shape of a row, and how many parameters it counts."""

    output: Shape
    stored: int


@dataclass
class ForwardTrace:
    """The rows so far, and the values of tensors. ``parameters`` and ``buffers`` give the paths of tensors by id."""

    parameters: Mapping[int, str]
    buffers: Mapping[int, str]
    leaves: Mapping[str, str] = field(default_factory=dict)  # the classes of modules without submodules, by path
    nodes: list[Node] = field(default_factory=list)
    further: dict[str, Shape] = field(default_factory=dict)
    sentences: dict[str, dict[str, None]] = field(default_factory=dict)  # notes, and what they are about
    frames: list[ModuleFrame] = field(default_factory=lambda: [ModuleFrame("")])
    values: dict[int, TorchValue] = field(default_factory=dict)
    owners: dict[int, str] = field(default_factory=dict)  # the row that counts a parameter or buffer
    serial: int = 0
    names: FreeNames = field(default_factory=FreeNames)
    writes: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)  # by storage: when, and the range of positions
    row_sizes: dict[object, RowSize] = field(default_factory=dict)
    later: dict[int, DeferredTensor] = field(default_factory=dict)
    stored_rows: dict[tuple[str, Shape], str] = field(default_factory=dict)  # the rows of parameters and buffers
    counted_modules: set[str] = field(default_factory=set)  # the paths of modules whose parameters a row has used
    last: str = ""  # the last row, except a Reshape after it
    called: Called = NO_PROGRAM  # how the call is called whose rows are being added

    # Names

    def base_name(self, call: str, *, moves: bool = False) -> str:
        """The name of a call's row: the module's if the module is that call, else the module's and the call's."""
        frame = self.frames[-1]
        is_module_call = frame.home and (not moves or frame.home in MOVERS)
        return frame.path if is_module_call else f"{frame.path}.{call}".lstrip(".")

    # Tensors

    def bind(self, tensor: Any, value: TorchValue) -> TorchValue:
        """Record that from now on this tensor is that value."""
        self.serial += 1
        bound = replace(value, tensor=tensor, serial=self.serial, version=version(tensor))
        self.values[id(tensor)] = bound
        return bound

    def enter(self, tensor: Any, name: str) -> None:
        """Record an input of the network."""
        self.bind(tensor, TorchValue(tensor, name, without(tensor.shape, 0)))

    def peek(self, tensor: Any) -> TorchValue | DeferredTensor | None:
        """The value of a tensor, without adding its row; None for one that the forward pass makes itself."""
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
        """The value of a tensor. Raises CannotFollow if its numbers have changed since it was recorded."""
        value = self.peek(tensor)
        if isinstance(value, DeferredTensor):
            value.make()
            value = self.values.get(id(tensor))
        if value and value.version != version(tensor) and self.is_overwritten(value):
            raise CannotFollow("a tensor that it reads was changed through another view")
        return value

    def record_write(self, tensor: Any) -> Callable[[], None]:
        """Record a write to a part of a storage, which makes its other views out of date. Returns a function that undoes it."""
        self.serial += 1
        writes = self.writes.setdefault(storage(tensor), [])
        entry = (self.serial, *reach(tensor))
        writes.append(entry)
        if id(tensor) in self.values:
            self.bind(tensor, self.values[id(tensor)])
        return partial(writes.remove, entry)

    def is_overwritten(self, value: TorchValue) -> bool:
        """Whether a tensor's numbers were written to since its value was recorded."""
        start, end = reach(value.tensor)
        writes = self.writes.get(storage(value.tensor), [])
        return any(when > value.serial and low < end and start < high for when, low, high in writes)

    def operand(self, tensor: Any) -> TorchValue:
        """A tensor as the input of a row: a parameter gets its own row, a constant becomes an input of the network."""
        value = self.value(tensor)
        if value is None:
            batch = batches(tensor.shape)[0]
            name = self.names.take(f"{CONSTANT}_{len(self.further) + 1}")
            self.further[name] = without(tensor.shape, batch)
            self.note(ASTRAY if type(tensor).__name__ == "Parameter" else TAKEN, name)
            return self.bind(tensor, TorchValue(tensor, name, self.further[name], batch))
        if value.source:
            raise CannotFollow(f"it has {len(value.shape)} axes, and a row of the sheet at most {MAX_AXES}")
        if value.name:
            return value
        symbols = number_symbols("o", value.shape) | ({} if value.live else {"f": 1})
        path, owner = value.path, self.owners.get(self.identity(tensor), "")
        key, called, facts = (path, value.shape), self.module_call(path), facts_of_names([path])
        if key not in self.stored_rows:
            row = self.add_row("Parameter", symbols, (), path, shares=owner, path=path, called=called, facts=facts)
            self.stored_rows[key] = row
            self.owners.setdefault(self.identity(tensor), self.stored_rows[key])
        return self.bind(tensor, replace(value, name=self.stored_rows[key]))

    def module_call(self, path: str) -> Called:
        """How a parameter is called: by the module without submodules that keeps it, if one does."""
        owner = self.leaves.get(path.rpartition(".")[0])
        return Called("leaf", owner) if owner else NO_PROGRAM

    def identity(self, tensor: Any) -> int:
        """The id of the parameter or buffer that a tensor is, or is a copy of; 0 for others."""
        if id(tensor) in self.parameters or id(tensor) in self.buffers:
            return id(tensor)
        value = self.value(tensor)
        return self.by_path.get(value.path, 0) if value and value.path else 0

    @cached_property
    def by_path(self) -> dict[str, int]:
        """The id of each parameter and buffer."""
        return {path: key for table in (self.parameters, self.buffers) for key, path in table.items()}

    def note(self, sentence: str, subject: str = "") -> None:
        """Note a sentence on the solution, once; ``{}`` in it stands for all its subjects."""
        self.sentences.setdefault(sentence, {}).setdefault(subject)

    def notes(self) -> list[str]:
        """The notes as sentences."""
        return [sentence.replace("{}", join_names(list(subjects), MAX_NAMED)) for sentence, subjects in self.sentences.items()]

    # Rows

    @contextmanager
    def calling(self, called: Called) -> Iterator[None]:
        """Rows that are added inside are called in this way."""
        before, self.called = self.called, called
        try:
            yield
        finally:
            self.called = before

    def add_row(
        self, kind: str, values: Mapping[str, int], inputs: Sequence[str], name: str, *, shares: str = "", pattern: str = "",
        path: str = "", called: Called | None = None, facts: Mapping[str, int] | None = None,
    ) -> str:  # fmt: skip
        """Add a row without sizing it, and return its name. By default, it is called as the current call is."""
        if len(self.nodes) >= MAX_ROWS:
            raise WorksheetError(f"the forward pass has more than {MAX_ROWS:,} rows")
        stage = path.split(".", maxsplit=1)[0] if "." in path else self.frames[-1].stage
        words = self.called if called is None else called
        completed = _complete(kind, values)
        known_facts = dict(facts or {})
        self.nodes.append(
            Node(self.names.take(name), kinds()[kind], completed, tuple(inputs), None, pattern, stage, shares, words, known_facts)
        )
        return self.nodes[-1].name

    def size_row(self, kind: str, values: Mapping[str, int], shapes: tuple[Shape, ...], pattern: str = "") -> RowSize:
        """The output shape and parameters of a row for inputs of these shapes. Raises CannotFollow if they do not fit."""
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
        """Add a row that reads these values and gives the tensor ``out``, with any axis of size 1 as its batch.

        ``stored`` is the number of parameters in torch; a row with another number cannot describe the layer.
        """
        shapes = tuple(value.shape for value in operands)
        output, parameters = self.size_row(kind, values, shapes, pattern)
        if parameters != stored and not shares:
            raise CannotFollow(f"{kind} has {parameters:,} parameters, but {stored:,} in torch")
        fitting = [batch for batch in batches(out.shape, prefer) if without(out.shape, batch) == output]
        batch = fitting[0] if fitting else batches(out.shape, prefer)[0]
        wanted = without(out.shape, batch)
        if prod(output) != prod(wanted):
            raise CannotFollow(f"{kind} gives {join_sizes(output)}, but torch gives {join_sizes(wanted)}")
        row = self.add_row(kind, values, [value.name for value in operands], name, shares=shares, pattern=pattern, facts=facts)
        self.last = row
        live = bool(stored or shares) or any(value.live for value in operands)
        moved = moves and all(value.moved for value in operands)
        made = self.bind(out, TorchValue(out, row, wanted, batch, "", live, moved))
        return made if output == wanted else self.bind(out, replace(made, name=self.add_reshape(row, wanted)))

    def add_reshape(self, name: str, shape: Shape) -> str:
        """Add a Reshape, and return its name."""
        return self.add_row("Reshape", number_symbols("o", shape), [name], f"{name}.reshape")

    def reshape(self, value: TorchValue, shape: Shape) -> TorchValue:
        """A value in the shape that a layer needs."""
        return value if value.shape == shape else replace(value, name=self.add_reshape(value.name, shape), shape=shape)

    def keep_batch(self, value: TorchValue) -> TorchValue:
        """A value with its batch axis."""
        return replace(self.reshape(value, without(value.tensor.shape, None)), batch=None)


def _complete(kind: str, values: Mapping[str, int]) -> dict[str, int]:
    return hyperparameters(kinds()[kind], [Given(symbol, value) for symbol, value in values.items()])
