"""Lets a function of networks take what a network can be read from: a file's name, zoo:NAME, a PyTorch module."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from inspect import signature
from os import PathLike
from typing import Any, Concatenate, ParamSpec, TypeVar

from worksheet.network import Network
from worksheet.readers import read
from worksheet.readers.torch.source import is_module
from worksheet.readers.zoo import PREFIX
from worksheet.zoo import models, published

Source = Network | str | PathLike[str] | object
Sources = Source | Sequence[Source]
Rest = ParamSpec("Rest")
NO_SOURCES = (bytes, int, float, complex, dict, set, type(None))  # read says what to give in their place
Result = TypeVar("Result")


def reads_sources(
    verb: Callable[Concatenate[Any, Rest], Result],
    *,
    but: Callable[[object], bool] = lambda _: False,
    solved: Callable[[Network], Any] | None = None,
) -> Callable[Concatenate[Sources, Rest], Result]:
    """The function, whose first argument may be a source or a list of sources instead of networks. Raises WorksheetError.

    What ``but`` is true for is passed on as it is. A function of solutions gets a network ``solved``.
    """
    first = next(iter(signature(verb).parameters))

    def prepared(given: Any) -> Any:
        network = given if but(given) else network_of(given)
        return solved(network) if solved and isinstance(network, Network) else network

    @wraps(verb)
    def reading(*given: Any, **named: Any) -> Result:
        arguments = list(given)
        if arguments:
            arguments[0] = prepared(arguments[0])
        elif first in named:
            named[first] = prepared(named[first])
        return verb(*arguments, **named)

    return reading


def is_of_the_zoo(source: object) -> bool:
    """Whether a text names a network of the zoo, with zoo: or without."""
    return isinstance(source, str) and (source.startswith(PREFIX) or source in models() or published(source) is not None)


def network_of(source: Any) -> Any:
    """The network of a source, the networks of a list of sources; anything else as it is."""
    if isinstance(source, (list, tuple)):
        return [network_of(each) for each in source]
    return read(source) if isinstance(source, (str, PathLike, *NO_SOURCES)) or is_module(source) else source
