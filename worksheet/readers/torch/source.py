"""Recognises what the PyTorch reader takes: a torch.nn.Module, or the ``package.module:factory`` that makes one."""

import re
from pathlib import Path

DOTTED = r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*"
SOURCE = re.compile(rf"(?P<module>{DOTTED}|[^:\n]+\.py):(?P<factory>{DOTTED})", re.ASCII)


def is_module(source: object) -> bool:
    """Whether an object is a torch.nn.Module; torch is not imported to find out."""
    return any(cls.__module__.startswith("torch.nn.modules.module") and cls.__name__ == "Module" for cls in type(source).__mro__)


def is_source(source: object) -> bool:
    """Whether this reader takes a source: a module, or a text that names a factory and is not the path of a file."""
    if not isinstance(source, str):
        return is_module(source)
    return bool(SOURCE.fullmatch(source)) and not source.startswith("zoo:") and not Path(source).exists()
