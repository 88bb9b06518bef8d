"""Reads a PyTorch module, or the ``package.module:factory`` that makes one: its forward pass is run without numbers and followed.

**This reader runs the source's own code**, as Python does when it imports a file: read only what you would run. No weights are
loaded or copied; a module that is given stays as it is.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from worksheet.errors import SheetError, Where, nearest, shown
from worksheet.layers import Shape
from worksheet.network import INPUT, Heading, Network
from worksheet.readers.reader import Reader, ReadOptions

DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
SOURCE = re.compile(rf"(?P<module>{DOTTED}|[^:\n]+\.py):(?P<factory>{DOTTED})", re.ASCII)
MISSING = "PyTorch is not installed"
MOST_SAID = 200  # characters of a factory's signature
APART = "each must be an argument by itself; inputs in a tuple or a dict need a module around the network that takes them apart"
MODULE = "it must give a torch.nn.Module"
FACTORY = "it must be a function that gives a torch.nn.Module, or one itself"
INSTALL = "pip install 'worksheet[torch]'"


def read_torch(source: Any, options: ReadOptions) -> Network:
    """The network that a module's forward pass computes, for inputs of ``options.inputs`` (shapes without the batch).

    Raises WorksheetError: what cannot be imported, made, run or followed, each with the line of the user's code.
    """
    if importlib.util.find_spec("torch") is None:
        raise SheetError(MISSING, Where(str(source)) if isinstance(source, str) else None, INSTALL)
    if not options.inputs:
        raise SheetError("the shape of the input is not known", _of(source), "give it without the batch: --input 3x224x224")
    with _folder_on_path(source):
        module = _made(source, options) if isinstance(source, str) else source
        name = source.rpartition(":")[2] if isinstance(source, str) else type(module).__name__
        return _followed(module, name, options)


def _followed(module: Any, name: str, options: ReadOptions) -> Network:
    from worksheet.readers.torch.follower import NeedsWholeNumbers
    from worksheet.readers.torch.forward_pass import meta_twins, run

    module = getattr(module, "_orig_mod", module)  # of torch.compile: the module as it was written
    twins = meta_twins(module)
    names, keywords = _input_names(module, len(options.inputs))
    whole: set[str] = set()
    for _ in range(len(names) + 2):  # once for each input that turns out to be whole numbers, at most
        inputs = {key: _input(module, shape, key in whole) for key, shape in zip(names, options.inputs, strict=True)}
        try:
            trace = run(module, name, inputs, twins, keywords=keywords, skip_unknown=options.skip_unknown)
        except NeedsWholeNumbers as found:
            whole |= {str(found)} & set(names) - whole or set(names)
            continue
        if not trace.nodes:
            raise SheetError("the forward pass computes nothing from its input", Where(name))
        further = dict(zip(names[1:], options.inputs[1:], strict=True)) | trace.further
        notes = (*trace.notes(), *_unread(module, trace.owners, twins))
        return Network(name, options.inputs[0], tuple(trace.nodes), Heading(convention="textbook"), None, further, notes)
    raise SheetError("numbers that are not whole are used as numbers of tokens", Where(name))


def _input(module: Any, shape: Shape, whole: bool) -> Any:
    """One sample of this shape, in the parameters' own type of number, or whole ones."""
    import torch

    floats = [tensor.dtype for tensor in module.parameters() if tensor.is_floating_point()]
    dtype = torch.int64 if whole else next(iter(floats), torch.float32)
    return torch.empty((1, *shape), dtype=dtype, device="meta")


def _input_names(module: Any, count: int) -> tuple[list[str], dict[str, str]]:
    """The main input is called input, the others as the forward pass calls them.

    Also the forward pass's own names of those that it takes by name alone.
    """
    try:
        parameters = list(inspect.signature(module.forward).parameters.values())
    except (TypeError, ValueError):  # it is not written in Python: it takes what it takes
        parameters = [inspect.Parameter("inputs", inspect.Parameter.VAR_POSITIONAL)]
    positional = [p.name for p in parameters if p.kind in {p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD}]
    starred = any(p.kind is p.VAR_POSITIONAL for p in parameters)
    by_name = [p for p in parameters if p.kind is p.KEYWORD_ONLY and not starred]
    known = [*positional, *(p.name for p in sorted(by_name, key=lambda p: p.default is not p.empty))]
    if count > len(known) and not starred:
        raise SheetError(f"{count} inputs are given, but the forward pass takes {len(known)}: {', '.join(known)}", hint=APART)
    names = [INPUT, *(name if name != INPUT else f"{name}_2" for name in known[1:count])]
    names += [f"{INPUT}_{i}" for i in range(len(names) + 1, count + 1)]
    return names, dict(zip(names[len(positional) :], known[len(positional) :], strict=False))


