"""Runs a module's forward pass without numbers, on torch's meta device, and leaves the module as it was.

Parameters and buffers are replaced by meta tensors; hooks track the submodule in which a call is made.
"""

import threading
import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from worksheet.conventions.convention import NO_PROGRAM, Called
from worksheet.errors import Collector, NetworkError, Where
from worksheet.readers.torch.call import is_tensor
from worksheet.readers.torch.follower import Follower, NeedsWholeNumbers, PendingFault
from worksheet.readers.torch.layer_facts import is_one_kernel
from worksheet.readers.torch.trace import ForwardTrace
from worksheet.readers.torch.user_code import fault_of
from worksheet.readers.torch.values import ModuleFrame

Twins = Mapping[int, tuple[Any, Any]]  # by the id of a tensor: the tensor, and a meta tensor of its shape
TABLES = ("_parameters", "_buffers")
MUTABLE = frozenset({dict, OrderedDict, list, set})  # attributes of a module that a forward pass may change
LAZY = "run the module once on a real input, from which its lazy layers take their shapes"
MORE = "give the shapes of all inputs, in the order of the forward pass: --input 3x224x224,10"
COMPILED = "it is compiled (TorchScript): pass the module that it was compiled from"


def run(
    module: Any, name: str, inputs: Mapping[str, Any], twins: Twins, *, keywords: Mapping[str, str], skip_unknown: bool
) -> ForwardTrace:
    """Run the forward pass and follow it. Raises WorksheetError with every fault, and NeedsWholeNumbers.

    ``keywords`` are the forward pass's names of its keyword-only inputs.
    """
    leaves = {path: type(part).__name__ for path, part in module.named_modules() if is_leaf(part)}
    parameters, buffers = (
        {id(twins[id(tensor)][1]): path for path, tensor in stored}
        for stored in (module.named_parameters(), module.named_buffers())
    )
    trace = ForwardTrace(parameters, buffers, leaves)
    follower = Follower(trace, twins)
    for key, tensor in inputs.items():
        trace.enter(tensor, key)
    faults = Collector()
    with _without_weights(module, twins), _following(follower, module):
        try:
            by_name = {own: inputs[key] for key, own in keywords.items()}
            module(*[tensor for key, tensor in inputs.items() if key not in keywords], **by_name)
        except NeedsWholeNumbers:
            raise
        except PendingFault as refused:
            faults.add(refused.fault)
        except (Exception, SystemExit) as error:  # whatever the user's code raises is reported as its fault
            hint = MORE if isinstance(error, TypeError) and "required" in str(error) else None
            where = Where(".".join(filter(None, (name, trace.frames[-1].path))))
            faults.add(fault_of(error, f"the forward pass of {name} fails", where, hint))
    if faults.found or not skip_unknown:
        for fault in follower.faults.values():
            faults.add(fault)
    faults.raise_any()
    for fault in follower.faults.values():
        trace.note(f"Skipped, so not counted: {fault.message} ({fault.where}).")
    return trace


def meta_twins(module: Any) -> dict[int, tuple[Any, Any]]:
    """A meta tensor per parameter and buffer; shared ones stay shared. Raises NetworkError for compiled or lazy modules."""
    import torch

    twins: dict[int, tuple[Any, Any]] = {}
    for part_name, part in module.named_modules():
        if isinstance(part, torch.jit.ScriptModule):
            raise NetworkError(f"{type(part).__name__} cannot be followed", Where(part_name or None), COMPILED)
    for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
        if type(tensor).__name__.startswith("Uninitialized"):
            raise NetworkError(f"{name} has no shape yet", Where(name), LAZY)
        twin = tensor if tensor.is_meta else tensor.detach().to("meta")
        if isinstance(tensor, torch.nn.Parameter) and twin is not tensor:
            twin = torch.nn.Parameter(twin, requires_grad=False)
        twins[id(tensor)] = (tensor, twin)
    return twins


def is_leaf(module: Any) -> bool:
    """Whether a module has no submodules."""
    return next(module.children(), None) is None


