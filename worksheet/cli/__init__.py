"""The command: parses arguments, calls the library's verbs, prints. Faults go to the error stream with exit code 2."""

from __future__ import annotations

import gc
import sys
from typing import Annotated, NoReturn

import typer

from worksheet.cli import streams
from worksheet.cli.commands import Commands
from worksheet.cli.panels import GENERAL
from worksheet.errors import WorksheetError
from worksheet.version import VERSION

MANY_OBJECTS = 50_000  # new ones until the garbage of a run is looked for: nearly all that a command makes lives to its end

app = typer.Typer(
    name="worksheet",
    cls=Commands,
    help="Turns a neural network into a worked solution: every layer a formula, evaluated step by step.",
    epilog="worksheet demo\nworksheet solve zoo:alexnet -o alexnet.pdf",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 112},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"worksheet {VERSION}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.", rich_help_panel=GENERAL)
    ] = False,
) -> None:
    """Options of the command itself."""


def main() -> None:
    """Run the command; a fault of the user's files or options ends it with exit code 2."""
    gc.set_threshold(MANY_OBJECTS)
    streams.prepare()
    try:
        try:
            app()
        finally:
            streams.finish()
    except WorksheetError as fault:
        _fail(*map(str, fault.faults))
    except BrokenPipeError:  # the reader of a pipe has seen enough
        streams.abandon()
        sys.exit(141)
    except OSError as fault:
        streams.abandon()
        _fail(f"{fault.filename or 'standard output'}: cannot be written: {fault.strerror or fault}")


def _fail(*faults: str) -> NoReturn:
    sys.stderr.write("".join(f"error: {line}\n" for line in faults))
    sys.exit(2)
