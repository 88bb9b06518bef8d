"""What holds for a whole run: the size of the batch, the bytes of an element, how the network is trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from fractions import Fraction
from functools import cached_property

from worksheet.conventions import Convention
from worksheet.conventions.dtypes import STANDARD_TYPE, said, size, stored
from worksheet.conventions.facts import BATCH, BYTES, GRADIENTS, KEPT, LETTERS, SAMPLES, UPDATE
from worksheet.conventions.optimisers import Regime, regime
from worksheet.errors import ConventionError
from worksheet.formula import Exact
from worksheet.frozen import frozen
from worksheet.language import N_, _

LARGEST_BATCH = 10**9
TYPES = {
    "weights": N_("Weights are {type} numbers of {bytes} each."),
    "activations": N_("Activations are {type} numbers of {bytes} each."),
}


@frozen
class Run:
    """The number of samples, the data types of parameters and of activations, and how the network is trained.

    ``alike`` is the number of samples that share the output of a layer, which is computed once: its own batch is 1 then.
    """

    batch: int = 1
    types: Mapping[str, str] = field(default_factory=lambda: stored(STANDARD_TYPE))
    training: Regime = field(default_factory=regime)
    alike: int = 1

    @property
    def once(self) -> Run:
        """The same for a layer whose output is the same for every sample."""
        return replace(self, batch=1, alike=self.batch)

    @cached_property
    def values(self) -> dict[str, Exact]:
        """The value of every symbol of the run that a formula shows."""
        every: dict[str, Exact] = {
            BATCH.name: self.batch,
            SAMPLES.name: self.alike,
            **{symbol.name: size(self.types[what]) for what, symbol in BYTES.items()},
            GRADIENTS.name: self.training.precision.bytes("gradients"),
        }
        return {symbol.name: every[symbol.name] for symbol in LETTERS if every[symbol.name] != symbol.neutral}

    @cached_property
    def folded(self) -> dict[str, int]:
        """The symbols whose numbers are folded into the formulas: those that change nothing, and those of the optimiser."""
        optimiser, precision = self.training
        kept = {"copy": precision.bytes("copy"), "state": precision.bytes("state") * optimiser.state}
        silent = {symbol.name: symbol.neutral for symbol in LETTERS if symbol.neutral and symbol.name not in self.values}
        updates = {symbol.name: optimiser.operations[name] for name, symbol in UPDATE.items()}
        return silent | updates | {KEPT[name].name: value for name, value in kept.items()}

    @cached_property
    def in_parts(self) -> bool:
        """Whether a number takes a part of a byte."""
        return any(isinstance(value, Fraction) for value in self.values.values())

    def rules(self, convention: Convention) -> tuple[str, ...]:
        """What a reader must know about data types, where the convention counts bytes."""
        counted = [what for what, symbol in BYTES.items() if symbol.name in convention.run]
        return tuple(_(TYPES[what]).format(type=self.types[what], bytes=said(self.types[what])) for what in counted)


def check_batch(batch: int, of: str = "samples") -> None:
    """Raises ConventionError for a batch that is too small or too large."""
    if not 1 <= batch <= LARGEST_BATCH:
        raise ConventionError(f"a batch of {batch} {of}", hint=f"a whole number from 1 to {LARGEST_BATCH:,}")


def run_of(convention: Convention, batch: int, dtype: str = "") -> Run:
    """A run of this batch and data type. Raises ConventionError."""
    check_batch(batch)
    if not dtype:
        return Run(batch)
    types = stored(dtype)
    if convention.trains:
        raise ConventionError(f"{convention.name} counts training, which uses several data types", hint="--precision mixed")
    if not any(symbol.name in convention.run for symbol in BYTES.values()):
        raise ConventionError(f"{convention.name} does not count bytes, so --dtype has no effect", hint="-c memory does")
    return Run(batch, types)


def training_run(convention: Convention, batch: int, optimiser: str, precision: str = "") -> Run:
    """A run of training: the names of an optimiser and of a precision. Raises ConventionError."""
    if not convention.trains:
        hint = "-c training, -c training-macs or -c training-memory"
        raise ConventionError(f"{convention.name} does not count training", hint=hint)
    plain = run_of(convention, batch)
    training = regime(optimiser, precision)
    return replace(plain, types={what: training.precision.types[what] for what in BYTES}, training=training)
