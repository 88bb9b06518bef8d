"""What went wrong, where in which file, and what to do about it: the one family of errors that users see."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

MAX_CARET_LINE = 160  # a longer source line is cut around the caret


@dataclass(frozen=True)
class Where:
    """A place in a text: file, line and column (both from 1), the line itself and how many characters are marked."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    text: str = field(default="", compare=False)
    length: int = field(default=1, compare=False)

    def __str__(self) -> str:
        parts = [str(part) for part in (self.file, self.line, self.column) if part is not None]
        return ":".join(parts)

    def caret(self) -> str:
        """The source line with carets under the fault; empty where no line is known.

        >>> print(Where("a.sheet", 7, 3, "ReLV", 2).caret())
          7 | ReLV
            |   ^^
        """
        if not self.text or self.line is None or self.column is None:
            return ""
        start = max(0, self.column - MAX_CARET_LINE // 2)
        shown = printable(self.text[start : start + MAX_CARET_LINE])
        offset = self.column - 1 - start
        length = max(1, min(self.length, len(shown) - offset))
        margin = f"  {self.line} | "
        return f"{margin}{shown}\n{' ' * (len(margin) - 2)}| {' ' * offset}{'^' * length}"


class WorksheetError(Exception):
    """Anything that a user can fix: a message, where it applies, and a hint. ``faults`` lists all that were found."""

    def __init__(self, message: str, where: Where | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where or Where()
        self.hint = hint

    @property
    def faults(self) -> tuple[WorksheetError, ...]:
        return (self,)

    def __str__(self) -> str:
        place = str(self.where)
        lines = [f"{place}: {self.message}" if place else self.message, self.where.caret()]
        lines.append(f"  hint: {self.hint}" if self.hint else "")
        return printable("\n".join(line for line in lines if line))

    def located(self, where: Where) -> WorksheetError:
        """The same fault at another place (a formula inside a file, say)."""
        return type(self)(self.message, where, self.hint)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (self.message, self.where, self.hint)


class FormulaError(WorksheetError):
    """A text that is not a formula, or a formula that has no value for the numbers given."""


class ConventionError(WorksheetError):
    """A convention that is unknown, or whose file has faults."""


class SheetError(WorksheetError):
    """A network file that cannot be read."""


class NetworkError(WorksheetError):
    """A network whose layers do not fit together."""


class OutputError(WorksheetError):
    """A document that cannot be written: unknown format, missing engine, closed path, faulty template."""


class Faults(WorksheetError):
    """Several faults of one file, reported together."""

    def __init__(self, faults: Sequence[WorksheetError]) -> None:
        first = faults[0]
        super().__init__(first.message, first.where, first.hint)
        self._faults = tuple(faults)

    @property
    def faults(self) -> tuple[WorksheetError, ...]:
        return self._faults

    def located(self, where: Where) -> WorksheetError:
        return Faults([fault.located(where) for fault in self._faults])

    def __reduce__(self) -> tuple[Any, ...]:
        return Faults, (self._faults,)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self._faults)


class TooManyFaults(Faults):
    """So many faults that reading has stopped."""

    def __init__(self, faults: Sequence[WorksheetError]) -> None:
        stop = WorksheetError("there are more faults; reading stopped here", Where(faults[0].where.file))
        super().__init__([*faults, stop])

    def __reduce__(self) -> tuple[Any, ...]:
        return TooManyFaults, (self._faults[:-1],)


class Collector:
    """Gathers faults while reading goes on, so that a file's faults are reported all at once."""

    MAX_FAULTS = 100  # a file that is wrong from top to bottom need not print a message per line

    def __init__(self) -> None:
        self.found: list[WorksheetError] = []

    def add(self, fault: WorksheetError) -> None:
        """Keep a fault. Raises TooManyFaults after MAX_FAULTS, through all blocks that catch faults."""
        if isinstance(fault, TooManyFaults):
            raise fault
        self.found.extend(fault.faults)
        if len(self.found) > self.MAX_FAULTS:
            raise TooManyFaults(self._ordered()[: self.MAX_FAULTS])

    def catching(self) -> Self:
        """Run a block; a fault ends the block, is kept, and the reading goes on after it."""
        return self

    def __enter__(self) -> None: ...

    def __exit__(self, _: object, fault: object, __: object) -> bool:
        if isinstance(fault, WorksheetError):
            self.add(fault)
            return True
        return False

    def raise_any(self) -> None:
        """Raise what was gathered, in the order of the file; do nothing where nothing was."""
        if self.found:
            faults = self._ordered()
            raise faults[0] if len(faults) == 1 else Faults(faults)

    def _ordered(self) -> list[WorksheetError]:
        return sorted(self.found, key=lambda f: (f.where.line or 0, f.where.column or 0))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """A hint for a misspelt word: the closest known ones, or all of them where none is close.

    A part of a known name counts as close: names that were one word may have got a prefix.

    >>> nearest("Conv2D", ["Conv2d", "ReLU"]), nearest("fused", ["torch_fused", "used"])
    ('did you mean Conv2d?', 'did you mean torch_fused?')
    """
    import difflib

    known = sorted(known)
    folded = {name.casefold(): name for name in reversed(known)}
    typed = word.casefold()[:80]
    close = [typed] if typed in folded else [name for name in folded if typed in name.split("_")][:3]
    close = close or difflib.get_close_matches(typed, folded, n=3, cutoff=0.6)
    if close:
        return f"did you mean {' or '.join(folded[name] for name in close)}?"
    return f"known: {', '.join(known)}" if known else None


def printable(text: str) -> str:
    """A text without control and direction characters, which could steer a terminal or break a document."""
    return text if text.isprintable() else "".join(map(_printable, text))


def _printable(sign: str) -> str:
    if sign in "\n\t":
        return "\n" if sign == "\n" else " "
    return "\ufffd" if unicodedata.category(sign)[0] == "C" else sign


def shown(text: str, most: int = 60) -> str:
    """A stranger's text as it can be quoted in a message: one line, escaped, of bounded length."""
    return repr(text if len(text) <= most else text[:most] + "…")


def shifted(where: Where, base: Where) -> Where:
    """A place inside a piece of text, given as a place in the file that holds the piece."""
    if base.line is None or base.column is None or where.column is None:
        return base
    return replace(base, column=base.column + where.column - 1, length=where.length)
