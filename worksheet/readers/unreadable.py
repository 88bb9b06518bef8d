"""Says of a source that no reader takes what it may have been meant to be: a network of the zoo, a factory, a file near by."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from importlib.machinery import PathFinder
from pathlib import Path

from worksheet.errors import SheetError, Where
from worksheet.nearby import entries, meant
from worksheet.readers.torch.source import DOTTED
from worksheet.zoo import models
from worksheet.zoo.spelling import fold, suggestion

ZOO = "zoo:"
MAX_SOURCE = 1 << 20  # characters of a Python file, read for its names
ZOOS = ("torchvision", "timm", "transformers")  # packages of networks whose names are known even where they are not installed
MODEL = "export the model to ONNX and give the .onnx file"
HINTS = {  # by suffix, for files that people take for networks
    **dict.fromkeys(
        (".pt", ".pth", ".ckpt", ".safetensors", ".bin"),
        "weights do not say what the layers are: name the factory, package.module:factory, or export the model to ONNX",
    ),
    ".caffemodel": "weights do not say what the layers are: give the .prototxt file beside it",
    **dict.fromkeys((".h5", ".hdf5", ".keras", ".pb", ".tflite", ".mlmodel", ".pdmodel"), MODEL),
    ".ipynb": "move the class of the network into a .py file, and name it: mynet.py:Net",
    **dict.fromkeys((".yaml", ".yml"), "a homework is for worksheet generate; a network is a .sheet file: worksheet new network"),
    **dict.fromkeys((".txt", ".md", ".csv"), "a network in the sheet notation ends in .sheet: worksheet new network"),
}


def refusal(source: str, suffixes: Iterable[str], takes: Iterable[str]) -> SheetError:
    """The fault of a source that no reader takes; ``takes`` is what they do take, in words."""
    path = Path(source)
    where = Where(source)
    if path.is_dir():
        return SheetError("is a folder, not a network", where, _in_folder(path, suffixes))
    if path.suffix == ".py" and path.is_file():
        return SheetError("does not say which network in this file", where, _named_in(path))
    if path.exists():
        hint = HINTS.get(path.suffix.lower()) or ", ".join(takes)
        ends = f"that end in {path.suffix}" if path.suffix else "without an ending such as .sheet"
        return SheetError(f"no reader for files {ends}", where, hint)
    return SheetError("no such file", where, _meant(source, path) or f"give {', '.join(takes)}")


def _in_folder(path: Path, suffixes: Iterable[str]) -> str | None:
    wanted = set(suffixes)
    files = (each for each in entries(path) if each.suffix.lower() in wanted)
    first = next(files, None)
    return f"give a file in it, such as {first}" if first else None


def _named_in(path: Path) -> str:
    """Which classes and functions a Python file has; it is read, not run."""
    try:
        body = ast.parse(path.read_text(errors="replace")[:MAX_SOURCE]).body
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return f"name its class or function: {path}:Net"
    classes = [each.name for each in body if isinstance(each, ast.ClassDef)]
    functions = [each.name for each in body if isinstance(each, ast.FunctionDef) and not each.name.startswith("_")]
    names = [*classes, *functions][:8]
    if not names:
        return f"name its class or function: {path}:Net"
    return f"name one of its classes or functions: {' or '.join(f'{path}:{name}' for name in names)}"


def _meant(source: str, path: Path) -> str | None:
    """What may have been meant by a name that is neither a file nor anything else."""
    name = source.removeprefix(ZOO)
    same = [each for each in models() if fold(each) == fold(name)]
    if same:
        return f"did you mean {ZOO}{same[0]}?"
    if factory := _factory(source):
        return f"a PyTorch factory is named {factory}"
    is_plain = not path.suffix and len(path.parts) == 1
    return meant(path) or (_close_model(name) if is_plain else None)


def _factory(source: str) -> str | None:
    """A dotted name of a package that is installed or well known, with a colon before its last part."""
    module, _, name = source.rpartition(".")
    if not module or not re.fullmatch(DOTTED, source, re.ASCII):
        return None
    package = module.partition(".")[0]
    return f"{module}:{name}" if package in ZOOS or PathFinder.find_spec(package) else None


def _close_model(name: str) -> str | None:
    hint = suggestion(name, models())
    return hint.replace("did you mean ", f"did you mean {ZOO}").replace(" or ", f" or {ZOO}") if hint.startswith("did") else None