def _unread(module: Any, owners: Mapping[int, str], twins: Mapping[int, tuple[Any, Any]]) -> list[str]:
    """A sentence on the parameters that the forward pass does not read."""
    unread = {name: tensor.numel() for name, tensor in module.named_parameters() if id(twins[id(tensor)][1]) not in owners}
    if not unread:
        return []
    parts = list(dict.fromkeys(name.split(".")[0] for name in unread))
    count = f"{len(unread)} array{'s' if len(unread) > 1 else ''} of parameters"
    return [f"The forward pass does not read {count} ({sum(unread.values()):,} numbers), in: {', '.join(parts[:8])}."]


# The factory


def _of(source: Any) -> Where:
    return Where(source if isinstance(source, str) else type(source).__name__)


@contextmanager
def _folder_on_path(source: Any) -> Iterator[None]:
    """Inside, modules beside the source can be imported, as when Python is started there."""
    before = list(sys.path)
    match = SOURCE.fullmatch(source) if isinstance(source, str) else None
    if match:
        folder = Path(match["module"]).resolve().parent if match["module"].endswith(".py") else Path.cwd()
        sys.path.insert(0, str(folder))
    try:
        yield
    finally:
        sys.path[:] = before


def _made(source: str, options: ReadOptions) -> Any:
    """The module that a factory makes, on the meta device."""
    match = SOURCE.fullmatch(source)
    assert match is not None  # the source was claimed
    home = _imported(match["module"])
    thing: Any = home
    for part in match["factory"].split("."):
        if not hasattr(thing, part):
            offered = [name for name, value in vars(thing).items() if callable(value) and not name.startswith("_")]
            raise SheetError(f"{match['module']} has no {shown(match['factory'])}", Where(source), nearest(part, offered))
        thing = getattr(thing, part)
    made = thing if claims_module(thing) else _called(thing, source, options)
    if not claims_module(made):
        raise SheetError(f"the factory gives no network but something of class {type(made).__name__}", Where(source), MODULE)
    return made.eval()


def _called(factory: Callable[..., Any], source: str, options: ReadOptions) -> Any:
    from worksheet.readers.torch.meta_tensors import COUNTING, MetaTensors
    from worksheet.readers.torch.user_code import fault_of

    if not callable(factory):
        raise SheetError(f"it is no factory but of class {type(factory).__name__}", Where(source), FACTORY)
    _check_arguments(factory, source, options)
    try:
        with MetaTensors(COUNTING).mode():
            return factory(**options.kwargs)
    except (Exception, SystemExit) as error:
        raise fault_of(error, f"{source} fails") from error


def _check_arguments(factory: Callable[..., Any], source: str, options: ReadOptions) -> None:
    """Arguments that the factory does not take, or lacks."""
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):  # of a function that is not written in Python
        return
    try:
        signature.bind(**options.kwargs)
    except TypeError as error:
        takes = ", ".join(map(str, signature.parameters.values()))[:MOST_SAID]
        hint = f"it takes {takes}: --kwargs NAME=VALUE for each" if takes else "it takes no arguments"
        raise SheetError(f"the factory's arguments: {error}", Where(source), hint) from None


def _imported(name: str) -> Any:
    """A module by its dotted name or the path of its file."""
    from worksheet.readers.torch.user_code import fault_of

    try:
        if not name.endswith(".py"):
            return importlib.import_module(name)
        path = Path(name)
        if not path.is_file():
            raise SheetError("there is no such file", Where(name))
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules.setdefault(path.stem, module)  # classes look their own module up
        spec.loader.exec_module(module)
    except SheetError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            hint = "start in the folder that holds it, or name the file: path/to/file.py:factory"
            raise SheetError(f"there is no module {shown(error.name)}", Where(name), hint) from None
        raise fault_of(error, f"{name} cannot be imported") from error
    except (Exception, SystemExit) as error:
        raise fault_of(error, f"{name} cannot be imported") from error
    return module


def claims_module(source: object) -> bool:
    """Whether a thing is a torch.nn.Module, without importing torch for the question."""
    return any(cls.__module__.startswith("torch.nn.modules.module") and cls.__name__ == "Module" for cls in type(source).__mro__)


def _claims(source: object) -> bool:
    if not isinstance(source, str):
        return claims_module(source)
    return bool(SOURCE.fullmatch(source)) and not source.startswith("zoo:") and not Path(source).exists()


READER = Reader(takes="package.module:factory or a torch.nn.Module", read=read_torch, claims=_claims)
