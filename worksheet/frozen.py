"""Frozen dataclasses whose repr stays on a line or two, whatever they hold."""

from __future__ import annotations

from dataclasses import Field, dataclass, field, fields
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
    """``dataclass(frozen=True)`` with a short repr, unless the class has its own."""
    has_own = "__repr__" in vars(cls)
    made = dataclass(frozen=True, repr=False)(cls)  # a repr of its own would only cost time
    return made if has_own else short_repr(made)


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


def _abridged(self: Any) -> str:
    text = ", ".join(f"{each.name}={ABRIDGED.repr(getattr(self, each.name))}" for each in fields(self) if each.repr)
    return f"{type(self).__name__}({text if len(text) <= MAX_LETTERS else text[:MAX_LETTERS] + '…'})"
