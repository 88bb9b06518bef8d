"""Turns every call of a forward pass into rows, by the table of calls; reports those that no kind of layer describes."""

from collections.abc import Mapping, Sequence
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

SHAPE_ONLY = frozenset(  # calls that use a tensor's shape or dtype, not its numbers
    {
        *("zeros_like", "ones_like", "empty_like", "full_like", "rand_like", "randn_like", "randint_like", "new_zeros"),
        *("new_ones", "new_empty", "new_full", "new_tensor", "empty_permuted", "new_empty_strided", "size", "sym_size"),
    }
)
VALUE_READERS = frozenset(  # calls that read the numbers of a tensor
    {
        *("item", "tolist", "numpy", "nonzero", "unique", "unique_consecutive", "masked_select", "equal", "allclose"),
        *("is_nonzero", "argwhere", "bincount", "histc", "__bool__", "__int__", "__float__", "__index__"),
        *("__contains__", "__array__", "_local_scalar_dense"),
    }
)
# The calls that take token numbers or positions, and the position of that argument.
INTEGER_ARGUMENTS = {"embedding": 0, "embedding_bag": 0, "one_hot": 0, "__getitem__": 1, "index_select": 2, "gather": 2}
ADVICE = "let the code depend on shapes only, or pass a module in which the decision is fixed"
REASONS = {
    **dict.fromkeys(
        ["topk", "sort", "argsort", "msort", "median", "nanmedian", "kthvalue", "mode", "quantile"],
        "the number of comparisons of a sort depends on the data",
    ),
    **dict.fromkeys(["bernoulli", "multinomial", "gumbel_softmax", "poisson"], "it is random"),
}
SKIP = "skip it with --skip-unknown, which is noted"


class NeedsWholeNumbers(Exception):
    """An input is used as token numbers; its message is the name of the input."""


class PendingFault(Exception):
    """A fault on its way through the user's frames."""

    def __init__(self, fault: WorksheetError) -> None:
        super().__init__(fault.message)
        self.fault = fault


class Follower(MetaTensors):
    """Runs torch's calls without numbers and adds their rows. ``faults`` are the calls that cannot be followed."""

    def __init__(self, trace: ForwardTrace, twins: Mapping[int, tuple[Any, Any]]) -> None:
        super().__init__(MAKING, twins)
        self.trace = trace
        self.faults: dict[tuple[str, str], WorksheetError] = {}
        self.calls = self.mode()
        self.has_listed = False  # the known calls were listed in a hint

    def run_call(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a call, then add its rows."""
        operands = tensors((args, kwargs))
        self.check_integers(name, args, kwargs)
        self.refresh(name, args)
        outdated = self.find_outdated(operands)
        before = [version(tensor) for tensor in operands]
        try:
            result = self.run_plain(lambda: func(*args, **kwargs))
        except (RuntimeError, NotImplementedError, TypeError, ValueError) as error:
            if name not in VALUE_READERS and "nonzero" not in str(error):  # x[x > 0] needs the numbers
                raise
            message = f"the forward pass reads a number that only a real input has ({name.strip('_')})"
            raise PendingFault(NetworkError(message, find_user_line(), ADVICE)) from error
        written = [tensor for tensor, old in zip(operands, before, strict=True) if version(tensor) != old]
        if (tensors(result) or written) and name not in SHAPE_ONLY:
            rule = rule_of(name)
            frame = self.trace.frames[-1]
            called = frame.outer if any(frame.outer) else frame.maker._replace(call=describe_call(func))
            call = TorchCall(
                self.trace, name, rule or CallRule(_refuse), args, kwargs, result, lambda: self.calls, self.meta, called
            )
            self.follow(call, written, outdated)
        return result

    def check_integers(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raise NeedsWholeNumbers if an input in floating point is used as token numbers."""
        if name not in INTEGER_ARGUMENTS:
            return
        by_name = kwargs.get("input") if name.startswith("embedding") else None
        for tensor in tensors([*args[INTEGER_ARGUMENTS[name] :][:1], by_name]):
            if tensor.is_floating_point() and (value := self.trace.values.get(id(tensor))):
                raise NeedsWholeNumbers(value.name)

    def refresh(self, name: str, args: Sequence[Any]) -> None:
        """x[i] += y changes the part x[i] in place, then writes it back: except for that part, x is unchanged."""
        if name == "__setitem__" and is_tensor(args[2]) and storage(args[2]) == storage(args[0]):
            value = self.trace.values.get(id(args[0]))
            if value:
                self.trace.bind(args[0], value)

    def find_outdated(self, operands: Sequence[Any]) -> CannotFollow | None:
        """Why one of these tensors cannot be read any more, None if all can."""
        try:
            for tensor in operands:
                if isinstance(self.trace.peek(tensor), TorchValue):
                    self.trace.value(tensor)
        except CannotFollow as why:
            return why
        return None

    def follow(self, call: TorchCall, written: Sequence[Any], outdated: CannotFollow | None) -> None:
        """Add the rows of a call that has run, if it reads anything on the sheet."""
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
            self.note_unfollowed(call, CannotFollow(f"its arguments are not supported ({type(error).__name__}: {error})"))

    def defer(self, call: TorchCall, *, live: bool) -> None:
        """Add the rows of a call that only moves parameters or buffers when something reads its result."""
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
        """Report a call and skip it: its results are its first input, reshaped."""
        where = find_user_line() or Where(call.base)
        name = call.name.strip("_")
        hint = why.hint or (self.hint(name) if call.rule.handler is _refuse and name not in REASONS else SKIP)
        self.faults.setdefault((str(where), name), NetworkError(f"{name} cannot be followed: {why}", where, hint))
        values = [self.trace.values.get(id(tensor)) for tensor in tensors((call.args, call.kwargs))]
        source = next((value for value in values if value and value.name), None)
        for out in [tensor for tensor in tensors(call.result) if tensor.numel()]:
            batch = batches(out.shape)[0]
            shape = without(out.shape, batch)
            if source is None or len(shape) > MAX_AXES:
                self.trace.values.pop(id(out), None)
                continue
            row = self.trace.add_row("Gather", number_symbols("o", shape), [source.name], call.base, called=call.called)
            self.trace.bind(out, TorchValue(out, row, shape, batch))

    def hint(self, name: str) -> str:
        """The nearest names; if none is near, all known names, but only once."""
        names = sorted(call for call in CALLS if not call.startswith("_"))
        near = nearest(name, names) or ""
        if not near.startswith("known:"):
            return near
        first, self.has_listed = not self.has_listed, True
        return f"{SKIP}; {near}" if first else SKIP

    def meta(self, shape: Sequence[int]) -> Any:
        """A meta tensor of a shape."""
        import torch

        return self.run_plain(lambda: torch.empty(tuple(shape), device="meta"))


def _refuse(call: TorchCall) -> None:
    raise CannotFollow(REASONS.get(call.name.rstrip("_"), "no kind of layer describes it"))
