"""Frozen dataclasses that are quickly made, and whose repr stays on a line or two, whatever they hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import Field, dataclass, field, fields
from functools import cache
from operator import attrgetter
from reprlib import Repr
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")
MAX_LETTERS = 150  # of all fields together
ABRIDGED = Repr()
ABRIDGED.maxlevel = 2
ABRIDGED.maxtuple = ABRIDGED.maxlist = ABRIDGED.maxdict = 3
ABRIDGED.maxstring = ABRIDGED.maxother = 60


@dataclass_transform(frozen_default=True, field_specifiers=(field, Field))
def frozen(cls: type[T]) -> type[T]:
    """``dataclass(frozen=True)`` with a short repr; a method that the class defines itself stays.

    The dataclass's own repr, comparison and hash would be compiled for each class, which takes longer than a sheet is worked.
    """
    own = {name for name, method in vars(cls).items() if method is not None}  # a class with __eq__ has None as its __hash__
    made = dataclass(frozen=True, repr=False, eq=False)(cls)
    for name, method in METHODS.items():
        if name not in own:
            setattr(made, name, method)
    return made


def short_repr(cls: type[T]) -> type[T]:
    """A dataclass whose repr abridges its fields.

    >>> @frozen
    ... class Rows:
    ...     numbers: tuple[int, ...]
    >>> Rows((1, 2)), Rows(tuple(range(10_000)))
    (Rows(numbers=(1, 2)), Rows(numbers=(0, 1, 2, ...)))
    """
    cls.__repr__ = _abridged  # type: ignore[method-assign]
    return cls


@cache
def _compared(cls: Any) -> Callable[[object], object]:
    """Gives the fields by which two of a class are compared."""
    return _getter(each.name for each in fields(cls) if each.compare)


@cache
def _hashed(cls: Any) -> Callable[[object], object]:
    """Gives the fields that the hash is of: those compared, unless a field says otherwise."""
    return _getter(each.name for each in fields(cls) if (each.compare if each.hash is None else each.hash))


def _getter(names: Iterable[str]) -> Callable[[object], object]:
    chosen = tuple(names)
    return attrgetter(*chosen) if chosen else lambda _: ()


def _equals(self: Any, other: Any) -> Any:
    if self.__class__ is not other.__class__:
        return NotImplemented
    compared = _compared(self.__class__)
    return compared(self) == compared(other)


def _hash(self: Any) -> int:
    return hash(_hashed(self.__class__)(self))


def _abridged(self: Any) -> str:
    text = ", ".join(f"{each.name}={ABRIDGED.repr(getattr(self, each.name))}" for each in fields(self) if each.repr)
    return f"{type(self).__name__}({text if len(text) <= MAX_LETTERS else text[:MAX_LETTERS] + '…'})"


METHODS: dict[str, Callable[..., Any]] = {"__repr__": _abridged, "__eq__": _equals, "__hash__": _hash}
