"""``worksheet solve``: work a network out."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import check, deliver, network
from worksheet.cli.options import (
    Batch,
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
    Regions,
    Rows,
    SkipUnknown,
    Source,
    Summary,
    Template,
    Unfold,
)  # fmt: skip


def solve(
    source: Source,
    output: Output = None,
    format: Format = None,
    convention: Counting = None,
    digits: Grouping = None,
    input: Input = None,
    batch: Batch = 1,
    dtype: Dtype = "",
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
    found = network(source, input, skip_unknown=skip_unknown, regions=regions, kwargs=kwargs)
    derivation = ws.derive(found, convention, digits=digits, fold=False if unfold else None, batch=batch, dtype=dtype)
    derivation = ws.select(derivation, rows, kind or ()) if rows or kind else derivation
    derivation = ws.summary(derivation) if summary else derivation
    derivation = replace(derivation, pictured=picture) if picture is not None else derivation
    deliver(ws.blank(derivation) if blank else derivation, output, format, engine, paper, template)


COMMAND = Command(solve, "worksheet solve zoo:resnet-50 --kind Conv2d -o resnet-50.html", 1)
