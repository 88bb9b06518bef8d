"""Optimisers and precisions of training, from data files: operations, numbers kept and bytes for each parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import ceil
from pathlib import Path
from typing import Any, NamedTuple

from worksheet.conventions.dtypes import data_type, size
from worksheet.errors import ConventionError, nearest, shown
from worksheet.frozen import frozen
from worksheet.schema import WORDS, Field, Integer, ListOf, Phrase, Record, TableOf, read_file

FOLDER = Path(__file__).parent
UPDATES = ("multiplications", "additions", "divisions", "roots")  # the operations that updates are made of
TENSORS = {  # of a precision
    "weights": "of the weights, as the two passes use them",
    "gradients": "of the gradients",
    "activations": "of the activations",
    "copy": "of the exact copy of a parameter that the update works on; `none` without one",
    "state": "of what the optimiser keeps for a parameter",
}
NONE = "none"  # a tensor that is not kept
DECAY = "+decay"
STANDARD = ("sgd", "fp32")
MAX_COUNT = 1000  # operations or numbers for one parameter


@frozen
class Optimiser:
    """What one step does with each parameter: ``operations`` by their names, ``state`` numbers kept from step to step."""

    name: str
    title: str
    source: str
    steps: tuple[str, ...]
    operations: Mapping[str, int]
    state: int
    decay: Optimiser | None = None  # the same with weight decay; None where that is not offered

    @property
    def total(self) -> int:
        """All operations together."""
        return sum(self.operations.values())


@frozen
class Precision:
    """The data types of training: ``types`` by the names of TENSORS, NONE where a tensor is not kept."""

    name: str
    title: str
    source: str
    types: Mapping[str, str]

    def bytes(self, what: str) -> int:
        """The bytes of one number of a tensor; 0 where it is not kept."""
        name = self.types[what]
        return 0 if name == NONE else ceil(size(name))


class Regime(NamedTuple):
    """How a network is trained: what updates it, and the data types of its numbers."""

    optimiser: Optimiser
    precision: Precision


COUNT = Integer(0, MAX_COUNT)
ABOUT = (Field("title", WORDS, "The name in print.", required=True), Field("source", WORDS, "Where it is from.", required=True))
OPERATIONS = tuple(Field(name, COUNT, f"How many {name} the steps take.", "0") for name in UPDATES)
DECAYING = Record((Field("step", WORDS, "The step before the others.", required=True), *OPERATIONS))
OPTIMISER = (
    *ABOUT,
    Field("steps", ListOf(WORDS, what="step", repeats=True), "The steps for one parameter p and its gradient g.", required=True),
    *OPERATIONS,
    Field("state", COUNT, "How many numbers it keeps for a parameter from step to step.", required=True),
    Field("decay", DECAYING, "The step that weight decay puts before the others.", "weight decay is not offered"),
)
TYPES = tuple(Field(name, data_type(NONE), f"The data type {says}.", required=True) for name, says in TENSORS.items())
PRECISION = (*ABOUT, *TYPES)
OPTIMISERS, PRECISIONS = (TableOf(Phrase(), Record(fields)) for fields in (OPTIMISER, PRECISION))


@cache
def optimisers() -> Mapping[str, Optimiser]:
    """Every optimiser by its name, those with weight decay too: ``sgd``, ``sgd+decay``."""
    table = read_file(FOLDER / "optimisers.yaml", OPTIMISERS)
    plain = [_optimiser(name, **entry) for name, entry in table.items()]
    return {each.name: each for optimiser in plain for each in (optimiser, optimiser.decay) if each}


@cache
def precisions() -> Mapping[str, Precision]:
    """Every precision by its name."""
    return {name: _precision(name, **entry) for name, entry in read_file(FOLDER / "precisions.yaml", PRECISIONS).items()}


def regime(optimiser: str = "", precision: str = "") -> Regime:
    """How a network is trained, by two names; STANDARD where they are empty. Raises ConventionError for unknown ones."""
    update, kept = optimiser or STANDARD[0], precision or STANDARD[1]
    if update not in optimisers():
        with_decay = update.removesuffix(DECAY) in optimisers()
        hint = f"its steps include decay already: {update.removesuffix(DECAY)}" if with_decay else nearest(update, optimisers())
        raise ConventionError(f"unknown optimiser {shown(update)}", hint=hint)
    if kept not in precisions():
        raise ConventionError(f"unknown precision {shown(kept)}", hint=nearest(kept, precisions()))
    return Regime(optimisers()[update], precisions()[kept])


def _optimiser(
    name: str, title: str, source: str, steps: tuple[str, ...], state: int, decay: Mapping[str, Any] | None = None, **counts: int
) -> Optimiser:
    plain = Optimiser(name, title, source, steps, {update: counts.get(update, 0) for update in UPDATES}, state)
    return replace(plain, decay=_decaying(plain, **decay)) if decay else plain


def _decaying(plain: Optimiser, step: str, **counts: int) -> Optimiser:
    """The optimiser with the step of weight decay before its own."""
    return replace(
        plain,
        name=plain.name + DECAY,
        title=f"{plain.title}, with decay of the weights",
        steps=(step, *plain.steps),
        operations={name: count + counts.get(name, 0) for name, count in plain.operations.items()},
    )


def _precision(name: str, title: str, source: str, **types: str) -> Precision:
    return Precision(name, title, source, types)
