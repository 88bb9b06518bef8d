"""Has every call of a forward pass become rows, by the table of calls; names those for which no kind of layer stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from worksheet.errors import NetworkError, Where, WorksheetError, nearest
from worksheet.readers.torch.call import CallRule, TorchCall, is_tensor, tensors
from worksheet.readers.torch.call_syntax import describe_call
from worksheet.readers.torch.call_table import CALLS, rule_of
from worksheet.readers.torch.meta_tensors import MAKING, MetaTensors
from worksheet.readers.torch.trace import ForwardTrace
from worksheet.readers.torch.user_code import find_user_line
from worksheet.readers.torch.values import (
    MAX_AXES,
    CannotFollow,
    DeferredTensor,
    TorchValue,
    batches,
    number_symbols,
    storage,
    version,
    without,
)

SHAPE_ONLY = frozenset(  # arrays that take a tensor's shape or type and none of its numbers
    [
        "zeros_like",
        "ones_like",
        "empty_like",
        "full_like",
        "rand_like",
        "randn_like",
        "randint_like",
        "new_zeros",
        "new_ones",
        "new_empty",
        "new_full",
        "new_tensor",
        "empty_permuted",
        "new_empty_strided",
        "size",
        "sym_size",
    ]
)
VALUE_READERS = frozenset(  # for numbers
    [
        "item",
        "tolist",
        "numpy",
        "nonzero",
        "unique",
        "unique_consecutive",
        "masked_select",
        "equal",
        "allclose",
        "is_nonzero",
        "argwhere",
        "bincount",
        "histc",
        "__bool__",
        "__int__",
        "__float__",
        "__index__",
        "__contains__",
        "__array__",
        "_local_scalar_dense",
    ]
)
# The calls that take token numbers or positions, and which argument those are.
INTEGER_ARGUMENTS = {
    "embedding": 0,
    "embedding_bag": 0,
    "one_hot": 0,
    "__getitem__": 1,
    "index_select": 2,
    "gather": 2,
}
ADVICE = "decide by shapes, or trace a module in which the decision is made"
REASONS = {
    **dict.fromkeys(
        ["topk", "sort", "argsort", "msort", "median", "nanmedian", "kthvalue", "mode", "quantile"],
        "how many comparisons a sorting takes depends on the numbers",
    ),
    **dict.fromkeys(["bernoulli", "multinomial", "gumbel_softmax", "poisson"], "it draws at random"),
}
SKIP = "--skip-unknown passes it over, and says so"


class NeedsWholeNumbers(Exception):
    """An input is used as numbers of tokens. Says which."""


class PendingFault(Exception):
    """A fault that is worded already, on its way through the user's own frames."""

    def __init__(self, fault: WorksheetError) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Follower(MetaTensors):
    """Arrays without numbers whose calls are followed. ``faults`` are those that could not be."""

    def __init__(self, trace: ForwardTrace, twins: Mapping[int, tuple[Any, Any]]) -> None:
        super().__init__(MAKING, twins)
        self.trace = trace
        self.faults: dict[tuple[str, str], WorksheetError] = {}
        self.calls = self.mode()
        self.has_listed = False  # what is known has been said

    def run_call(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a call, then make its rows."""
        operands = tensors((args, kwargs))
        self.check_integers(name, args, kwargs)
        self.refresh(name, args)
        outdated = self.find_outdated(operands)
        before = [version(tensor) for tensor in operands]
        try:
            result = self.run_plain(lambda: func(*args, **kwargs))
        except (RuntimeError, NotImplementedError, TypeError, ValueError) as error:
            if name not in VALUE_READERS and "nonzero" not in str(error):  # x[x > 0] asks which are
                raise
            message = f"the forward pass asks for a number that only a real input has ({name.strip('_')})"
            raise PendingFault(NetworkError(message, find_user_line(), ADVICE)) from error
        written = [tensor for tensor, old in zip(operands, before, strict=True) if version(tensor) != old]
        if (tensors(result) or written) and name not in SHAPE_ONLY:
            rule = rule_of(name)
            frame = self.trace.frames[-1]
            called = frame.outer or (*frame.maker, describe_call(func))
            call = TorchCall(
                self.trace, name, rule or CallRule(_refuse), args, kwargs, result, lambda: self.calls, self.meta, called
            )
            self.follow(call, written, outdated)
        return result

    def check_integers(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """What is used as numbers of tokens must be whole."""
        if name not in INTEGER_ARGUMENTS:
            return
        by_name = kwargs.get("input") if name.startswith("embedding") else None
        for tensor in tensors([*args[INTEGER_ARGUMENTS[name] :][:1], by_name]):
            if tensor.is_floating_point() and (value := self.trace.values.get(id(tensor))):
                raise NeedsWholeNumbers(value.name)

    def refresh(self, name: str, args: Sequence[Any]) -> None:
        """In x[i] += y the part x[i] is changed by itself, then written back: x is what it was but for that part."""
        if name == "__setitem__" and is_tensor(args[2]) and storage(args[2]) == storage(args[0]):
            value = self.trace.values.get(id(args[0]))
            if value:
                self.trace.bind(args[0], value)

    def find_outdated(self, operands: Sequence[Any]) -> CannotFollow | None:
        """Why one of these tensors cannot be read any more."""
        try:
            for tensor in operands:
                if isinstance(self.trace.peek(tensor), TorchValue):
                    self.trace.value(tensor)
        except CannotFollow as why:
            return why
        return None

    def follow(self, call: TorchCall, written: Sequence[Any], outdated: CannotFollow | None) -> None:
        """Make the rows of a call that has run, if it reads anything that is on the sheet."""
        undo = [self.trace.record_write(tensor) for tensor in written]
        seen = [value for tensor in tensors((call.args, call.kwargs)) if (value := self.trace.peek(tensor))]
        still = call.rule.moves and all(value.moved for value in seen)
        try:
            if outdated:
                raise outdated
            if seen and still:
                self.defer(call, live=any(value.live for value in seen))
            elif any(value.live for value in seen):
                call.run()
            if call.harmless or not seen or still:
                for step in undo:
                    step()
        except CannotFollow as why:
            self.note_unfollowed(call, why)
        except (KeyError, IndexError, TypeError, ValueError, AttributeError) as error:
            self.note_unfollowed(call, CannotFollow(f"its arguments are unusual ({type(error).__name__}: {error})"))

    def defer(self, call: TorchCall, *, live: bool) -> None:
        """Stored numbers that are only moved get rows when something reads them."""
        trace, frame, waiting = self.trace, self.trace.frames[-1], [call]

        def make() -> None:
            if waiting:
                trace.frames.append(frame)
                try:
                    waiting.pop().run()
                finally:
                    trace.frames.pop()

        for out in tensors(call.result):
            if trace.peek(out) is None:
                trace.later[id(out)] = DeferredTensor(out, make, live, moved=True)

    def note_unfollowed(self, call: TorchCall, why: CannotFollow) -> None:
        """Name a call and pass it over: its results are the first thing that it reads, in other axes."""
        where = find_user_line() or Where(call.base)
        name = call.name.strip("_")
        hint = why.hint or (self.hint(name) if call.rule.handler is _refuse and name not in REASONS else SKIP)
        self.faults.setdefault((str(where), name), NetworkError(f"{name} cannot be followed: {why}", where, hint))
        source = next(self.find_sources(call), None)
        for out in [tensor for tensor in tensors(call.result) if tensor.numel()]:
            batch = batches(out.shape)[0]
            shape = without(out.shape, batch)
            if source is None or len(shape) > MAX_AXES:
                self.trace.values.pop(id(out), None)
                continue
            row = self.trace.add_row("Gather", number_symbols("o", shape), [source.name], call.base, called=call.called)
            self.trace.bind(out, TorchValue(out, row, shape, batch))

    def hint(self, name: str) -> str:
        """The nearest names; once, where none is near, all that are known."""
        names = sorted(call for call in CALLS if not call.startswith("_"))
        near = nearest(name, names) or ""
        if not near.startswith("known:"):
            return near
        first, self.has_listed = not self.has_listed, True
        return f"{SKIP}; {near}" if first else SKIP

    def find_sources(self, call: TorchCall) -> Iterator[TorchValue]:
        for tensor in tensors((call.args, call.kwargs)):
            value = self.trace.values.get(id(tensor))
            if value and value.name:
                yield value

    def meta(self, shape: Sequence[int]) -> Any:
        """A tensor of a shape."""
        import torch

        return self.run_plain(lambda: torch.empty(tuple(shape), device="meta"))


def _refuse(call: TorchCall) -> None:
    raise CannotFollow(REASONS.get(call.name.rstrip("_"), "no kind of layer stands for it"))
