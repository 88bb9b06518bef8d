"""The command: parses arguments, calls the library's verbs, prints. Faults go to the error stream with exit code 2."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

import worksheet as ws
from worksheet.discover import collect
from worksheet.errors import WorksheetError

app = typer.Typer(
    name="worksheet",
    help="Turns a neural network into a worked solution: every layer a formula, evaluated step by step.",
    epilog="Examples:  worksheet solve alexnet.sheet -o alexnet.pdf   |   worksheet formulas Conv2d -f md",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
OPEN = {"allow_extra_args": True, "ignore_unknown_options": True}


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"worksheet {ws.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
) -> None:
    """Options of the command itself."""


def main() -> None:
    """Run the command; a fault of the user's files or options ends it with exit code 2."""
    try:
        app()
    except WorksheetError as fault:
        sys.stderr.write("".join(f"error: {line}\n" for line in map(str, fault.faults)))
        sys.exit(2)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        sys.exit(141)


for command in sorted(collect("worksheet.cli", "COMMAND").values(), key=lambda command: command.place):
    settings = OPEN if command.open else {}
    app.command(epilog=f"Example:  {command.example}", context_settings=settings)(command.run)
    if command.alias:
        app.command(command.alias, hidden=True, context_settings=settings)(command.run)
