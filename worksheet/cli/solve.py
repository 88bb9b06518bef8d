"""``worksheet solve``: work a network out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import worksheet as ws
from worksheet.cli.delivery import Reading, TableShape, delivers
from worksheet.cli.options import (
    Batch,
    Blank,
    Checkpoint,
    Command,
    Convention,
    Dtype,
    Grouping,
    Kinds,
    Picture,
    Precision,
    Rows,
    Source,
    Speech,
    Summary,
    Symbolic,
    Training,
    Unfold,
)
from worksheet.cli.panels import COUNT
from worksheet.conventions.optimisers import regime
from worksheet.document import Document
from worksheet.errors import WorksheetError

LEAVE = "leave one of the two out"
TABLE = "--columns, --by, --unit and --no-zeros"
# Options that mean nothing without another one, or beside it: the two, why, and what to do.
NEEDS = (
    ("--precision", "--training", "--precision needs --training", "add --training adam, or another optimiser"),
    ("--checkpoint", "--training", "--checkpoint needs --training", "add --training adam, or another optimiser"),
)
EXCLUDES = (
    ("--dtype", "--training", "--dtype is for inference: training keeps numbers of several types", "--precision mixed"),
    ("--training", "--symbolic", "--training does not go with --symbolic: the memory of training has no closed form", LEAVE),
    ("--blank", "--symbolic", "--blank does not go with --symbolic: a question sheet asks for numbers", LEAVE),
    (TABLE, "--symbolic", f"{TABLE} make a table of numbers, which --symbolic does not give", LEAVE),
    (TABLE, "--blank", f"{TABLE} make a table of answers, which --blank leaves open", LEAVE),
    ("--unfold", "--symbolic", "--unfold does not go with --symbolic: layers that are alike have one closed form", LEAVE),
)


@delivers(tables=True)
def solve(
    source: Source,
    reading: Reading,
    shape: TableShape,
    convention: Convention = None,
    digits: Grouping = None,
    language: Speech = "",
    batch: Batch = 1,
    dtype: Dtype = "",
    symbolic: Symbolic = None,
    training: Training = "",
    precision: Precision = "",
    checkpoint: Checkpoint = 0,
    rows: Rows = "",
    kind: Kinds = None,
    summary: Summary = False,
    unfold: Unfold = False,
    picture: Picture = None,
    blank: Blank = False,
) -> ws.Derivation | Document:
    """Work a network out, step by step.

    Without -o or -f the solution is printed on the terminal; -f alone writes to standard output.
    """
    refuse(
        {"--precision": precision, "--checkpoint": checkpoint, "--dtype": dtype, "--training": training,
         "--symbolic": symbolic, "--blank": blank, "--unfold": unfold, TABLE: shape.is_asked}
    )  # fmt: skip
    if training:
        regime(training, precision)
    network = reading.network(source)
    if symbolic is not None:
        return ws.symbolic(
            network, symbolic.split(","), convention, digits=digits, batch=batch, dtype=dtype, rows=rows, kinds=kind or (),
            worked=not summary, pictured=bool(picture), language=language,
        )  # fmt: skip
    common: dict[str, Any] = {"digits": digits, "batch": batch, "fold": False if unfold else None, "language": language}
    if training:
        solution = ws.train(network, training, convention, precision=precision, segments=checkpoint, **common)
    else:
        solution = ws.derive(network, convention, dtype=dtype, **common)
    solution = ws.select(solution, rows, kind or ()) if rows or kind else solution
    if shape.is_asked:
        return shape.table(solution)
    return _laid_out(solution, summary=summary, picture=picture, blank=blank)


def _laid_out(solution: ws.Derivation, *, summary: bool, picture: bool | None, blank: bool) -> ws.Derivation:
    """The solution with what is to be printed of it."""
    solution = ws.summary(solution) if summary else solution
    solution = replace(solution, pictured=picture) if picture is not None else solution
    return ws.blank(solution) if blank else solution


def refuse(given: Mapping[str, object]) -> None:
    """Refuse the first option that means nothing here, before any work is done. Raises WorksheetError."""
    faults = [(message, hint) for name, other, message, hint in NEEDS if given[name] and not given[other]]
    faults += [(message, hint) for name, other, message, hint in EXCLUDES if given[name] and given[other]]
    for message, hint in faults:
        raise WorksheetError(message, hint=hint)


COMMAND = Command(solve, "worksheet solve zoo:resnet50 --kind Conv2d -o resnet50.html", 1, panel=COUNT)
