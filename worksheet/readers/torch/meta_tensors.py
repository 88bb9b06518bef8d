"""Meta tensors: what torch makes while a module is built or run has a shape, and numbers only if it is small.

A small constant tensor stays real, so that a model can read its numbers (``linspace(...).item()``), until it is combined with a
meta tensor. Every tensor reports the CPU as its device, wherever a model puts it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from worksheet.readers.torch.call import is_tensor, tensors
from worksheet.readers.torch.call_syntax import TWINS

MAX_REAL = 2**18  # elements of a tensor that may be real
COUNTING = frozenset({"arange", "linspace", "logspace", "tensor", "as_tensor", "scalar_tensor"})
MAKING = COUNTING | {
    *("empty", "eye", "full", "ones", "rand", "randn", "randint", "randperm"),
    *("zeros", "tril_indices", "triu_indices", "bartlett_window", "hann_window", "hamming_window", "empty_strided", "normal"),
}
MOVING = frozenset({"to", "cpu", "cuda", "xpu", "npu", "mps"})  # calls that move tensors between devices
PREFIXES = ("torch.", "nn.functional.", "functional.", "Tensor.", "_C._nn.", "_VariableFunctions.")
ENGINE = ("aten.", "prims.")  # operations of torch's engine, such as aten.mul.Tensor


def called_name(func: Any) -> str:
    """torch's name of a call, without its module: ``relu`` for ``torch.nn.functional.relu``."""
    from torch.overrides import resolve_name

    name = str(resolve_name(func) or getattr(func, "__name__", func)).removesuffix(".__get__")
    name = TWINS.get(name, name)
    for prefix in PREFIXES:
        name = name.removeprefix(prefix)
    return name.split(".")[1] if name.startswith(ENGINE) else name


class MetaTensors:
    """Runs torch's calls on meta tensors. ``real`` are the calls whose small results stay real.

    ``twins`` gives, by the id of a real tensor, that tensor (to keep it alive) and its meta tensor.
    """

    def __init__(self, real: frozenset[str], twins: Mapping[int, tuple[Any, Any]] | None = None) -> None:
        self.real = real
        self.twins = dict(twins or {})
        self.running = False  # calls inside a call are part of it

    def dispatch(self, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Run a call that torch dispatches."""
        if self.running:
            return func(*args, **kwargs)
        name = called_name(func)
        if name in MAKING and not tensors(args):
            return self.make(name, func, args, kwargs)
        if name == "device" and is_tensor(args[0]):
            import torch

            return torch.device("cpu")
        args, kwargs = self.without_numbers((tuple(args), dict(kwargs)))
        if name in MOVING and is_tensor(args[0]):
            return self.move(name, args, kwargs)
        return self.run_call(name, func, args, kwargs)

    def run_call(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:  # noqa: ARG002  subclasses use the name
        return self.run_plain(lambda: func(*args, **kwargs))

    def run_plain(self, run: Callable[[], Any]) -> Any:
        """Run a function as part of the current call."""
        before, self.running = self.running, True
        try:
            return run()
        finally:
            self.running = before

    def make(self, name: str, func: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Make a constant tensor."""
        plain = {key: value for key, value in kwargs.items() if key not in {"device", "pin_memory", "generator"}}
        shape_only = self.run_plain(lambda: func(*args, **plain, device="meta"))
        if name not in self.real or shape_only.numel() > MAX_REAL:
            return shape_only
        return self.run_plain(lambda: func(*args, **plain, device="cpu"))

    def move(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Move a tensor: the device stays the same; the dtype changes as usual."""
        tensor, *rest = args
        arguments = [part.dtype if is_tensor(part) else part for part in rest if not _is_device(part)] if name == "to" else []
        options = {key: value for key, value in kwargs.items() if key in {"dtype", "copy", "memory_format"}}
        return self.run_call("to", type(tensor).to, (tensor, *arguments), options) if arguments or options else tensor

    def without_numbers(self, thing: Any) -> Any:
        """The arguments with meta tensors instead of all tensors if one is on the meta device or has a twin."""
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
            is_parameter = type(tensor).__name__ == "Parameter"
            self.twins[id(tensor)] = (tensor, type(tensor)(plain, requires_grad=False) if is_parameter else plain)
        return self.twins[id(tensor)][1]

    def mode(self) -> Any:
        """A context manager under which torch dispatches every call to this object."""
        from torch.overrides import TorchFunctionMode

        runner = self

        class FunctionMode(TorchFunctionMode):  # type: ignore[misc]
            def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                return runner.dispatch(func, args, kwargs or {})

        return FunctionMode()


def _is_device(part: Any) -> bool:
    return isinstance(part, (str, int)) or type(part).__name__ == "device"
