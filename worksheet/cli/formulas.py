"""``worksheet formulas``: the formula reference."""

from __future__ import annotations

from typing import Annotated

import typer

import worksheet as ws
from worksheet.cli.delivery import delivers
from worksheet.cli.options import Command, Convention, Speech, completing
from worksheet.cli.panels import UNDERSTAND
from worksheet.layers import kind_named


@delivers()
def formulas(
    kinds: Annotated[
        list[str] | None,
        typer.Argument(help="Kinds of layers; all of them by default.", show_default=False, autocompletion=completing(ws.kinds)),
    ] = None,
    convention: Convention = None,
    language: Speech = "",
) -> ws.Derivation:
    """Print the formulas of kinds of layers.

    Symbols, output sizes, the convention's columns in small steps, and the textbook quantities that they use.
    """
    for name in kinds or ():
        kind_named(name)
    return ws.formulas(convention, kinds or (), language=language)


COMMAND = Command(formulas, "worksheet formulas Conv2d MaxPool2d -o reference.pdf", 1, panel=UNDERSTAND)
