"""Reads a PyTorch module, or the ``package.module:factory`` that makes one: runs its forward pass without data and follows it.

**This reader runs the source's own code**, as Python does when it imports a file: read only what you would run. No weights are
loaded or copied; a module that is passed in stays as it is.
"""

from importlib.util import find_spec
from typing import Any

from worksheet.errors import SheetError, Where
from worksheet.network import Network
from worksheet.readers.reader import Reader, ReadOptions
from worksheet.readers.torch.source import SOURCE, is_source

INSTALL = "pip install torch"


def read_torch(source: Any, options: ReadOptions) -> Network:
    """The network that a module's forward pass computes.

    ``source`` is a torch.nn.Module, or the text ``package.module:factory`` or ``file.py:factory``, where the factory is called
    with ``options.kwargs`` and returns a module. ``options.inputs`` gives the shape of every input of the forward pass, without
    the batch. Raises WorksheetError for what cannot be imported, made, run or followed, each at the line of the user's code.
    """
    if find_spec("torch") is None:
        raise SheetError("PyTorch is not installed", Where(source) if isinstance(source, str) else None, INSTALL)
    from worksheet.readers.torch.factory import find_factory, folder_on_path, make_module
    from worksheet.readers.torch.network import network

    match = SOURCE.fullmatch(source) if isinstance(source, str) else None
    if match is None:
        _check_inputs(options, type(source).__name__)
        return network(source, type(source).__name__, options)
    with folder_on_path(match["module"]):
        find_factory(match["module"], match["factory"])  # a wrong name is reported before a missing input
        _check_inputs(options, source)
        return network(make_module(match["module"], match["factory"], options.kwargs), match["factory"], options)


def _check_inputs(options: ReadOptions, source: str) -> None:
    if not options.inputs:
        raise SheetError("the shape of the input is not known", Where(source), "give it without the batch: --input 3x224x224")


READER = Reader(takes="package.module:factory or a torch.nn.Module", read=read_torch, claims=is_source)
