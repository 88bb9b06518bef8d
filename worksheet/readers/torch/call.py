"""One call of the forward pass, as a rule sees it: its arguments by name, its tensors as values, and methods that add rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.readers.symbols import spatial_symbols
from worksheet.readers.torch.layer_facts import facts_of_frames, facts_of_names
from worksheet.readers.torch.trace import ForwardTrace
from worksheet.readers.torch.values import MAX_AXES, CannotFollow, ModuleFrame, TorchValue, batches, number_symbols, without


class CallRule(NamedTuple):
    """How a call becomes rows. ``names`` are its arguments in order; ``*name`` takes all that follow, or a list."""

    handler: Callable[[TorchCall], None]
    names: str = "input"
    kind: str = ""
    moves: bool = False  # it moves numbers without computing any, so that a buffer stays a buffer


@dataclass
class TorchCall:
    """A call that has run: its arguments and its result.

    ``meta`` makes a tensor of a shape. ``called`` is how the program calls it, which its rows record.
    """

    trace: ForwardTrace
    name: str
    rule: CallRule
    args: Sequence[Any]
    kwargs: Mapping[str, Any]
    result: Any
    follow: Callable[[], Any]  # a context manager under which torch's calls become rows
    meta: Callable[[Sequence[int]], Any]
    called: Called = NO_PROGRAM
    harmless: bool = False  # it wrote into a tensor, but nothing that the rows depend on

    def __post_init__(self) -> None:
        names = self.rule.names.split()
        self.base = self.trace.base_name(self.name.strip("_"), moves=self.rule.moves)  # the start of the names of its rows
        self.arguments: dict[str, Any] = dict(self.kwargs)
        for i, name in enumerate(names):
            if name.startswith("*"):
                rest = tuple(self.args[i:])
                is_list = len(rest) == 1 and isinstance(rest[0], (tuple, list))
                self.arguments.setdefault(name[1:], tuple(rest[0]) if is_list else rest) if rest else None
            elif i < len(self.args):
                self.arguments[name] = self.args[i]

    def trace_calls(self, body: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run a function of tensors; its calls become rows, named as parts of this call."""
        frames = self.trace.frames
        frames.append(ModuleFrame(self.base, stage=frames[-1].stage, outer=self.called))
        try:
            with self.follow():
                return body(*args, **kwargs)
        finally:
            frames.pop()

    def run(self) -> None:
        """Make the rows. Numbers that are only moved may have more axes than a row in between, but not in the end."""
        values = [value for tensor in tensors((self.args, self.kwargs)) if (value := self.trace.value(tensor))]
        wide = any(len(without(out.shape, batches(out.shape)[0])) > MAX_AXES for out in tensors(self.result))
        with self.trace.calling(self.called):
            if self.rule.moves and len(values) == 1 and (wide or values[0].source):
                self.gather_wide(values[0])
            else:
                self.rule.handler(self)

    def gather_wide(self, value: TorchValue) -> None:
        """A row that picks numbers by position, as soon as their tensor has no more axes than a row can have."""
        source = value.source or self.value(value.tensor)
        for out in tensors(self.result):
            batch = batches(out.shape)[0]
            shape = without(out.shape, batch)
            if len(shape) > MAX_AXES:
                self.trace.bind(out, replace(source, shape=shape, batch=batch, source=source))
            else:
                self.add_row("Gather", number_symbols("o", shape), source, out=out)

    def __getitem__(self, name: str) -> Any:
        return self.arguments[name]

    def get(self, name: str, default: Any = None) -> Any:
        return self.arguments.get(name, default)

    @property
    def input(self) -> TorchValue:
        """The first argument."""
        return self.value(self.args[0] if self.args else self.arguments[self.rule.names.split()[0].lstrip("*")])

    @property
    def source(self) -> TorchValue:
        """The first argument, whose numbers a call moves; it may have more axes than a row."""
        return self.find_value(self.args[0]) or self.input

    def value(self, tensor: Any) -> TorchValue:
        """A tensor as an operand of a row. Raises CannotFollow for anything else."""
        if not is_tensor(tensor):
            raise CannotFollow(f"it reads {type(tensor).__name__} instead of a tensor")
        return self.trace.operand(tensor)

    def find_value(self, tensor: Any) -> TorchValue | None:
        """The value of a tensor that depends on an input, a parameter or a buffer; None for numbers and constants."""
        return self.trace.value(tensor) if is_tensor(tensor) else None

    def alias(self, value: TorchValue, out: Any = None, batch: int | None = None) -> None:
        """The result is the same numbers along the same axes: no row."""
        target = self.result if out is None else out
        self.trace.bind(target, replace(value, batch=batch))

    def alias_of(self, output: Any) -> None:
        """The result is what ``trace_calls`` returned."""
        for out, tensor in zip(tensors(self.result), tensors(output), strict=False):
            value = self.find_value(tensor)
            if value is None or tensor.shape != out.shape:
                raise CannotFollow("the calls that it consists of do not give its shape")
            self.alias(value, out, value.batch)

    def alias_others(self, output: TorchValue) -> None:
        """The row gives the first result; the others (positions of maxima, the state of a cell) come with it."""
        for further in tensors(self.result)[1:]:
            self.alias(output, further, output.batch)

    def add_row(
        self, kind: str, values: Mapping[str, int], *operands: TorchValue, out: Any = None, part: str = "", pattern: str = "",
        weights: Sequence[Any] = (), statistics: Sequence[Any] = (), prefer: int | None = None,
        facts: Mapping[str, int] | None = None,
    ) -> TorchValue:  # fmt: skip
        """Add a row that gives the result, or the tensor ``out``.

        ``weights`` are the tensors that it counts as parameters, ``statistics`` those that it counts as buffers.
        ``facts`` are those of ``conventions.facts`` that hold.
        """
        parameters = [tensor for tensor in weights if tensor is not None]
        shares = self.shares(parameters, statistics)
        target = self.result if out is None else out
        name = f"{self.base}.{part}" if part else self.base
        guess = prefer if prefer is not None else _batch(operands, target)
        stored = sum(int(tensor.numel()) for tensor in parameters)
        all_facts = self.weight_facts(parameters, shares, operands[:1]) | facts_of_frames(self.trace.frames) | dict(facts or {})
        options: dict[str, Any] = {"pattern": pattern, "shares": shares, "prefer": guess, "stored": stored}
        output = self.trace.add_output(kind, values, operands, target, name, moves=self.rule.moves, facts=all_facts, **options)
        for tensor in [] if shares else [*parameters, *statistics]:
            self.trace.owners.setdefault(self.trace.identity(tensor), self.trace.last)
        return output

    def weight_facts(self, weights: Sequence[Any], shares: str, operands: Sequence[TorchValue]) -> dict[str, int]:
        """Facts of a layer with parameters: who keeps them under which names, and how long the first axis of a sample is."""
        if not weights:
            return {}
        trace, frame = self.trace, self.trace.frames[-1]
        facts = self._first_axis(operands)
        if frame.maker.sort == "leaf":
            facts |= facts_of_names([trace.parameters.get(trace.identity(tensor), "") for tensor in weights])
        if shares and frame.maker.sort and frame.path not in trace.counted_modules and all(map(trace.identity, weights)):
            facts |= {"repeats": 0}
        if frame.maker.sort:
            trace.counted_modules.add(frame.path)
        return facts

    def _first_axis(self, operands: Sequence[TorchValue]) -> dict[str, int]:
        result = self.result[0] if isinstance(self.result, tuple) else self.result
        size = int(result.shape[0]) if result.dim() > 1 else 1
        if any(operand.batch or not operand.live or operand.name in self.trace.further for operand in operands):
            return {"torch_firsts": 0, "torch_leads": size}
        return {"torch_firsts": size} if size > 1 else {}

    def shares(self, weights: Sequence[Any], statistics: Sequence[Any]) -> str:
        """The row that counts these tensors already; empty where none does.

        Where only some of them are counted, or some are computed from others, the rest get rows of their own.
        """
        owners = [self.owner(tensor) for tensor in weights]
        if not any(owners):
            again = [self.trace.owners.get(self.trace.identity(tensor), "") for tensor in statistics]
            return next(filter(None, again), "") if not weights else ""
        for tensor, owner in zip(weights, owners, strict=True):
            if not owner:
                self.value(tensor)
        return next(filter(None, owners))

    def owner(self, tensor: Any) -> str:
        """The row that counts a parameter, or computes another tensor; empty for a parameter that is not counted yet."""
        key = self.trace.identity(tensor)
        return self.trace.owners.get(key, "") if key in self.trace.parameters else self.value(tensor).name


