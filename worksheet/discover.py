"""The only registry: finds what each module of a folder offers, so that adding a file is all it takes to add a thing."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import Any


@cache
def collect(package: str, constant: str) -> dict[str, Any]:
    """Map each module of ``package`` that defines ``constant`` to the constant's value.

    Modules without the constant are the folder's own helpers. Raises ImportError where the package is missing.
    """
    modules = {name: importlib.import_module(f"{package}.{name}") for name in names(package)}
    return {name: getattr(module, constant) for name, module in modules.items() if hasattr(module, constant)}


@cache
def names(package: str) -> tuple[str, ...]:
    """The modules of a folder, without importing any of them. Raises ImportError where the package is missing."""
    folder = importlib.import_module(package)
    return tuple(sorted(info.name for info in pkgutil.iter_modules(folder.__path__) if not info.name.startswith("_")))


def offered(package: str, name: str, constant: str) -> Any:
    """What one module of a folder offers, without importing the others; None where it is one of the folder's helpers."""
    return getattr(importlib.import_module(f"{package}.{name}"), constant, None)