@contextmanager
def _without_weights(module: Any, twins: Twins) -> Iterator[None]:
    """Inside, the module is in evaluation mode and on the meta device; afterwards its whole state is restored."""
    parts = list(module.modules())
    before = []
    for part in parts:
        changeable = [(value, value.copy()) for value in part.__dict__.values() if type(value) in MUTABLE]
        before.append((part, dict(part.__dict__), changeable))
    try:
        for part in parts:
            part.__dict__["training"] = False
            for table in TABLES:  # where torch.func.functional_call swaps them too
                stored = getattr(part, table)
                stored.update({key: twins[id(tensor)][1] for key, tensor in stored.items() if tensor is not None})
        yield
    finally:
        for part, attributes, collections in before:
            part.__dict__.clear()
            part.__dict__.update(attributes)
            for changed, old in collections:
                changed.clear()
                (changed.extend if isinstance(changed, list) else changed.update)(old)


@contextmanager
def _following(follower: Follower, module: Any) -> Iterator[None]:
    """Inside, calls of torch and of the submodules are followed."""
    import torch
    from torch.nn.modules.module import register_module_forward_hook, register_module_forward_pre_hook
    from torch.utils._python_dispatch import TorchDispatchMode

    class RedispatchMode(TorchDispatchMode):  # type: ignore[misc]
        """Calls the operations of compiled functions again, so that they are seen as calls."""

        def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            return func(*args, **(kwargs or {}))

    steps = ModuleHooks(follower, module)
    fast = torch.backends.mha.get_fastpath_enabled()
    with ExitStack() as stack:
        stack.enter_context(warnings.catch_warnings())
        warnings.simplefilter("ignore")
        stack.callback(register_module_forward_pre_hook(steps.enter).remove)
        stack.callback(register_module_forward_hook(steps.leave).remove)
        stack.callback(torch.backends.mha.set_fastpath_enabled, fast)
        torch.backends.mha.set_fastpath_enabled(False)  # it would hide the submodules of an encoder layer
        stack.enter_context(torch.random.fork_rng(devices=[]))
        stack.enter_context(torch.no_grad())
        stack.enter_context(RedispatchMode())
        stack.enter_context(follower.calls)
        yield


class ModuleHooks:
    """Tracks the submodule that runs, by hooks that torch calls for every module of the process."""

    def __init__(self, follower: Follower, module: Any) -> None:
        self.follower = follower
        self.trace = follower.trace
        self.paths = {id(part): path for path, part in module.named_modules()}
        self.inside: list[int] = []
        self.thread = threading.get_ident()

    def enter(self, module: Any, args: Any) -> None:
        if threading.get_ident() != self.thread:
            return
        path = self.paths.get(id(module), self.trace.frames[-1].path)
        home, _, file = type(module).__module__.rpartition(".")
        class_name, alone = type(module).__name__, is_leaf(module)
        own = home == "torch.nn.modules" and (alone or class_name == "MultiheadAttention")
        name = path or (class_name.lower() if own else "")
        self.inside.append(id(module))
        stage = path.split(".")[0] if "." in path or not own else ""
        maker = Called("module" if own else "leaf", class_name) if own or alone else NO_PROGRAM
        frame = ModuleFrame(name, file if own else "", stage, maker, module=module, fused=is_one_kernel(module, args))
        self.trace.frames.append(frame)

    def leave(self, module: Any, args: Any, output: Any) -> None:
        if threading.get_ident() != self.thread:
            return
        if type(module).__name__ == "Identity" and args and output is args[0] and is_tensor(output):
            self.add_identity(output)
        while self.inside:  # a submodule whose error was caught further up did not leave
            self.trace.frames.pop()
            if self.inside.pop() == id(module):
                break

    def add_identity(self, tensor: Any) -> None:
        """Add a row for nn.Identity, which calls nothing."""
        value = self.trace.values.get(id(tensor))
        if value and value.name and value.live:
            with self.trace.calling(self.trace.frames[-1].maker):
                self.trace.add_output("Identity", {}, [value], tensor, self.trace.base_name("identity"), prefer=value.batch)
