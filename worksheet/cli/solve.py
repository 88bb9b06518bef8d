"""``worksheet solve``: work a network out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import Reading, delivers
from worksheet.cli.options import (
    Batch,
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
    Summary,
    Symbolic,
    Training,
    Unfold,
)
from worksheet.conventions.optimisers import regime
from worksheet.document import Document
from worksheet.errors import WorksheetError

OPTIMISER = "add --training adam, or another optimiser"
# Options that mean nothing beside another one, and why.
WITHOUT_TRAINING = {name: f"{name} needs --training" for name in ("--precision", "--checkpoint")}
WITH_TRAINING = {"--dtype": "--dtype is for inference: training keeps numbers of several types"}
WITH_SYMBOLS = {
    "--training": "--training does not go with --symbolic: the memory and the update of training have no closed forms yet",
    "--blank": "--blank does not go with --symbolic: a question sheet asks for numbers",
    "--unfold": "--unfold does not go with --symbolic: layers that are alike have one closed form",
}


@delivers()
def solve(
    source: Source,
    reading: Reading,
    convention: Convention = None,
    digits: Grouping = None,
    batch: Batch = 1,
    dtype: Dtype = "",
    symbolic: Symbolic = "",
    training: Training = "",
    precision: Precision = "",
    checkpoint: Checkpoint = 0,
    rows: Rows = "",
    kind: Kinds = None,
    summary: Summary = False,
    unfold: Unfold = False,
    picture: Picture = None,
    blank: Annotated[bool, typer.Option("--blank", help="A question sheet: the answers left open.")] = False,
) -> ws.Derivation | Document:
    """Work a network out, step by step.

    Without -o or -f the solution is printed on the terminal; -f alone writes to standard output.
    """
    given: dict[str, object] = {
        "--precision": precision, "--checkpoint": checkpoint, "--dtype": dtype, "--training": training, "--blank": blank,
        "--unfold": unfold,
    }  # fmt: skip
    if not training:
        refuse(WITHOUT_TRAINING, given, OPTIMISER)
    if training:
        refuse(WITH_TRAINING, given, "--precision mixed")
        regime(training, precision)
    if symbolic:
        refuse(WITH_SYMBOLS, given, "leave one of the two out")
    network = reading.network(source)
    if symbolic:
        return ws.symbolic(
            network, symbolic.split(","), convention, digits=digits, batch=batch, dtype=dtype, rows=rows, kinds=kind or (),
            worked=not summary, pictured=bool(picture),
        )  # fmt: skip
    fold = False if unfold else None
    if training:
        solution = ws.train(
            network, training, convention, batch=batch, precision=precision, segments=checkpoint, digits=digits, fold=fold
        )
    else:
        solution = ws.derive(network, convention, digits=digits, fold=fold, batch=batch, dtype=dtype)
    solution = ws.select(solution, rows, kind or ()) if rows or kind else solution
    solution = ws.summary(solution) if summary else solution
    solution = replace(solution, pictured=picture) if picture is not None else solution
    return ws.blank(solution) if blank else solution


def refuse(reasons: Mapping[str, str], given: Mapping[str, object], hint: str) -> None:
    """Refuse the first option that means nothing here, before any work is done. Raises WorksheetError."""
    for name, reason in reasons.items():
        if given[name]:
            raise WorksheetError(reason, hint=hint)


COMMAND = Command(solve, "worksheet solve zoo:resnet-50 --kind Conv2d -o resnet-50.html", 1)
