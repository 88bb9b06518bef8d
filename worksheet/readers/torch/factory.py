"""Imports the module or file of a ``package.module:factory`` and calls the factory, on torch's meta device."""

import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from worksheet.errors import SheetError, Where, nearest, shown
from worksheet.nearby import meant
from worksheet.readers.torch.meta_tensors import COUNTING, MetaTensors
from worksheet.readers.torch.source import is_module
from worksheet.readers.torch.user_code import fault_of

MAX_SIGNATURE = 200  # characters of a factory's signature in a hint


@contextmanager
def folder_on_path(module: str) -> Iterator[None]:
    """Inside, modules beside the named module can be imported, as when Python is started there."""
    before = list(sys.path)
    sys.path.insert(0, str(Path(module).resolve().parent if module.endswith(".py") else Path.cwd()))
    try:
        yield
    finally:
        sys.path[:] = before


def make_module(home: str, factory: str, kwargs: Mapping[str, Any]) -> Any:
    """The torch.nn.Module that the factory in a module or file returns, in evaluation mode.

    Raises SheetError where there is no such factory, it does not take ``kwargs``, fails, or returns anything else.
    """
    source = f"{home}:{factory}"
    thing = find_factory(home, factory)
    module = thing if is_module(thing) else _call(thing, source, kwargs)
    if not is_module(module):
        message = f"the factory returned {_with_article(module)}, not a torch.nn.Module"
        raise SheetError(message, Where(source), "it must return a torch.nn.Module")
    return module.eval()


def find_factory(home: str, factory: str) -> Any:
    """What a module or file has under a dotted name. Raises SheetError where there is no such module, or nothing of that name."""
    thing: Any = _import(home)
    for part in factory.split("."):
        if not hasattr(thing, part):
            offered = [name for name, value in vars(thing).items() if callable(value) and not name.startswith("_")]
            raise SheetError(f"{home} has no {shown(factory)}", Where(f"{home}:{factory}"), nearest(part, offered))
        thing = getattr(thing, part)
    return thing


def _call(factory: Callable[..., Any], source: str, kwargs: Mapping[str, Any]) -> Any:
    if not callable(factory):
        hint = "name a function that returns a torch.nn.Module, or a torch.nn.Module itself"
        raise SheetError(f"not callable: {_with_article(factory)}", Where(source), hint)
    _check_arguments(factory, source, kwargs)
    try:
        with MetaTensors(COUNTING).mode():
            return factory(**kwargs)
    except (Exception, SystemExit) as error:
        raise fault_of(error, f"{source} fails") from error


def _with_article(thing: object) -> str:
    """What a thing is, in a sentence: an int, a Config, None."""
    name = type(thing).__name__
    return "None" if thing is None else f"{'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}"


def _check_arguments(factory: Callable[..., Any], source: str, kwargs: Mapping[str, Any]) -> None:
    """Raise SheetError for arguments that the factory does not take, and for those that it needs and does not get."""
    try:
        signature = inspect.signature(factory)
    except (TypeError, ValueError):  # of a function that is not written in Python
        return
    try:
        signature.bind(**kwargs)
    except TypeError as error:
        takes = ", ".join(map(str, signature.parameters.values()))[:MAX_SIGNATURE]
        hint = f"it takes {takes}: --kwargs NAME=VALUE for each" if takes else "it takes no arguments"
        raise SheetError(f"the factory's arguments: {error}", Where(source), hint) from None


def _import(name: str) -> Any:
    """A module by its dotted name or the path of its file."""
    try:
        return _import_file(Path(name)) if name.endswith(".py") else importlib.import_module(name)
    except SheetError:
        raise
    except ModuleNotFoundError as error:
        if error.name and (name == error.name or name.startswith(f"{error.name}.")):
            hint = "start in the folder that holds it, or name the file: path/to/file.py:factory"
            raise SheetError(f"there is no module {shown(error.name)}", Where(name), hint) from None
        raise fault_of(error, f"{name} cannot be imported") from error
    except (Exception, SystemExit) as error:
        raise fault_of(error, f"{name} cannot be imported") from error


def _import_file(path: Path) -> Any:
    if not path.is_file():
        raise SheetError("no such file", Where(str(path)), meant(path))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # classes look their own module up
    spec.loader.exec_module(module)
    return module