def _batch(operands: Sequence[TorchValue], out: Any) -> int | None:
    """The likely batch axis of the result: that of the input, counted from the right."""
    for value in operands:
        if value.batch is not None and is_tensor(out):
            return max(0, value.batch + out.dim() - value.tensor.dim()) if value.batch else 0
    return 0


def is_tensor(thing: Any) -> bool:
    """Whether a thing is a torch tensor, without asking torch for its class."""
    return hasattr(thing, "untyped_storage")


def tensors(thing: Any) -> list[Any]:
    """Every tensor in nested lists, tuples and mappings."""
    if is_tensor(thing):
        return [thing]
    if isinstance(thing, Mapping):
        thing = thing.values()
    elif not isinstance(thing, (list, tuple)):
        return []
    return [tensor for part in thing for tensor in tensors(part)]


def per_axis(value: Any, count: int) -> tuple[int, ...]:
    """A number for each axis; one number stands for all axes.

    >>> per_axis(3, 2), per_axis((1,), 2), per_axis([1, 2], 2)
    ((3, 3), (1, 1), (1, 2))
    """
    values = tuple(value) if isinstance(value, (list, tuple)) else (value,)
    return tuple(int(size) for size in (values * count if len(values) == 1 else values))


def axis_symbols(letter: str, value: Any, count: int) -> dict[str, int]:
    """The symbols of a size along each axis."""
    return spatial_symbols(letter, per_axis(value, count))
