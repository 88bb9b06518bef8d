"""What holds for a whole run: how many samples are counted together, how many bytes a number takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

from worksheet.conventions import Convention
from worksheet.conventions.dtypes import STANDARD_TYPE, said, size, stored
from worksheet.conventions.facts import BATCH, BYTES, RUN
from worksheet.errors import ConventionError
from worksheet.formula import Exact

LARGEST_BATCH = 10**9


@dataclass(frozen=True)
class Run:
    """The number of samples, and the type of stored numbers and of activations."""

    batch: int = 1
    types: Mapping[str, str] = field(default_factory=lambda: stored(STANDARD_TYPE))

    @cached_property
    def values(self) -> dict[str, Exact]:
        """The value of every symbol of the run that a formula shows."""
        every = {BATCH.name: self.batch} | {symbol.name: size(self.types[what]) for what, symbol in BYTES.items()}
        return {symbol.name: every[symbol.name] for symbol in RUN if every[symbol.name] != symbol.neutral}

    @cached_property
    def folded(self) -> dict[str, int]:
        """The symbols that change nothing: their numbers are folded into the formulas."""
        return {symbol.name: symbol.neutral for symbol in RUN if symbol.neutral and symbol.name not in self.values}

    @cached_property
    def in_parts(self) -> bool:
        """Whether a number takes a part of a byte."""
        return any(isinstance(value, Fraction) for value in self.values.values())

    def rules(self, convention: Convention) -> tuple[str, ...]:
        """What a reader must know of the numbers that are stored, where the convention counts their bytes."""
        counted = [what for what, symbol in BYTES.items() if symbol.name in convention.run]
        return tuple(f"{what.capitalize()} are {self.types[what]} numbers of {said(self.types[what])} each." for what in counted)


def run_of(convention: Convention, batch: int, dtype: str = "") -> Run:
    """A run as it is asked for. Raises ConventionError."""
    if not 1 <= batch <= LARGEST_BATCH:
        raise ConventionError(f"a batch of {batch} samples", hint=f"a whole number from 1 to {LARGEST_BATCH:,}")
    if not dtype:
        return Run(batch)
    types = stored(dtype)
    if not any(symbol.name in convention.run for symbol in BYTES.values()):
        raise ConventionError(f"{convention.name} counts no bytes: a type of numbers changes nothing", hint="-c memory does")
    return Run(batch, types)
