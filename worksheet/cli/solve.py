"""``worksheet solve``: work a network out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, NamedTuple

import typer

import worksheet as ws
from worksheet.cli.delivery import check, deliver, network
from worksheet.cli.options import (
    Batch,
    Checkpoint,
    Command,
    Counting,
    Dtype,
    Engine,
    Format,
    Grouping,
    Input,
    Kinds,
    Kwargs,
    Output,
    Paper,
    Picture,
    Precision,
    Regions,
    Rows,
    SkipUnknown,
    Source,
    Summary,
    Symbolic,
    Template,
    Training,
    Unfold,
)  # fmt: skip
from worksheet.conventions.optimisers import regime
from worksheet.document import Document
from worksheet.errors import WorksheetError


def solve(
    source: Source,
    output: Output = None,
    format: Format = None,
    convention: Counting = None,
    digits: Grouping = None,
    input: Input = None,
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
    skip_unknown: SkipUnknown = False,
    regions: Regions = None,
    kwargs: Kwargs = None,
    blank: Annotated[bool, typer.Option("--blank", help="A question sheet: the answers left open.")] = False,
    engine: Engine = "typst",
    paper: Paper = "a4",
    template: Template = None,
) -> None:
    """Work a network out, step by step.

    Without -o or -f the solution is printed on the terminal; -f alone writes to standard output.
    """
    check(output, format, engine, paper, template)
    trained(training, precision, checkpoint, dtype)
    numbers_only(symbolic, {"--training": training, "--unfold": unfold, "--picture": picture is not None, "--blank": blank})
    found = network(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=kwargs)
    if symbolic:
        document: Document | ws.Derivation = ws.symbolic(
            found, symbolic.split(","), convention, digits=digits, batch=batch, dtype=dtype, rows=rows, kinds=kind or (),
            worked=not summary,
        )  # fmt: skip
    else:
        step = Step(training, precision, checkpoint)
        made = worked(found, convention, step, digits, batch, dtype, unfold=unfold)
        document = shown(made, rows, kind, summary=summary, picture=picture, blank=blank)
    deliver(document, output, format, engine, paper, template)


class Step(NamedTuple):
    """What a step of training is asked for: optimiser, precision, segments."""

    training: str
    precision: str
    checkpoint: int


def worked(
    found: ws.Network, convention: str | None, step: Step, digits: str | None, batch: int, dtype: str, *, unfold: bool
) -> ws.Derivation:
    """The solution of inference, or of a step of training where there is an optimiser."""
    fold = False if unfold else None
    if not step.training:
        return ws.derive(found, convention, digits=digits, fold=fold, batch=batch, dtype=dtype)
    return ws.train(
        found, step.training, convention, batch=batch, precision=step.precision, segments=step.checkpoint, digits=digits,
        fold=fold,
    )  # fmt: skip


def shown(
    made: ws.Derivation, rows: str, kind: Sequence[str] | None, *, summary: bool, picture: bool | None, blank: bool
) -> ws.Derivation:
    """The parts of a solution that are asked for."""
    made = ws.select(made, rows, kind or ()) if rows or kind else made
    made = ws.summary(made) if summary else made
    made = replace(made, pictured=picture) if picture is not None else made
    return ws.blank(made) if blank else made


def numbers_only(symbolic: str, options: Mapping[str, object]) -> None:
    """Refuse options that closed forms do not have. Raises WorksheetError."""
    if symbolic:
        for name in [name for name, given in options.items() if given]:
            raise WorksheetError(f"{name} does not go with --symbolic", hint="leave one of the two out")


def trained(training: str, precision: str, checkpoint: int, dtype: str) -> None:
    """Refuse options of training that say nothing, before any work is done. Raises WorksheetError."""
    options = {"--precision": precision, "--checkpoint": checkpoint}
    for name in [name for name, given in options.items() if given and not training]:
        raise WorksheetError(f"{name} is for what training costs", hint="add --training adam, or another optimiser")
    if training and dtype:
        raise WorksheetError("--dtype is for inference: training keeps numbers of several types", hint="--precision mixed")
    if training:
        regime(training, precision)


COMMAND = Command(solve, "worksheet solve zoo:resnet-50 --kind Conv2d -o resnet-50.html", 1)
