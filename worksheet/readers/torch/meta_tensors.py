"""Arrays without numbers: what torch makes while a module is built or run has a shape, and numbers only where it is small.

An array that depends on nothing stays real while it is small, so that a model may ask for its numbers (``linspace(...).item()``);
as soon as it meets one without numbers it loses its own. Everything claims to be on the processor, wherever a model puts it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from worksheet.readers.torch.call import is_tensor, tensors
from worksheet.readers.torch.call_syntax import TWINS

MAX_REAL = 2**18  # elements of an array that may be real
COUNTING = frozenset({"arange", "linspace", "logspace", "tensor", "as_tensor", "scalar_tensor"})
MAKING = COUNTING | frozenset(
    [
        "empty",
        "eye",
        "full",
        "ones",
        "rand",
        "randn",
        "randint",
        "randperm",
        "zeros",
        "tril_indices",
        "triu_indices",
        "bartlett_window",
        "hann_window",
        "hamming_window",
        "empty_strided",
        "normal",
    ]
)
MOVING = frozenset({"to", "cpu", "cuda", "xpu", "npu", "mps"})  # between devices
PREFIXES = ("torch.", "nn.functional.", "functional.", "Tensor.", "_C._nn.", "_VariableFunctions.")
ENGINE = ("aten.", "prims.")  # operations of torch's own engine: aten.mul.Tensor


def called_name(func: Any) -> str:
    """torch's name of a call, without the places where it lives: ``relu`` for ``torch.nn.functional.relu``."""
    from torch.overrides import resolve_name

    name = str(resolve_name(func) or getattr(func, "__name__", func)).removesuffix(".__get__")
    name = TWINS.get(name, name)
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.split(".")[1] if name.startswith(ENGINE) else name


class MetaTensors:
    """Runs torch's calls without numbers. ``real`` are the calls whose small results keep theirs.

    ``twins`` gives, by the id of a tensor with numbers, that tensor (which is kept) and one without.
    """

    def __init__(self, real: frozenset[str], twins: Mapping[int, tuple[Any, Any]] | None = None) -> None:
        self.real = real
        self.twins = dict(twins or {})
        self.running = False  # a call inside a call is part of it

    def dispatch(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """What torch asks for a call."""
        if self.running:
            return func(*args, **kwargs)
        name = called_name(func)
        if name in MAKING and not tensors(args):
            return self.make(name, func, args, kwargs)
        if name == "device" and is_tensor(args[0]):
            return _cpu()
        args, kwargs = self.without_numbers((tuple(args), dict(kwargs)))
        if name in MOVING and is_tensor(args[0]):
            return self.move(name, args, kwargs)
        return self.run_call(name, func, args, kwargs)

    def run_call(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002  for heirs
        return self.run_plain(lambda: func(*args, **kwargs))

    def run_plain(self, run: Callable[[], Any]) -> Any:
        """Run what counts as part of the call at hand."""
        before, self.running = self.running, True
        try:
            return run()
        finally:
            self.running = before

    def make(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """An array that depends on nothing."""
        plain = {key: value for key, value in kwargs.items() if key not in {"device", "pin_memory", "generator"}}
        shape_only = self.run_plain(lambda: func(*args, **plain, device="meta"))
        if name not in self.real or shape_only.numel() > MAX_REAL:
            return shape_only
        return self.run_plain(lambda: func(*args, **plain, device="cpu"))

    def move(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """To another device: the tensor stays where it is; to another type of number: as usual."""
        tensor, *rest = args
        kept = [part.dtype if is_tensor(part) else part for part in rest if not _is_device(part)] if name == "to" else []
        named = {key: value for key, value in kwargs.items() if key in {"dtype", "copy", "memory_format"}}
        return self.run_call("to", type(tensor).to, (tensor, *kept), named) if kept or named else tensor

    def without_numbers(self, thing: Any) -> Any:
        """Arguments in which, where one tensor has no numbers, none has. A tensor that has a twin never has."""
        tensors_in = tensors(thing)
        mixed = any(tensor.is_meta for tensor in tensors_in)
        return self.replace(thing) if any(not t.is_meta and (mixed or id(t) in self.twins) for t in tensors_in) else thing

    def replace(self, thing: Any) -> Any:
        if is_tensor(thing):
            return thing if thing.is_meta else self.twin(thing)
        if isinstance(thing, dict):
            return {key: self.replace(part) for key, part in thing.items()}
        return type(thing)(self.replace(part) for part in thing) if type(thing) in {list, tuple} else thing

    def twin(self, tensor: Any) -> Any:
        if id(tensor) not in self.twins:
            plain = self.run_plain(lambda: tensor.detach().to("meta"))
            self.twins[id(tensor)] = (
                tensor,
                type(tensor)(plain, requires_grad=False) if type(tensor).__name__ == "Parameter" else plain,
            )
        return self.twins[id(tensor)][1]

    def mode(self) -> Any:
        """A context in which torch asks for every call."""
        from torch.overrides import TorchFunctionMode

        arrays = self

        class FunctionMode(TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return arrays.dispatch(func, args, kwargs or {})

        return FunctionMode()


def _cpu() -> Any:
    import torch

    return torch.device("cpu")


def _is_device(part: Any) -> bool:
    return isinstance(part, (str, int)) or type(part).__name__ == "device"
